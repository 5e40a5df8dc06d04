//! Events on their way in: what senders reported becomes stored events.

use domain::{EventId, Money, UnixMs, api_key::KeyKind, event::Event, link::code_in_url};
use store::ingest::NewEvent;

use crate::{
    access::ApiCaller,
    job::{Job, OrderRef},
    order::TEST_PREFIX,
    stage::Events,
};

/// What the stored ids of servers' events begin with.
const VERIFIED_PREFIX: &str = "server:";

/// An event as its sender reported it, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventReport {
    /// The type.
    pub event_type: wire::EventType,
    /// The visitor id, a UUID in lower case.
    pub pv_id: String,
    /// A second id of the same browser, brought by a tracking link.
    pub pv_alias: Option<String>,
    /// The sender's id of the event: the same id is the same event.
    pub event_id: Option<String>,
    /// When it happened; on arrival if `None`.
    pub occurred_at: Option<UnixMs>,
    /// URL of the page.
    pub page_url: Option<String>,
    /// The seller's product id.
    pub product_id: Option<String>,
    /// The seller's order id (purchases).
    pub order_id: Option<String>,
    /// The order's total (purchases).
    pub revenue: Option<Money>,
    /// The checkout or cart token of the order, which proves that the sender bought it.
    pub order_token: Option<String>,
    /// Whether it was reported as a test, whatever the key.
    pub is_test: bool,
    /// Discount code used.
    pub promo_code: Option<String>,
    /// Whether this is the customer's first order.
    pub is_new_customer: Option<bool>,
    /// The sender's own JSON object, as text.
    pub event_data: Option<String>,
}

impl Events<'_> {
    /// The events to store for what a key's holder reported. Query and fragment of page URLs are dropped: they carry
    /// names, addresses and tokens of other systems; a link code in them is kept.
    pub fn admit(self, caller: &ApiCaller, reports: Vec<EventReport>) -> Vec<NewEvent> {
        let now = self.now();
        let event = |report: EventReport| {
            let is_test = caller.is_test() || report.is_test;
            let secret_hash = report.order_token.as_deref().map(|token| self.order_secret(token));
            // The mode and the sender are part of the key: a test event never stands in for a live one, nor a browser's for a
            // server's, which proves more.
            let is_verified = caller.kind() == KeyKind::Server;
            let id = report.event_id.map(|id| match (is_test, is_verified) {
                (true, _) => format!("{TEST_PREFIX}{id}"),
                (false, true) => format!("{VERIFIED_PREFIX}{id}"),
                (false, false) => id,
            });
            let event = Event {
                id: id.unwrap_or_else(|| EventId::new(now.0, self.random()).into()),
                brand: caller.brand().clone(),
                event_type: report.event_type.as_str().to_owned(),
                pv_id: report.pv_id,
                pv_alias: report.pv_alias,
                occurred_at: report.occurred_at.unwrap_or(now),
                received_at: now,
                ref_code: report.page_url.as_deref().and_then(code_in_url).map(String::from),
                page_url: report.page_url.map(without_query),
                product_id: report.product_id,
                order_id: report.order_id,
                revenue: report.revenue,
                promo_code: report.promo_code.map(|code| code.to_uppercase()),
                is_new_customer: report.is_new_customer,
                event_data: report.event_data,
                is_verified,
                is_test,
            };
            NewEvent { secret_hash, ..with_report_job(event) }
        };
        reports.into_iter().map(event).collect()
    }
}

/// Adds the job that processes the purchase an event reports, if it is one and names an order.
pub(crate) fn with_report_job(event: Event) -> NewEvent {
    let is_purchase = event.event_type == wire::EventType::Purchase.as_str();
    let job =
        event.order_id.clone().filter(|_| is_purchase).map(|order_id| {
            Job::ProcessReports(OrderRef { brand: event.brand.clone(), order_id }).at(event.received_at)
        });
    NewEvent { event, secret_hash: None, job }
}

/// A URL without query and fragment.
pub(crate) fn without_query(url: String) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].to_owned()
}

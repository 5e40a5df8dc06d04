//! Reads what is exported, a page at a time, in the order of ids.

use domain::{
    CampaignId, CollabId, ContentId, CreatorId, DropId, EntryId, LinkId, PayoutId, ProductId, UnixMs,
    id::{TIME_MAX, earliest},
};
use flow::{
    Flow, FlowError,
    access::Merchant,
    api::{
        CommissionFilter, Filter, Keyset, PayoutFilter, Span,
        catalogue::ItemQuery,
        conversion::conversion_id,
        milestone::{MilestoneKeyset, MilestonePlace},
    },
    export::CreditRecord,
    outbound::EventQuery,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    super::{
        campaigns::CampaignBody, collabs::CollabBody, commissions::CommissionBody, content::ContentBody,
        creators::CreatorBody, drops::DropBody, events::EventBody, links::LinkBody, milestones,
        milestones::MilestoneBody, payouts::PayoutBody, products::ProductBody, webhook_endpoints::EndpointBody,
    },
    dataset::Dataset,
    encode::Row,
    reported,
};

/// Rows of a page, which are in memory together.
const PAGE: i64 = 500;

/// Where the next page begins.
enum Place {
    /// After an id, and a position within it.
    After(String, i64),
    /// After a milestone.
    Milestone(MilestonePlace),
    /// Nowhere.
    End,
}

/// The pages of a kind.
pub(super) struct Pages {
    flow: Flow,
    merchant: Merchant,
    what: Dataset,
    place: Place,
}

fn row(value: Value) -> Row {
    if let Value::Object(row) = value { row } else { Row::new() }
}

/// An object as the API shows it.
fn object(body: impl Serialize) -> Row {
    row(serde_json::to_value(body).unwrap_or_default())
}

impl Pages {
    pub(super) fn new(flow: Flow, merchant: Merchant, what: Dataset) -> Self {
        let place = match what {
            Dataset::Milestones => Place::Milestone(MilestonePlace {
                reached_at: UnixMs(i64::MIN),
                tail: String::new(),
                name: String::new(),
            }),
            _ => Place::After(String::new(), -1),
        };
        Self { flow, merchant, what, place }
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>, FlowError> {
        let rows = match core::mem::replace(&mut self.place, Place::End) {
            Place::End => return Ok(None),
            Place::Milestone(after) => self.milestones(after).await?,
            Place::After(id, position) => match self.what {
                Dataset::Events | Dataset::Clicks | Dataset::Orders | Dataset::Credits => {
                    self.reported(&id, position).await?
                }
                Dataset::Refunds => self.refunds(id).await?,
                Dataset::WebhookEndpoints => self.endpoints().await?,
                Dataset::OutboundEvents => self.outbound_events(position.max(0)).await?,
                _ => self.objects(&id).await?,
            },
        };
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Goes on after the last of these.
    fn go_on<T>(&mut self, page: &[T], id: impl Fn(&T) -> (String, i64)) {
        if let Some(last) = page.last() {
            let (id, position) = id(last);
            self.place = Place::After(id, position);
        }
    }

    async fn reported(&mut self, id: &str, position: i64) -> Result<Vec<Row>, FlowError> {
        let (flow, merchant) = (self.flow.clone(), self.merchant.clone());
        let exports = flow.exports();
        Ok(match self.what {
            Dataset::Events => {
                let page = exports.events(&merchant, id, PAGE).await?;
                self.go_on(&page, |event| (event.id.clone(), 0));
                page.iter().map(|event| row(reported::event(event))).collect()
            }
            Dataset::Clicks => {
                let page = exports.clicks(&merchant, id, PAGE).await?;
                self.go_on(&page, |record| (record.click.id.to_string(), 0));
                let page = flow.api().with_details(&merchant, page, |record| record.click.id.to_string()).await?;
                page.iter().map(|(record, details)| row(reported::click(record, details))).collect()
            }
            Dataset::Orders => {
                let page = exports.orders(&merchant, id, PAGE).await?;
                self.go_on(&page, |(order, _)| (order.id.to_string(), 0));
                page.iter().map(|(order, notes)| row(reported::order(order, notes))).collect()
            }
            _ => {
                let page = exports.credits(&merchant, (id, position), PAGE).await?;
                self.go_on(&page, |record| (record.order.to_string(), record.position));
                let id = |record: &CreditRecord| conversion_id(&record.order, record.position);
                let page = flow.api().with_details(&merchant, page, id).await?;
                page.iter().map(|(record, details)| row(reported::credit(record, details))).collect()
            }
        })
    }

    /// The refunds of the next orders that have any.
    async fn refunds(&mut self, mut after: String) -> Result<Vec<Row>, FlowError> {
        let (flow, merchant) = (self.flow.clone(), self.merchant.clone());
        loop {
            let orders = flow.exports().orders(&merchant, &after, PAGE).await?;
            let Some((last, _)) = orders.last() else { return Ok(Vec::new()) };
            after = last.id.to_string();
            let refunds = flow.exports().refunds(&merchant, &orders).await?;
            if !refunds.is_empty() {
                self.place = Place::After(after, 0);
                return Ok(refunds.iter().map(|(order, refund)| row(reported::refund(order, refund))).collect());
            }
        }
    }

    async fn objects(&mut self, after: &str) -> Result<Vec<Row>, FlowError> {
        let (flow, merchant, is_live) = (self.flow.clone(), self.merchant.clone(), !self.merchant.is_sandbox());
        let (api, merchant, filter) = (flow.api(), &merchant, Filter::default());
        // Longer than the last id and otherwise equal to it: the next larger one is not smaller.
        let keyset = |prefix| Keyset {
            from: if after.is_empty() { String::new() } else { format!("{after}0") },
            below: earliest(prefix, TIME_MAX),
            is_ascending: true,
            limit: PAGE,
        };
        Ok(match self.what {
            Dataset::Campaigns => {
                let page = api.campaigns_page(merchant, &keyset(CampaignId::PREFIX), &filter).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| CampaignBody::of(stored, is_live))
            }
            Dataset::Links => {
                let page = api.links_page(merchant, &keyset(LinkId::PREFIX), &filter).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| LinkBody::of(&flow, stored, is_live))
            }
            Dataset::Commissions => {
                let page =
                    api.commissions_page(merchant, &keyset(EntryId::PREFIX), &CommissionFilter::default()).await?;
                self.rows(&page, |stored| &stored.value.entry.id, |stored| CommissionBody::of(stored, is_live))
            }
            Dataset::Payouts => {
                let page = api.payouts_page(merchant, &keyset(PayoutId::PREFIX), &PayoutFilter::default()).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| PayoutBody::of(stored, is_live))
            }
            Dataset::Products | Dataset::Collabs | Dataset::Drops | Dataset::Content => {
                self.items(&flow, merchant, keyset).await?
            }
            _ => {
                let page = api.creators_page(merchant, &keyset(CreatorId::PREFIX), &filter).await?;
                self.rows(&page, |stored| &stored.value.creator.id, |stored| CreatorBody::of(stored, is_live))
            }
        })
    }

    async fn items(
        &mut self,
        flow: &Flow,
        merchant: &Merchant,
        keyset: impl Fn(&'static str) -> Keyset,
    ) -> Result<Vec<Row>, FlowError> {
        let (api, is_live) = (flow.api(), !merchant.is_sandbox());
        let query = ItemQuery::default();
        Ok(match self.what {
            Dataset::Products => {
                let page = api.products_page(merchant, &keyset(ProductId::PREFIX), query).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| ProductBody::of(stored, is_live))
            }
            Dataset::Collabs => {
                let page = api.collabs_page(merchant, &keyset(CollabId::PREFIX), query).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| CollabBody::of(flow, stored, is_live))
            }
            Dataset::Drops => {
                let page = api.drops_page(merchant, &keyset(DropId::PREFIX), query).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| DropBody::of(stored, is_live))
            }
            _ => {
                let page = api.content_page(merchant, &keyset(ContentId::PREFIX), query).await?;
                self.rows(&page, |stored| &stored.value.id, |stored| ContentBody::of(stored, is_live))
            }
        })
    }

    /// Rows of objects, after whose last one it goes on.
    fn rows<T, I: ToString, B: Serialize>(
        &mut self,
        page: &[T],
        id: impl Fn(&T) -> &I,
        body: impl Fn(&T) -> B,
    ) -> Vec<Row> {
        self.go_on(page, |stored| (id(stored).to_string(), 0));
        page.iter().map(|stored| object(body(stored))).collect()
    }

    async fn milestones(&mut self, after: MilestonePlace) -> Result<Vec<Row>, FlowError> {
        let keyset = MilestoneKeyset { after, reached: Span::default(), is_ascending: true, limit: PAGE };
        let page = self.flow.api().milestones_page(&self.merchant, &keyset, None).await?;
        if let Some(last) = page.last() {
            self.place = Place::Milestone(last.place());
        }
        let is_live = !self.merchant.is_sandbox();
        let page = self.flow.api().with_details(&self.merchant, page, milestones::id_of).await?;
        Ok(page.into_iter().map(|milestone| object(MilestoneBody::of(milestone, is_live))).collect())
    }

    /// All of them: a brand has few.
    async fn endpoints(&self) -> Result<Vec<Row>, FlowError> {
        let endpoints = self.flow.webhooks().list(&self.merchant).await?;
        let is_live = !self.merchant.is_sandbox();
        Ok(endpoints.into_iter().map(|endpoint| object(EndpointBody::of(endpoint, None, is_live))).collect())
    }

    async fn outbound_events(&mut self, after: i64) -> Result<Vec<Row>, FlowError> {
        let page = self.flow.outbound().list(&self.merchant, &EventQuery { after, ..EventQuery::default() }).await?;
        self.go_on(&page, |event| (String::new(), event.sequence));
        Ok(page.into_iter().map(|event| object(EventBody::of(event))).collect())
    }
}

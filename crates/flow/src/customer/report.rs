//! What API clients report about customers: who they are, and what they did. docs/api/customers.md describes the API.

use domain::{CustomerId, Identity, Money, UnixMs, api_key::KeyKind, brand::Brand, event::Event};
use serde::{Serialize, de::DeserializeOwned};
use store::{
    customers::Join,
    ingest::NewEvent,
    profiles::{CustomerEvent, Profile},
};

use super::{EventDetails, ProfileDetails, PurchaseFields, event_location, profile_location};
use crate::{
    FlowError, Invalid,
    access::ApiCaller,
    event::{with_report_job, without_query},
    job::settle_job,
    order::external_id,
    stage::Customers,
    tracking::Sale,
};

/// A customer's e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailReport {
    /// [`crate::identity::address_sha256`] of it.
    pub sha256: String,
    /// The address itself, if it was given.
    pub plain: Option<String>,
}

/// What both calls report about a customer, read and checked. A server key speaks for the brand's backend, a pixel key
/// for a browser.
#[derive(Clone, Debug)]
pub struct CustomerReport {
    /// The key's holder.
    pub caller: ApiCaller,
    /// The client's name of the customer.
    pub client_id: Option<String>,
    /// The customer's e-mail address.
    pub email: Option<EmailReport>,
    /// The customer's visitor ids.
    pub aliases: Vec<String>,
    /// Further data, a JSON object as text.
    pub meta: Option<String>,
    /// When it happened.
    pub at: UnixMs,
    /// `created_at` as it was written.
    pub created_at: Option<String>,
    /// Whether this is a test.
    pub is_test: bool,
}

/// What an event reports besides its customer.
#[derive(Clone, Debug, Default)]
pub struct EventFields {
    /// The client's name of the kind of event.
    pub event_key: String,
    /// The page on which it happened.
    pub url: Option<String>,
    /// The client's transaction id.
    pub transaction_id: Option<String>,
    /// Whether it is for the record only: nothing is credited.
    pub is_informational: bool,
    /// The amounts in `meta`.
    pub purchase: PurchaseFields,
}

/// Whether a report was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinOutcome {
    /// Whether the identities belong to one customer now. `None` for a browser: with the public key anyone could
    /// ask whether a customer id or an e-mail address is known.
    pub joined: Option<bool>,
    /// Whether it was a test, of which only the fact is kept.
    pub is_test: bool,
}

impl JoinOutcome {
    const TEST: Self = Self { joined: Some(false), is_test: true };

    /// As this report's sender may know it.
    fn of(report: &CustomerReport, joined: bool) -> Self {
        Self { joined: report.is_backend().then_some(joined), is_test: false }
    }
}

/// A recorded event.
#[derive(Debug)]
pub struct RecordedEvent {
    /// A browser's report of a purchase, to be stored as evidence like any other event.
    pub event: Option<NewEvent>,
    /// Whether the report was accepted.
    pub outcome: JoinOutcome,
}

impl CustomerReport {
    fn is_backend(&self) -> bool {
        self.caller.kind() == KeyKind::Server
    }

    fn is_test(&self) -> bool {
        self.is_test || self.caller.is_test()
    }

    fn names_nobody(&self) -> bool {
        self.client_id.is_none() && self.aliases.is_empty()
    }

    /// Whether a browser reports without saying which visitor it is.
    fn is_browser_without_visitor(&self) -> bool {
        !self.is_backend() && self.aliases.is_empty()
    }

    fn first_visitor(&self) -> Option<Identity> {
        self.aliases.first().cloned().map(Identity::Visitor)
    }
}

fn nobody_named() -> FlowError {
    Invalid::one("client_id or aliases is required").into()
}

impl Customers<'_> {
    /// Names the customer behind one or more visitors. A backend may merge customers; a browser may claim a name that
    /// is still free, for a visitor who has none.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the report has neither a name nor a visitor.
    pub async fn identify(self, report: &CustomerReport) -> Result<JoinOutcome, FlowError> {
        if report.names_nobody() {
            return Err(nobody_named());
        }
        if report.is_test() {
            return self.put_test_report(report).await;
        }
        if report.is_browser_without_visitor() {
            return Ok(JoinOutcome::of(report, false));
        }
        let named = self.reported_name(report);
        if self.is_about_erased(report).await? {
            return Ok(JoinOutcome::of(report, false));
        }
        let joined = self.join(report, named.as_ref()).await?;
        if joined && let Some(identity) = named.or_else(|| report.first_visitor()) {
            self.put_profile(report, identity).await?;
        }
        Ok(JoinOutcome::of(report, joined))
    }

    /// Records what a customer did. With an amount it is a purchase: a backend's is an order, a browser's a report that
    /// may be evidence for one.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the report has no name, its amount is unreadable, or a backend's purchase has neither a
    /// transaction id nor a time, by which a repeat would be recognised.
    pub async fn record_event(self, report: &CustomerReport, fields: EventFields) -> Result<RecordedEvent, FlowError> {
        let brand = self.store.brand(report.caller.brand()).await?.ok_or(FlowError::NotFound("brand"))?;
        let transaction_id = fields.transaction_id.as_deref().map(external_id);
        let amount = if fields.is_informational {
            None
        } else {
            fields.purchase.money(transaction_id.is_some(), brand.currency)?.filter(|amount| amount.minor > 0)
        };
        if report.names_nobody() {
            return Err(nobody_named());
        }
        if amount.is_some() && report.is_backend() && transaction_id.is_none() && report.created_at.is_none() {
            let fault = "transaction_id or created_at is required with revenue: a repeat must be told apart";
            return Err(Invalid::one(fault).into());
        }
        if report.is_test() {
            return Ok(RecordedEvent { event: None, outcome: self.put_test_report(report).await? });
        }
        if report.is_browser_without_visitor() {
            return Ok(RecordedEvent { event: None, outcome: JoinOutcome::of(report, false) });
        }
        let named = self.reported_name(report);
        if self.is_about_erased(report).await? {
            // Nothing is stored of it but a backend's amount.
            if let (Some(amount), Some(transaction), true) = (amount, &transaction_id, report.is_backend()) {
                self.record_purchase(&brand, report, transaction, amount, named).await?;
            }
            return Ok(RecordedEvent { event: None, outcome: JoinOutcome::of(report, false) });
        }
        let joined = self.join(report, named.as_ref()).await?;
        // What a browser says about a name that is not its own is recorded for its own visitor.
        let owner =
            if joined { named.clone().or_else(|| report.first_visitor()) } else { self.lone_visitor(report).await? };
        let owner = owner.ok_or_else(nobody_named)?;
        let url = fields.url.map(without_query);
        let id = self.event_id(report, &fields.event_key, url.as_deref(), transaction_id.as_deref());
        let (mut order, mut event) = (None, None);
        if let Some(amount) = amount {
            if report.is_backend() {
                let transaction = transaction_id.clone().unwrap_or_else(|| format!("event-{id}"));
                self.record_purchase(&brand, report, &transaction, amount, named).await?;
                order = Some(transaction);
            } else if let (Some(transaction), Some(pv_id)) = (&transaction_id, report.aliases.first()) {
                order = Some(transaction.clone());
                event = Some(with_report_job(self.purchase_event(report, &id, pv_id, transaction, amount)));
            }
        }
        let details = EventDetails {
            event_key: fields.event_key,
            url,
            transaction_id,
            order,
            is_backend: report.is_backend(),
            is_informational: fields.is_informational,
            aliases: report.aliases.clone(),
            meta: report.meta.as_deref().map(Box::from),
            received_at: self.now().0,
        };
        let sealed = self.seal(&event_location(&brand.id, &id), &details);
        let stored = CustomerEvent { id, identity: owner, sealed, at: report.at };
        self.store.put_customer_event(&brand.id, &stored, report.is_backend()).await?;
        Ok(RecordedEvent { event, outcome: JoinOutcome::of(report, joined) })
    }

    /// Stores what a client reports about a customer; what it does not repeat stays.
    async fn put_profile(self, report: &CustomerReport, identity: Identity) -> Result<(), FlowError> {
        let brand = report.caller.brand();
        let location = profile_location(brand, &identity);
        let before = match self.store.profiles_of(brand, core::slice::from_ref(&identity)).await?.pop() {
            Some(stored) => Some(self.unseal::<ProfileDetails>(&location, &stored.sealed)?),
            None => None,
        };
        let kept = before.clone().unwrap_or_default();
        let profile = ProfileDetails {
            client_id: report.client_id.clone().or(kept.client_id),
            meta: report.meta.as_deref().map(Box::from).or(kept.meta),
        };
        // An unchanged report, as on every page of a shop, costs no write.
        if before.as_ref() == Some(&profile) {
            return Ok(());
        }
        let sealed = self.seal(&location, &profile);
        let profile = Profile { identity, sealed, created_at: report.at, updated_at: self.now() };
        Ok(self.store.put_profile(brand, &profile, report.is_backend()).await?)
    }

    async fn record_purchase(
        self,
        brand: &Brand,
        report: &CustomerReport,
        transaction_id: &str,
        amount: Money,
        named: Option<Identity>,
    ) -> Result<(), FlowError> {
        let sale = Sale {
            transaction_id,
            amount,
            placed_at: report.at,
            is_test: false,
            pv_id: report.aliases.first().cloned(),
            customer: named.clone(),
            lines: Vec::new(),
            meta: "{}",
        };
        if self.tracking().record_sale(brand, sale).await?.is_some() {
            return Ok(());
        }
        // Reported before. A backend's other amount is a correction, unless the shop reports the order itself.
        let facts = self.orders().corrected(brand, transaction_id, amount).await?;
        if let Some(order) = facts.filter(|order| order.redacted_at.is_none() && !order.is_test) {
            let order = Identity::Order(order.external_id);
            let identities: Vec<Identity> =
                [Some(order), report.first_visitor(), named].into_iter().flatten().collect();
            self.join_identities(brand.id.clone(), &identities, Join::Merge).await?;
        }
        Ok(())
    }

    fn purchase_event(self, report: &CustomerReport, id: &str, pv_id: &str, order_id: &str, amount: Money) -> Event {
        Event {
            // The same report is the same event.
            id: format!("customer-event-{id}"),
            brand: report.caller.brand().clone(),
            event_type: wire::EventType::Purchase.as_str().to_owned(),
            pv_id: pv_id.to_owned(),
            pv_alias: None,
            occurred_at: report.at,
            received_at: self.now(),
            page_url: None,
            ref_code: None,
            product_id: None,
            order_id: Some(order_id.to_owned()),
            revenue: Some(amount),
            promo_code: None,
            is_new_customer: None,
            event_data: None,
            is_verified: false,
            is_test: false,
        }
    }

    /// Whether a report names someone who was erased.
    async fn is_about_erased(self, report: &CustomerReport) -> Result<bool, FlowError> {
        let mut names: Vec<Identity> = report.aliases.iter().cloned().map(Identity::Visitor).collect();
        if let Some(client_id) = &report.client_id {
            names.extend([self.customer_key(client_id), self.claimed_key(client_id), self.shopify_customer(client_id)]);
        }
        if let Some(email) = &report.email {
            names.extend([self.email_sha256(&email.sha256), self.claimed_email(&email.sha256)]);
            names.extend(email.plain.as_deref().and_then(|address| self.email_hash(address)).map(Identity::Email));
        }
        let brand = report.caller.brand();
        if report.is_backend() {
            return Ok(self.store.is_erased_for_backend(brand, &names, report.at).await?);
        }
        Ok(self.store.is_erased(brand, &names).await?)
    }

    /// The customer by the client's name: verified from a backend, a claim from a browser. The two are never one identity:
    /// what a backend reports of a customer must not fall to whoever claimed the name before.
    fn reported_name(self, report: &CustomerReport) -> Option<Identity> {
        let client_id = report.client_id.as_deref()?;
        Some(if report.is_backend() { self.customer_key(client_id) } else { self.claimed_key(client_id) })
    }

    /// Joins the visitors, the name and the address of a report. False if a browser may not.
    async fn join(self, report: &CustomerReport, named: Option<&Identity>) -> Result<bool, FlowError> {
        let mut identities: Vec<Identity> = report.aliases.iter().cloned().map(Identity::Visitor).collect();
        identities.extend(named.cloned());
        if let Some(email) = &report.email {
            if report.is_backend() {
                identities.push(self.email_sha256(&email.sha256));
                let hash = email.plain.as_deref().and_then(|address| self.email_hash(address));
                identities.extend(hash.map(Identity::Email));
            } else {
                identities.push(self.claimed_email(&email.sha256));
            }
        }
        let brand = report.caller.brand();
        // An unchanged report, as on every page of a shop, costs no write.
        let known = self.store.identities_of(brand, &identities).await?;
        if known.first().is_some_and(|first| !first.is_empty() && known.iter().all(|all| all == first)) {
            return Ok(true);
        }
        let join = if report.is_backend() { Join::Merge } else { Join::OnlyNew };
        self.join_identities(brand.clone(), &identities, join).await
    }

    async fn join_identities(
        self,
        brand: domain::BrandId,
        identities: &[Identity],
        join: Join,
    ) -> Result<bool, FlowError> {
        let now = self.now();
        let id = CustomerId::new(now.0, self.random());
        let settle = settle_job(&brand, now);
        Ok(self.store.join_identities(&brand, identities, &id, join, &settle, now).await?.is_some())
    }

    /// The first visitor of a report, known by that alone.
    async fn lone_visitor(self, report: &CustomerReport) -> Result<Option<Identity>, FlowError> {
        let Some(visitor) = report.first_visitor() else { return Ok(None) };
        let brand = report.caller.brand().clone();
        self.join_identities(brand, core::slice::from_ref(&visitor), Join::OnlyNew).await?;
        Ok(Some(visitor))
    }

    /// The same event gets the same id however often the same kind of caller reports it: from its transaction, else from
    /// all that distinguishes it. A browser's include its visitor, so that they cannot replace anyone else's.
    fn event_id(
        self,
        report: &CustomerReport,
        event_key: &str,
        url: Option<&str>,
        transaction_id: Option<&str>,
    ) -> String {
        let sender = if report.is_backend() { "backend" } else { report.aliases.first().map_or("", String::as_str) };
        let aliases = report.aliases.join(" ");
        let at = report.at.0.to_string();
        let parts = match transaction_id {
            Some(transaction) => vec![sender, "transaction", event_key, transaction],
            None => vec![
                sender,
                "event",
                event_key,
                report.client_id.as_deref().unwrap_or(""),
                &aliases,
                url.unwrap_or(""),
                report.created_at.as_deref().unwrap_or(&at),
                report.meta.as_deref().unwrap_or(""),
            ],
        };
        let lengths: Vec<String> = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        self.identity_hash("customer-event", &lengths.concat())
    }

    async fn put_test_report(self, report: &CustomerReport) -> Result<JoinOutcome, FlowError> {
        let id = CustomerId::new(self.now().0, self.random());
        self.tracking().put_test_record(report.caller.brand(), id.as_str(), "lead", None).await?;
        Ok(JoinOutcome::TEST)
    }

    fn seal<T: Serialize>(self, location: &str, value: &T) -> Vec<u8> {
        // These types have only texts, flags and numbers: they always serialise.
        self.vault.seal(location, &serde_json::to_vec(value).unwrap_or_default(), self.random())
    }

    pub(super) fn unseal<T: DeserializeOwned>(self, location: &str, sealed: &[u8]) -> Result<T, FlowError> {
        serde_json::from_slice(&self.vault.open(location, sealed)?).map_err(|_| FlowError::Sealed)
    }
}

//! What is stored about a person, for the merchant who was asked for it.

use std::collections::BTreeMap;

use domain::{
    BrandId, Identity, UnixMs,
    id::DataExportId,
    metadata::{Details, Metadata},
    time::DAY_MS,
};
use serde_json::{Value, json};
use store::{
    data_exports::{DataExport, PersonRecords},
    erasure::Person,
    orders::{OrderRecord, Refund},
};

use super::{EventDetails, ProfileDetails, event_location, profile_location};
use crate::{FlowError, access::Merchant, stage::Customers};

/// How long an export can be downloaded, in ms.
const EXPORT_LIFE_MS: i64 = 30 * DAY_MS;
/// Most customer events of a person in an export, the latest.
const EVENTS_MAX: i64 = 100_000;

/// An export that can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataExportInfo {
    /// Its id.
    pub id: DataExportId,
    /// When it was requested.
    pub requested_at: UnixMs,
    /// When it is deleted.
    pub expires_at: UnixMs,
}

fn location(brand: &BrandId, id: &DataExportId) -> String {
    format!("data_exports/{brand}/{id}")
}

/// An object that a client sent, as it is stored: JSON as text.
fn object(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
}

impl Customers<'_> {
    /// Exports everything stored about the person to whom any of these identities belongs. A repeat with the same id
    /// changes nothing. False if the person was erased meanwhile: then nothing is stored.
    pub(crate) async fn put_data_export(
        self,
        brand: &BrandId,
        id: DataExportId,
        identities: &[Identity],
    ) -> Result<bool, FlowError> {
        let now = self.now();
        let person = self.store.person(brand, identities).await?;
        let mut document = self.records_about(brand, &person).await?;
        // The brand's tests may have sent the same person's data.
        document["sandbox"] = match self.store.test_brand_of(brand).await? {
            Some(sandbox) => {
                let person = self.store.person(&sandbox, identities).await?;
                self.records_about(&sandbox, &person).await?
            }
            None => Value::Null,
        };
        let document = serde_json::to_string_pretty(&document).map_err(|_| FlowError::Sealed)?;
        let sealed = self.vault.seal(&location(brand, &id), document.as_bytes(), self.random());
        let export = DataExport { id, sealed, created_at: now, expires_at: now.plus_ms(EXPORT_LIFE_MS) };
        Ok(self.store.put_data_export(brand, &export, &person).await?)
    }

    /// The brand's exports, latest first. Each is there for 30 days, unless its person is erased.
    pub async fn data_exports(self, merchant: &Merchant) -> Result<Vec<DataExportInfo>, FlowError> {
        let exports = self.store.data_exports(merchant.id(), self.now()).await?;
        let info = |(id, requested_at, expires_at)| DataExportInfo { id, requested_at, expires_at };
        Ok(exports.into_iter().map(info).collect())
    }

    /// An export's document, as JSON.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such export any more; `FlowError::Sealed` if it cannot be decrypted.
    pub async fn data_export(self, merchant: &Merchant, id: &DataExportId) -> Result<String, FlowError> {
        let found = self.store.data_export(merchant.id(), id, self.now()).await?;
        let export = found.ok_or(FlowError::NotFound("export"))?;
        let document = self.vault.open(&location(merchant.id(), id), &export.sealed)?;
        String::from_utf8(document).map_err(|_| FlowError::Sealed)
    }

    async fn records_about(self, brand: &BrandId, person: &Person) -> Result<Value, FlowError> {
        let identities: Vec<Identity> = person.identities.iter().cloned().collect();
        let orders = person.orders();
        let records = self.store.person_records(brand, person).await?;
        let mut stored_orders = self.store.orders_by_external_ids(brand, &orders).await?;
        stored_orders.sort_by(|a, b| a.order.id.cmp(&b.order.id));
        let refunds = self.store.refunds_of(brand, &orders).await?;
        let notes = self.store.order_notes(brand, &orders).await?;
        let commission_notes = self.store.commission_notes(brand, &orders).await?;
        let conversions = self.store.conversion_details(brand, &orders).await?;
        let click_ids: Vec<String> = records.clicks.iter().map(|record| record.click.id.to_string()).collect();
        let clicks = self.store.details(brand, &click_ids).await?;
        let mut profiles = Vec::new();
        for profile in self.store.profiles_of(brand, &identities).await? {
            let details: ProfileDetails = self.unseal(&profile_location(brand, &profile.identity), &profile.sealed)?;
            profiles.push(json!({
                "client_id": details.client_id, "meta": object(details.meta.as_deref()),
                "created_at": profile.created_at, "updated_at": profile.updated_at,
            }));
        }
        let mut reported = Vec::new();
        for event in self.store.customer_events_of(brand, &identities, EVENTS_MAX).await? {
            let details: EventDetails = self.unseal(&event_location(brand, &event.id), &event.sealed)?;
            reported.push(json!({
                "event": details.event_key, "at": event.at, "url": details.url, "order": details.order,
                "transaction_id": details.transaction_id, "visitors": details.aliases,
                "meta": object(details.meta.as_deref()),
            }));
        }
        let creators = self.store.creators_of_visitors(brand, &person.own_visitors()).await?;
        let creators: Vec<Value> =
            creators.into_iter().map(|(pv_id, creator)| json!({"visitor": pv_id, "creator": creator})).collect();
        Ok(json!({
            "format": "creatorscore data export 1",
            "brand": brand,
            "exported_at": self.now(),
            "visitors": person.own_visitors(),
            "identities": identities_view(&records),
            "profiles": profiles,
            "customer_events": reported,
            "orders": stored_orders.iter().map(|record| order_view(record, &refunds, notes.get(&record.order.external_id))).collect::<Vec<_>>(),
            "commission_notes": commission_notes.iter()
                .map(|(id, metadata)| json!({"commission": id, "metadata": metadata}))
                .collect::<Vec<_>>(),
            "conversion_notes": notes_view("conversion", &conversions),
            "click_notes": notes_view("click", &clicks),
            "sales": sales_view(&records),
            "survey_answers": answers_view(&records),
            "clicks": clicks_view(&records),
            "landings": records.landings.iter()
                .map(|landing| json!({"visitor": landing.pv_id, "at": landing.at, "code": landing.code.to_string()}))
                .collect::<Vec<_>>(),
            "events": records.events,
            "claims": claims_view(&records),
            "creators_signed_in_as": creators,
        }))
    }
}

/// Hashes say nothing to the person, so only the kinds are shown.
fn identities_view(records: &PersonRecords) -> Vec<Value> {
    records.identities.iter().map(|(kind, at)| json!({"kind": kind, "at": at})).collect()
}

fn order_view(record: &OrderRecord, refunds: &[Refund], notes: Option<&Metadata>) -> Value {
    let order = &record.order;
    let own = refunds.iter().filter(|refund| refund.order_external_id == order.external_id);
    let refunds: Vec<Value> = own
        .map(|refund| json!({"id": refund.external_id, "amount_minor": refund.amount_minor, "currency": refund.currency, "at": refund.at, "reason": refund.reason}))
        .collect();
    let visitors: Vec<Value> =
        record.visitors.iter().map(|visitor| json!({"visitor": visitor.pv_id, "source": visitor.source})).collect();
    json!({
        "order": order, "has_email_hash": order.email_hash.is_some(), "has_customer_hash": order.customer_hash.is_some(),
        "metadata": notes, "refunds": refunds, "visitors": visitors, "attribution": record.attribution,
    })
}

fn sales_view(records: &PersonRecords) -> Vec<Value> {
    let view = |(sale, meta): &(store::customers::ApiSale, String)| {
        json!({
            "transaction_id": sale.transaction_id, "is_test": sale.is_test, "amount_minor": sale.amount_minor,
            "currency": sale.currency, "refunded_minor": sale.refunded_minor, "meta": object(Some(meta)),
        })
    };
    records.sales.iter().map(view).collect()
}

fn answers_view(records: &PersonRecords) -> Vec<Value> {
    let view = |answer: &store::surveys::Answer| {
        json!({
            "order": answer.order_external_id, "question": answer.question, "answer": answer.answer,
            "at": answer.received_at,
        })
    };
    records.answers.iter().map(view).collect()
}

/// Who claimed to be the person: their own visitors by id, others without.
fn claims_view(records: &PersonRecords) -> Vec<Value> {
    let view =
        |claim: &store::data_exports::PersonClaim| json!({"kind": claim.kind, "visitor": claim.pv_id, "at": claim.at});
    records.claims.iter().map(view).collect()
}

fn clicks_view(records: &PersonRecords) -> Vec<Value> {
    let view = |record: &store::export::ClickRecord| {
        let click = &record.click;
        json!({
            "id": click.id, "visitor": click.pv_id, "at": click.at, "link": click.link, "device": click.device,
            "browser": click.browser, "os": click.os, "country": click.country,
            "referrer_host": click.referrer_host, "bot": click.bot,
        })
    };
    records.clicks.iter().map(view).collect()
}

/// What clients keep with objects, by what `name` says the objects are.
fn notes_view(name: &str, kept: &BTreeMap<String, Details>) -> Vec<Value> {
    let view = |(id, details): (&String, &Details)| {
        let Details { external_id, metadata } = details;
        json!({name: id, "external_id": external_id, "metadata": metadata})
    };
    kept.iter().map(view).collect()
}

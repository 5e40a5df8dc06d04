//! Exports of what is stored about a person, for the merchant who must hand them over.

use domain::{BrandId, UnixMs, attribution::Landing, event::Event, id::DataExportId};

use crate::{Result, customers::ApiSale, erasure::Person, export::ClickRecord, surveys::Answer};

/// An export, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataExport {
    /// Its id.
    pub id: DataExportId,
    /// The document, encrypted.
    pub sealed: Vec<u8>,
    /// When it was requested.
    pub created_at: UnixMs,
    /// When it is deleted.
    pub expires_at: UnixMs,
}

/// A browser's claim that its visitor is a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonClaim {
    /// The kind of the claimed name.
    pub kind: &'static str,
    /// The visitor, if it is the person's.
    pub pv_id: Option<String>,
    /// When it was first claimed.
    pub at: UnixMs,
}

/// Rows about a person that no other port returns completely.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonRecords {
    /// Identity kinds with the time when each identity was stored.
    pub identities: Vec<(String, UnixMs)>,
    /// Events of their visitors, oldest first.
    pub events: Vec<Event>,
    /// Clicks of their visitors, oldest first.
    pub clicks: Vec<ClickRecord>,
    /// Landings of their visitors, oldest first.
    pub landings: Vec<Landing>,
    /// Answers about their orders.
    pub answers: Vec<Answer>,
    /// Sales that are their orders, with the further fields as JSON.
    pub sales: Vec<(ApiSale, String)>,
    /// Claims by their visitors, and of their names by anyone, oldest first.
    pub claims: Vec<PersonClaim>,
}

/// Stores exports of what is stored about people.
#[async_trait::async_trait]
pub trait DataExportStore: Send + Sync {
    /// Everything about a person, whatever the number of rows.
    async fn person_records(&self, brand: &BrandId, person: &Person) -> Result<PersonRecords>;
    /// Stores an export about a person, who deletes it by being erased. An id that is stored already is left as it is.
    /// False, without a change, when the person was erased since the export was created.
    async fn put_data_export(&self, brand: &BrandId, export: &DataExport, about: &Person) -> Result<bool>;
    /// The exports of a brand that have not expired, latest first: id, time of the request, time of deletion.
    async fn data_exports(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<(DataExportId, UnixMs, UnixMs)>>;
    /// Finds an export that has not expired.
    async fn data_export(&self, brand: &BrandId, id: &DataExportId, now: UnixMs) -> Result<Option<DataExport>>;
}

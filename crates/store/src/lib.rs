//! The storage ports: what the flow asks of a database, in the domain's words.
//!
//! One small object-safe trait per noun. One method is one transaction that stores facts already decided. Absence is
//! a value; corruption is an error with an address. Every method has a test in [`conformance`], and every adapter
//! passes all of them.
#![deny(missing_docs)]

pub mod access;
pub mod audit;
pub mod brands;
pub mod commissions;
pub mod conformance;
pub mod creators;
pub mod customers;
mod error;
pub mod evidence;
pub mod export;
pub mod inbox;
pub mod ingest;
pub mod jobs;
pub mod keys;
pub mod links;
pub mod orders;
pub mod profiles;
pub mod reports;
pub mod row;
pub mod secrets;
pub mod settlements;
pub mod shops;
pub mod surveys;

pub use error::StoreError;

/// The answer of every port method.
pub type Result<T> = core::result::Result<T, StoreError>;

/// A whole database: every port, and a sign of life.
#[async_trait::async_trait]
pub trait Store:
    access::AccessStore
    + audit::AuditStore
    + brands::BrandStore
    + commissions::CommissionStore
    + creators::CreatorStore
    + customers::CustomerStore
    + evidence::EvidenceStore
    + export::ExportStore
    + inbox::InboxStore
    + ingest::IngestStore
    + jobs::JobStore
    + keys::KeyStore
    + links::LinkStore
    + orders::OrderStore
    + profiles::ProfileStore
    + reports::ReportStore
    + secrets::SecretStore
    + settlements::SettlementStore
    + shops::ShopStore
    + surveys::SurveyStore
{
    /// Name and version of the engine, for `doctor` and the log. Fails when the database does not answer.
    async fn engine(&self) -> Result<String>;

    /// Applies the migrations that are missing.
    async fn migrate(&self) -> Result<()>;

    /// Closes every connection after the last statement.
    async fn close(&self);
}

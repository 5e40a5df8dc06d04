//! Storage ports: the traits through which `flow` uses a database, in the domain's terms.
//!
//! One small object-safe trait per noun. A method that writes is one transaction and stores facts already decided.
//! Every method has a test in `conformance` (a feature), and every adapter passes all of them.
//!
//! # Conventions
//! - A method with a brand argument sees only that brand's rows.
//! - Absence is a value: `None`, `false` or an empty list.
//! - Fields named `_minor` are in the currency's minor units. Times are Unix milliseconds.
//! - An audit entry is written in the same transaction as the change, and only if something changed.
//!
//! # Errors
//! Every method can return [`StoreError::Database`], [`StoreError::Unavailable`], and [`StoreError::Corrupt`] for a stored
//! value that is invalid.
//! Each method documents only its other errors. After `Conflict` and `Missing` nothing has changed.
#![deny(missing_docs)]

pub mod access;
pub mod accounts;
pub mod api_requests;
pub mod audit;
pub mod brands;
pub mod campaigns;
pub mod catalogue;
pub mod catalogue_change;
pub mod click_objects;
pub mod commissions;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod creator_merges;
pub mod creator_view;
pub mod creators;
pub mod customers;
pub mod data_exports;
pub mod erasure;
mod error;
pub mod evidence;
pub mod export;
pub mod health;
pub mod imports;
pub mod inbox;
pub mod ingest;
pub mod jobs;
pub mod keys;
pub mod keyset;
pub mod klaviyo;
pub mod link_edits;
pub mod links;
pub mod members;
pub mod metrics;
pub mod milestone_objects;
pub mod money_objects;
pub mod money_writes;
pub mod objects;
pub mod order_list;
pub mod orders;
pub mod outbound;
pub mod overview;
pub mod payout_details;
pub mod profiles;
pub mod proofs;
pub mod questions;
pub mod reports;
pub mod retention;
pub mod rollups;
pub mod row;
pub mod samples;
pub mod secrets;
pub mod self_referrals;
pub mod settlements;
pub mod shops;
pub mod surveys;
pub mod tier_rules;
pub mod webhooks;

pub use error::StoreError;

/// The result of every port method.
pub type Result<T> = core::result::Result<T, StoreError>;

/// A complete database: all ports, plus start-up and shutdown.
#[async_trait::async_trait]
pub trait Store:
    access::AccessStore
    + accounts::AccountStore
    + api_requests::ApiRequestStore
    + audit::AuditStore
    + brands::BrandStore
    + campaigns::CampaignStore
    + catalogue::CatalogueStore
    + click_objects::ClickObjectStore
    + commissions::CommissionStore
    + creator_merges::CreatorMergeStore
    + creator_view::CreatorViewStore
    + creators::CreatorStore
    + customers::CustomerStore
    + data_exports::DataExportStore
    + erasure::ErasureStore
    + evidence::EvidenceStore
    + export::ExportStore
    + health::HealthStore
    + imports::ImportStore
    + inbox::InboxStore
    + ingest::IngestStore
    + jobs::JobStore
    + keys::KeyStore
    + klaviyo::KlaviyoStore
    + link_edits::LinkEditStore
    + links::LinkStore
    + members::MemberStore
    + metrics::MetricStore
    + milestone_objects::MilestoneObjectStore
    + money_objects::MoneyObjectStore
    + money_writes::MoneyWriteStore
    + objects::ObjectStore
    + order_list::OrderListStore
    + orders::OrderBatchStore
    + orders::OrderStore
    + outbound::OutboundStore
    + overview::OverviewStore
    + payout_details::PayoutDetailStore
    + profiles::ProfileStore
    + proofs::ProofKeyStore
    + proofs::ProofStore
    + questions::QuestionStore
    + reports::ReportStore
    + retention::RetentionStore
    + rollups::RollupStore
    + samples::SampleStore
    + secrets::SecretStore
    + self_referrals::SelfReferralStore
    + settlements::SettlementStore
    + shops::ShopStore
    + surveys::SurveyStore
    + tier_rules::TierRuleStore
    + webhooks::WebhookDeliveryStore
    + webhooks::WebhookStore
    + webhooks::WebhookTesterStore
{
    /// Name and version of the engine, for `doctor` and the log.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the database does not respond, so this is also the health check.
    async fn engine(&self) -> Result<String>;

    /// Applies pending migrations.
    ///
    /// # Errors
    /// [`StoreError::Database`] when a migration fails, or an applied one differs from the one in this version.
    async fn migrate(&self) -> Result<()>;

    /// The names of the migrations that are not applied yet. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the database has migrations that this version does not have, or others.
    async fn pending_migrations(&self) -> Result<Vec<String>>;

    /// Waits for running statements and closes all connections.
    async fn close(&self);
}

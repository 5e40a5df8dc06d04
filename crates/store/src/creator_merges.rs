//! Merging two creators who turned out to be one person.

use domain::{
    BrandId, CreatorId, UnixMs,
    creator::{Creator, Profile},
};

use crate::{Result, audit::AuditEntry, jobs::NewJob, outbound::NewEvents, payout_details::NewPayoutDetails};

/// What is stored about a creator, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Tracking links, deleted ones included.
    pub links: i64,
    /// Orders credited to them.
    pub orders: i64,
    /// Ledger lines.
    pub ledger_lines: i64,
    /// Survey answers that name them.
    pub answers: i64,
    /// Collabs, drops and content.
    pub items: i64,
    /// Whether a payout that is neither paid nor cancelled contains them.
    pub is_in_open_payout: bool,
}

/// A merge: everything of one creator becomes another's.
#[derive(Clone, Debug)]
pub struct Merge<'a> {
    /// The creator who is no more afterwards.
    pub from: &'a CreatorId,
    /// When they were last changed, as they were read.
    pub from_read_at: UnixMs,
    /// The creator who stays, as they are afterwards: names, aliases and e-mail hash.
    pub into: &'a Creator,
    /// When they were last changed, as they were read.
    pub into_read_at: UnixMs,
    /// Their profile afterwards.
    pub profile: &'a Profile,
    /// The other's payout details, encrypted for them, if they get these.
    pub payout: Option<NewPayoutDetails<'a>>,
    /// When the payout details of both were last changed, as they were read: those of `from` first.
    pub payout_changed_at: [Option<UnixMs>; 2],
    /// Whether an owner merges them.
    pub is_by_owner: bool,
}

/// What became of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    /// It is done.
    Now,
    /// It was done before. What was stored for the merged creator since has followed.
    Before,
    /// Nothing was done: one of them is unknown, erased, or merged into somebody else.
    Missing,
    /// Nothing was done: a member merges, and one of them has an e-mail address, payout details or a balance.
    OwnersOnly,
    /// Nothing was done: an open payout contains the creator who would be no more.
    OpenPayout,
    /// Nothing was done: one of them has changed since they were read, both have a discount code of their own, or the creator
    /// who would be no more has a commission rule of their own.
    Changed,
}

/// Merges creators.
#[async_trait::async_trait]
pub trait CreatorMergeStore: Send + Sync {
    /// What is stored about a creator.
    async fn holdings(&self, brand: &BrandId, creator: &CreatorId) -> Result<Holdings>;
    /// Makes everything of one creator another's: links, credits, journeys, ledger, answers, claims, browsers, milestones,
    /// items and what clients keep with them. Amounts and days stay. Settlements that are under way for the orders are
    /// made to begin again. The merged creator's sessions end, and their partner code leads to the other from now on.
    async fn merge_creators(
        &self,
        brand: &BrandId,
        merge: Merge<'_>,
        audit: &AuditEntry,
        events: &NewEvents,
        follow: &NewJob,
    ) -> Result<Merged>;
    /// The creator that this one was merged into; after further merges, the one who stays.
    async fn merged_into(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<CreatorId>>;
    /// Moves what clicks and settlements in progress have stored for a merged creator since the merge to the creator who
    /// stays now. Does nothing if the creator is not merged.
    async fn follow_merge(&self, brand: &BrandId, from: &CreatorId) -> Result<()>;
}

//! Orders, conversions, commissions and payouts, page by page, as the unified API lists them.

use std::collections::BTreeMap;

use domain::{
    BrandId, CampaignId, CreatorId, Currency, EntryId, LinkId, OrderId, PayoutId, UnixMs,
    metadata::{Details, Metadata},
    order::OrderSource,
    settlement::BookedCredit,
};

use crate::{
    Result,
    commissions::{Entry, EntryRow, Payout, PayoutState},
    objects::{Keyset, Object, Span},
    orders::OrderRecord,
    row::{known, read_opt},
    settlements::BookedCreditRow,
};

/// Which orders are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// When they were last settled; placed, if never.
    pub updated: Span,
    /// When they were placed.
    pub placed: Span,
    /// The seller's id.
    pub external_id: Option<String>,
    /// Orders with a credit of this creator.
    pub creator: Option<CreatorId>,
    /// Orders with a credit of this campaign.
    pub campaign: Option<CampaignId>,
    /// Who reported them.
    pub source: Option<OrderSource>,
    /// Only orders with a credit, or only others.
    pub is_attributed: Option<bool>,
}

/// Which conversions are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversionFilter {
    /// Of this creator.
    pub creator: Option<CreatorId>,
    /// Of this campaign.
    pub campaign: Option<CampaignId>,
    /// Of this link.
    pub link: Option<LinkId>,
    /// Of this order.
    pub order: Option<OrderId>,
    /// When their orders were last settled.
    pub updated: Span,
}

/// Which part of a list of conversions a page is; as [`Keyset`], by order and the credit's position in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionKeyset {
    /// The first, included.
    pub from: (String, i64),
    /// Above the last, excluded.
    pub below: (String, i64),
    /// Whether the page has the first of the range, in ascending order, instead of the last.
    pub is_ascending: bool,
    /// Most conversions.
    pub limit: i64,
}

impl ConversionKeyset {
    /// What of this page is the conversion of this order at this position: nothing, if there is none.
    #[must_use]
    pub fn and_only(self, place: Option<(String, i64)>) -> Self {
        let Some((order, position)) = place else {
            return Self { from: (String::new(), 0), below: (String::new(), 0), ..self };
        };
        let below = (order.clone(), position + 1);
        Self { from: self.from.max((order, position)), below: self.below.min(below), ..self }
    }
}

/// How far a ledger entry is on its way to its creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CommissionStatus {
    /// On hold.
    Pending,
    /// Waits for a person's approval.
    Waiting,
    /// Payable.
    Approved,
    /// In an open payout.
    InPayout,
    /// In a payout that was paid.
    Paid,
    /// The line of a payout that was cancelled, or its reversal.
    Cancelled,
}

impl CommissionStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Waiting, Self::Approved, Self::InPayout, Self::Paid, Self::Cancelled];

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A ledger entry with its edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commission {
    /// The entry.
    pub entry: Entry,
    /// How far it is.
    pub status: CommissionStatus,
    /// What its edits add to it, minor units.
    pub edited_minor: i64,
    /// How many edits it has.
    pub edits: i64,
    /// The name of its order.
    pub order_name: Option<String>,
    /// When the payout that contains it was created.
    pub payout_created_at: Option<UnixMs>,
    /// The entry that this one edits.
    pub edited: Option<EntryId>,
}

/// Which ledger entries are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommissionFilter {
    /// Of this creator.
    pub creator: Option<CreatorId>,
    /// Of this order.
    pub order: Option<OrderId>,
    /// With this status.
    pub status: Option<CommissionStatus>,
    /// Lines of this payout, or what was in it when it was cancelled.
    pub payout: Option<PayoutId>,
    /// Only what is not paid and is no line of a payout, or only others.
    pub is_unpaid: Option<bool>,
    /// The client's own id.
    pub external_id: Option<String>,
    /// When their amount or status last changed: by an edit, an approval, the end of the hold period, or a payout that was
    /// created, paid or cancelled.
    pub updated: Span,
}

/// Which payouts are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayoutFilter {
    /// In this currency.
    pub currency: Option<Currency>,
    /// In this state.
    pub state: Option<PayoutState>,
    /// With an amount for this creator.
    pub creator: Option<CreatorId>,
    /// The client's own id.
    pub external_id: Option<String>,
    /// When they were closed; created, if they are open.
    pub updated: Span,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CommissionRow {
    pub id: String,
    pub key: String,
    pub creator_id: String,
    pub order_id: Option<String>,
    pub rule_id: Option<String>,
    pub kind: String,
    pub currency: String,
    pub amount_minor: i64,
    pub reason: String,
    pub actor: String,
    pub created_at: i64,
    pub payable_at: i64,
    pub needs_approval: bool,
    pub approved_at: Option<i64>,
    pub payout_id: Option<String>,
    pub status: String,
    pub edited_minor: i64,
    pub edits: i64,
    pub edited_at: Option<i64>,
    pub order_name: Option<String>,
    pub payout_created_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub released_at: Option<i64>,
    pub due_at: Option<i64>,
    pub edited_id: Option<String>,
}

impl CommissionRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<Commission>> {
        let times = [
            Some(self.created_at),
            self.approved_at,
            self.edited_at,
            self.due_at,
            self.payout_created_at,
            self.released_at,
            self.closed_at,
        ];
        let updated_at = UnixMs(times.into_iter().flatten().max().unwrap_or(self.created_at));
        let status = known(CommissionStatus::parse(&self.status), "ledger", "status")?;
        let edited = read_opt(self.edited_id, "ledger_edits", "entry_id")?;
        let entry = EntryRow {
            id: self.id,
            key: self.key,
            creator_id: self.creator_id,
            order_id: self.order_id,
            rule_id: self.rule_id,
            kind: self.kind,
            currency: self.currency,
            amount_minor: self.amount_minor,
            reason: self.reason,
            actor: self.actor,
            created_at: self.created_at,
            payable_at: self.payable_at,
            needs_approval: self.needs_approval,
            approved_at: self.approved_at,
            payout_id: self.payout_id,
        };
        let value = Commission {
            entry: entry.read()?,
            status,
            edited_minor: self.edited_minor,
            edits: self.edits,
            order_name: self.order_name,
            payout_created_at: self.payout_created_at.map(UnixMs),
            edited,
        };
        Ok(Object::plain(value, updated_at))
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ConversionRow {
    pub order_id: String,
    pub position: i64,
    pub link_id: String,
    pub creator_id: Option<String>,
    pub campaign_id: Option<String>,
    pub kind: String,
    pub touched_at: i64,
    pub weight: String,
    pub currency: String,
    pub amount_minor: i64,
    pub conversions: i64,
    pub day: i64,
    pub updated_at: i64,
}

impl ConversionRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<BookedCredit>> {
        let updated_at = UnixMs(self.updated_at);
        let credit = BookedCreditRow {
            order_id: self.order_id,
            position: self.position,
            link_id: self.link_id,
            creator_id: self.creator_id,
            campaign_id: self.campaign_id,
            kind: self.kind,
            touched_at: self.touched_at,
            weight: self.weight,
            currency: self.currency,
            amount_minor: self.amount_minor,
            conversions: self.conversions,
            day: self.day,
        };
        Ok(Object::plain(credit.read()?, updated_at))
    }
}

/// Lists objects that are about money.
#[async_trait::async_trait]
pub trait MoneyObjectStore: Send + Sync {
    /// Orders, by when they were placed.
    async fn orders_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &OrderFilter,
    ) -> Result<Vec<Object<OrderRecord>>>;

    /// The clients' notes about orders with these ids of the seller.
    async fn order_notes(&self, brand: &BrandId, external_ids: &[String]) -> Result<BTreeMap<String, Metadata>>;

    /// The clients' notes about commissions of orders with these ids of the seller, the oldest first.
    async fn commission_notes(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<(EntryId, Metadata)>>;

    /// What clients keep with conversions of orders with these ids of the seller, by the conversions' ids.
    async fn conversion_details(&self, brand: &BrandId, external_ids: &[String]) -> Result<BTreeMap<String, Details>>;

    /// Credits of orders.
    async fn conversions_page(
        &self,
        brand: &BrandId,
        keyset: &ConversionKeyset,
        filter: &ConversionFilter,
    ) -> Result<Vec<Object<BookedCredit>>>;

    /// Ledger entries, with their status as of `now`.
    async fn commissions_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &CommissionFilter,
        now: UnixMs,
    ) -> Result<Vec<Object<Commission>>>;

    /// Payouts.
    async fn payouts_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &PayoutFilter,
    ) -> Result<Vec<Object<Payout>>>;
}

//! Settlements: the credits, daily totals, touchpoints and ledger entries that follow from decided orders.
//!
//! [`domain::settlement`] computes what changes; the adapters read what is booked and write the difference.

use domain::{
    BrandId, FactsVersion, UnixMs,
    attribution::Attribution,
    evidence::EvidenceKind,
    settlement::{
        BookedCredit, BookedFigures, LedgerBalance, LedgerPart, SettledOrder, SettledState, Settlement, SettlementDelta,
    },
    time::Day,
};
use serde::Serialize;

use crate::{
    Result, StoreError,
    commissions::Entry,
    outbound::NewEvents,
    row::{currency, from_json, known, read, read_opt},
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SettledStateRow {
    pub order: String,
    pub placed_day: i64,
    pub version: i64,
    pub cancelled_at: Option<i64>,
    pub redacted_at: Option<i64>,
    pub settlements: i64,
    pub refunded_minor: i64,
    pub settled_currency: Option<String>,
    pub settled_orders: Option<i64>,
    pub settled_net_minor: Option<i64>,
    pub settled_refunded_minor: Option<i64>,
    pub attribution: Option<String>,
    pub is_approved: bool,
    pub outcome: Option<String>,
    pub outcome_day: Option<i64>,
}

impl SettledStateRow {
    /// Converts the row.
    pub fn read(self) -> Result<SettledState> {
        let booked = match (&self.settled_currency, self.settled_orders, self.settled_net_minor) {
            (Some(code), Some(orders), Some(net_minor)) => {
                let refunded_minor = self.settled_refunded_minor;
                Some(BookedFigures { currency: currency(code, "orders")?, orders, net_minor, refunded_minor })
            }
            _ => None,
        };
        let attribution = self.attribution.as_deref();
        let (outcome, outcome_day) = (read_opt(self.outcome, "orders", "outcome")?, self.outcome_day.map(Day));
        Ok(SettledState {
            order: read(self.order, "orders", "id")?,
            placed_day: Day(self.placed_day),
            version: FactsVersion::from_stored(self.version),
            cancelled_at: self.cancelled_at.map(UnixMs),
            redacted_at: self.redacted_at.map(UnixMs),
            settlements: self.settlements,
            refunded_minor: self.refunded_minor,
            booked,
            attribution: attribution.map(|text| from_json(text, "orders", "attribution")).transpose()?,
            is_approved: self.is_approved,
            outcome: outcome_day.zip(outcome),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct BookedCreditRow {
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
}

impl BookedCreditRow {
    /// Converts the row.
    pub fn read(self) -> Result<BookedCredit> {
        Ok(BookedCredit {
            order: read(self.order_id, "credits", "order_id")?,
            position: self.position,
            link: read(self.link_id, "credits", "link_id")?,
            creator: read_opt(self.creator_id, "credits", "creator_id")?,
            campaign: read_opt(self.campaign_id, "credits", "campaign_id")?,
            kind: known(EvidenceKind::parse(&self.kind), "credits", "kind")?,
            touched_at: UnixMs(self.touched_at),
            weight: read(self.weight, "credits", "weight")?,
            currency: currency(&self.currency, "credits")?,
            amount_minor: self.amount_minor,
            conversions: self.conversions,
            day: Day(self.day),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct LedgerBalanceRow {
    pub order_id: String,
    pub creator_id: String,
    pub rule_id: String,
    pub currency: String,
    pub amount_minor: i64,
    pub edited_minor: i64,
    pub count: i64,
    pub payable_at: i64,
    pub is_waiting: bool,
    pub is_released: bool,
}

impl LedgerBalanceRow {
    /// Converts rows, one for each hold, that are sorted by order, creator, rule and currency.
    pub fn read_all(rows: Vec<Self>) -> Result<Vec<LedgerBalance>> {
        let mut balances: Vec<LedgerBalance> = Vec::new();
        for row in rows {
            let part = LedgerPart {
                amount_minor: row.amount_minor,
                payable_at: UnixMs(row.payable_at),
                is_waiting: row.is_waiting,
                is_released: row.is_released,
            };
            let next = LedgerBalance {
                order: read(row.order_id, "ledger", "order_id")?,
                creator: read(row.creator_id, "ledger", "creator_id")?,
                rule: read(row.rule_id, "ledger", "rule_id")?,
                currency: currency(&row.currency, "ledger")?,
                edited_minor: row.edited_minor,
                count: row.count,
                parts: vec![part],
            };
            match balances.last_mut() {
                Some(last)
                    if (&last.order, &last.creator, &last.rule, last.currency)
                        == (&next.order, &next.creator, &next.rule, next.currency) =>
                {
                    last.edited_minor += next.edited_minor;
                    last.count += next.count;
                    last.parts.extend(next.parts);
                }
                _ => balances.push(next),
            }
        }
        Ok(balances)
    }
}

/// An outcome as the adapters write it. `attribution` and `visitors` are JSON texts.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug, Serialize)]
pub struct SettledOrderRow {
    pub order_id: String,
    pub settled_at: i64,
    pub settled_orders: i64,
    pub settled_net_minor: i64,
    pub settled_refunded_minor: Option<i64>,
    pub settled_currency: &'static str,
    pub attribution: String,
    pub visitors: String,
    pub settled_day: i64,
    pub is_unproven: bool,
    pub keeps_approval: bool,
    pub outcome: Option<String>,
    pub outcome_day: Option<i64>,
}

impl SettledOrderRow {
    /// Converts the outcome.
    ///
    /// # Errors
    /// `Database` when it cannot be serialised.
    pub fn of(settled: &SettledOrder<'_>) -> Result<Self> {
        let json = |error: serde_json::Error| StoreError::Database(error.to_string());
        let attribution: &Attribution = settled.attribution;
        Ok(Self {
            order_id: settled.order.to_string(),
            settled_at: settled.settled_at.0,
            settled_orders: settled.booked.orders,
            settled_net_minor: settled.booked.net_minor,
            settled_refunded_minor: settled.booked.refunded_minor,
            settled_currency: settled.booked.currency.code(),
            attribution: serde_json::to_string(attribution).map_err(json)?,
            visitors: serde_json::to_string(settled.visitors).map_err(json)?,
            settled_day: settled.settled_day.0,
            is_unproven: settled.is_unproven,
            keeps_approval: settled.keeps_approval,
            outcome: settled.outcome.map(|(_, outcome)| outcome.to_string()),
            outcome_day: settled.outcome.map(|(day, _)| day.0),
        })
    }
}

/// Decides which events settlements emit, given what they change, and the ledger entries that wait for a person's
/// approval no longer.
pub type SettlementEvents<'a> = &'a (dyn Fn(&SettlementDelta<'_>, &[Entry]) -> NewEvents + Send + Sync);

/// Stores settlements.
#[async_trait::async_trait]
pub trait SettlementStore: Send + Sync {
    /// Books the settlements of one brand's orders in one transaction: replaces credits and outcomes, and changes daily
    /// totals and the ledger by the difference. No order may occur twice. Their events are written in the same
    /// transaction.
    ///
    /// Returns one result per settlement, in the same order: false, with that order unchanged, if since the decision
    /// its facts changed, it was settled, or a period was closed.
    ///
    /// # Errors
    /// `Missing` when the brand or an order does not exist.
    async fn settle_orders(
        &self,
        brand: &BrandId,
        settlements: &[Settlement<'_>],
        events: SettlementEvents<'_>,
    ) -> Result<Vec<bool>>;
}

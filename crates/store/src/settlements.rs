//! The credits that settle orders: what is stored moves by the difference to what was decided.
//!
//! What moves is worked out here, once for both engines ([`Moves`]); the adapters only read what is stored and write
//! the moves, several orders at a time.

use std::collections::BTreeMap;

use domain::{
    BrandId, EntryId, OrderId, UnixMs,
    attribution::{Attribution, Visitor},
    commission::{EntryKind, Owed},
    model::Model,
    order::Order,
    time::Day,
};
use serde::Serialize;

use crate::{Result, StoreError};

/// A decided order as it is to be stored.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// The order, with the refunds known when it was decided.
    pub order: &'a Order,
    /// The order's visitors.
    pub visitors: &'a [Visitor],
    /// What was decided.
    pub attribution: &'a Attribution,
    /// What is owed for it now; the ledger moves by the difference to what it says so far.
    pub owed: &'a [Owed],
    /// When what is owed may be paid.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
    /// Randomness for the ids of new ledger lines.
    pub entry_seed: [u8; 10],
    /// The day on which changes of figures are counted when the order's own is closed.
    pub day: Option<Day>,
    /// Figures of days up to this one must not change.
    pub closed_through: Option<Day>,
    /// How often the order had been settled when this was decided.
    pub settlements: i64,
    /// When.
    pub at: UnixMs,
}

/// What is stored of an order, read under its lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The order's id.
    pub order: String,
    /// The day it counts on.
    pub placed_day: i64,
    /// Version of its facts.
    pub updated_at: i64,
    /// When it was cancelled.
    pub cancelled_at: Option<i64>,
    /// When its shopper was erased.
    pub redacted_at: Option<i64>,
    /// How often it was settled.
    pub settlements: i64,
    /// Paid back so far, minor units.
    pub refunded_minor: i64,
    /// Currency of what it was settled with.
    pub settled_currency: Option<String>,
    /// Conversions that it was settled with.
    pub settled_orders: Option<i64>,
    /// Net revenue that it was settled with, minor units.
    pub settled_net_minor: Option<i64>,
    /// The outcome, as JSON.
    pub attribution: Option<String>,
}

/// A credit as it is stored. The fields are the columns.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredCredit {
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

/// A link's figures of a day, and by how much they move.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaleDayMove {
    pub day: i64,
    pub link_id: String,
    pub currency: String,
    pub conversions: i64,
    pub revenue_minor: i64,
}

/// A brand's figures of a day, and by how much they move.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderDayMove {
    pub day: i64,
    pub currency: String,
    pub orders: i64,
    pub revenue_minor: i64,
}

/// A touchpoint as it is stored.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredTouchpoint {
    pub order_id: String,
    pub position: i64,
    pub link_id: String,
    pub creator_id: Option<String>,
    pub campaign_id: Option<String>,
    pub kind: String,
    pub touched_at: i64,
    pub currency: String,
    pub day: i64,
    pub conversions: i64,
    pub first_touch_minor: i64,
    pub last_touch_minor: i64,
    pub linear_minor: i64,
    pub position_based_minor: i64,
    pub time_decay_minor: i64,
}

/// What an order gets to know of its settlement.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettledOrder {
    pub order_id: String,
    pub settled_at: i64,
    pub settled_orders: i64,
    pub settled_net_minor: i64,
    pub settled_currency: String,
    pub attribution: String,
    pub visitors: String,
    pub settled_day: i64,
}

/// Everything that some settlements change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Orders whose credits of open days are taken back; of one day only, where it is given.
    pub uncredited: Vec<(String, Option<i64>)>,
    /// New credits.
    pub credits: Vec<StoredCredit>,
    /// Links' figures, in the order in which every settlement takes their locks.
    pub sale_days: Vec<SaleDayMove>,
    /// Orders whose touchpoints are replaced.
    pub rerouted: Vec<String>,
    /// Their touchpoints.
    pub touchpoints: Vec<StoredTouchpoint>,
    /// New ledger lines.
    pub ledger: Vec<LedgerChange>,
    /// The brand's figures, in the order in which every settlement takes their locks.
    pub order_days: Vec<OrderDayMove>,
    /// The orders.
    pub orders: Vec<SettledOrder>,
}

/// Figures that move by day, name and currency: conversions or orders, and minor units.
type DayMoves = BTreeMap<(i64, String, String), (i64, i64)>;

fn move_day(days: &mut DayMoves, day: i64, name: &str, currency: &str, count: i64, minor: i64) {
    let figures = days.entry((day, name.to_owned(), currency.to_owned())).or_default();
    figures.0 += count;
    figures.1 += minor;
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}

impl Moves {
    /// What `settlements` change of what is stored: `stored` has one for each, in the same order; `credits` and `said`
    /// are those of all these orders.
    pub fn of(settlements: &[(&Settlement<'_>, Stored)], credits: &[StoredCredit], said: &[Said]) -> Result<Self> {
        let mut moves = Self::default();
        let (mut sale_days, mut order_days) = (DayMoves::new(), DayMoves::new());
        for (settlement, stored) in settlements {
            let id = settlement.order.id.as_str();
            let day = settlement.day.map_or(stored.placed_day, |day| day.0);
            let mine: Vec<&StoredCredit> = credits.iter().filter(|credit| credit.order_id == id).collect();
            moves.move_credits(settlement, day, mine, &mut sale_days);
            moves.move_outcome(settlement, stored, day, &mut order_days)?;
            let said = said.iter().filter(|line| line.order == id).cloned().collect();
            moves.ledger.extend(settlement.ledger_changes(said));
        }
        let is_moved = |figures: &(i64, i64)| *figures != (0, 0);
        let moved = sale_days.into_iter().filter(|(_, figures)| is_moved(figures));
        moves.sale_days = moved
            .map(|((day, link_id, currency), (conversions, revenue_minor))| SaleDayMove {
                day,
                link_id,
                currency,
                conversions,
                revenue_minor,
            })
            .collect();
        let moved = order_days.into_iter().filter(|(_, figures)| is_moved(figures));
        moves.order_days = moved
            .map(|((day, _, currency), (orders, revenue_minor))| OrderDayMove { day, currency, orders, revenue_minor })
            .collect();
        Ok(moves)
    }

    /// Replaces an order's credits on open days, and books on the settlement's day what then still differs from what
    /// closed days say. The links' figures follow.
    fn move_credits(
        &mut self,
        settlement: &Settlement<'_>,
        day: i64,
        mut stored: Vec<&StoredCredit>,
        sale_days: &mut DayMoves,
    ) {
        let closed_through = settlement.closed_through.map_or(i64::MIN, |day| day.0);
        stored.sort_by_key(|credit| credit.position);
        // What a late order was booked with on another day stands as well: the difference is booked today, as for the
        // brand's figures.
        let is_late = settlement.day.is_some();
        let stands = |credit: &&StoredCredit| credit.day <= closed_through || (is_late && credit.day != day);
        let (mut closed, open): (Vec<_>, Vec<_>) = stored.into_iter().partition(stands);
        let mut position = closed.last().map_or(0, |credit| credit.position + 1);
        let converting = settlement.converting_credit();
        let currency = settlement.order.currency.code();
        let mut due: Vec<StoredCredit> = Vec::new();
        for (place, credit) in settlement.attribution.credits.iter().enumerate() {
            let mut row = StoredCredit {
                order_id: settlement.order.id.to_string(),
                position: 0,
                link_id: credit.link.to_string(),
                creator_id: credit.creator.as_ref().map(ToString::to_string),
                campaign_id: credit.campaign.as_ref().map(ToString::to_string),
                kind: credit.kind.as_str().to_owned(),
                touched_at: credit.at.0,
                weight: credit.weight.clone(),
                currency: currency.to_owned(),
                amount_minor: credit.amount_minor,
                conversions: i64::from(converting == Some(place)),
                day,
            };
            let is_this = |one: &&StoredCredit| one.link_id == row.link_id && one.currency == row.currency;
            let (same, others): (Vec<_>, Vec<_>) = closed.iter().copied().partition(is_this);
            let is_closed = !same.is_empty();
            closed = others;
            row.amount_minor -= same.iter().map(|one| one.amount_minor).sum::<i64>();
            row.conversions -= same.iter().map(|one| one.conversions).sum::<i64>();
            if !is_closed || row.amount_minor != 0 || row.conversions != 0 {
                due.push(row);
            }
        }
        // Closed credits that are not due any more.
        due.extend(closed.into_iter().map(|one| StoredCredit {
            amount_minor: -one.amount_minor,
            conversions: -one.conversions,
            day,
            ..one.clone()
        }));
        for row in &mut due {
            row.position = position;
            position += 1;
        }
        if open.iter().copied().eq(due.iter()) {
            return;
        }
        for credit in &open {
            let (conversions, minor) = (-credit.conversions, -credit.amount_minor);
            move_day(sale_days, credit.day, &credit.link_id, &credit.currency, conversions, minor);
        }
        for credit in &due {
            let (conversions, minor) = (credit.conversions, credit.amount_minor);
            move_day(sale_days, credit.day, &credit.link_id, &credit.currency, conversions, minor);
        }
        if !open.is_empty() {
            self.uncredited.push((settlement.order.id.to_string(), is_late.then_some(day)));
        }
        self.credits.extend(due);
    }

    /// What the order, its touchpoints and the brand's figures get to say.
    fn move_outcome(
        &mut self,
        settlement: &Settlement<'_>,
        stored: &Stored,
        day: i64,
        order_days: &mut DayMoves,
    ) -> Result<()> {
        let (order, attribution) = (settlement.order, settlement.attribution);
        let currency = order.currency.code();
        let settled = SettledOrder {
            order_id: order.id.to_string(),
            settled_at: settlement.at.0,
            settled_orders: i64::from(order.is_conversion()),
            settled_net_minor: if order.is_test { 0 } else { attribution.net_minor },
            settled_currency: currency.to_owned(),
            attribution: json(attribution)?,
            visitors: json(settlement.visitors)?,
            settled_day: day,
        };
        let earlier = (&stored.settled_currency, stored.settled_orders, stored.settled_net_minor);
        if let (Some(currency), Some(orders), Some(net_minor)) = earlier {
            move_day(order_days, day, "", currency, -orders, -net_minor);
        }
        move_day(order_days, day, "", currency, settled.settled_orders, settled.settled_net_minor);

        let is_same = stored.attribution.as_ref() == Some(&settled.attribution)
            && stored.settled_orders == Some(settled.settled_orders)
            && stored.settled_currency.as_deref() == Some(currency);
        // Those of a closed day stay.
        let is_open = day == stored.placed_day || stored.settled_currency.is_none();
        if is_open && !is_same {
            if stored.settled_currency.is_some() {
                self.rerouted.push(order.id.to_string());
            }
            let last = attribution.journey.len().saturating_sub(1);
            for (place, touch) in attribution.journey.iter().enumerate() {
                let by_model = |model: Model| {
                    Model::ALL
                        .iter()
                        .zip(touch.amounts_minor)
                        .find(|(one, _)| **one == model)
                        .map_or(0, |(_, minor)| minor)
                };
                self.touchpoints.push(StoredTouchpoint {
                    order_id: order.id.to_string(),
                    position: i64::try_from(place).unwrap_or(i64::MAX),
                    link_id: touch.link.to_string(),
                    creator_id: touch.creator.as_ref().map(ToString::to_string),
                    campaign_id: touch.campaign.as_ref().map(ToString::to_string),
                    kind: touch.kind.as_str().to_owned(),
                    touched_at: touch.at.0,
                    currency: currency.to_owned(),
                    day,
                    // The journey converted once; the last touch says so.
                    conversions: i64::from(order.is_conversion() && place == last),
                    first_touch_minor: by_model(Model::FirstTouch),
                    last_touch_minor: by_model(Model::LastTouch),
                    linear_minor: by_model(Model::Linear),
                    position_based_minor: by_model(Model::PositionBased),
                    time_decay_minor: by_model(Model::TimeDecay),
                });
            }
        }
        self.orders.push(settled);
        Ok(())
    }
}

/// What the ledger says so far of an order, for one creator, rule and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The order's id.
    pub order: String,
    /// The creator's id.
    pub creator: String,
    /// The rule's id.
    pub rule: String,
    /// The currency's code.
    pub currency: String,
    /// The sum of its lines.
    pub amount_minor: i64,
    /// How many lines there are.
    pub count: i64,
    /// When the last of them may be paid.
    pub payable_at: UnixMs,
    /// Whether any needs a person's approval.
    pub needs_approval: bool,
    /// Whether any is approved, payable or paid out already.
    pub is_released: bool,
}

/// A line that the ledger must get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerChange {
    /// The order's id.
    pub order: OrderId,
    /// The line's id.
    pub id: EntryId,
    /// What makes adding it idempotent.
    pub key: String,
    /// The creator's id.
    pub creator: String,
    /// The rule's id.
    pub rule: String,
    /// The currency's code.
    pub currency: String,
    /// Accrual or reversal.
    pub kind: EntryKind,
    /// Minor units, never zero.
    pub amount_minor: i64,
    /// Why.
    pub reason: String,
    /// When it may be paid.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
}

impl Settlement<'_> {
    /// Whether what it was decided on is still what is stored.
    pub fn is_current(&self, stored: &Stored, closed_through: Option<Day>) -> bool {
        stored.updated_at == self.order.updated_at.0
            && stored.cancelled_at == self.order.cancelled_at.map(|at| at.0)
            && stored.redacted_at == self.order.redacted_at.map(|at| at.0)
            && stored.refunded_minor == self.order.refunded_minor
            && stored.settlements == self.settlements
            && closed_through == self.closed_through
    }

    /// The lines by which the ledger comes from what it says to what is owed.
    pub fn ledger_changes(&self, said: Vec<Said>) -> Vec<LedgerChange> {
        let mut owed: Vec<&Owed> = self.owed.iter().collect();
        let code = self.order.currency.code();
        let mut changes = Vec::new();
        for line in said {
            let is_this = |one: &Owed| {
                (one.creator.as_str(), one.rule.as_str(), code) == (&*line.creator, &*line.rule, &*line.currency)
            };
            let due = owed.iter().position(|one| is_this(one)).map(|place| owed.swap_remove(place));
            let change = due.map_or(0, |due| due.amount_minor) - line.amount_minor;
            let reason = due.map_or("the order earns nothing any more", |due| &due.reason).to_owned();
            changes.push((line, change, reason));
        }
        changes.extend(owed.into_iter().map(|due| {
            let line = Said {
                order: self.order.id.to_string(),
                creator: due.creator.to_string(),
                rule: due.rule.to_string(),
                currency: code.to_owned(),
                amount_minor: 0,
                count: 0,
                payable_at: self.payable_at,
                needs_approval: self.needs_approval,
                is_released: false,
            };
            (line, due.amount_minor, due.reason.clone())
        }));
        changes.retain(|(_, change, _)| *change != 0);
        changes.sort_by(|(one, ..), (other, ..)| (&one.creator, &one.rule).cmp(&(&other.creator, &other.rule)));
        let lines = changes.into_iter().enumerate().map(|(nth, (line, amount_minor, reason))| LedgerChange {
            // What is taken back goes with what was given: on hold while that is, payable at once when that may have
            // been paid. Otherwise a refund would wait while the commission of what it took back goes out.
            payable_at: match (amount_minor > 0, line.is_released) {
                (true, _) => self.payable_at,
                (false, true) => self.at,
                (false, false) => line.payable_at,
            },
            needs_approval: match (amount_minor > 0, line.is_released) {
                (true, _) => self.needs_approval,
                (false, true) => false,
                (false, false) => line.needs_approval,
            },
            id: self.entry_id(nth),
            order: self.order.id.clone(),
            key: format!("{}:{}:{}:{}:{}", self.order.id, line.creator, line.rule, line.currency, line.count),
            kind: if amount_minor > 0 { EntryKind::Accrual } else { EntryKind::Reversal },
            creator: line.creator,
            rule: line.rule,
            currency: line.currency,
            amount_minor,
            reason,
        });
        lines.collect()
    }

    /// The id of the nth ledger line that this settlement adds.
    pub fn entry_id(&self, nth: usize) -> EntryId {
        let mut seed = self.entry_seed;
        for (byte, step) in seed.iter_mut().rev().zip(nth.to_le_bytes()) {
            *byte = byte.wrapping_add(step);
        }
        EntryId::new(self.at.0, seed)
    }

    /// Which credit carries the order as a conversion, so that the links' conversions add up to the orders': the
    /// largest, of equals the latest.
    pub fn converting_credit(&self) -> Option<usize> {
        let is_counted = self.order.is_conversion();
        let credits = self.attribution.credits.iter().enumerate();
        credits
            .max_by_key(|(place, credit)| (credit.weight_part(), *place))
            .map(|(place, _)| place)
            .filter(|_| is_counted)
    }
}

/// Stores settlements.
#[async_trait::async_trait]
pub trait SettlementStore: Send + Sync {
    /// Replaces the credits and outcomes of orders of one brand, and moves the days' figures and the ledger by the
    /// difference, in one transaction. One answer for each, in the same order: false, and nothing of that order
    /// changed, when its facts are not those that were decided on any more, when it was settled meanwhile, or when a
    /// period was closed meanwhile. No order may be among them twice.
    async fn settle_orders(&self, brand: &BrandId, settlements: &[Settlement<'_>]) -> Result<Vec<bool>>;
}

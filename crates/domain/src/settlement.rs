//! What changes when orders are settled: credits, figures by day, touchpoints and ledger lines move by the difference
//! between what is booked and what was decided.
//!
//! Pure, so that both databases book the same. An adapter reads what is booked under the orders' locks, and writes the
//! [`SettlementDelta`], several orders at a time.

mod change;

use std::collections::BTreeMap;

pub use change::OrderChange;
use serde::Serialize;

use crate::{
    CampaignId, CreatorId, Currency, EntryId, FactsVersion, Fraction, LinkId, OrderId, RuleId, UnixMs,
    attribution::{Attribution, Visitor},
    commission::{EntryKind, Owed},
    evidence::EvidenceKind,
    model::ByModel,
    order::Order,
    outcome::Outcome,
    time::Day,
};

/// A decided order as it is to be booked.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// The order, with the refunds known when it was decided.
    pub order: &'a Order,
    /// The order's visitors.
    pub visitors: &'a [Visitor],
    /// The decision.
    pub attribution: &'a Attribution,
    /// The commissions owed for it now. The ledger moves by the difference to what it holds.
    pub owed: &'a [Owed],
    /// When the commissions become payable.
    pub payable_at: UnixMs,
    /// Whether the brand wants a person to approve every commission.
    pub needs_approval: bool,
    /// Whether the credits rest on the word of browsers that the brand does not trust: then a person must approve them.
    pub is_unproven: bool,
    /// Randomness for the ids of new ledger lines.
    pub entry_seed: [u8; 10],
    /// The day on which changes are booked if the order's own day is closed.
    pub day: Option<Day>,
    /// Figures of days up to this one must not change.
    pub closed_through: Option<Day>,
    /// How often the order had been settled when this was decided.
    pub settlements: i64,
    /// When this was decided.
    pub at: UnixMs,
}

/// What is booked of an order, read under its lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledState {
    /// The order.
    pub order: OrderId,
    /// The day the order counts on.
    pub placed_day: Day,
    /// Version of its facts.
    pub version: FactsVersion,
    /// When it was cancelled.
    pub cancelled_at: Option<UnixMs>,
    /// When its shopper was erased.
    pub redacted_at: Option<UnixMs>,
    /// How often it was settled.
    pub settlements: i64,
    /// Refunds that are deducted on their own, minor units.
    pub refunded_minor: i64,
    /// The figures of the last settlement; `None` before the first.
    pub booked: Option<BookedFigures>,
    /// The decision of the last settlement.
    pub attribution: Option<Attribution>,
    /// Whether a person approved that decision, which rests on the word of browsers.
    pub is_approved: bool,
    /// How it is counted among the brand's outcomes, and on which day.
    pub outcome: Option<(Day, Outcome)>,
}

/// What an order counts for in its brand's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookedFigures {
    /// The currency.
    pub currency: Currency,
    /// Conversions: 0 or 1.
    pub orders: i64,
    /// Net revenue, minor units.
    pub net_minor: i64,
    /// Refunded until then, minor units; `None` of figures from before this was kept.
    pub refunded_minor: Option<i64>,
}

/// A credit as it is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookedCredit {
    /// The order.
    pub order: OrderId,
    /// Position among the order's credits, from 0.
    pub position: i64,
    /// The link.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// The kind of evidence that won.
    pub kind: EvidenceKind,
    /// The touchpoint's time.
    pub touched_at: UnixMs,
    /// The share of the order.
    pub weight: Fraction,
    /// The currency.
    pub currency: Currency,
    /// Minor units; below zero where a closed day's credit is taken back.
    pub amount_minor: i64,
    /// Conversions: 1 for the credit that carries the order's conversion.
    pub conversions: i64,
    /// The day it is booked on.
    pub day: Day,
}

/// By how much a link's figures of one day move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaleDayDelta {
    /// The day.
    pub day: Day,
    /// The link.
    pub link: LinkId,
    /// The currency.
    pub currency: Currency,
    /// Conversions.
    pub conversions: i64,
    /// Net revenue, minor units.
    pub revenue_minor: i64,
}

/// By how much a brand's figures of one day move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderDayDelta {
    /// The day.
    pub day: Day,
    /// The currency.
    pub currency: Currency,
    /// Orders.
    pub orders: i64,
    /// Net revenue, minor units.
    pub revenue_minor: i64,
}

/// By how much a brand's outcomes of one day move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeDayDelta {
    /// The day.
    pub day: Day,
    /// The outcome's stored name.
    pub outcome: String,
    /// Orders.
    pub orders: i64,
}

/// A touchpoint as it is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookedTouchpoint {
    /// The order.
    pub order: OrderId,
    /// Position in the journey, from 0.
    pub position: i64,
    /// The link.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// How it is known.
    pub kind: EvidenceKind,
    /// When.
    pub touched_at: UnixMs,
    /// The currency.
    pub currency: Currency,
    /// The day the order counts on.
    pub day: Day,
    /// Conversions: 1 for the last touchpoint of a journey that converted.
    pub conversions: i64,
    /// Net revenue under each model, minor units.
    pub amounts_minor: ByModel<i64>,
}

/// The outcome to store with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledOrder<'a> {
    /// The order.
    pub order: OrderId,
    /// When it was decided.
    pub settled_at: UnixMs,
    /// What it counts for now.
    pub booked: BookedFigures,
    /// The decision.
    pub attribution: &'a Attribution,
    /// The order's visitors.
    pub visitors: &'a [Visitor],
    /// The day it is booked on; an earlier settlement's day stays.
    pub settled_day: Day,
    /// Whether the credits rest on the word of browsers that the brand does not trust.
    pub is_unproven: bool,
    /// Whether a person's approval of the last decision covers this one.
    pub keeps_approval: bool,
    /// How it is counted among the brand's outcomes, and on which day. `None` if it is no conversion.
    pub outcome: Option<(Day, Outcome)>,
}

/// Ledger total of an order so far, for one creator, rule and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerBalance {
    /// The order.
    pub order: OrderId,
    /// The creator.
    pub creator: CreatorId,
    /// The rule.
    pub rule: RuleId,
    /// The currency.
    pub currency: Currency,
    /// What people's edits took from lines, minor units: zero or less. What they added to others is not set off: what a
    /// person lets a creator keep, the next settlement does not take.
    pub edited_minor: i64,
    /// Number of lines.
    pub count: i64,
    /// The lines by their hold.
    pub parts: Vec<LedgerPart>,
}

impl LedgerBalance {
    /// Sum of the lines, minor units.
    pub fn amount_minor(&self) -> i64 {
        self.parts.iter().map(|part| part.amount_minor).sum()
    }

    /// Splits what is to be taken back among the lines that it takes back: those that wait for approval, then those on
    /// hold, the longest first, then those that may have been paid.
    fn reversals(&self, minor: i64, now: UnixMs) -> Vec<LedgerPart> {
        let mut open: Vec<&LedgerPart> =
            self.parts.iter().filter(|part| !part.is_released && part.amount_minor > 0).collect();
        open.sort_by_key(|part| core::cmp::Reverse((part.is_waiting, part.payable_at)));
        let mut left = minor;
        let mut reversals = Vec::new();
        for part in open {
            let taken = left.min(part.amount_minor);
            left -= taken;
            reversals.push(LedgerPart { amount_minor: -taken, ..part.clone() });
        }
        reversals.push(LedgerPart { amount_minor: -left, payable_at: now, is_waiting: false, is_released: true });
        reversals.retain(|part| part.amount_minor != 0);
        reversals
    }
}

/// Lines of a [`LedgerBalance`] that become payable together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPart {
    /// Their sum, minor units.
    pub amount_minor: i64,
    /// When they become payable.
    pub payable_at: UnixMs,
    /// Whether they wait for a person's approval.
    pub is_waiting: bool,
    /// Whether they are payable or paid out already.
    pub is_released: bool,
}

/// A new ledger line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerChange {
    /// The order.
    pub order: OrderId,
    /// The line's id.
    pub id: EntryId,
    /// Idempotency key.
    pub key: String,
    /// The creator.
    pub creator: CreatorId,
    /// The rule.
    pub rule: RuleId,
    /// The currency.
    pub currency: Currency,
    /// Accrual or reversal.
    pub kind: EntryKind,
    /// Minor units, never zero.
    pub amount_minor: i64,
    /// The rule's explanation.
    pub reason: String,
    /// When it becomes payable.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
}

/// Everything that some settlements change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementDelta<'a> {
    /// Orders whose credits on open days are deleted; only those of one day, where a day is given.
    pub deleted_credits: Vec<(OrderId, Option<Day>)>,
    /// New credits.
    pub credits: Vec<BookedCredit>,
    /// Figures of links, in the order in which every settlement locks them.
    pub sale_days: Vec<SaleDayDelta>,
    /// Orders whose touchpoints are replaced.
    pub replaced_touchpoints: Vec<OrderId>,
    /// Their touchpoints.
    pub touchpoints: Vec<BookedTouchpoint>,
    /// Orders whose ledger lines wait for a person's approval no longer, each with an id for the audit log.
    pub released: Vec<(OrderId, EntryId)>,
    /// New ledger lines.
    pub ledger: Vec<LedgerChange>,
    /// Figures of the brand, in the order in which every settlement locks them.
    pub order_days: Vec<OrderDayDelta>,
    /// The brand's orders by what became of them, in the order in which every settlement locks them.
    pub outcome_days: Vec<OutcomeDayDelta>,
    /// Outcomes to store with the orders.
    pub orders: Vec<SettledOrder<'a>>,
    /// The orders whose credits or net revenue change.
    pub changes: Vec<OrderChange<'a>>,
}

/// Counts (conversions or orders) and minor units by day, link and currency.
struct DayFigures<K>(BTreeMap<(Day, K, Currency), (i64, i64)>);

impl<K> Default for DayFigures<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> DayFigures<K> {
    fn add(&mut self, day: Day, key: K, currency: Currency, count: i64, minor: i64) {
        let figures = self.0.entry((day, key, currency)).or_default();
        figures.0 += count;
        figures.1 += minor;
    }

    /// The figures that are not zero, by day, key and currency.
    fn into_changed(self) -> impl Iterator<Item = (Day, K, Currency, i64, i64)> {
        let figures = self.0.into_iter().filter(|(_, figures)| *figures != (0, 0));
        figures.map(|((day, key, currency), (count, minor))| (day, key, currency, count, minor))
    }
}

impl<'a> SettlementDelta<'a> {
    /// What `settlements` change, given what is booked for each and the credits and ledger totals of all these orders.
    pub fn of(
        settlements: &[(&Settlement<'a>, SettledState)],
        credits: &[BookedCredit],
        balances: &[LedgerBalance],
    ) -> Self {
        let mut delta = Self::default();
        let (mut sale_days, mut order_days) = (DayFigures::default(), DayFigures::default());
        for (settlement, state) in settlements {
            let id = &settlement.order.id;
            let day = settlement.day.unwrap_or(state.placed_day);
            let own_credits = credits.iter().filter(|credit| credit.order == *id).collect();
            delta.replace_credits(settlement, day, own_credits, &mut sale_days);
            delta.replace_outcome(settlement, state, day, &mut order_days);
            let own_balances = balances.iter().filter(|balance| balance.order == *id).cloned().collect();
            delta.change_ledger(settlement, state, own_balances);
        }
        delta.sale_days = sale_days
            .into_changed()
            .map(|(day, link, currency, conversions, revenue_minor)| SaleDayDelta {
                day,
                link,
                currency,
                conversions,
                revenue_minor,
            })
            .collect();
        delta.order_days = order_days
            .into_changed()
            .map(|(day, (), currency, orders, revenue_minor)| OrderDayDelta { day, currency, orders, revenue_minor })
            .collect();
        delta.count_outcomes(settlements);
        delta
    }

    /// Counts every order as it is now, instead of as it was. They are no figures of money: those of closed days follow
    /// too.
    fn count_outcomes(&mut self, settlements: &[(&Settlement<'a>, SettledState)]) {
        let mut counts: BTreeMap<(Day, String), i64> = BTreeMap::new();
        let before = settlements.iter().filter_map(|(_, state)| state.outcome).map(|outcome| (outcome, -1));
        let after = self.orders.iter().filter_map(|order| order.outcome).map(|outcome| (outcome, 1));
        for ((day, outcome), change) in before.chain(after) {
            *counts.entry((day, outcome.to_string())).or_default() += change;
        }
        let changed = counts.into_iter().filter(|(_, orders)| *orders != 0);
        self.outcome_days = changed.map(|((day, outcome), orders)| OutcomeDayDelta { day, outcome, orders }).collect();
    }

    /// Replaces an order's credits on open days. What then still differs from the credits on closed days is booked on
    /// the settlement's day. The links' figures follow.
    fn replace_credits(
        &mut self,
        settlement: &Settlement<'_>,
        day: Day,
        mut booked: Vec<&BookedCredit>,
        sale_days: &mut DayFigures<LinkId>,
    ) {
        booked.sort_by_key(|credit| credit.position);
        // A late order's credits on other days stay too: the difference is booked today, as in the brand's figures.
        let is_late = settlement.day.is_some();
        let is_kept = |credit: &&BookedCredit| {
            settlement.closed_through.is_some_and(|closed| credit.day <= closed) || (is_late && credit.day != day)
        };
        let (kept, open): (Vec<_>, Vec<_>) = booked.into_iter().partition(is_kept);
        let first_position = kept.last().map_or(0, |credit| credit.position + 1);
        let mut due = settlement.due_credits(day, kept);
        for (position, credit) in (first_position..).zip(&mut due) {
            credit.position = position;
        }
        if open.iter().copied().eq(due.iter()) {
            return;
        }
        for credit in &open {
            let (conversions, minor) = (-credit.conversions, -credit.amount_minor);
            sale_days.add(credit.day, credit.link.clone(), credit.currency, conversions, minor);
        }
        for credit in &due {
            let (conversions, minor) = (credit.conversions, credit.amount_minor);
            sale_days.add(credit.day, credit.link.clone(), credit.currency, conversions, minor);
        }
        if !open.is_empty() {
            self.deleted_credits.push((settlement.order.id.clone(), is_late.then_some(day)));
        }
        self.credits.extend(due);
    }

    /// Brings the ledger to what is owed. What waited for approval waits no longer once the decision is proven.
    fn change_ledger(&mut self, settlement: &Settlement<'_>, state: &SettledState, mut balances: Vec<LedgerBalance>) {
        let is_unproven = settlement.is_unproven && !settlement.keeps_approval(state);
        let settlement = Settlement { needs_approval: settlement.needs_approval || is_unproven, ..settlement.clone() };
        let mut parts = balances.iter().flat_map(|balance| &balance.parts);
        if !settlement.needs_approval && parts.any(|part| part.is_waiting) {
            self.released.push((settlement.order.id.clone(), settlement.entry_id(0)));
            for part in balances.iter_mut().flat_map(|balance| &mut balance.parts) {
                part.is_waiting = false;
                part.is_released |= part.payable_at <= settlement.at;
            }
        }
        self.ledger.extend(settlement.ledger_changes(balances));
    }

    /// Replaces the outcome stored with the order, its touchpoints, and what it counts for in the brand's figures.
    fn replace_outcome(
        &mut self,
        settlement: &Settlement<'a>,
        state: &SettledState,
        day: Day,
        order_days: &mut DayFigures<()>,
    ) {
        let (order, attribution) = (settlement.order, settlement.attribution);
        let booked = BookedFigures {
            currency: order.currency,
            orders: i64::from(order.is_conversion()),
            net_minor: if order.is_test { 0 } else { attribution.net_minor },
            refunded_minor: Some(order.refunded_minor),
        };
        self.changes.extend(OrderChange::of(settlement, state, booked));
        if let Some(before) = state.booked {
            // A better known time may have moved the order to another day since it was booked.
            let booked_on = state.outcome.as_ref().map_or(day, |(day, _)| *day);
            let is_closed = settlement.closed_through.is_some_and(|closed| booked_on <= closed);
            let booked_on = if settlement.day.is_some() || is_closed { day } else { booked_on };
            order_days.add(booked_on, (), before.currency, -before.orders, -before.net_minor);
        }
        order_days.add(day, (), booked.currency, booked.orders, booked.net_minor);

        let is_unchanged = state.attribution.as_ref() == Some(attribution)
            && state.booked.is_some_and(|before| (before.orders, before.currency) == (booked.orders, booked.currency));
        // Touchpoints of a closed day stay.
        let is_open = day == state.placed_day || state.booked.is_none();
        if is_open && !is_unchanged {
            if state.booked.is_some() {
                self.replaced_touchpoints.push(order.id.clone());
            }
            self.touchpoints.extend(settlement.touchpoints(day));
        }
        self.orders.push(SettledOrder {
            order: order.id.clone(),
            settled_at: settlement.at,
            booked,
            attribution,
            visitors: settlement.visitors,
            settled_day: day,
            is_unproven: settlement.is_unproven,
            keeps_approval: settlement.keeps_approval(state),
            outcome: order.is_conversion().then(|| (state.placed_day, Outcome::of(attribution))),
        });
    }
}

/// Keeps reversals from taking back once more what a person's edits took away: the sum of a creator's balances in a currency, with
/// the edits that reduced them, does not become negative, whichever rules they are under.
fn spare_edited(changes: &mut [(LedgerBalance, i64, String)]) {
    let mut sums: BTreeMap<(CreatorId, String), i64> = BTreeMap::new();
    for (balance, change_minor, _) in changes.iter() {
        let key = (balance.creator.clone(), balance.currency.to_string());
        *sums.entry(key).or_default() += balance.amount_minor() + change_minor + balance.edited_minor;
    }
    for (balance, change_minor, _) in changes.iter_mut().filter(|(_, change_minor, _)| *change_minor < 0) {
        let key = (balance.creator.clone(), balance.currency.to_string());
        if let Some(sum) = sums.get_mut(&key) {
            let spared = (-*sum).clamp(0, -*change_minor);
            *change_minor += spared;
            *sum += spared;
        }
    }
}

impl Settlement<'_> {
    /// Whether the facts that it was decided on are still the stored ones.
    pub fn is_current(&self, state: &SettledState, closed_through: Option<Day>) -> bool {
        state.version == self.order.version
            && state.cancelled_at == self.order.cancelled_at
            && state.redacted_at == self.order.redacted_at
            && state.refunded_minor == self.order.refunded_minor - self.order.details.refunded_minor
            && state.settlements == self.settlements
            && closed_through == self.closed_through
    }

    /// Whether a person's approval of the last decision covers this one: it credits the same links.
    fn keeps_approval(&self, state: &SettledState) -> bool {
        let is_same = |earlier: &Attribution| self.attribution.credits_same_links(earlier);
        state.is_approved && state.attribution.as_ref().is_some_and(is_same)
    }

    /// The credits to book on `day` beside the `kept` ones: the decided credits less what the kept ones of the same link
    /// and currency hold, and the reversal of kept credits that are no longer due. Positions are not set.
    fn due_credits(&self, day: Day, mut kept: Vec<&BookedCredit>) -> Vec<BookedCredit> {
        let converting = self.converting_credit();
        let mut due = Vec::new();
        for (index, credit) in self.attribution.credits.iter().enumerate() {
            let mut booked = BookedCredit {
                order: self.order.id.clone(),
                position: 0,
                link: credit.link.clone(),
                creator: credit.creator.clone(),
                campaign: credit.campaign.clone(),
                kind: credit.kind,
                touched_at: credit.at,
                weight: credit.weight,
                currency: self.order.currency,
                amount_minor: credit.amount_minor,
                conversions: i64::from(converting == Some(index)),
                day,
            };
            let is_same = |other: &&BookedCredit| other.link == booked.link && other.currency == booked.currency;
            let (same, others): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_same);
            kept = others;
            booked.amount_minor -= same.iter().map(|other| other.amount_minor).sum::<i64>();
            booked.conversions -= same.iter().map(|other| other.conversions).sum::<i64>();
            if same.is_empty() || booked.amount_minor != 0 || booked.conversions != 0 {
                due.push(booked);
            }
        }
        due.extend(kept.into_iter().map(|credit| BookedCredit {
            amount_minor: -credit.amount_minor,
            conversions: -credit.conversions,
            day,
            ..credit.clone()
        }));
        due
    }

    /// The order's journey as it is booked. The conversion is counted once, on the last touchpoint.
    fn touchpoints(&self, day: Day) -> impl Iterator<Item = BookedTouchpoint> {
        let last = self.attribution.journey.len().saturating_sub(1);
        (0i64..).zip(self.attribution.journey.iter().enumerate()).map(move |(position, (index, touch))| {
            BookedTouchpoint {
                order: self.order.id.clone(),
                position,
                link: touch.link.clone(),
                creator: touch.creator.clone(),
                campaign: touch.campaign.clone(),
                kind: touch.kind,
                touched_at: touch.at,
                currency: self.order.currency,
                day,
                conversions: i64::from(self.order.is_conversion() && index == last),
                amounts_minor: touch.amounts_minor,
            }
        })
    }

    /// The lines that bring the ledger from its totals to what is owed.
    pub fn ledger_changes(&self, balances: Vec<LedgerBalance>) -> Vec<LedgerChange> {
        let mut owed: Vec<&Owed> = self.owed.iter().collect();
        let currency = self.order.currency;
        let mut changes = Vec::new();
        for balance in balances {
            let is_same = |due: &&Owed| {
                (&due.creator, &due.rule, currency) == (&balance.creator, &balance.rule, balance.currency)
            };
            let due = owed.iter().position(is_same).map(|index| owed.swap_remove(index));
            let change_minor = due.map_or(0, |due| due.amount_minor) - balance.amount_minor();
            let reason = due.map_or("the order earns nothing any more", |due| &due.reason).to_owned();
            changes.push((balance, change_minor, reason));
        }
        changes.extend(owed.into_iter().map(|due| {
            let nothing_yet = LedgerBalance {
                order: self.order.id.clone(),
                creator: due.creator.clone(),
                rule: due.rule.clone(),
                currency,
                edited_minor: 0,
                count: 0,
                parts: Vec::new(),
            };
            (nothing_yet, due.amount_minor, due.reason.clone())
        }));
        spare_edited(&mut changes);
        changes.retain(|(_, change_minor, _)| *change_minor != 0);
        changes.sort_by(|(one, ..), (other, ..)| (&one.creator, &one.rule).cmp(&(&other.creator, &other.rule)));
        let mut lines = Vec::new();
        for (balance, minor, reason) in changes {
            self.add_lines(&mut lines, &balance, minor, &reason);
        }
        lines
    }

    /// Adds the lines that change a balance by an amount. A reversal has the hold of what it takes back: on hold while that
    /// is, payable at once when that may have been paid. Otherwise a refund would wait while the commission that it takes
    /// back is paid out.
    fn add_lines(&self, lines: &mut Vec<LedgerChange>, balance: &LedgerBalance, minor: i64, reason: &str) {
        let (payable_at, is_waiting) = (self.payable_at, self.needs_approval);
        let parts = if minor > 0 {
            vec![LedgerPart { amount_minor: minor, payable_at, is_waiting, is_released: false }]
        } else {
            balance.reversals(-minor, self.at)
        };
        let LedgerBalance { creator, rule, currency, .. } = balance;
        for (count, part) in (balance.count..).zip(parts) {
            lines.push(LedgerChange {
                id: self.entry_id(lines.len()),
                order: self.order.id.clone(),
                key: format!("{}:{creator}:{rule}:{currency}:{count}", self.order.id),
                kind: if part.amount_minor > 0 { EntryKind::Accrual } else { EntryKind::Reversal },
                creator: creator.clone(),
                rule: rule.clone(),
                currency: *currency,
                amount_minor: part.amount_minor,
                reason: reason.to_owned(),
                payable_at: part.payable_at,
                needs_approval: part.is_waiting,
            });
        }
    }

    /// The id of the nth ledger line that this settlement adds.
    pub fn entry_id(&self, nth: usize) -> EntryId {
        let mut seed = self.entry_seed;
        for (byte, step) in seed.iter_mut().rev().zip(nth.to_le_bytes()) {
            *byte = byte.wrapping_add(step);
        }
        EntryId::new(self.at.0, seed)
    }

    /// Which credit carries the order's conversion, so that the links' conversions add up to the orders': the largest,
    /// of equal ones the latest.
    fn converting_credit(&self) -> Option<usize> {
        let is_counted = self.order.is_conversion();
        let credits = self.attribution.credits.iter().enumerate();
        credits
            .max_by_key(|(index, credit)| (credit.weight.part(), *index))
            .map(|(index, _)| index)
            .filter(|_| is_counted)
    }
}

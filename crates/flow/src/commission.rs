//! Commissions: rules, the ledger and its balances, manual adjustments, milestones.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CampaignId, CreatorId, Currency, EntryId, Money, OrderId, RuleId,
    brand::Brand,
    commission::{Base, EntryKind, Rate, RefundPart, Rule, Scope, owed, parse_percent},
    creator::Creator,
    milestone,
    money::REPORTED_MAX_MINOR,
    order::Order,
    outbound::{EventData, MilestoneData},
};
use store::{orders::Refund, outbound::NewEvents};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    outbound::{
        commissions::{adjustment_events, approval_events},
        draft::{Draft, People},
    },
    settle::Decided,
    stage::Commissions,
    survey::reason_text,
};

pub use store::commissions::{Approval, Balance, Entry, WaitingCommission};

/// Ledger entries per page.
const PAGE: i64 = 100;
/// Most commissions that wait for approval and are read at once.
pub const WAITING_MAX: i64 = 1_000;
/// Longest tier or product id, in characters.
const SCOPE_CHARS_MAX: usize = 120;

/// A rule from a form or program, not yet validated: every field is text, and all faults are reported together.
#[derive(Clone, Debug, Default)]
pub struct NewRule {
    /// `all`, `tier`, `campaign`, `product` or `creator`.
    pub scope: String,
    /// The tier, campaign id, product id or creator id; empty for `all`.
    pub of: String,
    /// Percentage with up to two decimals, such as `12.5`; empty for a fixed amount.
    pub percent: String,
    /// Fixed amount per order; empty for a percentage.
    pub fixed: String,
    /// Bonus for a customer's first order; may be empty.
    pub new_customer_bonus: String,
    /// The most that one order earns; may be empty.
    pub cap: String,
    /// Currency of the amounts; the brand's when empty.
    pub currency: String,
    /// First day, `2026-11-01`, in the brand's time zone; now when empty.
    pub from: String,
    /// Last day, inclusive; no end when empty.
    pub to: String,
}

/// A refund as far as the order's figures do not follow it yet; `None` if they do.
fn deducted_part(order: &Order, refund: &Refund) -> Option<RefundPart> {
    let amount = Money { minor: refund.amount_minor, currency: refund.currency };
    let amount_minor = order.deduction(&refund.external_id, amount);
    if amount_minor == 0 {
        return None;
    }
    // The parts are in the refund's currency, and converted like the whole.
    let own = |minor| order.deduction(&refund.external_id, Money { minor, currency: refund.currency });
    Some(RefundPart {
        amount_minor,
        subtotal_minor: refund.subtotal_minor.map(own),
        lines: refund.lines.iter().map(|(id, minor)| (id.clone(), own(*minor))).collect(),
    })
}

impl Commissions<'_> {
    /// Adds the commissions owed for orders, under the rules in force when each was placed. Returns the creators whom it
    /// had to look up.
    pub(crate) async fn add_owed(self, brand: &Brand, decided: &mut [Decided]) -> Result<Vec<Creator>, FlowError> {
        let has_creator = |one: &Decided| one.attribution.credits.iter().any(|credit| credit.creator.is_some());
        let rules = if decided.iter().any(has_creator) { self.store.rules(&brand.id).await? } else { Vec::new() };
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let orders = decided.iter().map(|one| &one.order);
        let refunded: Vec<String> =
            orders.filter(|order| order.refunded_minor != 0).map(|order| order.external_id.clone()).collect();
        let refunds =
            if refunded.is_empty() { Vec::new() } else { self.store.refunds_of(&brand.id, &refunded).await? };
        let credited = decided.iter().flat_map(|one| &one.attribution.credits);
        let credited: BTreeSet<CreatorId> = credited.filter_map(|credit| credit.creator.clone()).collect();
        let credited: Vec<CreatorId> = credited.into_iter().collect();
        let creators = self.store.creators_of(&brand.id, &credited).await?;
        for one in decided {
            let order = &one.order;
            let tiers: BTreeMap<CreatorId, String> = creators
                .iter()
                .filter_map(|creator| Some((creator.id.clone(), creator.tier_at(order.placed_at)?.to_owned())))
                .collect();
            let refunds: Vec<RefundPart> = refunds
                .iter()
                .filter(|refund| refund.order_external_id == order.external_id)
                .filter_map(|refund| deducted_part(order, refund))
                .collect();
            one.owed = owed(
                order,
                &Base::of(order, &refunds, brand.settings.gift_cards_earn),
                &one.attribution,
                &rules,
                &tiers,
            );
        }
        Ok(creators)
    }

    /// Records the milestones that creators have reached, each once. `people` has the creators' names.
    pub(crate) async fn record_milestones(
        self,
        brand: &Brand,
        creators: impl IntoIterator<Item = &CreatorId> + Send,
        people: &People,
    ) -> Result<(), FlowError> {
        let creators: Vec<&CreatorId> = creators.into_iter().collect();
        for creator in creators {
            let (conversions, revenue) = self.store.creator_totals(&brand.id, creator).await?;
            let minor = revenue.iter().find(|(currency, _)| *currency == brand.currency).map_or(0, |(_, minor)| *minor);
            let revenue = Money { minor, currency: brand.currency };
            let names = milestone::reached(conversions, revenue, &brand.settings.revenue_steps_minor);
            if !names.is_empty() {
                let draft = self.outbound().draft(&brand.id);
                let events =
                    |new: &[String]| milestone_events(draft.clone(), people, creator, new, conversions, revenue);
                let new = self.store.reach_milestones(&brand.id, creator, &names, self.now(), &events).await?;
                for name in new {
                    tracing::info!(brand = %brand.id, %creator, name, "milestone reached");
                }
            }
        }
        Ok(())
    }

    /// Adds a commission rule. It applies to orders settled from now on; recompute to apply it to orders of its period
    /// that were settled before.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form.
    pub async fn create_rule(self, merchant: &Merchant, new: &NewRule) -> Result<Rule, FlowError> {
        let brand = merchant.brand();
        let mut faults = Vec::new();
        let currency =
            if new.currency.trim().is_empty() { Some(brand.currency) } else { Currency::parse(new.currency.trim()) };
        let currency = currency.unwrap_or_else(|| {
            faults.push("currency must be an ISO 4217 code".to_owned());
            brand.currency
        });
        let mut money = |name: &str, text: &str| {
            let text = text.trim();
            (!text.is_empty())
                .then(|| {
                    Money::parse_typed(text, currency).map_err(|error| faults.push(format!("{name} {error}"))).ok()
                })
                .flatten()
        };
        let (fixed, bonus, cap) =
            (money("fixed", &new.fixed), money("new_customer_bonus", &new.new_customer_bonus), money("cap", &new.cap));
        let rate = match (new.percent.trim(), fixed) {
            ("", Some(money)) => Some(Rate::Fixed { money }),
            (percent, None) if !percent.is_empty() => {
                parse_percent(percent).filter(|bp| *bp > 0).map(|bp| Rate::Percent { bp })
            }
            _ => None,
        };
        if rate.is_none() && faults.is_empty() {
            faults.push("give either percent (0.01 to 100) or fixed".to_owned());
        }
        let of = new.of.trim();
        let scope = self.scope(merchant, new.scope.trim(), of).await?;
        if scope.is_none() {
            faults.push("scope must be all, or tier, campaign, product or creator with its name or id".to_owned());
        }
        let now = self.now();
        let mut day = |name: &str, text: &str, is_end: bool| {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            let Some(day) = domain::time::Day::parse(text) else {
                faults.push(format!("{name} must be a day such as 2026-11-01"));
                return None;
            };
            let (begins, ends) = brand.zone.bounds(day);
            Some(if is_end { ends } else { begins })
        };
        let (starts_at, ends_at) = (day("from", &new.from, false).unwrap_or(now), day("to", &new.to, true));
        if brand.settings.is_closed(brand.zone.day_of(starts_at)) {
            faults.push("a rule cannot begin in a closed period".to_owned());
        }
        if ends_at.is_some_and(|end| end <= starts_at) {
            faults.push("to must not be before from".to_owned());
        }
        let (Some(rate), Some(scope), true) = (rate, scope, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let rule = Rule {
            id: RuleId::new(now.0, self.random()),
            scope,
            rate,
            new_customer_bonus: bonus,
            cap,
            starts_at,
            ends_at,
            created_at: now,
        };
        let entry = self.audit(merchant.actor(), "commission_rule.create", &rule.id);
        self.store.create_rule(merchant.id(), &rule, &entry).await?;
        Ok(rule)
    }

    async fn scope(self, merchant: &Merchant, scope: &str, of: &str) -> Result<Option<Scope>, FlowError> {
        let is_text = !of.is_empty() && of.chars().count() <= SCOPE_CHARS_MAX && !of.contains(char::is_control);
        Ok(match scope {
            "" | "all" if of.is_empty() => Some(Scope::All),
            "tier" if is_text => Some(Scope::Tier(of.to_owned())),
            "product" if is_text => Some(Scope::Product(of.to_owned())),
            "campaign" => match of.parse::<CampaignId>() {
                Ok(id) if self.campaigns().list(merchant).await?.iter().any(|campaign| campaign.id == id) => {
                    Some(Scope::Campaign(id))
                }
                _ => None,
            },
            "creator" => match of.parse::<CreatorId>() {
                Ok(id) if self.store.creator(merchant.id(), &id).await?.is_some() => Some(Scope::Creator(id)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Ends a rule now; it does not apply to later orders.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the rule is not the brand's or has already ended.
    pub async fn end_rule(self, merchant: &Merchant, id: &RuleId) -> Result<(), FlowError> {
        let entry = self.audit(merchant.actor(), "commission_rule.end", id);
        let is_done = self.store.end_rule(merchant.id(), id, self.now(), &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("rule")) }
    }

    /// All rules, ended ones included, oldest first.
    pub async fn rules(self, merchant: &Merchant) -> Result<Vec<Rule>, FlowError> {
        Ok(self.store.rules(merchant.id()).await?)
    }

    /// Adds a manual adjustment to a creator's balance; `amount` is a decimal text and may be negative. Returns false,
    /// and changes nothing, if the `key` was used before.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator is not the brand's; `FlowError::Invalid` for a wrong amount, currency, key
    /// or reason.
    pub async fn adjust(
        self,
        merchant: &Merchant,
        creator: &CreatorId,
        amount: &str,
        currency: &str,
        reason: &str,
        key: &str,
    ) -> Result<bool, FlowError> {
        let people = People::of(&[self.creators().get(merchant, creator).await?]);
        let currency = if currency.trim().is_empty() { merchant.brand().currency.code() } else { currency.trim() };
        let currency = Currency::parse(currency).ok_or_else(|| Invalid::one("currency must be an ISO 4217 code"))?;
        let (sign, digits) = amount.trim().strip_prefix('-').map_or((1, amount.trim()), |rest| (-1, rest));
        let money = Money::parse_typed(digits, currency).map_err(|error| Invalid::one(format!("amount {error}")))?;
        if money.minor == 0 {
            return Err(Invalid::one("amount must not be zero").into());
        }
        if money.minor > REPORTED_MAX_MINOR {
            return Err(Invalid::one("amount is too large").into());
        }
        if key.is_empty() || key.len() > 100 {
            return Err(Invalid::one("key must be 1 to 100 characters").into());
        }
        let amount = Money { minor: sign * money.minor, currency };
        let entry = self.adjustment(merchant, creator, amount, reason_text(reason)?, format!("adjustment:{key}"));
        let audit = self.audit(merchant.actor(), "commission.adjust", creator);
        let events = adjustment_events(self.outbound().draft(merchant.id()), &people, &entry);
        Ok(self.store.adjust(merchant.id(), &entry, &audit, &events).await?)
    }

    /// An entry that adjusts a creator's balance, payable at once. Only one entry has this key.
    pub(crate) fn adjustment(
        self,
        merchant: &Merchant,
        creator: &CreatorId,
        amount: Money,
        reason: String,
        key: String,
    ) -> Entry {
        let now = self.now();
        Entry {
            id: EntryId::new(now.0, self.random()),
            key,
            creator: creator.clone(),
            order: None,
            rule: None,
            kind: EntryKind::Adjustment,
            currency: amount.currency,
            amount_minor: amount.minor,
            reason,
            actor: merchant.actor().to_owned(),
            created_at: now,
            payable_at: now,
            needs_approval: false,
            approved_at: Some(now),
            payout: None,
        }
    }

    /// Approves ledger entries that wait for a person; of an order also its credit, so that its creators see it and it
    /// counts for their milestones. Returns how many entries were approved.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the order or creator is not the brand's.
    pub async fn approve(self, merchant: &Merchant, approval: Approval<'_>) -> Result<u64, FlowError> {
        let (subject, creators) = match approval {
            Approval::Proven => ("all", Vec::new()),
            Approval::Creator(creator) => {
                self.creators().get(merchant, creator).await?;
                (creator.as_str(), vec![creator.clone()])
            }
            Approval::Order(order) => {
                let attribution = self.orders().get(merchant, order).await?.attribution;
                let credits = attribution.into_iter().flat_map(|attribution| attribution.credits);
                (order.as_str(), credits.filter_map(|credit| credit.creator).collect())
            }
        };
        let audit = self.audit(merchant.actor(), "commission.approve", subject);
        let people = self.people_of(merchant, approval, &creators).await?;
        let draft = self.outbound().draft(merchant.id());
        let events = |approved: &[Entry]| approval_events(draft.clone(), &people, approved);
        let approved = self.store.approve(merchant.id(), approval, self.now(), &audit, &events).await?;
        if approved > 0 {
            self.rollups().renew(merchant.id()).await?;
        }
        self.record_milestones(merchant.brand(), &creators, &people).await?;
        Ok(approved)
    }

    /// The names of the creators whose entries an approval is about. `credited` are those of the order's credits.
    pub(crate) async fn people_of(
        self,
        merchant: &Merchant,
        approval: Approval<'_>,
        credited: &[CreatorId],
    ) -> Result<People, FlowError> {
        let creators = match approval {
            Approval::Proven => self.store.creators(merchant.id()).await?,
            Approval::Creator(_) => self.store.creators_of(merchant.id(), credited).await?,
            Approval::Order(order) => {
                let entries = self.store.ledger_of_order(merchant.id(), order).await?;
                let earning = entries.into_iter().map(|entry| entry.creator);
                let all: BTreeSet<CreatorId> = earning.chain(credited.iter().cloned()).collect();
                self.store.creators_of(merchant.id(), &all.into_iter().collect::<Vec<_>>()).await?
            }
        };
        Ok(People::of(&creators))
    }

    /// What waits for a person's approval, by order and creator, the latest orders first; at most
    /// [`WAITING_MAX`].
    pub async fn waiting(self, merchant: &Merchant) -> Result<Vec<WaitingCommission>, FlowError> {
        Ok(self.store.waiting_commissions(merchant.id(), WAITING_MAX).await?)
    }

    /// Whether an order's credit, or anything that it earned, waits for a person's approval.
    pub async fn awaits_approval(self, merchant: &Merchant, order: &OrderId) -> Result<bool, FlowError> {
        Ok(self.store.awaits_approval(merchant.id(), order).await?)
    }

    /// A creator's balance in each currency, as of now.
    pub async fn balances_of(self, merchant: &Merchant, creator: &CreatorId) -> Result<Vec<Balance>, FlowError> {
        Ok(self.store.balances_of(merchant.id(), creator, self.now()).await?)
    }

    /// Balances by creator and currency, as of now.
    pub async fn balances(self, merchant: &Merchant) -> Result<Vec<Balance>, FlowError> {
        Ok(self.store.balances(merchant.id(), self.now()).await?)
    }

    /// Ledger entries before the entry id `before` (empty for the latest), newest first, of one creator if given; one
    /// page.
    pub async fn ledger(
        self,
        merchant: &Merchant,
        creator: Option<&CreatorId>,
        before: &str,
    ) -> Result<Vec<Entry>, FlowError> {
        Ok(self.store.ledger(merchant.id(), creator, before, PAGE).await?)
    }

    /// The ledger entries of one order, oldest first.
    pub async fn ledger_of_order(self, merchant: &Merchant, order: &OrderId) -> Result<Vec<Entry>, FlowError> {
        Ok(self.store.ledger_of_order(merchant.id(), order).await?)
    }
}

/// The events of milestones that a creator has newly reached with these totals.
fn milestone_events(
    mut draft: Draft,
    people: &People,
    creator: &CreatorId,
    new: &[String],
    orders: i64,
    revenue: Money,
) -> NewEvents {
    for name in new {
        let data = EventData::MilestoneReached(MilestoneData {
            creator: people.name(creator),
            name: name.clone(),
            orders,
            revenue_minor: revenue.minor,
            currency: revenue.currency,
        });
        draft.add(&data, creator, format!("{creator}:{name}"));
    }
    draft.into_events()
}

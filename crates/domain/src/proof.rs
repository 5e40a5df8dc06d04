//! Revenue proofs: what an installation signs about a creator's sales, and how the figures of a proof compare with
//! those of today. The signature itself is made in `flow`.

use core::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{
    Money, ProofId, UnixMs,
    model::Model,
    policy::Policies,
    time::{Day, Period, Zone},
};

/// Version of the statement's form. What has another one is not read.
pub const VERSION: u32 = 1;

/// What the figures count, in words: part of every statement, so that nobody has to look it up.
pub const COUNTED: &str = "Clicks by people on the creator's links whose revenue the brand shares, and orders that \
                           credit these links only, less refunds and cancellations.";

/// Figures of a creator's shared links in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFigures {
    /// Clicks on shared links, without bots.
    pub clicks: i64,
    /// Shared orders that credit these links.
    pub conversions: i64,
    /// Credited net revenue of these orders, one nonzero amount per currency, by the currency's code.
    pub revenue: Vec<ProofAmount>,
}

/// An amount in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StatedAmount", from = "StatedAmount")]
pub struct ProofAmount(pub Money);

/// The stated form: the unit is in the name, as everywhere outside.
#[derive(Serialize, Deserialize)]
struct StatedAmount {
    amount_minor: i64,
    currency: crate::Currency,
}

impl From<ProofAmount> for StatedAmount {
    fn from(amount: ProofAmount) -> Self {
        Self { amount_minor: amount.0.minor, currency: amount.0.currency }
    }
}

impl From<StatedAmount> for ProofAmount {
    fn from(amount: StatedAmount) -> Self {
        Self(Money { minor: amount.amount_minor, currency: amount.currency })
    }
}

impl ProofFigures {
    /// Figures with these amounts, in the form that compares equal if they are equal.
    pub fn new(clicks: i64, conversions: i64, revenue: impl IntoIterator<Item = Money>) -> Self {
        let mut revenue: Vec<ProofAmount> =
            revenue.into_iter().filter(|money| money.minor != 0).map(ProofAmount).collect();
        revenue.sort_by_key(|amount| amount.0.currency.code());
        Self { clicks, conversions, revenue }
    }

    /// Whether there is nothing to prove.
    pub fn is_empty(&self) -> bool {
        self.conversions == 0 && self.revenue.is_empty()
    }

    /// The amounts.
    pub fn amounts(&self) -> impl Iterator<Item = Money> {
        self.revenue.iter().map(|amount| amount.0)
    }
}

impl fmt::Display for ProofFigures {
    /// `120 clicks, 8 orders, $1,234.50 net revenue`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: i64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        write!(out, "{}, {}, ", counted(self.clicks, "click", "clicks"), counted(self.conversions, "order", "orders"))?;
        for (index, amount) in self.amounts().enumerate() {
            if index > 0 {
                out.write_str(" and ")?;
            }
            write!(out, "{amount}")?;
        }
        if self.revenue.is_empty() {
            out.write_char('0')?;
        }
        out.write_str(" net revenue")
    }
}

/// Who a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedCreator {
    /// The name.
    pub name: String,
    /// The handle.
    pub handle: String,
}

/// The brand that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedBrand {
    /// The name.
    pub name: String,
}

/// The days that a statement is about, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedPeriod {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
    /// IANA name of the time zone whose days they are.
    pub time_zone: String,
}

impl StatedPeriod {
    /// The period in a brand's zone.
    pub fn new(period: Period, zone: &Zone) -> Self {
        Self { from: period.from.to_string(), to: period.to.to_string(), time_zone: zone.name().to_owned() }
    }

    /// The days; `None` if the text holds none.
    pub fn days(&self) -> Option<Period> {
        Some(Period { from: Day::parse(&self.from)?, to: Day::parse(&self.to)? })
    }
}

/// A version of the brand's attribution policy that was in force in the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedPolicy {
    /// Its number.
    pub version: u32,
    /// How touchpoints share the credit for an order.
    pub model: Model,
    /// Days before an order in which a touchpoint counts.
    pub lookback_days: u32,
}

/// The versions of a policy that were in force at some time of a period, in order of number.
pub fn policies_of(policies: &Policies, period: Period, zone: &Zone) -> Vec<StatedPolicy> {
    let (begin, end) = (zone.bounds(period.from).0, zone.bounds(period.to).1);
    let starts = policies.versions().iter().map(|policy| policy.starts_at);
    let instants = core::iter::once(begin).chain(starts.filter(|at| (begin..end).contains(at)));
    let mut stated: Vec<StatedPolicy> = instants
        .map(|instant| policies.at(instant))
        .map(|policy| StatedPolicy {
            version: policy.version,
            model: policy.model,
            lookback_days: policy.lookback_days,
        })
        .collect();
    stated.sort_by_key(|policy| policy.version);
    stated.dedup_by_key(|policy| policy.version);
    stated
}

/// What is signed. Field names follow JWT (RFC 7519) where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofStatement {
    /// [`VERSION`].
    pub version: u32,
    /// Origin of the installation that signed.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// The proof.
    #[serde(rename = "jti")]
    pub id: ProofId,
    /// When it was issued, Unix seconds.
    #[serde(rename = "iat")]
    pub issued_at_s: i64,
    /// Where its present state is shown.
    pub url: String,
    /// The creator.
    pub creator: StatedCreator,
    /// The brand.
    pub brand: StatedBrand,
    /// The days.
    pub period: StatedPeriod,
    /// The figures.
    pub figures: ProofFigures,
    /// [`COUNTED`] of the version that signed.
    pub counted: String,
    /// How the brand attributed orders in the period.
    pub policies: Vec<StatedPolicy>,
    /// Whether all of it is made up, as sample data is.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_sample: bool,
}

impl ProofStatement {
    /// When it was issued.
    pub fn issued_at(&self) -> UnixMs {
        UnixMs(self.issued_at_s.saturating_mul(1_000))
    }
}

/// Who withdrew a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RevokedBy {
    /// The brand.
    Brand,
    /// The creator.
    Creator,
}

impl RevokedBy {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// What a proof is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofState {
    /// The figures are still those of the statement.
    Current,
    /// The figures of the period have changed since, by refunds, edits or late orders.
    Superseded,
    /// It was withdrawn.
    Revoked {
        /// When.
        at: UnixMs,
        /// By whom.
        by: RevokedBy,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, policy::Policy};

    fn money(minor: i64, code: &str) -> Money {
        Money { minor, currency: Currency::parse(code).expect("currency") }
    }

    #[test]
    fn figures_compare_by_what_they_say() {
        let one = ProofFigures::new(3, 2, [money(5, "USD"), money(7, "EUR"), money(0, "JPY")]);
        assert_eq!(one, ProofFigures::new(3, 2, [money(7, "EUR"), money(5, "USD")]));
        assert_ne!(one, ProofFigures::new(3, 2, [money(7, "EUR"), money(4, "USD")]));
        assert_eq!(one.to_string(), "3 clicks, 2 orders, €0.07 and $0.05 net revenue");
        assert_eq!(ProofFigures::new(1, 1, []).to_string(), "1 click, 1 order, 0 net revenue");
        assert!(ProofFigures::new(9, 0, [money(0, "USD")]).is_empty());
    }

    #[test]
    fn a_statement_keeps_its_amounts_as_integers() {
        let figures = ProofFigures::new(1, 2, [money(-12_345, "USD")]);
        let text = serde_json::to_string(&figures).expect("json");
        assert_eq!(text, r#"{"clicks":1,"conversions":2,"revenue":[{"amount_minor":-12345,"currency":"USD"}]}"#);
        assert_eq!(serde_json::from_str::<ProofFigures>(&text).expect("figures"), figures);
    }

    #[test]
    fn policies_of_a_period_are_those_in_force_in_it() {
        let period = Period { from: Day(10), to: Day(11) };
        let at = |day: i64, model| Policy { starts_at: Zone::UTC.bounds(Day(day)).0, model, ..Policy::default() };
        let policies = Policies::default().with(at(5, Model::Linear)).expect("valid");
        let policies = policies.with(at(11, Model::TimeDecay)).expect("valid");
        let policies = policies.with(at(12, Model::FirstTouch)).expect("valid");
        let stated = policies_of(&policies, period, &Zone::UTC);
        assert_eq!(stated.iter().map(|policy| policy.version).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(stated[1].model, Model::TimeDecay);
        let days = StatedPeriod::new(period, &Zone::UTC).days();
        assert_eq!(days, Some(period));
    }
}

//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::GridView;

/// A commission rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its id.
    pub id: String,
    /// The creators, campaign or product it applies to.
    pub scope: String,
    /// Rate, bonus and cap, as text.
    pub pays: String,
    /// Start and end, as text.
    pub in_force: String,
    /// Whether it can still be ended.
    pub is_open: bool,
}

/// What waits for a person's approval: one creator's commission for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingView {
    /// The order's id.
    pub order: String,
    /// The order's name.
    pub order_name: String,
    /// The creator.
    pub creator: String,
    /// The amount.
    pub amount: String,
    /// Why it waits.
    pub reason: String,
    /// When the hold is over.
    pub available_from: String,
}

/// The commissions page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionsView {
    /// The hold period, as text.
    pub hold: String,
    /// What waits for a person's approval.
    pub waiting: Vec<WaitingView>,
    /// Whether some of it is proven, so that it may be approved without a look at each order.
    pub has_proven_waiting: bool,
    /// Balances.
    pub balances: GridView,
    /// Rules.
    pub rules: Vec<RuleView>,
    /// Creators by id.
    pub creators: Vec<(String, String)>,
    /// Idempotency key of the adjustment form: submitting it twice adds one entry.
    pub adjustment_key: String,
    /// Latest ledger entries.
    pub ledger: GridView,
}

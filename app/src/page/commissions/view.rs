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

/// The commissions page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionsView {
    /// The hold period, as text.
    pub hold: String,
    /// Whether commissions need manual approval.
    pub requires_manual_approval: bool,
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

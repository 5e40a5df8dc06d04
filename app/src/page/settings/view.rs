//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::GridView;

/// A policy in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The model's stored name.
    pub model: String,
    /// Evidence classes, highest priority first, separated by commas.
    pub precedence: String,
    /// Lookback window in days.
    pub lookback_days: u32,
    /// First day, ISO 8601; empty for today.
    pub from: String,
}

/// How a policy would change past attribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// One-sentence summary.
    pub summary: String,
    /// By creator.
    pub creators: GridView,
    /// The previewed policy, ready to save.
    pub policy: PolicyView,
}

/// The settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The policy in force now.
    pub policy: PolicyView,
    /// All policy versions, newest first.
    pub versions: GridView,
    /// Models: stored name and label.
    pub models: Vec<(String, String)>,
    /// Precedence options: value and label.
    pub precedences: Vec<(String, String)>,
    /// Hold period in days.
    pub hold_days: u32,
    /// Whether commissions need manual approval.
    pub requires_manual_approval: bool,
    /// Whether customer identities reported by browsers are trusted.
    pub trusts_browser_identities: bool,
    /// Whether buying a gift card earns a commission.
    pub gift_cards_earn: bool,
    /// Hosts to which links may lead, separated by commas; empty for any.
    pub allowed_hosts: String,
    /// Hosts of the Shopify storefronts, separated by commas.
    pub storefront_hosts: String,
    /// Progress of a running recompute: orders done, orders in total.
    pub recompute: Option<(i64, i64)>,
    /// Revenue milestones, separated by commas.
    pub steps: String,
    /// Closed periods, as text.
    pub closed: String,
    /// Days for which events, clicks, landings and ended sessions are kept.
    pub retention: [u32; 4],
    /// Exports of what is stored about a customer: id, and when it was requested and will be deleted, as text.
    pub data_exports: Vec<(String, String)>,
}

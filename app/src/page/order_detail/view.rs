//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::page::orders::view::OrderView;
use crate::view::GridView;

/// A piece of evidence on an order's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Time, in the brand's time zone.
    pub at: String,
    /// Kind.
    pub kind: String,
    /// Source, such as a click's id or a discount code.
    pub source: String,
    /// Creator and link it points to.
    pub names: String,
    /// Confidence in percent.
    pub confidence: String,
    /// Counted, or why not.
    pub verdict: String,
    /// Whether it counts.
    pub is_counted: bool,
}

/// One order with its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetailView {
    /// The order.
    pub order: OrderView,
    /// The explanation, one sentence per line.
    pub explanation: Vec<String>,
    /// All evidence.
    pub evidence: Vec<EvidenceView>,
    /// The journey: each touchpoint with its amount under every model.
    pub journey: GridView,
    /// The order's entries in the commission ledger.
    pub ledger: GridView,
    /// Links that credit can be assigned to manually: id and label.
    pub links: Vec<(String, String)>,
    /// Whether the credit, or anything that it earned, waits for approval.
    pub needs_approval: bool,
    /// Whether credit was assigned manually.
    pub is_manual: bool,
    /// Path of the customer's page, if the customer is known.
    pub customer: Option<String>,
}

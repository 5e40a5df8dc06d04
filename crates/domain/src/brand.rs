//! A brand: the tenant that everything else belongs to.

use serde::{Deserialize, Serialize};

use crate::{BrandId, Currency, UnixMs, policy::Policy, time::Zone};

/// A tenant and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// What people call it.
    pub name: String,
    /// Whose days its reports count.
    pub zone: Zone,
    /// The currency its reports show first.
    pub currency: Currency,
    /// How orders are attributed.
    pub policy: Policy,
    /// Whether a purchase that only a browser reported counts as revenue. Off unless the brand has no other source.
    pub trust_browser_purchases: bool,
    /// Hosts that links may lead to; empty means any.
    pub destination_hosts: Vec<String>,
    /// When it was made.
    pub created_at: UnixMs,
}

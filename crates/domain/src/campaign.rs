//! A campaign: a name under which links are reported together.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, UnixMs};

/// A campaign of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Its name, unique within the brand.
    pub name: String,
    /// When it was created.
    pub created_at: UnixMs,
}

//! What the forms and filters of links offer.

use domain::{
    UnixMs,
    creator::Creator,
    link::{ContentType, Platform},
    time::{Day, Zone},
};
use flow::{FlowError, campaign::PlannedCampaign};

use crate::{format, request::BrandRequest, words};

/// Creators and campaigns, by name.
pub(crate) struct Choices {
    /// All creators.
    pub(crate) creators: Vec<Creator>,
    /// All campaigns.
    pub(crate) campaigns: Vec<PlannedCampaign>,
}

impl Choices {
    /// Reads them.
    pub(crate) async fn load(request: &BrandRequest) -> Result<Self, FlowError> {
        Ok(Self {
            creators: request.flow.creators().list(&request.caller).await?,
            campaigns: request.flow.campaigns().planned(&request.caller).await?,
        })
    }

    /// Creators to choose from.
    pub(crate) fn creators(&self) -> Vec<(String, String)> {
        format::choices(&self.creators)
    }

    /// Campaigns to choose from: those that are not archived.
    pub(crate) fn campaigns(&self) -> Vec<(String, String)> {
        let live = self.campaigns.iter().filter(|planned| planned.archived_at.is_none());
        live.map(|planned| (planned.campaign.id.to_string(), planned.campaign.name.clone())).collect()
    }

    /// A campaign's name; empty if there is none.
    pub(crate) fn campaign_name(&self, id: Option<&domain::CampaignId>) -> String {
        let found = self.campaigns.iter().find(|planned| Some(&planned.campaign.id) == id);
        found.map(|planned| planned.campaign.name.clone()).unwrap_or_default()
    }
}

/// Platforms to choose from.
pub(super) fn platforms() -> Vec<(String, String)> {
    Platform::ALL.iter().map(|found| (found.as_str().to_owned(), found.label().to_owned())).collect()
}

/// Kinds of content to choose from.
pub(super) fn content_types() -> Vec<(String, String)> {
    ContentType::ALL.iter().map(|kind| (kind.as_str().to_owned(), words::content_type(*kind).text())).collect()
}

/// When a day that a form names is over in the brand's zone; `None` if it names none.
///
/// # Errors
/// `FlowError::Invalid` if it is no day.
pub(super) fn last_instant(text: &str, label: &str, zone: &Zone) -> Result<Option<UnixMs>, FlowError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Day::parse(text.trim()).ok_or_else(|| flow::Invalid::one(format!("{label} must be a day")))?;
    Ok(Some(zone.bounds(day).1))
}

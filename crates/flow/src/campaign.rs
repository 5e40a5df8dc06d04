//! Campaigns of a brand.

use domain::{CampaignId, campaign::Campaign};

use crate::{FlowError, Invalid, access::Merchant, creator::name, stage::Campaigns};

impl Campaigns<'_> {
    /// Adds a campaign.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the name is not 1 to 120 characters.
    pub async fn create(self, merchant: &Merchant, text: &str) -> Result<Campaign, FlowError> {
        let name = name(text).ok_or_else(|| Invalid::one("campaign name must be 1 to 120 characters"))?;
        let now = self.now();
        let campaign = Campaign { id: CampaignId::new(now.0, self.random()), name, created_at: now };
        self.store.create_campaign(merchant.id(), &campaign).await?;
        Ok(campaign)
    }

    /// Finds a campaign by name, ignoring case, or creates it.
    ///
    /// # Errors
    /// `FlowError::Invalid` if a new campaign's name is not 1 to 120 characters.
    pub async fn find_or_create(self, merchant: &Merchant, text: &str) -> Result<Campaign, FlowError> {
        let known = self.list(merchant).await?;
        match known.into_iter().find(|campaign| campaign.name.to_lowercase() == text.trim().to_lowercase()) {
            Some(campaign) => Ok(campaign),
            None => self.create(merchant, text).await,
        }
    }

    /// The brand's campaigns, sorted by name.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Campaign>, FlowError> {
        Ok(self.store.campaigns(merchant.id()).await?)
    }
}

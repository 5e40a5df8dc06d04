//! Creators and campaigns of a brand.

use domain::{
    CampaignId, CreatorId,
    campaign::Campaign,
    creator::{Creator, parse_handle},
};

use crate::{Flow, FlowError, Invalid, access::Merchant};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 120;

fn name(text: &str) -> Option<String> {
    let name: String = text.trim().to_owned();
    let is_fine = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.contains(char::is_control);
    is_fine.then_some(name)
}

impl Flow {
    /// Adds a creator. The e-mail address, if given, is kept only as a keyed hash, to find the creator's own
    /// purchases.
    pub async fn create_creator(
        &self,
        merchant: &Merchant,
        full_name: &str,
        handle: &str,
        email: &str,
    ) -> Result<Creator, FlowError> {
        let mut faults = Vec::new();
        let full_name = name(full_name);
        if full_name.is_none() {
            faults.push("name must be 1 to 120 characters".to_owned());
        }
        let handle = parse_handle(handle);
        if handle.is_none() {
            faults.push("handle must be 1 to 64 letters, digits, dots, dashes or underscores".to_owned());
        }
        let email_hash = if email.trim().is_empty() {
            None
        } else {
            self.email_hash(email).or_else(|| {
                faults.push("e-mail must be an address such as ana@example.com".to_owned());
                None
            })
        };
        let (Some(name), Some(handle), true) = (full_name, handle, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let now = self.now();
        let id = CreatorId::new(now.0, self.random());
        let creator = Creator { id, name, handle, email_hash, created_at: now };
        self.store.create_creator(merchant.id(), &creator).await?;
        Ok(creator)
    }

    /// The creator of this name, made on the way if there is none; the handle is the name without its spaces.
    pub async fn creator_named(&self, merchant: &Merchant, full_name: &str) -> Result<Creator, FlowError> {
        let full_name = full_name.trim();
        let known = self.creators(merchant).await?;
        if let Some(creator) = known.into_iter().find(|one| one.name.to_lowercase() == full_name.to_lowercase()) {
            return Ok(creator);
        }
        let handle = full_name.replace(char::is_whitespace, "_");
        self.create_creator(merchant, full_name, &handle, "").await
    }

    /// The brand's creators, by name.
    pub async fn creators(&self, merchant: &Merchant) -> Result<Vec<Creator>, FlowError> {
        Ok(self.store.creators(merchant.id()).await?)
    }

    /// One creator of the brand.
    pub async fn creator(&self, merchant: &Merchant, id: &CreatorId) -> Result<Creator, FlowError> {
        self.store.creator(merchant.id(), id).await?.ok_or(FlowError::NotFound("creator"))
    }

    /// Adds a campaign.
    pub async fn create_campaign(&self, merchant: &Merchant, text: &str) -> Result<Campaign, FlowError> {
        let name = name(text).ok_or_else(|| Invalid::one("campaign name must be 1 to 120 characters"))?;
        let now = self.now();
        let campaign = Campaign { id: CampaignId::new(now.0, self.random()), name, created_at: now };
        self.store.create_campaign(merchant.id(), &campaign).await?;
        Ok(campaign)
    }

    /// The campaign of this name, made on the way if there is none.
    pub async fn campaign_named(&self, merchant: &Merchant, text: &str) -> Result<Campaign, FlowError> {
        let known = self.campaigns(merchant).await?;
        match known.into_iter().find(|one| one.name.to_lowercase() == text.trim().to_lowercase()) {
            Some(campaign) => Ok(campaign),
            None => self.create_campaign(merchant, text).await,
        }
    }

    /// The brand's campaigns, by name.
    pub async fn campaigns(&self, merchant: &Merchant) -> Result<Vec<Campaign>, FlowError> {
        Ok(self.store.campaigns(merchant.id()).await?)
    }
}

//! Creators and campaigns of a brand.

use domain::{
    CampaignId, CreatorId,
    campaign::Campaign,
    creator::{Creator, EarlierTier, PartnerCode, parse_handle},
};

use crate::{Flow, FlowError, Invalid, access::Merchant};

/// Most aliases of one creator.
const ALIASES_MAX: usize = 20;
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
        let creator = Creator {
            id,
            name,
            handle,
            email_hash,
            aliases: Vec::new(),
            tier: None,
            earlier_tiers: Vec::new(),
            partner_code: PartnerCode::draw(&self.random::<32>()),
            created_at: now,
        };
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

    /// Changes what a creator is called and which tier the creator is of. `aliases` and `tier` may be empty.
    pub async fn update_creator(
        &self,
        merchant: &Merchant,
        id: &CreatorId,
        full_name: &str,
        aliases: &[String],
        tier: &str,
    ) -> Result<Creator, FlowError> {
        let before = self.creator(merchant, id).await?;
        let mut faults = Vec::new();
        let full_name = name(full_name);
        if full_name.is_none() {
            faults.push("name must be 1 to 120 characters".to_owned());
        }
        let aliases: Vec<&str> = aliases.iter().map(|alias| alias.trim()).filter(|alias| !alias.is_empty()).collect();
        if aliases.len() > ALIASES_MAX || aliases.iter().any(|alias| name(alias).is_none()) {
            faults.push(format!("aliases must be at most {ALIASES_MAX}, of 1 to 120 characters each"));
        }
        let tier = tier.trim();
        if tier.chars().count() > NAME_CHARS_MAX {
            faults.push("tier must be at most 120 characters".to_owned());
        }
        let (Some(name), true) = (full_name, faults.is_empty()) else { return Err(Invalid(faults).into()) };
        let tier = (!tier.is_empty()).then(|| tier.to_owned());
        let mut earlier_tiers = before.earlier_tiers.clone();
        if tier != before.tier {
            earlier_tiers.push(EarlierTier { until: self.now(), tier: before.tier.clone() });
        }
        let creator = Creator {
            name,
            aliases: aliases.into_iter().map(str::to_owned).collect(),
            tier,
            earlier_tiers,
            // Those from before there were codes get theirs now.
            partner_code: before.partner_code.clone().or_else(|| PartnerCode::draw(&self.random::<32>())),
            ..before
        };
        if self.store.update_creator(merchant.id(), &creator).await? {
            Ok(creator)
        } else {
            Err(FlowError::NotFound("creator"))
        }
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

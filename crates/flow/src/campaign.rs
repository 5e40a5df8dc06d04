//! Campaigns of a brand.

use domain::{
    CampaignId, Currency, Money,
    campaign::{Campaign, CampaignPlan},
    time::Day,
};
use store::StoreError;
pub use store::campaigns::PlannedCampaign;

use crate::{FlowError, Invalid, access::Merchant, creator::name, stage::Campaigns};

/// A campaign from a form, not yet validated. Empty texts mean "not set".
#[derive(Clone, Debug, Default)]
pub struct CampaignForm {
    /// Its name.
    pub name: String,
    /// Its budget, a decimal text in the brand's currency.
    pub budget: String,
    /// Its first day, such as `2026-11-09`.
    pub starts_on: String,
    /// Its last day.
    pub ends_on: String,
}

impl CampaignForm {
    /// Reads the form; its budget is in this currency.
    fn read(&self, currency: Currency) -> Result<(String, CampaignPlan), Invalid> {
        let mut faults = Vec::new();
        let name = name(&self.name);
        if name.is_none() {
            faults.push("name must be 1 to 120 characters".to_owned());
        }
        let budget = match self.budget.trim() {
            "" => None,
            text => Money::parse_typed(text, currency).map_err(|error| faults.push(format!("budget {error}"))).ok(),
        };
        let mut day = |text: &str, label: &str| match text.trim() {
            "" => None,
            text => Day::parse(text).or_else(|| {
                faults.push(format!("{label} must be a day such as 2026-11-09"));
                None
            }),
        };
        let (starts_on, ends_on) = (day(&self.starts_on, "first day"), day(&self.ends_on, "last day"));
        if starts_on.zip(ends_on).is_some_and(|(start, end)| end < start) {
            faults.push("last day must not be before the first".to_owned());
        }
        match name {
            Some(name) if faults.is_empty() => Ok((name, CampaignPlan { budget, starts_on, ends_on })),
            _ => Err(Invalid(faults)),
        }
    }
}

fn taken(error: StoreError) -> FlowError {
    match error {
        StoreError::Conflict(_) => Invalid::one("name is another campaign's").into(),
        other => other.into(),
    }
}

impl Campaigns<'_> {
    /// Adds a campaign.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the name is not 1 to 120 characters.
    pub async fn create(self, merchant: &Merchant, text: &str) -> Result<Campaign, FlowError> {
        let name = name(text).ok_or_else(|| Invalid::one("campaign name must be 1 to 120 characters"))?;
        let campaign = self.draft(name);
        self.store.create_campaign(merchant.id(), &campaign).await?;
        Ok(campaign)
    }

    fn draft(self, name: String) -> Campaign {
        let now = self.now();
        Campaign { id: CampaignId::new(now.0, self.random()), name, created_at: now }
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

    /// The brand's campaigns with their plans, sorted by name.
    pub async fn planned(self, merchant: &Merchant) -> Result<Vec<PlannedCampaign>, FlowError> {
        Ok(self.store.planned_campaigns(merchant.id()).await?)
    }

    /// One campaign with its plan.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's.
    pub async fn get(self, merchant: &Merchant, id: &CampaignId) -> Result<PlannedCampaign, FlowError> {
        let all = self.planned(merchant).await?;
        all.into_iter().find(|planned| planned.campaign.id == *id).ok_or(FlowError::NotFound("campaign"))
    }

    /// Adds a campaign with its plan.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form, or if the name is taken.
    pub async fn add(self, merchant: &Merchant, form: &CampaignForm) -> Result<PlannedCampaign, FlowError> {
        let (name, plan) = form.read(merchant.brand().currency)?;
        let planned = PlannedCampaign { campaign: self.draft(name), plan, archived_at: None };
        let entry = self.audit(merchant.actor(), "campaign.create", &planned.campaign.id);
        self.store.put_campaign(merchant.id(), &planned, &entry).await.map_err(taken)?;
        Ok(planned)
    }

    /// Replaces a campaign's name and plan.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's; `FlowError::Invalid` as for [`Self::add`].
    pub async fn change(
        self,
        merchant: &Merchant,
        id: &CampaignId,
        form: &CampaignForm,
    ) -> Result<PlannedCampaign, FlowError> {
        let before = self.get(merchant, id).await?;
        let (name, plan) = form.read(before.budget_currency(merchant.brand().currency))?;
        let after = PlannedCampaign { campaign: Campaign { name, ..before.campaign.clone() }, plan, ..before.clone() };
        if after != before {
            let entry = self.audit(merchant.actor(), "campaign.update", id);
            self.store.put_campaign(merchant.id(), &after, &entry).await.map_err(taken)?;
        }
        Ok(after)
    }

    /// Archives a campaign, or takes it back. Its links go on as they are; forms no longer offer it.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's.
    pub async fn set_archived(self, merchant: &Merchant, id: &CampaignId, is_archived: bool) -> Result<(), FlowError> {
        let before = self.get(merchant, id).await?;
        if before.archived_at.is_some() == is_archived {
            return Ok(());
        }
        let after = PlannedCampaign { archived_at: is_archived.then(|| self.now()), ..before };
        let action = if is_archived { "campaign.archive" } else { "campaign.restore" };
        let entry = self.audit(merchant.actor(), action, id);
        Ok(self.store.put_campaign(merchant.id(), &after, &entry).await?)
    }
}

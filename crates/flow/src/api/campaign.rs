//! Campaigns through the unified API.

use domain::{CampaignId, UnixMs, campaign::Campaign};
use store::objects::{Change, Filter, Keyset, Object, ObjectKind};

use super::write::{Done, Intent, Render, Resource, WriteError};
use crate::{FlowError, Invalid, access::Merchant, api::Claim, creator::name, stage::Api};

/// What a client may say about a campaign. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CampaignFields {
    /// Its name, unique within the brand.
    pub name: Option<String>,
}

fn read_name(text: &str) -> Result<String, Invalid> {
    name(text).ok_or_else(|| Invalid::one("name must be 1 to 120 characters"))
}

#[async_trait::async_trait]
impl Resource for Campaign {
    type Fields = CampaignFields;
    type Record = Self;

    const ACTIONS: [&'static str; 2] = ["campaign.create", "campaign.update"];
    const KIND: ObjectKind = ObjectKind::Campaign;
    const NOUN: &'static str = "campaign";

    async fn find(api: Api<'_>, merchant: &Merchant, id: &str) -> Result<Option<Object<Self>>, FlowError> {
        match id.parse::<CampaignId>() {
            Ok(id) => Ok(api.store.campaign_object(merchant.id(), &id).await?),
            Err(_) => Ok(None),
        }
    }

    async fn new(api: Api<'_>, _merchant: &Merchant, fields: &CampaignFields) -> Result<Self, FlowError> {
        let name = fields.name.as_deref().ok_or_else(|| Invalid::one("name is required"))?;
        let now = api.now();
        Ok(Self { id: CampaignId::new(now.0, api.random()), name: read_name(name)?, created_at: now })
    }

    async fn changed(
        _api: Api<'_>,
        _merchant: &Merchant,
        before: &Object<Self>,
        fields: &CampaignFields,
    ) -> Result<Self, FlowError> {
        let mut campaign = before.value.clone();
        if let Some(text) = &fields.name {
            campaign.name = read_name(text)?;
        }
        Ok(campaign)
    }

    fn create(value: Self) -> Change {
        Change::CreateCampaign(value)
    }

    fn update(value: Self, read_at: UnixMs) -> Change {
        Change::UpdateCampaign(value, read_at)
    }

    fn id(value: &Self) -> &str {
        value.id.as_str()
    }

    fn created_at(value: &Self) -> UnixMs {
        value.created_at
    }
}

impl Api<'_> {
    /// A page of campaigns.
    pub async fn campaigns_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &Filter,
    ) -> Result<Vec<Object<Campaign>>, FlowError> {
        Ok(self.store.campaigns_page(merchant.id(), keyset, filter).await?)
    }

    /// One campaign.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such campaign.
    pub async fn campaign(self, merchant: &Merchant, id: &str) -> Result<Object<Campaign>, FlowError> {
        Campaign::find(self, merchant, id).await?.ok_or(FlowError::NotFound("campaign"))
    }

    /// Writes campaigns.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_campaigns(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<CampaignFields>, Invalid>],
        render: Render<'_, Campaign>,
    ) -> Result<Done, WriteError> {
        self.write::<Campaign>(merchant, claim, intents, render).await
    }
}

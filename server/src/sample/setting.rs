//! The acts of the brand itself: its creators, campaigns, links and rules.

use std::collections::BTreeMap;

use domain::{
    creator::{CreatorStatus, Social},
    time::Day,
};
use flow::{
    api::{
        Answer, CreatorProfile,
        creator::CreatorFields,
        write::{CommonFields, Intent, Row},
    },
    campaign::CampaignForm,
    commission::NewRule,
    link::NewLink,
};

use super::{
    cast::{Account, CAMPAIGN_PLANS, CAMPAIGNS, CREATORS, LINKS, PRODUCTS},
    plan::Act,
    stage::Stage,
};
use crate::serve::Failure;

/// What creators earn: of every order, of what gold creators bring, and on top for a customer's first order.
fn rules() -> [NewRule; 2] {
    [
        NewRule { scope: "all".into(), percent: "10".into(), ..NewRule::default() },
        NewRule {
            scope: "tier".into(),
            of: "gold".into(),
            percent: "15".into(),
            cap: "40".into(),
            ..NewRule::default()
        },
    ]
}

fn social(account: &Account, handle: &str) -> Option<Social> {
    Some(Social {
        platform: domain::link::Platform::parse(account.platform)?,
        handle: handle.to_owned(),
        followers: Some(account.followers),
        engagement_rate_bp: Some(account.engagement_bp),
    })
}

/// The fields of a creator, as a client of the API sends them.
fn fields(number: usize) -> CreatorFields {
    let creator = &CREATORS[number];
    let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<String>>();
    CreatorFields {
        is_tier_locked: None,
        may_give_access: false,
        name: Some(format!("{} {}", creator.first, creator.last)),
        handle: Some(creator.handle.to_owned()),
        email: Some(Some(creator.email())),
        first_name: Some(Some(creator.first.to_owned())),
        last_name: Some(Some(creator.last.to_owned())),
        aliases: Some(texts(creator.aliases)),
        socials: Some(creator.accounts.iter().filter_map(|account| social(account, creator.handle)).collect()),
        tier: Some(Some(creator.tier.to_owned())),
        tags: Some(texts(creator.tags)),
        status: CreatorStatus::parse(creator.status),
        notes: (number == 0).then(|| Some("Answers fastest on Instagram. Prefers linen in earth tones.".to_owned())),
    }
}

impl Stage {
    /// Performs an act of the brand. Others are none of them.
    pub(super) async fn prepare(&mut self, act: &Act) -> Result<(), Failure> {
        match act {
            Act::Creator(number) => self.add_creator(*number).await,
            Act::Campaign(number) => {
                let planned = self.flow.campaigns().add(&self.merchant, &self.campaign(*number)).await?;
                self.campaigns.insert(*number, planned.campaign.id);
                Ok(())
            }
            Act::Link(number) => self.add_link(*number).await,
            Act::DeleteLink(number) => match &self.links[*number] {
                Some(link) => Ok(self.flow.links().delete(&self.merchant, &link.id).await?),
                None => Ok(()),
            },
            Act::Rules => {
                for rule in rules() {
                    self.flow.commissions().create_rule(&self.merchant, &rule).await?;
                }
                Ok(())
            }
            Act::PayoutAddress { creator, address } => {
                Ok(self.flow.payouts().set_address(&self.merchant, self.creator(*creator)?, address).await?)
            }
            Act::SignIn { creator, person } => self.sign_in(*creator, *person).await,
            Act::Adjust { creator, amount, reason } => {
                let key = format!("sample {creator}");
                let creator = self.creator(*creator)?;
                self.flow.commissions().adjust(&self.merchant, creator, amount, "", reason, &key).await?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A campaign that begins today.
    fn campaign(&self, number: usize) -> CampaignForm {
        let (budget, days) = CAMPAIGN_PLANS[number];
        let first = self.flow.reports().today(self.merchant.brand());
        let last = Day(first.0 + days - 1);
        CampaignForm {
            name: CAMPAIGNS[number].0.to_owned(),
            budget: budget.to_owned(),
            starts_on: if days > 0 { first.to_string() } else { String::new() },
            ends_on: if days > 0 { last.to_string() } else { String::new() },
        }
    }

    async fn add_creator(&mut self, number: usize) -> Result<(), Failure> {
        let common = CommonFields { metadata: BTreeMap::new(), ..CommonFields::default() };
        let intents = [Ok(Intent::Create(fields(number), common))];
        // The answer is the new creator's id.
        let render = |rows: &[Row<CreatorProfile>]| match rows {
            [Ok(stored)] => Some(Answer { status: 201, body: stored.object.value.creator.id.to_string() }),
            _ => None,
        };
        self.flow.api().write_creators(&self.merchant, None, &intents, &render).await?;
        let handle = CREATORS[number].handle;
        let creators = self.flow.creators().list(&self.merchant).await?;
        let creator = creators.into_iter().find(|creator| creator.handle == handle);
        self.creators.extend(creator.map(|creator| (number, creator.id)));
        Ok(())
    }

    async fn add_link(&mut self, number: usize) -> Result<(), Failure> {
        let link = &LINKS[number];
        let new = NewLink {
            destination: format!("{}/products/{}", self.storefront, PRODUCTS[link.product].handle),
            campaign: self.campaigns.get(&link.campaign).map(ToString::to_string).unwrap_or_default(),
            creator: match link.creator {
                Some(creator) => self.creator(creator)?.to_string(),
                None => String::new(),
            },
            platform: link.platform.to_owned(),
            content_type: link.content.to_owned(),
            promo_code: link.code.to_owned(),
            share_revenue: link.is_shared,
            expires_at: None,
        };
        self.links[number] = Some(self.flow.links().create(&self.merchant, &new).await?);
        Ok(())
    }

    /// Signs a creator in with a person's browser, whose visitor id is remembered.
    async fn sign_in(&self, creator: usize, person: usize) -> Result<(), Failure> {
        let Some(pv_id) = &self.people[person].pv_id else { return Ok(()) };
        let access = self.flow.access();
        let link = access.sign_in_link(&self.merchant, Some(self.creator(creator)?)).await?;
        let token = link.rsplit('/').next().unwrap_or_default();
        let (session, _) = access.sign_in(token).await?;
        let creator = access.creator_by_session(&session).await?;
        access.remember_browser(&creator, pv_id).await?;
        access.sign_out(&session).await?;
        Ok(())
    }
}

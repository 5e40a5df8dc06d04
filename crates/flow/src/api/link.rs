//! Links through the unified API.

use domain::{
    LinkId, UnixMs,
    link::{ContentType, Link, Platform, check_destination},
};
use store::{
    objects::{Change, Filter, Keyset, Object, ObjectKind},
    outbound::NewEvents,
};

use super::write::{Done, Intent, Render, Resource, WriteError};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::Claim,
    link::{NewLink, promo_code},
    stage::Api,
};

/// What a client may say about a link. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct LinkFields {
    /// Where it leads.
    pub destination: Option<String>,
    /// An existing creator's id. Of a new link only.
    pub creator: Option<String>,
    /// An existing campaign's id. Of a new link only.
    pub campaign: Option<String>,
    /// A discount code. Of a new link only.
    pub promo_code: Option<String>,
    /// The platform on which it is shared.
    pub platform: Option<Option<Platform>>,
    /// The content that it is in.
    pub content_type: Option<Option<ContentType>>,
    /// Whether the creator sees its revenue.
    pub share_revenue: Option<bool>,
    /// When it stops working.
    pub expires_at: Option<Option<UnixMs>>,
}

#[async_trait::async_trait]
impl Resource for Link {
    type Fields = LinkFields;
    type Record = Self;

    const ACTIONS: [&'static str; 2] = ["link.create", "link.update"];
    const CAN_RETURN: bool = false;
    const KIND: ObjectKind = ObjectKind::Link;
    const NOUN: &'static str = "link";

    async fn find(api: Api<'_>, merchant: &Merchant, id: &str) -> Result<Option<Object<Self>>, FlowError> {
        match id.parse::<LinkId>() {
            Ok(id) => Ok(api.store.link_object(merchant.id(), &id).await?),
            Err(_) => Ok(None),
        }
    }

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &LinkFields) -> Result<Self, FlowError> {
        let mut creator = fields.creator.clone().unwrap_or_default();
        if let Some(kept) = api.named_creator(merchant, &creator).await? {
            creator = kept.into();
        }
        let new = NewLink {
            destination: fields.destination.clone().unwrap_or_default(),
            campaign: fields.campaign.clone().unwrap_or_default(),
            creator,
            platform: fields.platform.flatten().map(Platform::as_str).unwrap_or_default().to_owned(),
            content_type: fields.content_type.flatten().map(ContentType::as_str).unwrap_or_default().to_owned(),
            promo_code: fields.promo_code.clone().unwrap_or_default(),
            share_revenue: fields.share_revenue.unwrap_or(false),
            expires_at: fields.expires_at.flatten(),
        };
        api.links().plan(merchant, &new)
    }

    async fn changed(
        api: Api<'_>,
        merchant: &Merchant,
        before: &Object<Self>,
        fields: &LinkFields,
    ) -> Result<Self, FlowError> {
        let mut link = before.value.clone();
        let mut faults = Vec::new();
        // An upsert of what is there may say it again, as it was said first.
        let said = |given: &Option<String>| given.clone().filter(|given| !given.is_empty());
        let code = said(&fields.promo_code).map(|given| promo_code(&given).ok().flatten());
        let campaign =
            said(&fields.campaign).is_some_and(|given| link.campaign.as_ref().is_none_or(|id| id.as_str() != given));
        let kept = [
            ("creator", api.is_other_creator(merchant, said(&fields.creator).as_ref(), link.creator.as_ref()).await?),
            ("campaign", campaign),
            ("promo_code", code.is_some_and(|given| given.is_none() || given != link.promo_code)),
        ];
        for (field, _) in kept.into_iter().filter(|(_, is_other)| *is_other) {
            faults.push(format!("{field} of a link cannot change; create another link"));
        }
        if let Some(text) = &fields.destination {
            match check_destination(text, &merchant.brand().destination_hosts) {
                Ok(url) => link.destination = url.into(),
                Err(error) => faults.push(format!("destination {error}")),
            }
        }
        if let Some(end) = fields.expires_at {
            if end.is_some_and(|end| end <= api.now()) && end != link.expires_at {
                faults.push("expires_at must be in the future".to_owned());
            }
            link.expires_at = end;
        }
        link.platform = fields.platform.unwrap_or(link.platform);
        link.content_type = fields.content_type.unwrap_or(link.content_type);
        link.share_revenue = fields.share_revenue.unwrap_or(link.share_revenue);
        if faults.is_empty() { Ok(link) } else { Err(Invalid(faults).into()) }
    }

    async fn events(
        api: Api<'_>,
        merchant: &Merchant,
        before: Option<&Object<Self>>,
        after: &Object<Self>,
    ) -> Result<NewEvents, FlowError> {
        if before.is_some() {
            return Ok(NewEvents::default());
        }
        let addition = api.links().new_addition(merchant, &after.value).await?;
        Ok(api.links().addition_events(merchant, addition.as_ref(), &after.value))
    }

    fn create(value: Self) -> Change {
        Change::CreateLink(value)
    }

    fn update(value: Self, read_at: UnixMs) -> Change {
        Change::UpdateLink(value, read_at)
    }

    fn forget(api: Api<'_>, value: &Self) {
        api.links.forget(&value.code);
    }

    fn id(value: &Self) -> &str {
        value.id.as_str()
    }

    fn created_at(value: &Self) -> UnixMs {
        value.created_at
    }
}

impl Api<'_> {
    /// A page of links.
    pub async fn links_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &Filter,
    ) -> Result<Vec<Object<Link>>, FlowError> {
        Ok(self.store.links_page(merchant.id(), keyset, filter).await?)
    }

    /// One link, archived or not.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such link.
    pub async fn link(self, merchant: &Merchant, id: &str) -> Result<Object<Link>, FlowError> {
        Link::find(self, merchant, id).await?.ok_or(FlowError::NotFound("link"))
    }

    /// Writes links.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_links(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<LinkFields>, Invalid>],
        render: Render<'_, Link>,
    ) -> Result<Done, WriteError> {
        self.write::<Link>(merchant, claim, intents, render).await
    }
}

//! Content through the unified API.

use domain::{
    ContentId, UnixMs,
    catalogue::{Content, Figures},
    link::{ContentType, Platform},
    outbound::{ContentData, CreatorRef, EventData, LinkRef},
};
use store::objects::{Keyset, Object};

use super::{Catalogued, ItemQuery, Planned, field::Faults};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{
        Claim,
        write::{Done, Intent, Render, WriteError},
    },
    stage::Api,
};

/// What a client may say about content. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct ContentFields {
    /// The creator's id. Of new content only.
    pub creator: Option<String>,
    /// An existing link's id.
    pub link: Option<Option<String>>,
    /// The platform on which it was posted.
    pub platform: Option<Option<Platform>>,
    /// What it is.
    pub content_type: Option<Option<ContentType>>,
    /// Where it is.
    pub url: Option<Option<String>>,
    /// Its title.
    pub title: Option<Option<String>>,
    /// When it was posted.
    pub posted_at: Option<Option<UnixMs>>,
    /// Its picture or film.
    pub media_url: Option<Option<String>>,
    /// Its figures, all of them.
    pub figures: Option<Figures>,
}

impl ContentFields {
    fn apply(&self, mut content: Content) -> Result<Planned<Content>, FlowError> {
        let mut faults = Faults::default();
        faults.set(&mut content.link, self.link.as_ref(), |faults, id: &str| faults.id(id, "the link"));
        content.platform = self.platform.unwrap_or(content.platform);
        content.content_type = self.content_type.unwrap_or(content.content_type);
        faults.set(&mut content.url, self.url.as_ref(), |faults, url: &str| faults.url(url, "url"));
        faults.set(&mut content.title, self.title.as_ref(), |faults, text: &str| faults.line(text, "title"));
        content.posted_at = self.posted_at.unwrap_or(content.posted_at);
        faults.set(&mut content.media_url, self.media_url.as_ref(), |faults, url: &str| faults.url(url, "media_url"));
        content.figures = self.figures.unwrap_or(content.figures);
        faults.or(content.into())
    }
}

#[async_trait::async_trait]
impl Catalogued for Content {
    type Fields = ContentFields;

    const ACTIONS: [&'static str; 2] = ["content.create", "content.update"];
    const NOUN: &'static str = "content";

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &ContentFields) -> Result<Planned<Self>, FlowError> {
        let now = api.now();
        let creator = fields.creator.as_deref().ok_or_else(|| Invalid::one("creator is required"))?;
        let creator = api.named_creator(merchant, creator).await?;
        let empty = Self {
            id: ContentId::new(now.0, api.random()),
            creator: creator.ok_or_else(|| Invalid::one("the creator does not exist"))?,
            link: None,
            platform: None,
            content_type: None,
            url: None,
            title: None,
            posted_at: None,
            media_url: None,
            figures: Figures::default(),
            created_at: now,
        };
        fields.apply(empty)
    }

    async fn changed(
        self,
        api: Api<'_>,
        merchant: &Merchant,
        fields: &ContentFields,
    ) -> Result<Planned<Self>, FlowError> {
        if api.is_other_creator(merchant, fields.creator.as_ref(), Some(&self.creator)).await? {
            return Err(Invalid::one("creator of content cannot change").into());
        }
        fields.apply(self)
    }

    async fn event(
        &self,
        api: Api<'_>,
        merchant: &Merchant,
        creator: CreatorRef,
        before: Option<&Self>,
    ) -> Result<Option<EventData>, FlowError> {
        if before.is_some() {
            return Ok(None);
        }
        let link = match &self.link {
            Some(link) => api.store.link_object(merchant.id(), link).await?,
            None => None,
        };
        Ok(Some(EventData::ContentCreated(ContentData {
            content_id: self.id.to_string(),
            creator,
            link: link.and_then(|link| LinkRef::of(&link.value)),
            url: self.url.as_ref().map(|url| url.as_str().to_owned()),
            platform: self.platform,
            content_type: self.content_type,
        })))
    }
}

impl Api<'_> {
    /// A page of content.
    pub async fn content_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        query: ItemQuery,
    ) -> Result<Vec<Object<Content>>, FlowError> {
        self.items(merchant, keyset, query).await
    }

    /// One piece of content.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such content.
    pub async fn content(self, merchant: &Merchant, id: &str) -> Result<Object<Content>, FlowError> {
        self.item(merchant, id).await
    }

    /// Writes content.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_content(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<ContentFields>, Invalid>],
        render: Render<'_, Planned<Content>>,
    ) -> Result<Done, WriteError> {
        self.write_items(merchant, claim, intents, render).await
    }
}

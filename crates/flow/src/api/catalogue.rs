//! Products, collabs, drops and content through the unified API.

pub mod collab;
pub mod content;
pub mod drop;
mod field;
pub mod product;

use core::marker::PhantomData;

use domain::{
    CollabId, UnixMs,
    catalogue::{CollabStatus, Entry, Item, Slug},
    link::Link,
    outbound::{CreatorRef, EventData},
    scope::Scope,
};
use store::{
    catalogue::ItemFilter,
    catalogue_change::{ItemChange, ItemLink},
    objects::{Change, Filter, Keyset, Object, ObjectKind},
    outbound::NewEvents,
};

use super::write::{Done, Intent, Render, Resource, WriteError};
use crate::{FlowError, Invalid, access::Merchant, api::Claim, stage::Api};

/// An item as it is to be, with the links that come with it.
#[derive(Clone, Debug)]
pub struct Planned<T> {
    /// The item.
    pub item: T,
    pub(crate) links: Vec<ItemLink>,
    pub(crate) page: Option<Slug>,
    pub(crate) has_moved: bool,
}

/// Equal if one changes nothing about the other.
impl<T: PartialEq> PartialEq for Planned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item && self.links.is_empty() && other.links.is_empty()
    }
}

impl<T> From<T> for Planned<T> {
    fn from(item: T) -> Self {
        Self { item, links: Vec::new(), page: None, has_moved: false }
    }
}

/// One kind of items, as clients write it.
#[async_trait::async_trait]
pub(crate) trait Catalogued: Entry {
    /// What a client may say about it.
    type Fields: Send + Sync;
    /// Its noun, for messages.
    const NOUN: &'static str;
    /// The audit log's words for adding and changing one.
    const ACTIONS: [&'static str; 2];

    /// Plans a new one.
    async fn new(api: Api<'_>, merchant: &Merchant, fields: &Self::Fields) -> Result<Planned<Self>, FlowError>;
    /// Plans a changed one.
    async fn changed(
        self,
        api: Api<'_>,
        merchant: &Merchant,
        fields: &Self::Fields,
    ) -> Result<Planned<Self>, FlowError>;
    /// What the event says that adding it, or changing it from `before`, emits.
    async fn event(
        &self,
        _api: Api<'_>,
        _merchant: &Merchant,
        _creator: CreatorRef,
        _before: Option<&Self>,
    ) -> Result<Option<EventData>, FlowError> {
        Ok(None)
    }
}

/// A kind of items as a resource of the API.
struct ItemsOf<T>(PhantomData<T>);

#[async_trait::async_trait]
impl<T: Catalogued> Resource for ItemsOf<T> {
    type Fields = T::Fields;
    type Record = Planned<T>;

    const ACTIONS: [&'static str; 2] = T::ACTIONS;
    const KIND: ObjectKind = ObjectKind::Item(T::KIND);
    const NOUN: &'static str = T::NOUN;

    async fn find(api: Api<'_>, merchant: &Merchant, id: &str) -> Result<Option<Object<Planned<T>>>, FlowError> {
        Ok(api.find_item::<T>(merchant, id).await?.map(|object| with_value(object, Planned::from)))
    }

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &T::Fields) -> Result<Planned<T>, FlowError> {
        let planned = T::new(api, merchant, fields).await?;
        // Nothing leads to a new item yet.
        require_links_scope(merchant, !planned.links.is_empty())?;
        Ok(planned.with_page(merchant))
    }

    async fn changed(
        api: Api<'_>,
        merchant: &Merchant,
        before: &Object<Planned<T>>,
        fields: &T::Fields,
    ) -> Result<Planned<T>, FlowError> {
        let planned = before.value.item.clone().changed(api, merchant, fields).await?;
        require_links_scope(merchant, !planned.links.is_empty() || planned.has_moved)?;
        Ok(planned.with_page(merchant))
    }

    async fn events(
        api: Api<'_>,
        merchant: &Merchant,
        before: Option<&Object<Planned<T>>>,
        after: &Object<Planned<T>>,
    ) -> Result<NewEvents, FlowError> {
        let item = &after.value.item;
        let Some(creator) = item.clone().into_item().references().creator else {
            return Ok(NewEvents::default());
        };
        // Of another brand: the item is refused for it.
        let Some(creator) = api.store.creator(merchant.id(), &creator).await? else { return Ok(NewEvents::default()) };
        let data = item.event(api, merchant, CreatorRef::from(&creator), before.map(|one| &one.value.item)).await?;
        let mut draft = api.outbound().draft(merchant.id());
        if let Some(data) = data {
            let id = item.id();
            let fact = if before.is_some() { format!("{id}:{}", draft.next_id()) } else { id.to_owned() };
            draft.add(&data, id, fact);
        }
        Ok(draft.into_events())
    }

    fn create(value: Planned<T>) -> Change {
        Change::CreateItem(value.into_change())
    }

    fn update(value: Planned<T>, read_at: UnixMs) -> Change {
        Change::UpdateItem(value.into_change(), read_at)
    }

    fn id(value: &Planned<T>) -> &str {
        value.item.id()
    }

    fn created_at(value: &Planned<T>) -> UnixMs {
        value.item.created_at()
    }
}

/// Whoever adds links with their discount codes, or decides where links lead, decides who earns: a key for items alone
/// may not.
fn require_links_scope(merchant: &Merchant, touches_links: bool) -> Result<(), FlowError> {
    if !touches_links || merchant.may(Scope::write("links")) {
        return Ok(());
    }
    let fault = "this adds links, or changes where links lead: it needs a key with the scope links:write";
    Err(Invalid::one(fault).into())
}

impl<T: Entry> Planned<T> {
    /// Names the public page. The sandbox has none, and takes no names of live ones.
    fn with_page(mut self, merchant: &Merchant) -> Self {
        self.page = if merchant.is_sandbox() { None } else { self.item.clone().into_item().slug().cloned() };
        self
    }

    fn into_change(self) -> ItemChange {
        ItemChange { item: self.item.into_item(), links: self.links, page: self.page, has_moved: self.has_moved }
    }
}

/// An object with another value.
fn with_value<T, U>(object: Object<T>, convert: impl FnOnce(T) -> U) -> Object<U> {
    let Object { value, details, updated_at, archived_at } = object;
    Object { value: convert(value), details, updated_at, archived_at }
}

/// An item as one of a kind; `None` if it is of another.
fn of_kind<T: Entry>(object: Object<Item>) -> Option<Object<T>> {
    let Object { value, details, updated_at, archived_at } = object;
    Some(Object { value: T::from_item(value)?, details, updated_at, archived_at })
}

/// Which items are in a list, besides by creator.
#[derive(Clone, Debug, Default)]
pub struct ItemQuery {
    /// The filters that all objects have. There are no campaigns.
    pub common: Filter,
    /// Drops of this collab.
    pub collab: Option<CollabId>,
    /// Drops that are published, or those that are not.
    pub is_published: Option<bool>,
    /// Collabs with this status.
    pub status: Option<CollabStatus>,
}

impl Api<'_> {
    async fn find_item<T: Entry>(self, merchant: &Merchant, id: &str) -> Result<Option<Object<T>>, FlowError> {
        if !T::is_id(id) {
            return Ok(None);
        }
        let found = self.store.items(merchant.id(), &[id.to_owned()]).await?;
        Ok(found.into_iter().find_map(of_kind))
    }

    async fn item<T: Catalogued>(self, merchant: &Merchant, id: &str) -> Result<Object<T>, FlowError> {
        self.find_item(merchant, id).await?.ok_or(FlowError::NotFound(T::NOUN))
    }

    async fn items<T: Entry>(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        query: ItemQuery,
    ) -> Result<Vec<Object<T>>, FlowError> {
        let ItemQuery { common, collab, is_published, status } = query;
        let filter = ItemFilter { kind: T::KIND, common, collab, is_published, status };
        Ok(self.store.items_page(merchant.id(), keyset, &filter).await?.into_iter().filter_map(of_kind).collect())
    }

    async fn write_items<T: Catalogued>(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<T::Fields>, Invalid>],
        render: Render<'_, Planned<T>>,
    ) -> Result<Done, WriteError> {
        self.write::<ItemsOf<T>>(merchant, claim, intents, render).await
    }

    /// A link that comes with an item, on the record: a discount code earns money wherever it is used.
    fn item_link(self, merchant: &Merchant, link: Link) -> ItemLink {
        let subject = match &link.promo_code {
            Some(promo) => format!("{} with discount code {promo}", link.id),
            None => link.id.to_string(),
        };
        ItemLink { audit: self.audit(merchant.actor(), "link.create", subject), link, product: None }
    }
}

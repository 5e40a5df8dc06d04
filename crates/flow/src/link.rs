//! Creating, listing and deleting tracking links.

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    link::{ContentType, Link, LinkCode, Platform, check_destination},
    outbound::{CampaignAdditionData, CampaignRef, CreatorRef, EventData, LinkRef},
};
use store::{StoreError, outbound::NewEvents};

use crate::{FlowError, Invalid, access::Merchant, stage::Links};

/// Attempts to draw an unused code. With 31^8 codes a second attempt is already rare.
const DRAWS_MAX: usize = 8;
/// Why a creator is not given a discount code.
const OTHERS_PROMO_CODE: &str = "the discount code is another creator's";

/// A link from a form or command, not yet validated. Empty texts mean "not set".
#[derive(Clone, Debug, Default)]
pub struct NewLink {
    /// Destination URL.
    pub destination: String,
    /// An existing campaign's id.
    pub campaign: String,
    /// An existing creator's id.
    pub creator: String,
    /// A platform's name.
    pub platform: String,
    /// A content type's name.
    pub content_type: String,
    /// A discount code.
    pub promo_code: String,
    /// Whether the creator sees the link's revenue.
    pub share_revenue: bool,
    /// When it stops working; never if `None`.
    pub expires_at: Option<UnixMs>,
}

/// Parses a text unless it is empty; a text that does not parse adds `fault` to `faults`.
fn optional<T>(text: &str, fault: &str, faults: &mut Vec<String>, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    if value.is_none() {
        faults.push(fault.to_owned());
    }
    value
}

/// A discount code in upper case; `None` if the text is empty.
pub(crate) fn promo_code(text: &str) -> Result<Option<String>, Invalid> {
    let code = text.trim();
    if code.len() > 255 || code.contains(char::is_control) {
        return Err(Invalid::one("promo code must be at most 255 characters, without line breaks"));
    }
    Ok((!code.is_empty()).then(|| code.to_uppercase()))
}

impl Links<'_> {
    /// Checks a new link and draws its id and code. Nothing is stored.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form.
    pub(crate) fn plan(self, merchant: &Merchant, new: &NewLink) -> Result<Link, FlowError> {
        let now = self.now();
        let mut faults = Vec::new();
        let destination = check_destination(&new.destination, &merchant.brand().destination_hosts)
            .map_err(|error| faults.push(format!("destination URL {error}")))
            .ok();
        let campaign = optional(&new.campaign, "campaign is unknown", &mut faults, |id| id.parse::<CampaignId>().ok());
        let creator = optional(&new.creator, "creator is unknown", &mut faults, |id| id.parse::<CreatorId>().ok());
        let platform = optional(&new.platform, "platform is unknown", &mut faults, Platform::parse);
        let content_type = optional(&new.content_type, "content type is unknown", &mut faults, ContentType::parse);
        let promo_code = promo_code(&new.promo_code).map_err(|fault| faults.extend(fault.0)).ok().flatten();
        if new.expires_at.is_some_and(|end| end <= now) {
            faults.push("expiry must be in the future".to_owned());
        }
        let Some(destination) = destination.filter(|_| faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        Ok(Link {
            id: LinkId::new(now.0, self.random()),
            code: self.draw_code()?,
            destination: destination.into(),
            campaign,
            creator,
            platform,
            content_type,
            promo_code,
            share_revenue: new.share_revenue,
            is_direct: false,
            created_at: now,
            expires_at: new.expires_at,
            deleted_at: None,
        })
    }

    /// Creates a link with a random code.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form, or if the creator or campaign is not the brand's.
    pub async fn create(self, merchant: &Merchant, new: &NewLink) -> Result<Link, FlowError> {
        let mut link = self.plan(merchant, new)?;
        // A discount code earns money wherever it is used, so it is on record who set it.
        let entry = link.promo_code.as_ref().map(|promo| {
            self.audit(merchant.actor(), "link.create", format!("{} with discount code {promo}", link.id))
        });
        let addition = self.new_addition(merchant, &link).await?;
        for _ in 0..DRAWS_MAX {
            let events = self.addition_events(merchant, addition.as_ref(), &link);
            match self.store.create_link(merchant.id(), &link, entry.as_ref(), &events).await {
                Ok(()) => return Ok(link),
                Err(StoreError::Conflict(_)) => link.code = self.draw_code()?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(FlowError::Store(StoreError::Conflict("a link with this code")))
    }

    /// The campaign that the link is its creator's first one in, and the creator.
    pub(crate) async fn new_addition(
        self,
        merchant: &Merchant,
        link: &Link,
    ) -> Result<Option<(CampaignRef, CreatorRef)>, FlowError> {
        let (Some(campaign), Some(creator)) = (&link.campaign, &link.creator) else { return Ok(None) };
        if self.store.has_link_in_campaign(merchant.id(), creator, campaign).await? {
            return Ok(None);
        }
        // Of another brand: the link is refused for it.
        let Some(creator) = self.store.creator(merchant.id(), creator).await? else { return Ok(None) };
        let campaign = self.campaigns().list(merchant).await?.into_iter().find(|known| known.id == *campaign);
        let named = campaign.map(|campaign| CampaignRef { id: campaign.id, name: campaign.name });
        Ok(named.map(|campaign| (campaign, CreatorRef::from(&creator))))
    }

    pub(crate) fn addition_events(
        self,
        merchant: &Merchant,
        addition: Option<&(CampaignRef, CreatorRef)>,
        link: &Link,
    ) -> NewEvents {
        let mut draft = self.outbound().draft(merchant.id());
        if let Some((campaign, creator)) = addition.cloned() {
            let (object, fact) = (campaign.id.clone(), format!("{}:{}", campaign.id, creator.id));
            let data = CampaignAdditionData { campaign, creator, link: LinkRef::of(link) };
            draft.add(&EventData::CampaignCreatorAdded(data), object, fact);
        }
        draft.into_events()
    }

    /// The link that carries a creator's credit without a link of their own.
    pub(crate) async fn direct(self, brand: &BrandId, creator: &CreatorId) -> Result<Link, FlowError> {
        Ok(self.store.direct_link(brand, &self.new_direct(creator, None)?, None).await?)
    }

    /// Sets the discount code that is a creator's own, whatever links they have, or removes it if the text is empty.
    /// Orders placed before keep the earlier code.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator is not the brand's; `FlowError::Invalid` if the code is invalid or is
    /// another creator's own.
    pub async fn set_promo_code(self, merchant: &Merchant, creator: &CreatorId, code: &str) -> Result<(), FlowError> {
        self.creators().get(merchant, creator).await?;
        let code = promo_code(code)?;
        if self.promo_code_of(merchant, creator).await? == code {
            return Ok(());
        }
        let what = code.as_deref().unwrap_or("none");
        let entry = self.audit(merchant.actor(), "creator.promo_code", format!("{creator}: {what}"));
        match self.store.direct_link(merchant.id(), &self.new_direct(creator, code.clone())?, Some(&entry)).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(_)) => Err(Invalid::one(OTHERS_PROMO_CODE).into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Checks what [`Self::set_promo_code`] would refuse, and changes nothing.
    ///
    /// # Errors
    /// As it.
    pub async fn check_promo_code(self, merchant: &Merchant, creator: &CreatorId, code: &str) -> Result<(), FlowError> {
        let Some(code) = promo_code(code)? else { return Ok(()) };
        let is_others = |link: &Link| {
            let is_same = link.promo_code.as_deref().is_some_and(|other| other == code);
            link.is_direct && link.deleted_at.is_none() && is_same && link.creator.as_ref() != Some(creator)
        };
        if self.store.links(merchant.id()).await?.iter().any(is_others) {
            return Err(Invalid::one(OTHERS_PROMO_CODE).into());
        }
        Ok(())
    }

    /// A creator's own discount code.
    pub async fn promo_code_of(self, merchant: &Merchant, creator: &CreatorId) -> Result<Option<String>, FlowError> {
        let links = self.store.links_of_creators(merchant.id(), core::slice::from_ref(creator)).await?;
        let own = links.into_iter().find(|link| link.is_direct && link.deleted_at.is_none());
        Ok(own.and_then(|link| link.promo_code))
    }

    /// A new direct link of a creator, with this discount code.
    pub(crate) fn new_direct(self, creator: &CreatorId, promo_code: Option<String>) -> Result<Link, FlowError> {
        let now = self.now();
        Ok(Link {
            id: LinkId::new(now.0, self.random()),
            code: self.draw_code()?,
            destination: String::new(),
            campaign: None,
            creator: Some(creator.clone()),
            platform: None,
            content_type: None,
            promo_code,
            share_revenue: false,
            is_direct: true,
            created_at: now,
            expires_at: None,
            deleted_at: None,
        })
    }

    fn draw_code(self) -> Result<LinkCode, FlowError> {
        (0..DRAWS_MAX)
            .find_map(|_| LinkCode::draw(&self.random::<32>()))
            .ok_or(FlowError::NotConfigured("the source of randomness yields no usable code"))
    }

    /// How a link is named on pages: its tracking URL, if it has one.
    pub fn label(self, link: &Link) -> String {
        if link.is_direct { "Without a link".to_owned() } else { self.tracking_url(link.code) }
    }

    /// The tracking URL to share.
    pub fn tracking_url(self, code: LinkCode) -> String {
        format!("{}/{code}", self.settings.tracking_url)
    }

    /// The brand's links, deleted ones included, newest first. Direct links are no addresses, so they are left out.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Link>, FlowError> {
        let mut links = self.store.links(merchant.id()).await?;
        links.retain(|link| !link.is_direct);
        Ok(links)
    }

    /// Deletes a link; its history is kept and its code is never reused.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the link is not the brand's or is already deleted.
    pub async fn delete(self, merchant: &Merchant, id: &LinkId) -> Result<(), FlowError> {
        let entry = self.audit(merchant.actor(), "link.delete", id);
        let is_done = self.store.delete_link(merchant.id(), id, self.now(), &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("link")) }
    }
}

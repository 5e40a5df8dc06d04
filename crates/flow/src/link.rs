//! Creating, listing and deleting tracking links.

use domain::{
    CampaignId, CreatorId, LinkId, UnixMs,
    link::{ContentType, Link, LinkCode, Platform, check_destination},
};
use store::StoreError;

use crate::{FlowError, Invalid, access::Merchant, stage::Links};

/// Attempts to draw an unused code. With 31^8 codes a second attempt is already rare.
const DRAWS_MAX: usize = 8;

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

impl Links<'_> {
    /// Creates a link with a random code.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form, or if the creator or campaign is not the brand's.
    pub async fn create(self, merchant: &Merchant, new: &NewLink) -> Result<Link, FlowError> {
        let now = self.now();
        let mut faults = Vec::new();
        let destination = check_destination(&new.destination, &merchant.brand().destination_hosts)
            .map_err(|error| faults.push(format!("destination URL {error}")))
            .ok();
        let campaign = optional(&new.campaign, "campaign is unknown", &mut faults, |id| id.parse::<CampaignId>().ok());
        let creator = optional(&new.creator, "creator is unknown", &mut faults, |id| id.parse::<CreatorId>().ok());
        let platform = optional(&new.platform, "platform is unknown", &mut faults, Platform::parse);
        let content_type = optional(&new.content_type, "content type is unknown", &mut faults, ContentType::parse);
        let promo_code = optional(
            &new.promo_code,
            "promo code must be at most 255 characters, without line breaks",
            &mut faults,
            |code| (code.len() <= 255 && !code.contains(char::is_control)).then(|| code.to_uppercase()),
        );
        if new.expires_at.is_some_and(|end| end <= now) {
            faults.push("expiry must be in the future".to_owned());
        }
        let Some(destination) = destination.filter(|_| faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let mut link = Link {
            id: LinkId::new(now.0, self.random()),
            code: self.draw_code()?,
            destination: destination.into(),
            campaign,
            creator,
            platform,
            content_type,
            promo_code,
            share_revenue: new.share_revenue,
            created_at: now,
            expires_at: new.expires_at,
            deleted_at: None,
        };
        for _ in 0..DRAWS_MAX {
            match self.store.create_link(merchant.id(), &link).await {
                Ok(()) => return Ok(link),
                Err(StoreError::Conflict(_)) => link.code = self.draw_code()?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(FlowError::Store(StoreError::Conflict("a link with this code")))
    }

    fn draw_code(self) -> Result<LinkCode, FlowError> {
        (0..DRAWS_MAX)
            .find_map(|_| LinkCode::draw(&self.random::<32>()))
            .ok_or(FlowError::NotConfigured("the source of randomness yields no usable code"))
    }

    /// The tracking URL to share.
    pub fn tracking_url(self, code: LinkCode) -> String {
        format!("{}/{code}", self.settings.tracking_url)
    }

    /// The brand's links, deleted ones included, newest first.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Link>, FlowError> {
        Ok(self.store.links(merchant.id()).await?)
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

//! Erasing a shop: because Shopify asks for it two days after the app was uninstalled, or because an owner does.

use domain::shop::{Shop, ShopDomain};

use crate::{FlowError, Invalid, access::Merchant, job::Job, stage::Installs};

impl Installs<'_> {
    /// The brand's shops that have the app.
    pub async fn installed_shops(self, merchant: &Merchant) -> Result<Vec<ShopDomain>, FlowError> {
        let shops = self.store.shops_of(merchant.id()).await?;
        Ok(shops.into_iter().filter(|shop| shop.uninstalled_at.is_none()).map(|shop| shop.domain).collect())
    }

    /// Erases what names anybody, as Shopify asks for it after an app was uninstalled, at once. The shop counts as
    /// uninstalled from then on; opening the app in the Shopify admin installs it again. `typed` is the shop's domain, as the
    /// owner confirms it.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the text is not the domain of the shop that has the
    /// app, or another shop has it too, which would go on collecting; `FlowError::Stale` if the shop was installed again
    /// meanwhile.
    pub async fn erase_everything(self, merchant: &Merchant, typed: &str) -> Result<(), FlowError> {
        merchant.owner()?;
        let typed = ShopDomain::parse(typed.trim());
        let mut installed = self.store.shops_of(merchant.id()).await?;
        installed.retain(|shop| shop.uninstalled_at.is_none());
        let shop = installed.iter().find(|shop| Some(&shop.domain) == typed.as_ref());
        let shop = shop.ok_or_else(|| Invalid::one("shop’s domain must be typed as it is shown above"))?;
        if installed.len() > 1 {
            return Err(Invalid::one("app must first be uninstalled in the brand’s other shops").into());
        }
        if self.erase_shop(shop, merchant.actor()).await? { Ok(()) } else { Err(FlowError::Stale("the shop")) }
    }

    /// Erases a shop that is as it was seen. False if it was installed again since.
    pub(crate) async fn erase_shop(self, seen: &Shop, actor: &str) -> Result<bool, FlowError> {
        let entry = self.audit(actor, "shop.erase", &seen.domain);
        let scrub = Job::Scrub.at(self.now());
        Ok(self.store.erase_shop(seen, self.now(), &entry, &scrub).await?)
    }
}

//! The names of the creators and links that settlements credit, for events about them.

use std::collections::BTreeSet;

use domain::{BrandId, CreatorId, creator::Creator, outbound::LinkRef};

use super::Decided;
use crate::{
    FlowError,
    outbound::{draft::People, orders::Names},
    stage::Orders,
};

impl Orders<'_> {
    /// The names in the credits of orders whose credits are new, and in the credits that these replace. Only what is not
    /// among the `known` creators and the orders' own links is looked up.
    pub(super) async fn names(
        self,
        brand: &BrandId,
        decided: &[Decided],
        known: &[Creator],
    ) -> Result<Names, FlowError> {
        let mut names = Names { people: People::of(known), ..Names::default() };
        let changed = decided.iter().filter(|one| one.has_new_credits);
        let (mut creators, mut links) = (BTreeSet::new(), BTreeSet::new());
        for one in changed {
            let earlier = one.earlier.iter().flat_map(|earlier| &earlier.credits);
            let credited = one.attribution.credits.iter().chain(earlier).filter_map(|credit| credit.creator.clone());
            creators.extend(credited.filter(|creator| !names.people.has(creator)));
            match &one.links {
                Some(own) => names.links.extend(own.iter().map(|link| (link.id.clone(), link.clone()))),
                None => links.extend(one.attribution.credits.iter().map(|credit| credit.link.to_string())),
            }
        }
        if !creators.is_empty() {
            let creators: Vec<CreatorId> = creators.into_iter().collect();
            names.people.add(&self.store.creators_of(brand, &creators).await?);
        }
        if !links.is_empty() {
            let links: Vec<String> = links.into_iter().collect();
            let found = self.store.links_named(brand, &links, &[], &[]).await?;
            names.links.extend(found.iter().filter_map(LinkRef::of).map(|link| (link.id.clone(), link)));
        }
        Ok(names)
    }
}

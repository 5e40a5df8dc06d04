//! Creators who bought through themselves: what tells that a creator is the buyer of an order.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CreatorId, Identity,
    attribution::{AttributionInput, Buyer, Visitor},
    evidence::{BuyerSignal, Strength},
};

use crate::{FlowError, payout_details::paypal_location, stage::Orders};

/// The source of a visitor who is known only as another one of the order's customer.
pub(crate) const SAME_CUSTOMER: &str = "same customer";

/// A customer who is known by more addresses than this is a shared device, which tells nothing about the buyer.
const ADDRESSES_MAX: usize = 3;

/// The hashed e-mail addresses among a customer's identities that the shop or the brand's backend vouches for; none of a
/// shared device.
pub(crate) fn addresses_of(identities: &[Identity]) -> Vec<String> {
    let hash = |identity: &Identity| if let Identity::Email(hash) = identity { Some(hash.clone()) } else { None };
    let found: BTreeSet<String> = identities.iter().filter_map(hash).collect();
    if found.len() > ADDRESSES_MAX { Vec::new() } else { found.into_iter().collect() }
}

/// The visitors who certainly placed an order. Others of the same customer may have used a shared device.
fn proven(visitors: &[Visitor]) -> impl Iterator<Item = &Visitor> {
    visitors.iter().filter(|visitor| visitor.strength == Strength::Proven && visitor.source != SAME_CUSTOMER)
}

/// The creators who could get credit for an order.
fn candidates(input: &AttributionInput) -> impl Iterator<Item = &CreatorId> {
    let linked = input.links.iter().filter_map(|link| link.creator.as_ref());
    linked.chain(input.named.iter().map(|named| &named.creator))
}

impl Orders<'_> {
    /// Finds the creators who are probably the buyers of these orders. `addresses` are those of each order's customer,
    /// by all of whose orders they are known.
    pub(crate) async fn add_buyers(
        self,
        brand: &BrandId,
        inputs: &mut [AttributionInput],
        addresses: &[Vec<String>],
    ) -> Result<(), FlowError> {
        let creators: BTreeSet<&CreatorId> = inputs.iter().flat_map(candidates).collect();
        if creators.is_empty() {
            return Ok(());
        }
        let creators: Vec<CreatorId> = creators.into_iter().cloned().collect();
        let by_address = self.creators_by_address(brand, &creators, inputs, addresses).await?;
        let by_browser = self.creators_by_browser(brand, inputs).await?;
        for (input, addresses) in inputs.iter_mut().zip(addresses) {
            let own = input.order.email_hash.as_ref();
            for (hash, owners) in &by_address {
                for (creator, signal) in owners {
                    let signal = if Some(hash) == own {
                        *signal
                    } else if addresses.contains(hash) {
                        BuyerSignal::Customer
                    } else {
                        continue;
                    };
                    input.buyers.push(Buyer { creator: creator.clone(), signal });
                }
            }
            let signed_in =
                by_browser.iter().filter(|(pv_id, _)| proven(&input.visitors).any(|own| own.pv_id == *pv_id));
            let buyer = |creator: &CreatorId| Buyer { creator: creator.clone(), signal: BuyerSignal::SignedIn };
            let signed_in: Vec<Buyer> = signed_in.map(|(_, creator)| buyer(creator)).collect();
            input.buyers.extend(signed_in);
        }
        Ok(())
    }

    /// The creators whose e-mail address, or among `creators` whose payout address, one of the orders has.
    async fn creators_by_address(
        self,
        brand: &BrandId,
        creators: &[CreatorId],
        inputs: &[AttributionInput],
        addresses: &[Vec<String>],
    ) -> Result<BTreeMap<String, Vec<(CreatorId, BuyerSignal)>>, FlowError> {
        let own = inputs.iter().filter_map(|input| input.order.email_hash.clone());
        let hashes: BTreeSet<String> = own.chain(addresses.iter().flatten().cloned()).collect();
        let mut owners: BTreeMap<String, Vec<(CreatorId, BuyerSignal)>> = BTreeMap::new();
        if hashes.is_empty() {
            return Ok(owners);
        }
        let hashes: Vec<String> = hashes.into_iter().collect();
        for (hash, creator) in self.store.creators_with_email(brand, &hashes).await? {
            owners.entry(hash).or_default().push((creator, BuyerSignal::Email));
        }
        for (creator, sealed) in self.store.payout_addresses_of(brand, creators).await? {
            let Ok(address) = self.vault.open(&paypal_location(&creator), &sealed) else {
                // A payout says so to a person; orders must be settled all the same.
                tracing::warn!(%brand, %creator, "the payout address cannot be decrypted");
                continue;
            };
            let hash = core::str::from_utf8(&address).ok().and_then(|address| self.email_hash(address));
            if let Some(hash) = hash.filter(|hash| hashes.contains(hash)) {
                owners.entry(hash).or_default().push((creator, BuyerSignal::PayoutAddress));
            }
        }
        Ok(owners)
    }

    /// The creators as whom the browsers of the orders signed in.
    async fn creators_by_browser(
        self,
        brand: &BrandId,
        inputs: &[AttributionInput],
    ) -> Result<Vec<(String, CreatorId)>, FlowError> {
        let visitors = inputs.iter().flat_map(|input| proven(&input.visitors));
        let pv_ids: BTreeSet<String> = visitors.map(|visitor| visitor.pv_id.clone()).collect();
        if pv_ids.is_empty() {
            return Ok(Vec::new());
        }
        let pv_ids: Vec<String> = pv_ids.into_iter().collect();
        Ok(self.store.creators_of_visitors(brand, &pv_ids).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_many_share_tells_nothing() {
        let email = |n: usize| Identity::Email(n.to_string());
        let claim = Identity::ClaimedEmail("claimed".to_owned());
        let few: Vec<Identity> = (0..ADDRESSES_MAX).map(email).chain([claim, email(0)]).collect();
        assert_eq!(addresses_of(&few), ["0", "1", "2"], "claims are not addresses");
        let many: Vec<Identity> = (0..=ADDRESSES_MAX).map(email).collect();
        assert_eq!(addresses_of(&many), Vec::<String>::new());
    }
}

//! Customer identities, hashed under this installation's key.

use domain::{BrandId, Identity, creator::normalise_email};
use sha2::{Digest, Sha256};

use crate::{Flow, hash::hex};

impl Flow {
    /// The customer of this name in the brand's systems, as its backend reports it.
    pub(crate) fn customer_key(&self, name: &str) -> Identity {
        Identity::CustomerKey(self.identity_hash("customer-key", name))
    }

    /// As [`Self::customer_key`], as a browser claims it. It is never merged with what a backend reports: clicks are
    /// free, so claims to other people's customers would be too. Settling an order looks at the claims of its customer's
    /// name only while no backend has named the visitor.
    pub(crate) fn claimed_key(&self, name: &str) -> Identity {
        Identity::ClaimedKey(self.identity_hash("customer-key", name))
    }

    /// The customer of this Shopify customer id.
    pub(crate) fn shopify_customer(&self, id: &str) -> Identity {
        Identity::ShopifyCustomer(self.identity_hash("shopify-customer", id))
    }

    /// The customer whose e-mail address has this SHA-256, as a backend or a shop reports it.
    pub(crate) fn email_sha256(&self, sha256: &str) -> Identity {
        Identity::EmailSha256(self.identity_hash("email-sha256", sha256))
    }

    /// As [`Self::email_sha256`], as a browser claims it. Used only if the brand trusts its browsers.
    pub(crate) fn claimed_email(&self, sha256: &str) -> Identity {
        Identity::ClaimedEmail(self.identity_hash("email-sha256", sha256))
    }

    /// Keyed hash of a normalised e-mail address; `None` if it is not an address.
    pub(crate) fn email_hash(&self, address: &str) -> Option<String> {
        normalise_email(address).map(|address| self.identity_hash("email", &address))
    }

    /// Keyed hash of a checkout or cart token: a secret that only the buyer's browser and the shop know.
    pub(crate) fn order_secret(&self, token: &str) -> String {
        self.identity_hash("order-secret", token)
    }

    /// A new visitor id. Ids of one moment are close in the index, so that many new visitors touch few pages.
    pub(crate) fn visitor_id(&self) -> String {
        let at_ms = self.now().0.unsigned_abs();
        uuid::Builder::from_unix_timestamp_millis(at_ms, &self.random()).into_uuid().to_string()
    }

    /// The visitor of the visits that ad platforms report of the order with this id of the seller. Each order has one of its
    /// own, so that a report joins no two customers, and nobody else can work it out and click with it.
    pub(crate) fn visitor_of_reports(&self, brand: &BrandId, external_id: &str) -> String {
        let hash = self.identity_hash("reported-visitor", &format!("{brand} {external_id}"));
        let digest: [u8; 32] = Sha256::digest(hash.as_bytes()).into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

/// SHA-256 of an e-mail address in lower case without surrounding space, as lower-case hex: the form in which browsers
/// send addresses.
pub fn address_sha256(address: &str) -> String {
    hex(&Sha256::digest(address.trim().to_lowercase().as_bytes()))
}

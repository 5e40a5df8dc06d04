//! Finding hosts, without those of private networks. The client connects to the addresses that were checked here, so a name
//! that resolves to another address a moment later changes nothing.

use core::{
    future::Future,
    net::{IpAddr, SocketAddr},
    pin::Pin,
};
use std::{io, sync::Arc};

use domain::webhook::address::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Reach;

/// Finds the addresses of a host.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a name.
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Every address of a name is in a private network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no public address")]
pub(crate) struct NotPublic;

/// A resolver that knows no private networks.
pub(crate) struct PublicOnly {
    lookup: Arc<dyn Lookup>,
    reach: Reach,
}

impl PublicOnly {
    pub(crate) fn new(lookup: impl Lookup, reach: Reach) -> Self {
        Self { lookup: Arc::new(lookup), reach }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (self.lookup.clone(), self.reach);
        Box::pin(async move {
            let mut found = lookup.lookup(name.as_str().to_owned()).await?;
            if reach == Reach::PublicOnly {
                let was_found = !found.is_empty();
                found.retain(|address| is_public(*address));
                if was_found && found.is_empty() {
                    return Err(NotPublic.into());
                }
            }
            // The client adds the URL's port.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Vec<&'static str>);

    impl Lookup for Fixed {
        fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
            let found = self.0.iter().map(|text| text.parse().expect("an address")).collect();
            Box::pin(async move { Ok(found) })
        }
    }

    async fn resolved(reach: Reach, addresses: &[&'static str]) -> Result<Vec<String>, String> {
        let resolver = PublicOnly::new(Fixed(addresses.to_vec()), reach);
        let found = resolver.resolve("example.com".parse().expect("a name")).await;
        found.map(|all| all.map(|one| one.ip().to_string()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn private_addresses_of_a_name_are_left_out() {
        let mixed = ["127.0.0.1", "8.8.8.8", "::ffff:127.0.0.1", "10.0.0.1", "2606:4700:4700::1111", "fe80::1"];
        let public = resolved(Reach::PublicOnly, &mixed).await;
        assert_eq!(public, Ok(vec!["8.8.8.8".to_owned(), "2606:4700:4700::1111".to_owned()]));
        assert_eq!(resolved(Reach::PublicOnly, &["127.0.0.1", "::1"]).await, Err("no public address".to_owned()));
        assert_eq!(resolved(Reach::PublicOnly, &[]).await, Ok(vec![]));
        assert_eq!(resolved(Reach::Everywhere, &["127.0.0.1"]).await, Ok(vec!["127.0.0.1".to_owned()]));
    }
}

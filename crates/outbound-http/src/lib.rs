//! An HTTP client for addresses that others choose, such as webhook endpoints. It reaches the internet only: whatever a
//! URL says and whatever its host's name resolves to, no connection is opened into a private network.
//!
//! No redirects, no proxy of the environment, no cookies, no decompression; bounded in time and in what it reads.
#![deny(missing_docs)]

mod resolver;

use core::{net::IpAddr, time::Duration};

use domain::webhook::{Answer, AnswerHeaders, address::is_public};
use http::{HeaderMap, HeaderName, HeaderValue};
use resolver::PublicOnly;
pub use resolver::{Lookup, SystemLookup};
use url::{Host, Url};

/// An answer is read so far, in bytes; the rest is dropped with its connection.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Connections to one host that stay open, for as long as `IDLE`.
const IDLE_MAX: usize = 4;
const IDLE: Duration = Duration::from_secs(20);

/// Whom a client may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The internet.
    #[default]
    PublicOnly,
    /// Any address: for demonstrations and tests.
    Everywhere,
}

/// How long a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The whole of it, the answer included.
    pub whole: Duration,
    /// Connecting.
    pub connect: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { whole: Duration::from_secs(15), connect: Duration::from_secs(5) }
    }
}

/// Why there is no answer. The texts are for whoever chose the address: they say nothing about the network inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The address, or what its name resolves to, is not the internet's.
    #[error("the address is not public")]
    NotPublic,
    /// The URL cannot be requested.
    #[error("the URL cannot be requested")]
    InvalidUrl,
    /// No connection, or none that both sides understand.
    #[error("could not connect")]
    Connect,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the answer.
    #[error("the connection ended before the answer")]
    Broken,
}

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be built: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    reach: Reach,
}

impl Client {
    /// A client that finds hosts with the system's resolver.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(user_agent: &'static str, reach: Reach) -> Result<Self, BuildError> {
        Self::with_lookup(user_agent, reach, Timeouts::default(), SystemLookup)
    }

    /// A client that finds hosts in another way. What is found is checked all the same.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn with_lookup(
        user_agent: &'static str,
        reach: Reach,
        timeouts: Timeouts,
        lookup: impl Lookup,
    ) -> Result<Self, BuildError> {
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .timeout(timeouts.whole)
            .connect_timeout(timeouts.connect)
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_idle_timeout(IDLE)
            .dns_resolver(PublicOnly::new(lookup, reach))
            .build()?;
        Ok(Self { http, reach })
    }

    /// Posts a body.
    ///
    /// # Errors
    /// Why there is no answer. Any HTTP status is an answer.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<Answer, RequestError> {
        let url = Url::parse(url).map_err(|_| RequestError::InvalidUrl)?;
        self.check(&url)?;
        let request = self.http.post(url).headers(header_map(headers)?).body(body);
        let mut response = request.send().await.map_err(|error| reason(&error))?;
        let headers = answer_headers(response.headers());
        let mut body = Vec::new();
        while body.len() < ANSWER_BYTES_MAX {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(reason(&error)),
            }
        }
        body.truncate(ANSWER_BYTES_MAX);
        Ok(Answer { status: response.status().as_u16(), headers, body })
    }

    /// Addresses in a URL are not looked up, so the resolver does not see them.
    fn check(&self, url: &Url) -> Result<(), RequestError> {
        let is_allowed = self.reach == Reach::Everywhere
            || match url.host().ok_or(RequestError::InvalidUrl)? {
                Host::Ipv4(address) => is_public(IpAddr::V4(address)),
                Host::Ipv6(address) => is_public(IpAddr::V6(address)),
                Host::Domain(_) => true,
            };
        if is_allowed { Ok(()) } else { Err(RequestError::NotPublic) }
    }
}

fn header_map(headers: &[(&'static str, String)]) -> Result<HeaderMap, RequestError> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_str(value).map_err(|_| RequestError::InvalidUrl)?;
            Ok((HeaderName::from_static(name), value))
        })
        .collect()
}

fn answer_headers(headers: &HeaderMap) -> AnswerHeaders {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    AnswerHeaders { retry_after: text("retry-after"), webhook_delivery: text("webhook-delivery") }
}

/// What an error of the HTTP library comes down to.
fn reason(error: &reqwest::Error) -> RequestError {
    let mut source: Option<&(dyn core::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if cause.is::<resolver::NotPublic>() {
            return RequestError::NotPublic;
        }
        source = cause.source();
    }
    if error.is_timeout() {
        RequestError::Timeout
    } else if error.is_connect() {
        RequestError::Connect
    } else if error.is_builder() {
        RequestError::InvalidUrl
    } else {
        RequestError::Broken
    }
}

//! Which URLs an endpoint may have.

use core::net::IpAddr;

use url::{Host, Url};

use super::address::is_public;

/// Longest URL, in bytes.
const BYTES_MAX: usize = 2_048;

/// What a server allows.
#[derive(Clone, Copy, Debug)]
pub struct UrlRules<'a> {
    /// Whether http and private addresses are allowed, for demonstrations and tests.
    pub allow_private: bool,
    /// How the URLs of the server's own tester begin. They are allowed, wherever the server is.
    pub own_tester: &'a str,
}

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It has too many bytes.
    #[error("url must have at most 2,048 bytes")]
    TooLong,
    /// It is no URL, or has no host.
    #[error("url must be an absolute URL such as https://example.com/webhooks")]
    NotAbsolute,
    /// It has another scheme.
    #[error("url must begin with https://")]
    NotHttps,
    /// It contains a user name or password.
    #[error("url must not contain a user name or password")]
    Credentials,
    /// It has a fragment, which is never sent.
    #[error("url must not have a fragment (#)")]
    Fragment,
    /// It leads into a private network.
    #[error("url must lead to a public address")]
    NotPublic,
}

impl UrlRules<'_> {
    /// Checks a URL. Returns its normalised spelling.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, text: &str) -> Result<String, InvalidUrl> {
        if text.len() > BYTES_MAX {
            return Err(InvalidUrl::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| InvalidUrl::NotAbsolute)?;
        let host = url.host().ok_or(InvalidUrl::NotAbsolute)?;
        let is_own = self.is_own_tester(url.as_str());
        if url.scheme() != "https" && !(url.scheme() == "http" && (self.allow_private || is_own)) {
            return Err(InvalidUrl::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidUrl::Fragment);
        }
        if !(self.allow_private || is_own || may_be_public(&host)) {
            return Err(InvalidUrl::NotPublic);
        }
        let text = String::from(url);
        // Percent-encoding may have made it longer.
        if text.len() > BYTES_MAX { Err(InvalidUrl::TooLong) } else { Ok(text) }
    }

    /// Whether a URL is the server's own tester's.
    pub fn is_own_tester(&self, url: &str) -> bool {
        url.len() > self.own_tester.len() && url.starts_with(self.own_tester)
    }
}

/// Whether a host may lead to the internet. What a name leads to is seen when it is resolved, each time anew; these names
/// never lead there.
fn may_be_public(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(*address)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && ![".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: UrlRules<'_> = UrlRules { allow_private: false, own_tester: "http://localhost:4000/webhook-tester/" };

    #[test]
    fn public_https_urls_are_taken() {
        for url in [
            "https://example.com/",
            "https://example.com:8443/hooks?from=creatorscore",
            "https://8.8.8.8/",
            "https://[2606:4700:4700::1111]/",
        ] {
            assert_eq!(STRICT.check(url).as_deref(), Ok(url));
        }
        assert_eq!(STRICT.check(" https://EXAMPLE.com ").as_deref(), Ok("https://example.com/"));
        let own = "http://localhost:4000/webhook-tester/abc?status=500";
        assert_eq!(STRICT.check(own).as_deref(), Ok(own));
    }

    #[test]
    fn everything_else_is_refused() {
        for (url, why) in [
            ("example.com/hook", InvalidUrl::NotAbsolute),
            ("/hook", InvalidUrl::NotAbsolute),
            ("https://", InvalidUrl::NotAbsolute),
            ("mailto:ana@example.com", InvalidUrl::NotAbsolute),
            ("http://example.com/", InvalidUrl::NotHttps),
            ("ftp://example.com/", InvalidUrl::NotHttps),
            ("https://user@example.com/", InvalidUrl::Credentials),
            ("https://user:password@example.com/", InvalidUrl::Credentials),
            ("https://example.com/#top", InvalidUrl::Fragment),
            ("https://localhost/", InvalidUrl::NotPublic),
            ("https://a.localhost/", InvalidUrl::NotPublic),
            ("https://router.local./", InvalidUrl::NotPublic),
            ("https://metadata.google.internal/", InvalidUrl::NotPublic),
            ("https://intranet/", InvalidUrl::NotPublic),
            ("http://localhost:4000/webhook-tester/", InvalidUrl::NotHttps),
            ("http://localhost:4001/webhook-tester/abc", InvalidUrl::NotHttps),
        ] {
            assert_eq!(STRICT.check(url), Err(why), "{url}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2_029));
        assert_eq!(STRICT.check(&long), Err(InvalidUrl::TooLong));
        let grows = format!("https://example.com/{}", "ä".repeat(500));
        assert_eq!(STRICT.check(&grows), Err(InvalidUrl::TooLong));
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "127.0.0.1.",
            "0",
            "10.0.0.1",
            "169.254.169.254",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fd00::1]",
            "[fe80::1]",
            "①②⑦.⓪.⓪.①",
        ] {
            assert_eq!(STRICT.check(&format!("https://{host}/")), Err(InvalidUrl::NotPublic), "{host}");
        }
    }

    #[test]
    fn private_addresses_and_http_can_be_allowed() {
        let open = UrlRules { allow_private: true, ..STRICT };
        assert_eq!(open.check("http://127.0.0.1:4100/").as_deref(), Ok("http://127.0.0.1:4100/"));
        assert_eq!(open.check("ftp://127.0.0.1/"), Err(InvalidUrl::NotHttps));
        assert_eq!(open.check("http://a:b@127.0.0.1/"), Err(InvalidUrl::Credentials));
    }
}

//! The webhook tester: a receiver of the brand's own, to see what webhooks look like.
//!
//! Its address contains a token that cannot be guessed. Whoever knows it may post anything there, so what it takes is bounded.

use domain::{
    BrandId,
    id::TesterRequestId,
    webhook::{Answer, AnswerHeaders, UrlRules},
};
use store::webhooks::{TesterLimits, TesterRequest};
use url::Url;

use super::{TESTER_KEPT_MS, admin::WebhookAdmin};
use crate::{
    FlowError,
    hash::{hex, token_hash},
    stage::Webhooks,
    transport::SendRequest,
};

/// The path of testers, before the token.
pub const TESTER_PATH: &str = "/webhook-tester/";
/// Requests that a tester keeps, and that it takes in a minute.
const REQUESTS_MAX: i64 = 50;
/// How long "a minute" is, in ms.
const WINDOW_MS: i64 = 60_000;
/// Bytes of a body that it keeps.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Headers that it keeps, and bytes of all of them.
const HEADERS_MAX: usize = 64;
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// Names and values of a request's headers.
pub type TesterHeaders = Vec<(String, String)>;

impl Webhooks<'_> {
    /// Creates the brand's tester, or gives it another address. Returns the address.
    ///
    /// # Errors
    /// A database error.
    pub async fn create_tester(self, admin: &WebhookAdmin) -> Result<String, FlowError> {
        let token = hex(&self.random::<32>());
        let sealed = self.vault.seal(&location(admin.brand()), token.as_bytes(), self.random());
        let entry = self.audit(admin.actor(), "webhook.tester_create", "");
        let stored = Some((token_hash(&token), sealed.as_slice()));
        self.store.set_tester(admin.brand(), stored, self.now(), &entry).await?;
        Ok(format!("{}{token}", self.own_tester()))
    }

    /// The address of the brand's tester, if it has one.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the stored token cannot be decrypted.
    pub async fn tester(self, admin: &WebhookAdmin) -> Result<Option<String>, FlowError> {
        let Some(sealed) = self.store.tester(admin.brand()).await? else { return Ok(None) };
        let token = self.vault.open(&location(admin.brand()), &sealed)?;
        Ok(Some(format!("{}{}", self.own_tester(), String::from_utf8_lossy(&token))))
    }

    /// Removes the brand's tester with all that it received.
    ///
    /// # Errors
    /// A database error.
    pub async fn remove_tester(self, admin: &WebhookAdmin) -> Result<(), FlowError> {
        let entry = self.audit(admin.actor(), "webhook.tester_remove", "");
        Ok(self.store.set_tester(admin.brand(), None, self.now(), &entry).await?)
    }

    /// What the brand's tester received in the last 24 hours, latest first.
    ///
    /// # Errors
    /// A database error.
    pub async fn tester_requests(self, admin: &WebhookAdmin) -> Result<Vec<TesterRequest>, FlowError> {
        Ok(self.store.tester_requests(admin.brand(), self.now().plus_ms(-TESTER_KEPT_MS)).await?)
    }

    /// Takes a request to the tester with this token. Returns the status to answer with: the one that was asked for, or
    /// 200.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such tester; `FlowError::OverBudget` if it has received too much in a minute.
    pub async fn receive(
        self,
        token: &str,
        asked_status: Option<u16>,
        headers: TesterHeaders,
        body: &[u8],
    ) -> Result<u16, FlowError> {
        let brand = self.store.tester_brand(token_hash(token)).await?;
        let brand = brand.ok_or(FlowError::NotFound("webhook tester"))?;
        let now = self.now();
        let status = asked_status.filter(|status| (200..=599).contains(status)).unwrap_or(200);
        let request = TesterRequest {
            id: TesterRequestId::new(now.0, self.random()),
            at: now,
            headers: bounded(headers),
            body: body[..body.len().min(BODY_BYTES_MAX)].to_vec(),
            status,
        };
        let since = now.plus_ms(-WINDOW_MS);
        let limits = TesterLimits { requests_max: REQUESTS_MAX, taken_max: REQUESTS_MAX, since };
        if !self.store.put_tester_request(&brand, &request, &limits).await? {
            return Err(FlowError::OverBudget { retry_after_s: 60 });
        }
        Ok(status)
    }

    /// Takes a request that this server is about to send to its own tester: no connection is opened for it, so that the
    /// filter of addresses needs no exception. `None` if it is for somebody else.
    pub(super) async fn receive_own(self, request: &SendRequest<'_>) -> Result<Option<Answer>, FlowError> {
        let own_tester = self.own_tester();
        if !self.url_rules(&own_tester).is_own_tester(request.url) {
            return Ok(None);
        }
        let Ok(url) = Url::parse(request.url) else { return Ok(None) };
        let token = url.path().strip_prefix(TESTER_PATH).unwrap_or_default();
        let status = url.query_pairs().find(|(name, _)| name == "status").and_then(|(_, value)| value.parse().ok());
        let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let answer = |status: u16, retry_after: Option<String>| Answer {
            status,
            headers: AnswerHeaders { retry_after, webhook_delivery: None },
            body: Vec::new(),
        };
        match self.receive(token, status, headers, request.body.as_bytes()).await {
            Ok(status) => Ok(Some(answer(status, None))),
            Err(FlowError::NotFound(_)) => Ok(Some(answer(404, None))),
            Err(FlowError::OverBudget { retry_after_s }) => Ok(Some(answer(429, Some(retry_after_s.to_string())))),
            Err(other) => Err(other),
        }
    }

    /// How the addresses of this server's testers begin.
    pub(super) fn own_tester(self) -> String {
        format!("{}{TESTER_PATH}", self.settings.public_url)
    }

    /// Which URLs endpoints may have.
    pub(super) fn url_rules(self, own_tester: &str) -> UrlRules<'_> {
        UrlRules { allow_private: self.settings.allow_private_webhooks, own_tester }
    }
}

/// The first headers, as far as they are kept.
fn bounded(headers: TesterHeaders) -> TesterHeaders {
    let mut left = HEADER_BYTES_MAX;
    let fits = |(name, value): &(String, String)| {
        let size = name.len() + value.len();
        let is_in = size <= left;
        left = left.saturating_sub(size);
        is_in
    };
    headers.into_iter().take(HEADERS_MAX).take_while(fits).collect()
}

/// Where a brand's token is stored.
fn location(brand: &BrandId) -> String {
    format!("webhook_testers/token/{brand}")
}

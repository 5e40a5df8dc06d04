//! OAuth for expiring offline access tokens: authorization code, token exchange (RFC 8693) and refresh.

use domain::shop::ShopDomain;
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, RedirectUrl, RefreshToken, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use serde::{Deserialize, Serialize};

use crate::{Credentials, ShopifyError};

/// Base URLs of Shopify. For real shops `base` is `https://{shop}`; the simulated Shopify uses its own.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// Template of a shop's origin; `{shop}` is replaced with its domain.
    pub base: String,
}

impl Endpoints {
    /// The origin of a shop.
    pub fn origin(&self, shop: &ShopDomain) -> String {
        self.base.replace("{shop}", shop.as_str())
    }

    /// The page on which the merchant grants access.
    pub fn authorize_url(&self, shop: &ShopDomain) -> String {
        format!("{}/admin/oauth/authorize", self.origin(shop))
    }

    /// The token endpoint.
    pub fn token_url(&self, shop: &ShopDomain) -> String {
        format!("{}/admin/oauth/access_token", self.origin(shop))
    }
}

/// Shopify's token response. `Debug` hides the tokens.
#[derive(Clone, Serialize, Deserialize)]
pub struct OfflineToken {
    access_token: AccessToken,
    /// Granted scopes, comma separated.
    #[serde(default)]
    pub scope: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
    /// Lifetime of the refresh token in seconds.
    pub refresh_token_expires_in: Option<u64>,
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl core::fmt::Debug for OfflineToken {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.debug_struct("OfflineToken").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl OfflineToken {
    /// Lifetime of an access token without `expires_in`, in seconds: absent must not mean "never expires".
    const LIFE_S: u64 = 3600;

    /// The access token.
    pub fn access(&self) -> &str {
        self.access_token.secret()
    }

    /// The refresh token.
    pub fn refresh(&self) -> Option<&str> {
        self.refresh_token.as_ref().map(|token| token.secret().as_str())
    }

    /// Lifetime of the access token in milliseconds.
    pub fn life_ms(&self) -> i64 {
        i64::try_from(self.expires_in.unwrap_or(Self::LIFE_S).saturating_mul(1000)).unwrap_or(i64::MAX / 2)
    }

    /// Lifetime of the refresh token in milliseconds, if known.
    pub fn refresh_life_ms(&self) -> Option<i64> {
        self.refresh_token_expires_in.and_then(|life| i64::try_from(life.saturating_mul(1000)).ok())
    }
}

impl TokenResponse for OfflineToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<core::time::Duration> {
        self.expires_in.map(core::time::Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

type ShopifyClient = Client<
    BasicErrorResponse,
    OfflineToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// OAuth client of one app.
#[derive(Clone, Debug)]
pub struct OAuth {
    /// The app's credentials.
    pub credentials: Credentials,
    /// Shopify's base URLs.
    pub endpoints: Endpoints,
    /// HTTP client; must follow no redirects and have a timeout.
    pub http: reqwest::Client,
}

impl OAuth {
    /// The URL to which the browser is redirected to grant `scopes` (comma separated).
    ///
    /// # Errors
    ///
    /// [`ShopifyError::Answer`] if the endpoint or `redirect` is not a URL.
    pub fn authorize_url(
        &self,
        shop: &ShopDomain,
        scopes: &str,
        redirect: &str,
        state: &str,
    ) -> Result<String, ShopifyError> {
        let malformed = |error: url::ParseError| ShopifyError::Answer(error.to_string());
        let client = ShopifyClient::new(ClientId::new(self.credentials.client_id.clone()))
            .set_auth_uri(AuthUrl::new(self.endpoints.authorize_url(shop)).map_err(malformed)?)
            .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(malformed)?);
        let state = CsrfToken::new(state.to_owned());
        let (url, _) = client.authorize_url(|| state).add_scope(Scope::new(scopes.to_owned())).url();
        Ok(url.into())
    }

    /// Exchanges an authorization code for an expiring offline token.
    ///
    /// # Errors
    ///
    /// [`ShopifyError::Grant`] if the code is rejected; `Transport` or `Answer` otherwise.
    pub async fn exchange_code(&self, shop: &ShopDomain, code: &str) -> Result<OfflineToken, ShopifyError> {
        let token_url =
            TokenUrl::new(self.endpoints.token_url(shop)).map_err(|error| ShopifyError::Answer(error.to_string()))?;
        let client = ShopifyClient::new(ClientId::new(self.credentials.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.credentials.client_secret.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(token_url);
        let http = |request: HttpRequest| send(self.http.clone(), request);
        client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .add_extra_param("expiring", "1")
            .request_async(&http)
            .await
            .map_err(|error| match error {
                oauth2::RequestTokenError::ServerResponse(answer) => ShopifyError::Grant(answer.error().to_string()),
                oauth2::RequestTokenError::Request(error) => ShopifyError::Transport(error.to_string()),
                other => ShopifyError::Answer(other.to_string()),
            })
    }

    /// Exchanges a session token for an expiring offline token (RFC 8693, with Shopify's token types).
    ///
    /// # Errors
    ///
    /// [`ShopifyError::Grant`] if the session token is rejected; `Transport` or `Answer` otherwise.
    pub async fn exchange_session_token(
        &self,
        shop: &ShopDomain,
        session_token: &str,
    ) -> Result<OfflineToken, ShopifyError> {
        self.grant(
            shop,
            &serde_json::json!({
                "client_id": self.credentials.client_id,
                "client_secret": self.credentials.client_secret,
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": session_token,
                "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
                "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
                "expiring": "1",
            }),
        )
        .await
    }

    /// Exchanges a refresh token for a new pair. This invalidates the old pair, so store both new tokens atomically.
    ///
    /// # Errors
    ///
    /// [`ShopifyError::Grant`] if the refresh token is rejected; `Transport` or `Answer` otherwise.
    pub async fn refresh(&self, shop: &ShopDomain, refresh_token: &str) -> Result<OfflineToken, ShopifyError> {
        self.grant(
            shop,
            &serde_json::json!({
                "client_id": self.credentials.client_id,
                "client_secret": self.credentials.client_secret,
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
            }),
        )
        .await
    }

    async fn grant(&self, shop: &ShopDomain, body: &serde_json::Value) -> Result<OfflineToken, ShopifyError> {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let answer = self.http.post(self.endpoints.token_url(shop)).json(body).send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|_| ShopifyError::Answer("not a token".to_owned()));
        }
        match serde_json::from_slice::<Refusal>(&bytes) {
            Ok(refusal) if status.is_client_error() => Err(ShopifyError::Grant(refusal.error)),
            _ => Err(ShopifyError::Answer(format!("status {status}"))),
        }
    }
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let request = reqwest::Request::try_from(request)?;
    let answer = http.execute(request).await?;
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await?.into();
    Ok(response)
}

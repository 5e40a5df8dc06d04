//! The Admin GraphQL API: one function per operation, one `.graphql` file per document.

use domain::shop::ShopDomain;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{API_VERSION, ShopifyError, oauth::Endpoints};

/// The answer of a shop that no longer exists.
const GONE: &str = "status 404";

/// Client of the Admin API for one shop and one access token. All calls fail with a [`ShopifyError`].
#[derive(Clone, Copy)]
pub struct Admin<'a> {
    /// HTTP client; must follow no redirects and have a timeout.
    pub http: &'a reqwest::Client,
    /// Shopify's base URLs.
    pub endpoints: &'a Endpoints,
    /// The shop.
    pub shop: &'a ShopDomain,
    /// The access token.
    pub access_token: &'a str,
}

/// A shop's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopProfile {
    /// Its name.
    pub name: String,
    /// IANA time zone name.
    pub time_zone: String,
    /// ISO 4217 currency code.
    pub currency: String,
    /// Host of its storefront.
    pub primary_host: Option<String>,
}

/// A webhook subscription created by API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Shopify's subscription id (a gid).
    pub id: String,
    /// Topic as in headers, such as `orders/create`.
    pub topic: String,
    /// The URI to which it delivers.
    pub uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegistrationBody {
    id: String,
    topic: String,
    uri: String,
}

impl From<RegistrationBody> for Registration {
    fn from(body: RegistrationBody) -> Self {
        Self { id: body.id, topic: topic_of_enum(&body.topic), uri: body.uri }
    }
}

/// Converts `ORDERS_CREATE` to `orders/create`. Only the first underscore becomes a slash: `app/scopes_update`.
fn topic_of_enum(name: &str) -> String {
    name.to_ascii_lowercase().replacen('_', "/", 1)
}

fn enum_of_topic(topic: &str) -> String {
    topic.replace('/', "_").to_ascii_uppercase()
}

impl Admin<'_> {
    /// Reads the shop's profile.
    pub async fn shop_profile(&self) -> Result<ShopProfile, ShopifyError> {
        #[derive(Deserialize)]
        struct Data {
            shop: Shop,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Shop {
            name: String,
            iana_timezone: String,
            currency_code: String,
            primary_domain: Option<Domain>,
        }
        #[derive(Deserialize)]
        struct Domain {
            host: String,
        }
        let data: Data = self.call(include_str!("graphql/shop.graphql"), &serde_json::json!({})).await?;
        Ok(ShopProfile {
            name: data.shop.name,
            time_zone: data.shop.iana_timezone,
            currency: data.shop.currency_code,
            primary_host: data.shop.primary_domain.map(|domain| domain.host),
        })
    }

    /// Whether Shopify accepts the access token. A shop that is gone refuses it too.
    pub async fn accepts_token(&self) -> Result<bool, ShopifyError> {
        match self.shop_profile().await {
            Ok(_) => Ok(true),
            Err(ShopifyError::Unauthorized) => Ok(false),
            Err(ShopifyError::Answer(status)) if status == GONE => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Lists the subscriptions created by API, at most 100; those declared in `shopify.app.toml` are not included.
    pub async fn registrations(&self) -> Result<Vec<Registration>, ShopifyError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            webhook_subscriptions: Nodes,
        }
        #[derive(Deserialize)]
        struct Nodes {
            nodes: Vec<RegistrationBody>,
        }
        let data: Data =
            self.call(include_str!("graphql/webhook_subscriptions.graphql"), &serde_json::json!({})).await?;
        Ok(data.webhook_subscriptions.nodes.into_iter().map(Registration::from).collect())
    }

    /// Registers a webhook for a topic such as `orders/create`.
    pub async fn register(&self, topic: &str, uri: &str) -> Result<Registration, ShopifyError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            webhook_subscription_create: Created,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Created {
            webhook_subscription: Option<RegistrationBody>,
            user_errors: Vec<UserError>,
        }
        #[derive(Deserialize)]
        struct UserError {
            message: String,
        }
        let variables = serde_json::json!({"topic": enum_of_topic(topic), "uri": uri});
        let data: Data = self.call(include_str!("graphql/webhook_subscription_create.graphql"), &variables).await?;
        let created = data.webhook_subscription_create;
        created.webhook_subscription.map(Registration::from).ok_or_else(|| {
            let messages: Vec<String> = created.user_errors.into_iter().map(|error| error.message).collect();
            ShopifyError::Answer(messages.join("; "))
        })
    }

    async fn call<T: DeserializeOwned>(&self, query: &str, variables: &impl Serialize) -> Result<T, ShopifyError> {
        #[derive(Deserialize)]
        struct Answer<T> {
            data: Option<T>,
            #[serde(default)]
            errors: Option<serde_json::Value>,
            extensions: Option<Extensions>,
        }
        #[derive(Deserialize)]
        struct Extensions {
            cost: Option<Cost>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Cost {
            requested_query_cost: f64,
            throttle_status: Throttle,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Throttle {
            currently_available: f64,
            restore_rate: f64,
        }
        let url = format!("{}/admin/api/{API_VERSION}/graphql.json", self.endpoints.origin(self.shop));
        let answer = self
            .http
            .post(url)
            .header("x-shopify-access-token", self.access_token)
            .json(&serde_json::json!({"query": query, "variables": variables}))
            .send()
            .await?;
        match answer.status().as_u16() {
            200 => {}
            401 => return Err(ShopifyError::Unauthorized),
            429 => return Err(ShopifyError::Throttled { retry_after_ms: 2_000 }),
            status => return Err(ShopifyError::Answer(format!("status {status}"))),
        }
        let bytes = answer.bytes().await?;
        let answer: Answer<T> =
            serde_json::from_slice(&bytes).map_err(|_| ShopifyError::Answer("unexpected shape".to_owned()))?;
        if let Some(errors) = answer.errors.filter(|errors| !errors.is_null()) {
            let codes = errors.to_string();
            if codes.contains("\"THROTTLED\"") {
                // As Shopify documents it: missing cost points / restore rate in points per second.
                let wait_s = answer.extensions.and_then(|extensions| extensions.cost).map_or(2.0, |cost| {
                    (cost.requested_query_cost - cost.throttle_status.currently_available)
                        / cost.throttle_status.restore_rate.max(1.0)
                });
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
                let retry_after_ms = (wait_s.clamp(0.5, 60.0) * 1000.0) as u64;
                return Err(ShopifyError::Throttled { retry_after_ms });
            }
            return Err(ShopifyError::Answer(codes.chars().take(500).collect()));
        }
        answer.data.ok_or_else(|| ShopifyError::Answer("no data".to_owned()))
    }
}

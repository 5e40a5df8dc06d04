//! Typed configuration: every variable with its meaning, default and validation error.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use flow::{budget::Limits, vault::Vault};
use url::Url;

use crate::demo_mailbox::DemoMailbox;

/// Settings, from environment variables or flags of the same name.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The database: `sqlite://FILE` or `postgres://USER@HOST/NAME`
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://creatorscore.sqlite", hide_env_values = true)]
    pub database_url: String,

    /// Maximum number of PostgreSQL connections, at least 2
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: u32,

    /// Address and port to listen on
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,

    /// Public origin of this server, for merchants, creators and shoppers' browsers
    #[arg(long, env = "PUBLIC_URL", default_value = "http://localhost:4000", value_parser = origin)]
    pub public_url: String,

    /// Origin of tracking links [default: `PUBLIC_URL`]
    #[arg(long, env = "TRACKING_URL", value_parser = origin)]
    pub tracking_url: Option<String>,

    /// Key that encrypts secrets in the database: 32 random bytes in base64. To rotate, several separated by commas,
    /// the current one first. With SQLite, generated and stored next to the database file when not set
    #[arg(long, env = "APP_ENCRYPTION_KEY", value_parser = not_blank, hide_env_values = true)]
    pub app_encryption_key: Option<String>,

    /// The Shopify app's client id; when not set, the Shopify integration is off
    #[arg(long, env = "SHOPIFY_API_KEY", value_parser = not_blank, requires = "shopify_api_secret")]
    pub shopify_api_key: Option<String>,

    /// The Shopify app's client secret
    #[arg(long, env = "SHOPIFY_API_SECRET", value_parser = not_blank, requires = "shopify_api_key", hide_env_values = true)]
    pub shopify_api_secret: Option<String>,

    /// The previous client secret, still accepted in Shopify's signatures during a rotation
    #[arg(long, env = "SHOPIFY_API_SECRET_PREVIOUS", value_parser = not_blank, requires = "shopify_api_secret", hide_env_values = true)]
    pub shopify_api_secret_previous: Option<String>,

    /// OAuth scopes that the authorization-code flow requests, comma separated
    #[arg(long, env = "SHOPIFY_SCOPES", default_value = "read_orders")]
    pub shopify_scopes: String,

    /// URL of a shop's admin and API; `{shop}` is replaced by its myshopify.com domain
    #[arg(long, env = "SHOPIFY_SHOP_URL", default_value = "https://{shop}")]
    pub shopify_shop_url: String,

    /// Origin of the Shopify admin that embeds the app in a frame
    #[arg(long, env = "SHOPIFY_ADMIN_ORIGIN", default_value = "https://admin.shopify.com", value_parser = origin)]
    pub shopify_admin_origin: String,

    /// URL of the App Bridge script
    #[arg(long, env = "SHOPIFY_APP_BRIDGE_URL", default_value = "https://cdn.shopify.com/shopifycloud/app-bridge.js")]
    pub shopify_app_bridge_url: Url,

    /// Header in which a trusted reverse proxy sends the client's IP address, such as `cf-connecting-ip`; when not
    /// set, the address of the connection is used
    #[arg(long, env = "CLIENT_IP_HEADER", value_parser = not_blank)]
    pub client_ip_header: Option<String>,

    /// Header in which a trusted reverse proxy sends the client's country code
    #[arg(long, env = "COUNTRY_HEADER", default_value = "cf-ipcountry")]
    pub country_header: String,

    /// Maximum number of queued requests; beyond it, events get 503 and clicks are redirected but not recorded
    #[arg(long, env = "INGEST_QUEUE", default_value_t = 20_000)]
    pub ingest_queue: usize,

    /// Maximum number of open connections; more wait
    #[arg(long, env = "CONNECTIONS_MAX", default_value_t = 8_192)]
    pub connections_max: usize,

    /// Maximum bytes of request bodies in memory at a time: half for webhooks, a quarter for files; beyond it, requests get 503
    #[arg(long, env = "BODY_BYTES_IN_FLIGHT", default_value_t = 64 * 1024 * 1024)]
    pub body_bytes_in_flight: usize,

    /// How long a request's whole body may take to arrive, in seconds
    #[arg(long, env = "BODY_SECONDS_MAX", default_value_t = 10)]
    pub body_seconds_max: u64,

    /// How long a client may leave its response unread, in seconds; a client that reads at least 4 KiB a second has longer
    #[arg(long, env = "RESPONSE_SECONDS_MAX", default_value_t = 10)]
    pub response_seconds_max: u64,

    /// Maximum number of connections that listen to events (`/api/v1/events/stream`); beyond it, they get 503
    #[arg(long, env = "EVENT_STREAMS_MAX", default_value_t = 1_024)]
    pub event_streams_max: usize,

    /// Maximum bytes of bodies with one pixel key per minute; beyond it, requests get 429
    #[arg(long, env = "PIXEL_KEY_BYTES_PER_MINUTE", default_value_t = Limits::default().key_bytes)]
    pub pixel_key_bytes_per_minute: u64,

    /// Maximum rows (events, names of customers) with one pixel key per minute; beyond it, requests get 429
    #[arg(long, env = "PIXEL_KEY_ROWS_PER_MINUTE", default_value_t = Limits::default().key_rows)]
    pub pixel_key_rows_per_minute: u64,

    /// Maximum test records, and clicks and leads reported without a server key, from one address per minute; beyond it,
    /// requests get 429. Of clicks on links five times as many are recorded; further ones are redirected all the same
    #[arg(long, env = "ADDRESS_ROWS_PER_MINUTE", default_value_t = Limits::default().address_rows)]
    pub address_rows_per_minute: u64,

    /// How long a 429 to events, leads and names of customers waits, in ms, so that a flood slows down; at most 1,024 wait at
    /// a time
    #[arg(long, env = "REFUSAL_DELAY_MS", default_value_t = 1_000)]
    pub refusal_delay_ms: u64,

    /// Send webhooks over http and to private addresses too. For demonstrations and tests: whoever may add a webhook endpoint
    /// then reaches the network of this server
    #[arg(long, env = "WEBHOOK_ALLOW_PRIVATE")]
    pub webhook_allow_private: bool,

    /// Mail server that sends sign-in links and invitations: `smtps://USER:PASSWORD@HOST`, or
    /// `smtp://USER:PASSWORD@HOST:587?tls=required`. When not set, nobody can ask for a sign-in link
    #[arg(long, env = "SMTP_URL", value_parser = not_blank, hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// Sender of mail, such as `CreatorScore <hello@example.com>`
    #[arg(long, env = "MAIL_FROM", value_parser = not_blank)]
    pub mail_from: Option<String>,

    /// Set by `creatorscore demo`: mail goes to a page of this server instead
    #[arg(skip)]
    pub mailbox: Option<DemoMailbox>,

    /// Set by `creatorscore demo`: the shop is simulated
    #[arg(skip)]
    pub is_demo: bool,

    /// Set by `creatorscore demo`: the brand and creator that `/demo/creator` opens
    #[arg(skip)]
    pub demo_creator: Option<(domain::BrandId, domain::CreatorId)>,

    /// Origin of Klaviyo's API
    #[arg(long, env = "KLAVIYO_URL", default_value = "https://a.klaviyo.com", value_parser = origin)]
    pub klaviyo_url: String,

    /// Bearer token for /metrics; when not set, only requests from this machine that no proxy has forwarded may read it
    #[arg(long, env = "METRICS_TOKEN", value_parser = not_blank, hide_env_values = true)]
    pub metrics_token: Option<String>,
}

/// The database that a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// Path of a SQLite file.
    Sqlite(PathBuf),
    /// URL of a PostgreSQL server.
    Postgres(String),
}

/// An invalid setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct InvalidSetting {
    /// The environment variable.
    pub name: &'static str,
    /// What is wrong. Never contains the value, which may be secret.
    pub reason: String,
}

fn invalid(name: &'static str, reason: impl ToString) -> InvalidSetting {
    InvalidSetting { name, reason: reason.to_string() }
}

/// Parses an origin: http or https and a host, without path or query.
fn origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let is_bare = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if is_bare {
        Ok(url.origin().ascii_serialization())
    } else {
        Err("must be an origin such as https://app.example.com".to_owned())
    }
}

/// Refuses a blank text: an empty secret would be one that everybody knows.
fn not_blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("must not be blank; remove it to leave it unset".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

impl Config {
    /// The database that `DATABASE_URL` names.
    pub fn database(&self) -> Result<Database, InvalidSetting> {
        let url = self.database_url.as_str();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('?') {
                return Err(invalid("DATABASE_URL", "must be sqlite://FILE, without parameters"));
            }
            return Ok(Database::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Database::Postgres(url.to_owned()));
        }
        Err(invalid("DATABASE_URL", "must begin with sqlite:// or postgres://"))
    }

    /// What public keys and addresses may send in a minute.
    pub fn limits(&self) -> Limits {
        Limits {
            key_bytes: self.pixel_key_bytes_per_minute,
            key_rows: self.pixel_key_rows_per_minute,
            address_rows: self.address_rows_per_minute,
        }
    }

    /// The origin of tracking links: `TRACKING_URL`, else `PUBLIC_URL`.
    pub fn tracking_origin(&self) -> &str {
        self.tracking_url.as_deref().unwrap_or(&self.public_url)
    }

    /// The file that has the encryption key; `None` if `APP_ENCRYPTION_KEY` has it.
    pub fn key_file(&self) -> Result<Option<PathBuf>, InvalidSetting> {
        if self.app_encryption_key.is_some() {
            return Ok(None);
        }
        let Database::Sqlite(file) = self.database()? else {
            let reason = "is required with PostgreSQL; create one with: openssl rand -base64 32";
            return Err(invalid("APP_ENCRYPTION_KEY", reason));
        };
        let mut path = file.into_os_string();
        path.push(".key");
        Ok(Some(PathBuf::from(path)))
    }

    /// The keys that encrypt stored secrets. With SQLite and no `APP_ENCRYPTION_KEY`, they are read from the file
    /// `{database}.key`, which is created with mode 0600 if it does not exist.
    pub fn vault(&self, random: &dyn flow::Random) -> Result<Vault, InvalidSetting> {
        const NAME: &str = "APP_ENCRYPTION_KEY";
        if let Some(keys) = &self.app_encryption_key {
            return Vault::parse(keys).map_err(|error| invalid(NAME, error));
        }
        let path = self.key_file()?.ok_or_else(|| invalid(NAME, "names no file"))?;
        let unreadable = |error: std::io::Error| invalid(NAME, format!("{}: {error}", path.display()));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                random.fill(&mut key);
                let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key);
                write_private(&path, &text).map_err(unreadable)?;
                text
            }
            Err(error) => return Err(unreadable(error)),
        };
        Vault::parse(text.trim()).map_err(|error| invalid(NAME, format!("{}: {error}", path.display())))
    }
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

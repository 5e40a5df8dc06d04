//! Rows as both engines return them, and how they become domain values. Corruption is told with its table and
//! column.

use domain::{
    BrandId, ClickId, CreatorId, Currency, Money, OrderId, UnixMs,
    api_key::{KeyId, KeyKind, KeyRecord},
    attribution::Credit,
    brand::Brand,
    campaign::Campaign,
    click::Click,
    commission::{EntryKind, Rule},
    creator::Creator,
    event::Event,
    evidence::EvidenceKind,
    id::InboxId,
    link::{ContentType, Link, LinkCode, Platform},
    order::{Order, OrderSource},
    report::SaleRow,
    shop::{SealedTokens, Shop, ShopDomain},
    time::{Day, Zone},
};

use crate::{
    Result, StoreError,
    access::Principal,
    commissions::{Entry, Payout, PayoutState},
    customers::{ApiSale, TestRecord},
    export::{ClickRecord, CreditRecord},
    inbox::Delivery,
    orders::{OrderRecord, Refund},
    surveys::{Answer, AnswerState, ManualCredit},
};

/// Reads a stored value, or says where it is corrupt.
pub fn read<T, V: TryInto<T>>(value: V, table: &'static str, column: &'static str) -> Result<T> {
    value.try_into().map_err(|_| StoreError::Corrupt { table, column })
}

/// As [`read`], for a column that may be null.
pub fn read_opt<T, V: TryInto<T>>(value: Option<V>, table: &'static str, column: &'static str) -> Result<Option<T>> {
    value.map(|value| read(value, table, column)).transpose()
}

fn known<T>(value: Option<T>, table: &'static str, column: &'static str) -> Result<T> {
    value.ok_or(StoreError::Corrupt { table, column })
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, table: &'static str, column: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, column })
}

/// A currency column.
pub fn currency(code: &str, table: &'static str) -> Result<Currency> {
    known(Currency::parse(code), table, "currency")
}

#[expect(missing_docs, reason = "the fields are the columns")]
mod rows {
    #[derive(Debug)]
    pub struct BrandRow {
        pub id: String,
        pub name: String,
        pub zone: String,
        pub currency: String,
        pub policy: String,
        pub settings: String,
        pub trust_browser_purchases: bool,
        pub destination_hosts: String,
        pub created_at: i64,
    }

    #[derive(Debug)]
    pub struct ShopRow {
        pub domain: String,
        pub brand_id: String,
        pub installed_at: i64,
        pub uninstalled_at: Option<i64>,
        pub scopes: String,
        pub access_token: Option<Vec<u8>>,
        pub access_expires_at: Option<i64>,
        pub refresh_token: Option<Vec<u8>>,
        pub refresh_expires_at: Option<i64>,
        pub needs_reauth: bool,
        pub last_webhook_at: Option<i64>,
    }

    #[derive(Debug)]
    pub struct KeyRow {
        pub id: String,
        pub brand_id: String,
        pub kind: String,
        pub is_test: bool,
        pub secret_hash: Vec<u8>,
        pub created_at: i64,
        pub revoked_at: Option<i64>,
    }

    #[derive(Debug)]
    pub struct CreatorRow {
        pub id: String,
        pub name: String,
        pub handle: String,
        pub email_hash: Option<String>,
        pub aliases: String,
        pub tier: Option<String>,
        pub earlier_tiers: String,
        pub partner_code: Option<String>,
        pub created_at: i64,
    }

    #[derive(Debug)]
    pub struct CampaignRow {
        pub id: String,
        pub name: String,
        pub created_at: i64,
    }

    #[derive(Debug)]
    pub struct LinkRow {
        pub brand_id: String,
        pub id: String,
        pub code: String,
        pub destination: String,
        pub campaign_id: Option<String>,
        pub creator_id: Option<String>,
        pub platform: Option<String>,
        pub content_type: Option<String>,
        pub promo_code: Option<String>,
        pub share_revenue: bool,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub deleted_at: Option<i64>,
    }

    #[derive(Debug)]
    pub struct ClickRow {
        pub brand_id: String,
        pub id: String,
        pub link_id: String,
        pub creator_id: Option<String>,
        pub pv_id: String,
        pub is_returning: bool,
        pub at: i64,
        pub device: String,
        pub browser: String,
        pub os: String,
        pub country: Option<String>,
        pub referrer_host: Option<String>,
        pub bot: Option<String>,
        pub is_unique: bool,
    }

    #[derive(Debug)]
    pub struct EventRow {
        pub brand_id: String,
        pub id: String,
        pub event_type: String,
        pub pv_id: String,
        pub pv_alias: Option<String>,
        pub occurred_at: i64,
        pub received_at: i64,
        pub page_url: Option<String>,
        pub ref_code: Option<String>,
        pub product_id: Option<String>,
        pub order_id: Option<String>,
        pub revenue_minor: Option<i64>,
        pub currency: Option<String>,
        pub promo_code: Option<String>,
        pub is_new_customer: Option<bool>,
        pub event_data: Option<String>,
        pub is_verified: bool,
        pub is_test: bool,
    }

    #[derive(Debug)]
    pub struct OrderRow {
        pub brand_id: String,
        pub id: String,
        pub source: String,
        pub external_id: String,
        pub name: String,
        pub placed_at: i64,
        pub updated_at: i64,
        pub cancelled_at: Option<i64>,
        pub currency: String,
        pub total_minor: i64,
        pub subtotal_minor: i64,
        pub refunded_minor: i64,
        pub is_test: bool,
        pub is_new_customer: Option<bool>,
        pub cart_pv: Option<String>,
        pub cart_ref: Option<String>,
        pub landing_ref: Option<String>,
        pub promo_codes: String,
        pub lines: String,
        pub email_hash: Option<String>,
        pub customer_hash: Option<String>,
        pub redacted_at: Option<i64>,
        pub placed_day: i64,
        pub settlements: i64,
        pub settled_day: Option<i64>,
        pub visitors: Option<String>,
        pub attribution: Option<String>,
    }

    #[derive(Debug)]
    pub struct RefundRow {
        pub order_external_id: String,
        pub external_id: String,
        pub amount_minor: i64,
        pub currency: String,
        pub at: i64,
        pub subtotal_minor: Option<i64>,
        pub lines: String,
    }

    #[derive(Debug)]
    pub struct RuleRow {
        pub rule: String,
        pub ends_at: Option<i64>,
    }

    #[derive(Debug)]
    pub struct EntryRow {
        pub id: String,
        pub key: String,
        pub creator_id: String,
        pub order_id: Option<String>,
        pub rule_id: Option<String>,
        pub kind: String,
        pub currency: String,
        pub amount_minor: i64,
        pub reason: String,
        pub actor: String,
        pub created_at: i64,
        pub payable_at: i64,
        pub needs_approval: bool,
        pub approved_at: Option<i64>,
        pub payout_id: Option<String>,
    }

    #[derive(Debug)]
    pub struct PayoutRow {
        pub id: String,
        pub currency: String,
        pub state: String,
        pub created_at: i64,
        pub closed_at: Option<i64>,
        pub actor: String,
    }

    #[derive(Debug)]
    pub struct AnswerRow {
        pub id: String,
        pub order_external_id: String,
        pub question: String,
        pub answer: String,
        pub received_at: i64,
        pub state: String,
        pub creator_id: Option<String>,
        pub confidence_bp: i64,
        pub matched_name: Option<String>,
    }

    #[derive(Debug)]
    pub struct ApiSaleRow {
        pub transaction_id: String,
        pub is_test: bool,
        pub sale_number: i64,
        pub commission_number: Option<i64>,
        pub amount_minor: i64,
        pub currency: String,
        pub refunded_minor: i64,
        pub refunds: i64,
    }

    #[derive(Debug)]
    pub struct TestRecordRow {
        pub id: String,
        pub kind: String,
        pub link_id: Option<String>,
        pub body: String,
        pub at: i64,
    }

    #[derive(Debug)]
    pub struct ManualCreditRow {
        pub order_id: String,
        pub link_id: String,
        pub actor: String,
        pub reason: String,
        pub at: i64,
    }

    #[derive(Debug)]
    pub struct CreditRow {
        pub order_id: String,
        pub position: i64,
        pub link_id: String,
        pub creator_id: Option<String>,
        pub campaign_id: Option<String>,
        pub kind: String,
        pub touched_at: i64,
        pub weight: String,
        pub currency: String,
        pub amount_minor: i64,
        pub conversions: i64,
    }

    #[derive(Debug)]
    pub struct InboxRow {
        pub id: String,
        pub source: String,
        pub delivery_id: String,
        pub topic: String,
        pub shop_domain: String,
        pub triggered_at: Option<i64>,
        pub received_at: i64,
        pub body: Option<Vec<u8>>,
        pub body_sha256: Vec<u8>,
    }

    #[derive(Debug)]
    pub struct PrincipalRow {
        pub brand_id: String,
        pub creator_id: Option<String>,
    }

    #[derive(Debug)]
    pub struct SaleSumRow {
        pub day: Option<i64>,
        pub link_id: Option<String>,
        pub currency: String,
        pub conversions: i64,
        pub revenue_minor: i64,
    }

    #[derive(Debug)]
    pub struct ClickSumRow {
        pub day: Option<i64>,
        pub link_id: Option<String>,
        pub clicks: i64,
        pub unique_clicks: i64,
        pub bot_clicks: i64,
    }
}
pub use rows::*;

impl BrandRow {
    /// As a brand.
    pub fn read(self) -> Result<Brand> {
        Ok(Brand {
            id: read(self.id, "brands", "id")?,
            name: self.name,
            zone: read::<Zone, _>(self.zone, "brands", "zone")?,
            currency: currency(&self.currency, "brands")?,
            policies: from_json(&self.policy, "brands", "policy")?,
            settings: from_json(&self.settings, "brands", "settings")?,
            trust_browser_purchases: self.trust_browser_purchases,
            destination_hosts: from_json(&self.destination_hosts, "brands", "destination_hosts")?,
            created_at: UnixMs(self.created_at),
        })
    }
}

impl ShopRow {
    /// As a shop.
    pub fn read(self) -> Result<Shop> {
        let tokens = self.access_token.map(|access| SealedTokens {
            access,
            access_expires_at: UnixMs(self.access_expires_at.unwrap_or(0)),
            refresh: self.refresh_token,
            refresh_expires_at: self.refresh_expires_at.map(UnixMs),
        });
        Ok(Shop {
            domain: read::<ShopDomain, _>(self.domain, "shops", "domain")?,
            brand: read(self.brand_id, "shops", "brand_id")?,
            installed_at: UnixMs(self.installed_at),
            uninstalled_at: self.uninstalled_at.map(UnixMs),
            scopes: self.scopes,
            tokens,
            needs_reauth: self.needs_reauth,
            last_webhook_at: self.last_webhook_at.map(UnixMs),
        })
    }
}

impl KeyRow {
    /// As a key record.
    pub fn read(self) -> Result<KeyRecord> {
        Ok(KeyRecord {
            id: KeyId(self.id),
            brand: read(self.brand_id, "api_keys", "brand_id")?,
            kind: known(KeyKind::parse(&self.kind), "api_keys", "kind")?,
            is_test: self.is_test,
            secret_hash: read(self.secret_hash, "api_keys", "secret_hash")?,
            created_at: UnixMs(self.created_at),
            revoked_at: self.revoked_at.map(UnixMs),
        })
    }
}

impl CreatorRow {
    /// As a creator.
    pub fn read(self) -> Result<Creator> {
        Ok(Creator {
            id: read(self.id, "creators", "id")?,
            name: self.name,
            handle: self.handle,
            email_hash: self.email_hash,
            aliases: from_json(&self.aliases, "creators", "aliases")?,
            tier: self.tier,
            earlier_tiers: from_json(&self.earlier_tiers, "creators", "earlier_tiers")?,
            partner_code: read_opt(self.partner_code, "creators", "partner_code")?,
            created_at: UnixMs(self.created_at),
        })
    }
}

impl CampaignRow {
    /// As a campaign.
    pub fn read(self) -> Result<Campaign> {
        Ok(Campaign { id: read(self.id, "campaigns", "id")?, name: self.name, created_at: UnixMs(self.created_at) })
    }
}

impl LinkRow {
    /// As a link with its brand.
    pub fn read(self) -> Result<(BrandId, Link)> {
        let platform = self.platform.map(|name| known(Platform::parse(&name), "links", "platform")).transpose()?;
        let content_type =
            self.content_type.map(|name| known(ContentType::parse(&name), "links", "content_type")).transpose()?;
        let link = Link {
            id: read(self.id, "links", "id")?,
            code: read::<LinkCode, _>(self.code, "links", "code")?,
            destination: self.destination,
            campaign: read_opt(self.campaign_id, "links", "campaign_id")?,
            creator: read_opt(self.creator_id, "links", "creator_id")?,
            platform,
            content_type,
            promo_code: self.promo_code,
            share_revenue: self.share_revenue,
            created_at: UnixMs(self.created_at),
            expires_at: self.expires_at.map(UnixMs),
            deleted_at: self.deleted_at.map(UnixMs),
        };
        Ok((read(self.brand_id, "links", "brand_id")?, link))
    }
}

impl ClickRow {
    /// As a click record. The visitor's hash stays in the database.
    pub fn read(self) -> Result<ClickRecord> {
        Ok(ClickRecord {
            is_unique: self.is_unique,
            click: Click {
                id: read::<ClickId, _>(self.id, "clicks", "id")?,
                brand: read(self.brand_id, "clicks", "brand_id")?,
                link: read(self.link_id, "clicks", "link_id")?,
                creator: read_opt(self.creator_id, "clicks", "creator_id")?,
                pv_id: self.pv_id,
                is_returning: self.is_returning,
                visitor_hash: String::new(),
                at: UnixMs(self.at),
                device: self.device,
                browser: self.browser,
                os: self.os,
                country: self.country,
                referrer_host: self.referrer_host,
                bot: self.bot,
            },
        })
    }
}

impl EventRow {
    /// As an event.
    pub fn read(self) -> Result<Event> {
        let revenue = match (self.revenue_minor, self.currency) {
            (Some(minor), Some(code)) => Some(Money { minor, currency: currency(&code, "events")? }),
            _ => None,
        };
        Ok(Event {
            id: self.id,
            brand: read(self.brand_id, "events", "brand_id")?,
            event_type: self.event_type,
            pv_id: self.pv_id,
            pv_alias: self.pv_alias,
            occurred_at: UnixMs(self.occurred_at),
            received_at: UnixMs(self.received_at),
            page_url: self.page_url,
            ref_code: self.ref_code,
            product_id: self.product_id,
            order_id: self.order_id,
            revenue,
            promo_code: self.promo_code,
            is_new_customer: self.is_new_customer,
            event_data: self.event_data,
            is_verified: self.is_verified,
            is_test: self.is_test,
        })
    }
}

impl OrderRow {
    /// As an order with its outcome.
    pub fn read(self) -> Result<OrderRecord> {
        let attribution =
            self.attribution.as_deref().map(|text| from_json(text, "orders", "attribution")).transpose()?;
        let order = Order {
            id: read::<OrderId, _>(self.id, "orders", "id")?,
            brand: read(self.brand_id, "orders", "brand_id")?,
            source: known(OrderSource::parse(&self.source), "orders", "source")?,
            external_id: self.external_id,
            name: self.name,
            placed_at: UnixMs(self.placed_at),
            updated_at: UnixMs(self.updated_at),
            cancelled_at: self.cancelled_at.map(UnixMs),
            currency: currency(&self.currency, "orders")?,
            total_minor: self.total_minor,
            subtotal_minor: self.subtotal_minor,
            refunded_minor: self.refunded_minor,
            is_test: self.is_test,
            is_new_customer: self.is_new_customer,
            cart_pv: self.cart_pv,
            cart_ref: read_opt(self.cart_ref, "orders", "cart_ref")?,
            landing_ref: read_opt(self.landing_ref, "orders", "landing_ref")?,
            promo_codes: from_json(&self.promo_codes, "orders", "promo_codes")?,
            lines: from_json(&self.lines, "orders", "lines")?,
            email_hash: self.email_hash,
            customer_hash: self.customer_hash,
            redacted_at: self.redacted_at.map(UnixMs),
        };
        let visitors = self.visitors.as_deref().map(|text| from_json(text, "orders", "visitors")).transpose()?;
        Ok(OrderRecord {
            order,
            visitors: visitors.unwrap_or_default(),
            attribution,
            placed_day: Day(self.placed_day),
            settlements: self.settlements,
            settled_day: self.settled_day.map(Day),
        })
    }
}

impl RefundRow {
    /// As a refund.
    pub fn read(self) -> Result<Refund> {
        Ok(Refund {
            order_external_id: self.order_external_id,
            external_id: self.external_id,
            amount_minor: self.amount_minor,
            currency: currency(&self.currency, "refunds")?,
            at: UnixMs(self.at),
            subtotal_minor: self.subtotal_minor,
            lines: from_json(&self.lines, "refunds", "lines")?,
        })
    }
}

impl RuleRow {
    /// As a rule. When it ends may have changed since it was made, and nothing else of it.
    pub fn read(self) -> Result<Rule> {
        let rule: Rule = from_json(&self.rule, "commission_rules", "rule")?;
        Ok(Rule { ends_at: self.ends_at.map(UnixMs), ..rule })
    }
}

impl EntryRow {
    /// As a ledger line.
    pub fn read(self) -> Result<Entry> {
        Ok(Entry {
            id: read(self.id, "ledger", "id")?,
            key: self.key,
            creator: read(self.creator_id, "ledger", "creator_id")?,
            order: read_opt(self.order_id, "ledger", "order_id")?,
            rule: read_opt(self.rule_id, "ledger", "rule_id")?,
            kind: known(EntryKind::parse(&self.kind), "ledger", "kind")?,
            currency: currency(&self.currency, "ledger")?,
            amount_minor: self.amount_minor,
            reason: self.reason,
            actor: self.actor,
            created_at: UnixMs(self.created_at),
            payable_at: UnixMs(self.payable_at),
            needs_approval: self.needs_approval,
            approved_at: self.approved_at.map(UnixMs),
            payout: read_opt(self.payout_id, "ledger", "payout_id")?,
        })
    }
}

impl PayoutRow {
    /// As a payout of these items.
    pub fn read(self, items: Vec<(CreatorId, i64)>) -> Result<Payout> {
        Ok(Payout {
            id: read(self.id, "payouts", "id")?,
            currency: currency(&self.currency, "payouts")?,
            state: known(PayoutState::parse(&self.state), "payouts", "state")?,
            created_at: UnixMs(self.created_at),
            closed_at: self.closed_at.map(UnixMs),
            actor: self.actor,
            items,
        })
    }
}

impl AnswerRow {
    /// As an answer.
    pub fn read(self) -> Result<Answer> {
        Ok(Answer {
            id: read(self.id, "survey_answers", "id")?,
            order_external_id: self.order_external_id,
            question: self.question,
            answer: self.answer,
            received_at: UnixMs(self.received_at),
            state: known(AnswerState::parse(&self.state), "survey_answers", "state")?,
            creator: read_opt(self.creator_id, "survey_answers", "creator_id")?,
            confidence_bp: read(self.confidence_bp, "survey_answers", "confidence_bp")?,
            matched_name: self.matched_name,
        })
    }
}

impl ApiSaleRow {
    /// As a sale by API.
    pub fn read(self) -> Result<ApiSale> {
        Ok(ApiSale {
            currency: currency(&self.currency, "api_sales")?,
            transaction_id: self.transaction_id,
            is_test: self.is_test,
            sale_number: self.sale_number,
            commission_number: self.commission_number,
            amount_minor: self.amount_minor,
            refunded_minor: self.refunded_minor,
            refunds: self.refunds,
        })
    }
}

impl TestRecordRow {
    /// As a test record.
    pub fn read(self) -> Result<TestRecord> {
        let link = read_opt(self.link_id, "test_records", "link_id")?;
        Ok(TestRecord { id: self.id, kind: self.kind, link, body: self.body, at: UnixMs(self.at) })
    }
}

impl ManualCreditRow {
    /// As credit given by hand.
    pub fn read(self) -> Result<ManualCredit> {
        Ok(ManualCredit {
            order: read(self.order_id, "manual_credits", "order_id")?,
            link: read(self.link_id, "manual_credits", "link_id")?,
            actor: self.actor,
            reason: self.reason,
            at: UnixMs(self.at),
        })
    }
}

impl CreditRow {
    /// As a credit record.
    pub fn read(self) -> Result<CreditRecord> {
        Ok(CreditRecord {
            order: read(self.order_id, "credits", "order_id")?,
            position: self.position,
            currency: currency(&self.currency, "credits")?,
            credit: Credit {
                link: read(self.link_id, "credits", "link_id")?,
                creator: read_opt(self.creator_id, "credits", "creator_id")?,
                campaign: read_opt(self.campaign_id, "credits", "campaign_id")?,
                kind: known(EvidenceKind::parse(&self.kind), "credits", "kind")?,
                at: UnixMs(self.touched_at),
                weight: self.weight,
                amount_minor: self.amount_minor,
                rounding_minor: 0,
            },
        })
    }
}

impl InboxRow {
    /// As a delivery.
    pub fn read(self) -> Result<Delivery> {
        Ok(Delivery {
            id: read::<InboxId, _>(self.id, "webhook_inbox", "id")?,
            source: self.source,
            delivery_id: self.delivery_id,
            topic: self.topic,
            shop: read(self.shop_domain, "webhook_inbox", "shop_domain")?,
            triggered_at: self.triggered_at.map(UnixMs),
            received_at: UnixMs(self.received_at),
            body: self.body.unwrap_or_default(),
            body_sha256: read(self.body_sha256, "webhook_inbox", "body_sha256")?,
        })
    }
}

impl PrincipalRow {
    /// As a principal.
    pub fn read(self) -> Result<Principal> {
        Ok(Principal {
            brand: read(self.brand_id, "sessions", "brand_id")?,
            creator: read_opt(self.creator_id, "sessions", "creator_id")?,
        })
    }
}

impl SaleSumRow {
    /// As sales under a key that the caller picks from the row.
    pub fn read<K>(self, key: impl FnOnce(&Self) -> Result<K>) -> Result<SaleRow<K>> {
        Ok(SaleRow {
            key: key(&self)?,
            currency: currency(&self.currency, "sale_days")?,
            conversions: self.conversions,
            revenue_minor: self.revenue_minor,
        })
    }
}

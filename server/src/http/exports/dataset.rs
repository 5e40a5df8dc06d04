//! What can be exported, and the columns of each kind in CSV.

use domain::scope::Scope;

/// The kind of rows to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dataset {
    /// Every stored event of storefronts and backends.
    Events,
    /// Every click, with bot and uniqueness flags.
    Clicks,
    /// Every order.
    Orders,
    /// Every refund of these orders.
    Refunds,
    /// Every credit.
    Credits,
    /// Every creator who is not erased.
    Creators,
    /// Every campaign.
    Campaigns,
    /// Every link.
    Links,
    /// Every product.
    Products,
    /// Every collab.
    Collabs,
    /// Every drop.
    Drops,
    /// Every piece of content.
    Content,
    /// Every line of the commission ledger, edits included.
    Commissions,
    /// Every payout.
    Payouts,
    /// Every milestone that a creator has reached.
    Milestones,
    /// Every webhook endpoint, without its secret.
    WebhookEndpoints,
    /// Every event for other systems that is still kept.
    OutboundEvents,
}

impl Dataset {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Events,
        Self::Clicks,
        Self::Orders,
        Self::Refunds,
        Self::Credits,
        Self::Creators,
        Self::Campaigns,
        Self::Links,
        Self::Products,
        Self::Collabs,
        Self::Drops,
        Self::Content,
        Self::Commissions,
        Self::Payouts,
        Self::Milestones,
        Self::WebhookEndpoints,
        Self::OutboundEvents,
    ];

    /// The name in the API, where `events` are those for other systems.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "tracked_events",
            Self::Clicks => "clicks",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Credits => "conversions",
            Self::Creators => "creators",
            Self::Campaigns => "campaigns",
            Self::Links => "links",
            Self::Products => "products",
            Self::Collabs => "collabs",
            Self::Drops => "drops",
            Self::Content => "content",
            Self::Commissions => "commissions",
            Self::Payouts => "payouts",
            Self::Milestones => "milestones",
            Self::WebhookEndpoints => "webhook_endpoints",
            Self::OutboundEvents => "events",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.name() == name)
    }

    /// What a key needs to export it. What visitors did is a part of what is known of customers, refunds of orders.
    pub(crate) fn scope(self) -> Option<Scope> {
        Scope::read(match self {
            Self::Events => "customers",
            Self::Refunds => "orders",
            _ => self.name(),
        })
    }

    /// The columns in CSV.
    pub(crate) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Events => &[
                "id",
                "event_id",
                "event_type",
                "pv_id",
                "pv_alias",
                "occurred_at",
                "received_at",
                "page_url",
                "ref_code",
                "product_id",
                "order_id",
                "revenue",
                "revenue_minor",
                "currency",
                "promo_code",
                "is_new_customer",
                "event_data",
                "is_verified",
                "is_test",
            ],
            Self::Clicks => &[
                "id",
                "link_id",
                "creator_id",
                "pv_id",
                "at",
                "device",
                "browser",
                "os",
                "country",
                "referrer_host",
                "is_bot",
                "bot_reason",
                "is_unique",
            ],
            Self::Orders => &[
                "id",
                "source",
                "external_id",
                "name",
                "placed_at",
                "updated_at",
                "cancelled_at",
                "currency",
                "total_minor",
                "subtotal_minor",
                "refunded_minor",
                "net_minor",
                "is_test",
                "is_new_customer",
                "promo_codes",
                "same_as",
                "review",
                "metadata",
                "line_items",
            ],
            Self::Refunds => &[
                "id",
                "order",
                "order_external_id",
                "at",
                "currency",
                "amount_minor",
                "subtotal_minor",
                "reason",
                "same_as",
                "is_test",
            ],
            Self::Credits => &[
                "order_id",
                "position",
                "link_id",
                "creator_id",
                "campaign_id",
                "kind",
                "touched_at",
                "weight",
                "currency",
                "amount_minor",
                "amount",
            ],
            Self::Creators => &[
                "id",
                "name",
                "first_name",
                "last_name",
                "handle",
                "has_email",
                "aliases",
                "socials",
                "tier",
                "tier_locked",
                "tags",
                "status",
                "partner_code",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Campaigns => &["id", "name", "created", "updated", "livemode", "external_id", "metadata", "archived"],
            Self::Links => &[
                "id",
                "code",
                "url",
                "destination",
                "creator",
                "campaign",
                "platform",
                "content_type",
                "promo_code",
                "share_revenue",
                "expires_at",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Products => &[
                "id",
                "title",
                "description",
                "image_url",
                "product_url",
                "price_minor",
                "currency",
                "inventory",
                "creator_prices",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Collabs => &[
                "id",
                "creator",
                "tier",
                "affiliate_code",
                "discount",
                "commission_rule",
                "started_at",
                "status",
                "slug",
                "page_url",
                "intro",
                "destination",
                "link",
                "link_url",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Drops => &[
                "id",
                "creator",
                "collab",
                "title",
                "description",
                "products",
                "published",
                "published_at",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Content => &[
                "id",
                "creator",
                "link",
                "platform",
                "content_type",
                "url",
                "title",
                "posted_at",
                "media_url",
                "figures",
                "created",
                "updated",
                "livemode",
                "external_id",
                "metadata",
                "archived",
            ],
            Self::Commissions => &[
                "id",
                "creator",
                "order",
                "rule",
                "kind",
                "status",
                "original_minor",
                "amount_minor",
                "currency",
                "reason",
                "edits",
                "payout",
                "payable_at",
                "created",
                "updated",
                "external_id",
                "metadata",
                "livemode",
            ],
            Self::Payouts => &[
                "id",
                "status",
                "currency",
                "amount_minor",
                "items",
                "reference",
                "closed_at",
                "created",
                "updated",
                "external_id",
                "metadata",
                "livemode",
            ],
            Self::Milestones => {
                &["id", "creator", "name", "orders", "revenue_minor", "currency", "created", "updated", "livemode"]
            }
            Self::WebhookEndpoints => &[
                "id",
                "url",
                "types",
                "description",
                "status",
                "disabled_reason",
                "disabled_at",
                "failing_since",
                "warning",
                "api_version",
                "previous_secret_until",
                "created",
                "updated",
                "external_id",
                "metadata",
                "livemode",
            ],
            Self::OutboundEvents => {
                &["sequence", "id", "type", "timestamp", "object_id", "data", "api_version", "livemode"]
            }
        }
    }
}

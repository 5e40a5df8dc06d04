-- Every tenant-owned table begins its key with brand_id, so that a sharded PostgreSQL can co-locate a tenant.
-- Times are Unix milliseconds, money is minor units, ids are made in Rust, enums are text with a check.

create table brands (
    id text primary key not null,
    name text not null,
    zone text not null,
    currency text not null check (length(currency) = 3),
    policy text not null,
    trust_browser_purchases integer not null check (trust_browser_purchases in (0, 1)),
    destination_hosts text not null,
    created_at integer not null
) strict;

create table shops (
    domain text primary key not null,
    brand_id text not null references brands (id),
    installed_at integer not null,
    uninstalled_at integer,
    scopes text not null,
    access_token blob,
    access_expires_at integer,
    refresh_token blob,
    refresh_expires_at integer,
    refresh_lease_until integer not null default 0,
    needs_reauth integer not null check (needs_reauth in (0, 1)),
    last_webhook_at integer
) strict;
create index shops_by_brand on shops (brand_id);

create table shop_subscriptions (
    shop_domain text not null references shops (domain) on delete cascade,
    topic text not null,
    remote_id text not null,
    uri text not null,
    created_at integer not null,
    primary key (shop_domain, topic)
) strict;

create table api_keys (
    id text primary key not null,
    brand_id text not null references brands (id),
    kind text not null check (kind in ('pixel', 'server')),
    is_test integer not null check (is_test in (0, 1)),
    secret_hash blob not null,
    created_at integer not null,
    revoked_at integer
) strict;
create index api_keys_by_brand on api_keys (brand_id);

create table creators (
    brand_id text not null references brands (id),
    id text not null,
    name text not null,
    handle text not null,
    email_hash text,
    created_at integer not null,
    primary key (brand_id, id),
    unique (brand_id, handle)
) strict;

create table campaigns (
    brand_id text not null references brands (id),
    id text not null,
    name text not null,
    created_at integer not null,
    primary key (brand_id, id),
    unique (brand_id, name)
) strict;

create table links (
    brand_id text not null references brands (id),
    id text not null,
    code text not null unique,
    destination text not null,
    campaign_id text,
    creator_id text,
    platform text,
    content_type text,
    promo_code text,
    share_revenue integer not null check (share_revenue in (0, 1)),
    created_at integer not null,
    expires_at integer,
    deleted_at integer,
    primary key (brand_id, id),
    foreign key (brand_id, campaign_id) references campaigns (brand_id, id),
    foreign key (brand_id, creator_id) references creators (brand_id, id)
) strict;
create index links_by_promo_code on links (brand_id, promo_code) where promo_code is not null;

create table clicks (
    brand_id text not null,
    id text not null,
    link_id text not null,
    creator_id text,
    pv_id text not null,
    is_returning integer not null check (is_returning in (0, 1)),
    visitor_hash text not null,
    at integer not null,
    device text not null,
    browser text not null,
    os text not null,
    country text,
    referrer_host text,
    bot text,
    is_unique integer not null check (is_unique in (0, 1)),
    primary key (brand_id, id)
) strict;
create index clicks_by_visitor on clicks (brand_id, pv_id, at);
create index clicks_by_hash on clicks (brand_id, visitor_hash, at);

create table events (
    brand_id text not null,
    id text not null,
    event_type text not null check (event_type in ('page_view', 'add_to_cart', 'checkout_start', 'purchase')),
    pv_id text not null,
    pv_alias text,
    occurred_at integer not null,
    received_at integer not null,
    page_url text,
    ref_code text,
    product_id text,
    order_id text,
    revenue_minor integer,
    currency text,
    promo_code text,
    is_new_customer integer check (is_new_customer in (0, 1)),
    event_data text,
    is_verified integer not null check (is_verified in (0, 1)),
    is_test integer not null check (is_test in (0, 1)),
    primary key (brand_id, id)
) strict;
create index events_by_time on events (brand_id, event_type, received_at);
create index events_by_order on events (brand_id, order_id) where order_id is not null;

create table visitor_aliases (
    brand_id text not null,
    pv_id text not null,
    alias text not null,
    at integer not null,
    primary key (brand_id, pv_id, alias)
) strict;

create table visitor_landings (
    brand_id text not null,
    pv_id text not null,
    code text not null,
    at integer not null,
    primary key (brand_id, pv_id, code)
) strict;

create table orders (
    brand_id text not null references brands (id),
    id text not null,
    source text not null check (source in ('browser', 'api', 'shopify')),
    external_id text not null,
    name text not null,
    placed_at integer not null,
    placed_day integer not null,
    updated_at integer not null,
    cancelled_at integer,
    currency text not null,
    total_minor integer not null,
    subtotal_minor integer not null,
    is_test integer not null check (is_test in (0, 1)),
    is_new_customer integer check (is_new_customer in (0, 1)),
    cart_pv text,
    cart_ref text,
    landing_ref text,
    promo_codes text not null,
    email_hash text,
    customer_hash text,
    settled_at integer,
    settled_orders integer,
    settled_net_minor integer,
    attribution text,
    primary key (brand_id, id),
    unique (brand_id, external_id)
) strict;
create index orders_by_time on orders (brand_id, placed_at);

create table refunds (
    brand_id text not null,
    order_external_id text not null,
    external_id text not null,
    amount_minor integer not null,
    currency text not null,
    at integer not null,
    primary key (brand_id, order_external_id, external_id)
) strict;

create table credits (
    brand_id text not null,
    order_id text not null,
    position integer not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at integer not null,
    weight text not null,
    currency text not null,
    amount_minor integer not null,
    conversions integer not null,
    day integer not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
) strict;
create index credits_by_link on credits (brand_id, link_id, day);

create table click_days (
    brand_id text not null,
    day integer not null,
    link_id text not null,
    clicks integer not null,
    unique_clicks integer not null,
    bot_clicks integer not null,
    primary key (brand_id, day, link_id)
) strict;

create table sale_days (
    brand_id text not null,
    day integer not null,
    link_id text not null,
    currency text not null,
    conversions integer not null,
    revenue_minor integer not null,
    primary key (brand_id, day, link_id, currency)
) strict;

create table order_days (
    brand_id text not null,
    day integer not null,
    currency text not null,
    orders integer not null,
    revenue_minor integer not null,
    primary key (brand_id, day, currency)
) strict;

create table webhook_inbox (
    id text primary key not null,
    source text not null,
    delivery_id text not null,
    topic text not null,
    shop_domain text not null,
    triggered_at integer,
    received_at integer not null,
    body blob,
    body_sha256 blob not null,
    processed_at integer,
    outcome text,
    unique (source, shop_domain, topic, delivery_id)
) strict;

create table jobs (
    kind text not null,
    key text not null,
    payload text not null,
    run_at integer not null,
    attempts integer not null,
    lease_until integer not null,
    last_error text,
    is_dead integer not null check (is_dead in (0, 1)),
    revision integer not null,
    primary key (kind, key)
) strict;
create index jobs_due on jobs (is_dead, run_at);

create table oauth_states (
    state_hash blob primary key not null,
    shop_domain text not null,
    expires_at integer not null
) strict;

create table login_links (
    token_hash blob primary key not null,
    brand_id text not null references brands (id),
    creator_id text,
    expires_at integer not null,
    used_at integer
) strict;

create table sessions (
    token_hash blob primary key not null,
    brand_id text not null references brands (id),
    creator_id text,
    created_at integer not null,
    expires_at integer not null
) strict;

create table secrets (
    name text primary key not null,
    sealed blob not null,
    created_at integer not null
) strict;

create table audit_log (
    brand_id text not null references brands (id),
    id text not null,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    primary key (brand_id, id)
) strict;

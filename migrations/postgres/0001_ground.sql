-- Every tenant-owned table begins its key with brand_id, so that a sharded PostgreSQL can co-locate a tenant.
-- Times are Unix milliseconds, money is minor units, ids are made in Rust, enums are text with a check.

create table brands (
    id text primary key not null,
    name text not null,
    zone text not null,
    currency text not null check (length(currency) = 3),
    policy text not null,
    trust_browser_purchases boolean not null,
    destination_hosts text not null,
    created_at bigint not null
);

create table shops (
    domain text primary key not null,
    brand_id text not null references brands (id),
    installed_at bigint not null,
    uninstalled_at bigint,
    scopes text not null,
    access_token bytea,
    access_expires_at bigint,
    refresh_token bytea,
    refresh_expires_at bigint,
    refresh_lease_until bigint not null default 0,
    needs_reauth boolean not null,
    last_webhook_at bigint
);
create index shops_by_brand on shops (brand_id);

create table shop_subscriptions (
    shop_domain text not null references shops (domain) on delete cascade,
    topic text not null,
    remote_id text not null,
    uri text not null,
    created_at bigint not null,
    primary key (shop_domain, topic)
);

create table api_keys (
    id text primary key not null,
    brand_id text not null references brands (id),
    kind text not null check (kind in ('pixel', 'server')),
    is_test boolean not null,
    secret_hash bytea not null,
    created_at bigint not null,
    revoked_at bigint
);
create index api_keys_by_brand on api_keys (brand_id);

create table creators (
    brand_id text not null references brands (id),
    id text not null,
    name text not null,
    handle text not null,
    email_hash text,
    created_at bigint not null,
    primary key (brand_id, id),
    unique (brand_id, handle)
);

create table campaigns (
    brand_id text not null references brands (id),
    id text not null,
    name text not null,
    created_at bigint not null,
    primary key (brand_id, id),
    unique (brand_id, name)
);

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
    share_revenue boolean not null,
    created_at bigint not null,
    expires_at bigint,
    deleted_at bigint,
    primary key (brand_id, id),
    foreign key (brand_id, campaign_id) references campaigns (brand_id, id),
    foreign key (brand_id, creator_id) references creators (brand_id, id)
);
create index links_by_promo_code on links (brand_id, promo_code) where promo_code is not null;

create table clicks (
    brand_id text not null,
    id text not null,
    link_id text not null,
    creator_id text,
    pv_id text not null,
    is_returning boolean not null,
    visitor_hash text not null,
    at bigint not null,
    device text not null,
    browser text not null,
    os text not null,
    country text,
    referrer_host text,
    bot text,
    is_unique boolean not null,
    primary key (brand_id, id)
);
create index clicks_by_visitor on clicks (brand_id, pv_id, at);
create index clicks_by_hash on clicks (brand_id, visitor_hash, at);

create table events (
    brand_id text not null,
    id text not null,
    event_type text not null check (event_type in ('page_view', 'add_to_cart', 'checkout_start', 'purchase')),
    pv_id text not null,
    pv_alias text,
    occurred_at bigint not null,
    received_at bigint not null,
    page_url text,
    ref_code text,
    product_id text,
    order_id text,
    revenue_minor bigint,
    currency text,
    promo_code text,
    is_new_customer boolean,
    event_data text,
    is_verified boolean not null,
    is_test boolean not null,
    primary key (brand_id, id)
);
create index events_by_time on events (brand_id, event_type, received_at);
create index events_by_order on events (brand_id, order_id) where order_id is not null;

create table visitor_aliases (
    brand_id text not null,
    pv_id text not null,
    alias text not null,
    at bigint not null,
    primary key (brand_id, pv_id, alias)
);

create table visitor_landings (
    brand_id text not null,
    pv_id text not null,
    code text not null,
    at bigint not null,
    primary key (brand_id, pv_id, code)
);

create table orders (
    brand_id text not null references brands (id),
    id text not null,
    source text not null check (source in ('browser', 'api', 'shopify')),
    external_id text not null,
    name text not null,
    placed_at bigint not null,
    placed_day bigint not null,
    updated_at bigint not null,
    cancelled_at bigint,
    currency text not null,
    total_minor bigint not null,
    subtotal_minor bigint not null,
    is_test boolean not null,
    is_new_customer boolean,
    cart_pv text,
    cart_ref text,
    landing_ref text,
    promo_codes text not null,
    email_hash text,
    customer_hash text,
    settled_at bigint,
    settled_orders bigint,
    settled_net_minor bigint,
    attribution text,
    primary key (brand_id, id),
    unique (brand_id, external_id)
);
create index orders_by_time on orders (brand_id, placed_at);

create table refunds (
    brand_id text not null,
    order_external_id text not null,
    external_id text not null,
    amount_minor bigint not null,
    currency text not null,
    at bigint not null,
    primary key (brand_id, order_external_id, external_id)
);

create table credits (
    brand_id text not null,
    order_id text not null,
    position bigint not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at bigint not null,
    weight text not null,
    currency text not null,
    amount_minor bigint not null,
    conversions bigint not null,
    day bigint not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
);
create index credits_by_link on credits (brand_id, link_id, day);

create table click_days (
    brand_id text not null,
    day bigint not null,
    link_id text not null,
    clicks bigint not null,
    unique_clicks bigint not null,
    bot_clicks bigint not null,
    primary key (brand_id, day, link_id)
);

create table sale_days (
    brand_id text not null,
    day bigint not null,
    link_id text not null,
    currency text not null,
    conversions bigint not null,
    revenue_minor bigint not null,
    primary key (brand_id, day, link_id, currency)
);

create table order_days (
    brand_id text not null,
    day bigint not null,
    currency text not null,
    orders bigint not null,
    revenue_minor bigint not null,
    primary key (brand_id, day, currency)
);

create table webhook_inbox (
    id text primary key not null,
    source text not null,
    delivery_id text not null,
    topic text not null,
    shop_domain text not null,
    triggered_at bigint,
    received_at bigint not null,
    body bytea,
    body_sha256 bytea not null,
    processed_at bigint,
    outcome text,
    unique (source, shop_domain, topic, delivery_id)
);

create table jobs (
    kind text not null,
    key text not null,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    lease_until bigint not null,
    last_error text,
    is_dead boolean not null,
    revision bigint not null,
    primary key (kind, key)
);
create index jobs_due on jobs (is_dead, run_at);

create table oauth_states (
    state_hash bytea primary key not null,
    shop_domain text not null,
    expires_at bigint not null
);

create table login_links (
    token_hash bytea primary key not null,
    brand_id text not null references brands (id),
    creator_id text,
    expires_at bigint not null,
    used_at bigint
);

create table sessions (
    token_hash bytea primary key not null,
    brand_id text not null references brands (id),
    creator_id text,
    created_at bigint not null,
    expires_at bigint not null
);

create table secrets (
    name text primary key not null,
    sealed bytea not null,
    created_at bigint not null
);

create table audit_log (
    brand_id text not null references brands (id),
    id text not null,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    primary key (brand_id, id)
);

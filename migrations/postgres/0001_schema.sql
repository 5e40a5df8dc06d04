-- Every tenant-owned table begins its key with brand_id, so that a sharded PostgreSQL can co-locate a tenant.
-- Times are Unix milliseconds, money is minor units, ids are made in Rust, enums are text with a check.

create table brands (
    id text primary key not null,
    name text not null,
    zone text not null,
    currency text not null check (length(currency) = 3),
    policy text not null,
    settings text not null,
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
    aliases text not null,
    tier text,
    earlier_tiers text not null,
    partner_code text,
    payout_address bytea,
    created_at bigint not null,
    primary key (brand_id, id),
    unique (brand_id, handle)
);
create unique index creators_by_partner_code on creators (partner_code) where partner_code is not null;
-- Finds the creators whose own purchase an order may be.
create index creators_by_email on creators (brand_id, email_hash) where email_hash is not null;

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
-- The latest link of a creator, for clicks on affiliate URLs.
create index links_by_creator on links (brand_id, creator_id, created_at) where creator_id is not null;
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
-- Each index costs every click a page, so one index serves both the visitor's unique clicks and an order's evidence.
create index clicks_by_visitor on clicks (brand_id, pv_id, is_unique, at);
-- Only unique clicks: a flood of repeats from one visitor must not slow down later clicks.
create index clicks_unique_by_hash on clicks (brand_id, visitor_hash, at) where is_unique;

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
-- Page views of a customer, and the events to erase.
create index events_by_visitor on events (brand_id, pv_id, occurred_at);
create index events_by_order on events (brand_id, order_id) where order_id is not null;

create table visitor_aliases (
    brand_id text not null,
    pv_id text not null,
    alias text not null,
    at bigint not null,
    primary key (brand_id, pv_id, alias)
);

-- Every page on which a visitor arrived with a link code in the URL.
create table landings (
    brand_id text not null,
    pv_id text not null,
    at bigint not null,
    code text not null,
    primary key (brand_id, pv_id, at, code)
);

create table orders (
    brand_id text not null references brands (id),
    id text not null,
    source text not null check (source in ('browser', 'api', 'shopify')),
    external_id text not null,
    name text not null,
    placed_at bigint not null,
    placed_day bigint not null,
    facts_version bigint not null,
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
    lines text not null,
    email_hash text,
    customer_hash text,
    redacted_at bigint,
    settlements bigint not null default 0,
    settled_at bigint,
    settled_orders bigint,
    settled_net_minor bigint,
    settled_currency text,
    settled_day bigint,
    visitors text,
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
    subtotal_minor bigint,
    lines text not null,
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

-- The journey of each settled order: every touchpoint with its amount under each attribution model.
create table touchpoints (
    brand_id text not null,
    order_id text not null,
    position bigint not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at bigint not null,
    currency text not null,
    day bigint not null,
    conversions bigint not null,
    first_touch_minor bigint not null,
    last_touch_minor bigint not null,
    linear_minor bigint not null,
    position_based_minor bigint not null,
    time_decay_minor bigint not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
);
create index touchpoints_by_day on touchpoints (brand_id, day);

-- Commission rules, the append-only ledger, payouts, milestones, survey answers and manual credits.
create table commission_rules (
    brand_id text not null references brands (id),
    id text not null,
    rule text not null,
    ends_at bigint,
    created_at bigint not null,
    primary key (brand_id, id)
);

-- Amounts never change. A line is approved once approved_at is set, or automatically at payable_at unless
-- needs_approval is set. payout_id is the payout that contains the line.
create table ledger (
    brand_id text not null references brands (id),
    id text not null,
    key text not null,
    creator_id text not null,
    order_id text,
    rule_id text,
    kind text not null check (kind in ('accrual', 'reversal', 'adjustment', 'payout')),
    currency text not null,
    amount_minor bigint not null,
    reason text not null,
    actor text not null,
    created_at bigint not null,
    payable_at bigint not null,
    needs_approval boolean not null,
    approved_at bigint,
    payout_id text,
    primary key (brand_id, id),
    unique (brand_id, key)
);
create index ledger_by_order on ledger (brand_id, order_id) where order_id is not null;
create index ledger_by_creator on ledger (brand_id, creator_id, id);
create index ledger_by_payout on ledger (brand_id, payout_id) where payout_id is not null;

create table payouts (
    brand_id text not null references brands (id),
    id text not null,
    currency text not null,
    state text not null check (state in ('open', 'paid', 'cancelled')),
    created_at bigint not null,
    closed_at bigint,
    actor text not null,
    primary key (brand_id, id)
);

create table milestones (
    brand_id text not null,
    creator_id text not null,
    name text not null,
    reached_at bigint not null,
    primary key (brand_id, creator_id, name)
);

create table survey_answers (
    brand_id text not null references brands (id),
    id text not null,
    order_external_id text not null,
    question text not null,
    answer text not null,
    received_at bigint not null,
    state text not null check (state in ('matched', 'open', 'assigned', 'dismissed')),
    creator_id text,
    confidence_bp bigint not null,
    matched_name text,
    primary key (brand_id, id),
    unique (brand_id, order_external_id, question)
);
create index survey_answers_by_state on survey_answers (brand_id, state, id);

create table manual_credits (
    brand_id text not null,
    order_id text not null,
    link_id text not null,
    actor text not null,
    reason text not null,
    at bigint not null,
    primary key (brand_id, order_id),
    foreign key (brand_id, order_id) references orders (brand_id, id)
);

-- Progress of settling many orders again, so that it resumes after an interruption.
create table recomputes (
    brand_id text primary key not null references brands (id),
    since bigint not null,
    before_at bigint not null,
    before_id text not null,
    done bigint not null,
    total bigint not null,
    started_at bigint not null
);

-- Runs of the data-driven models (markov, shapley), which use all journeys of a brand at once.
create table model_runs (
    brand_id text not null references brands (id),
    version bigint not null,
    ran_at bigint not null,
    outcome text not null,
    primary key (brand_id, version)
);

-- Which customer an identity belongs to. An identity is a visitor (pv:…), an order (order:…), a hashed customer id, key
-- or e-mail address, or a browser's unverified claim of one; `domain::identity` defines the kinds.
create table identities (
    brand_id text not null references brands (id),
    identity text not null,
    kind text not null,
    customer_id text not null,
    at bigint not null,
    primary key (brand_id, identity)
);
create index identities_by_customer on identities (brand_id, customer_id);

-- Per-brand counters for the integer ids that API clients expect.
create table numbers (
    brand_id text not null references brands (id),
    name text not null,
    last bigint not null,
    primary key (brand_id, name)
);

create table api_sales (
    brand_id text not null references brands (id),
    transaction_id text not null,
    is_test boolean not null,
    sale_number bigint not null,
    commission_number bigint,
    amount_minor bigint not null,
    currency text not null,
    refunded_minor bigint not null,
    refunds bigint not null,
    meta text not null,
    created_at bigint not null,
    primary key (brand_id, transaction_id, is_test)
);

-- Clicks and leads in test mode. They never touch live figures.
create table test_records (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('click', 'lead')),
    link_id text,
    body text not null,
    at bigint not null,
    primary key (brand_id, id)
);

-- What API clients report about their customers besides sales. It may name a person, so it is stored encrypted.
create table profiles (
    brand_id text not null references brands (id),
    identity text not null,
    sealed bytea not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (brand_id, identity)
);

create table customer_events (
    brand_id text not null references brands (id),
    id text not null,
    identity text not null,
    sealed bytea not null,
    at bigint not null,
    primary key (brand_id, id)
);
create index customer_events_by_identity on customer_events (brand_id, identity, at);

-- Every tenant-owned table begins its key with brand_id, so that a sharded PostgreSQL can co-locate a tenant.
-- Times are Unix milliseconds, money is minor units, ids are made in Rust, enums are text with a check.

create table brands (
    id text primary key not null,
    name text not null,
    zone text not null,
    currency text not null check (length(currency) = 3),
    policy text not null,
    settings text not null,
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
    aliases text not null,
    tier text,
    earlier_tiers text not null,
    partner_code text,
    payout_address blob,
    created_at integer not null,
    primary key (brand_id, id),
    unique (brand_id, handle)
) strict;
create unique index creators_by_partner_code on creators (partner_code) where partner_code is not null;
-- Finds the creators whose own purchase an order may be.
create index creators_by_email on creators (brand_id, email_hash) where email_hash is not null;

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
-- The latest link of a creator, for clicks on affiliate URLs.
create index links_by_creator on links (brand_id, creator_id, created_at) where creator_id is not null;
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
-- Each index costs every click a page, so one index serves both the visitor's unique clicks and an order's evidence.
create index clicks_by_visitor on clicks (brand_id, pv_id, is_unique, at);
-- Only unique clicks: a flood of repeats from one visitor must not slow down later clicks.
create index clicks_unique_by_hash on clicks (brand_id, visitor_hash, at) where is_unique = 1;

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
-- Page views of a customer, and the events to erase.
create index events_by_visitor on events (brand_id, pv_id, occurred_at);
create index events_by_order on events (brand_id, order_id) where order_id is not null;

create table visitor_aliases (
    brand_id text not null,
    pv_id text not null,
    alias text not null,
    at integer not null,
    primary key (brand_id, pv_id, alias)
) strict;

-- Every page on which a visitor arrived with a link code in the URL.
create table landings (
    brand_id text not null,
    pv_id text not null,
    at integer not null,
    code text not null,
    primary key (brand_id, pv_id, at, code)
) strict;

create table orders (
    brand_id text not null references brands (id),
    id text not null,
    source text not null check (source in ('browser', 'api', 'shopify')),
    external_id text not null,
    name text not null,
    placed_at integer not null,
    placed_day integer not null,
    facts_version integer not null,
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
    lines text not null,
    email_hash text,
    customer_hash text,
    redacted_at integer,
    settlements integer not null default 0,
    settled_at integer,
    settled_orders integer,
    settled_net_minor integer,
    settled_currency text,
    settled_day integer,
    visitors text,
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
    subtotal_minor integer,
    lines text not null,
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

-- The journey of each settled order: every touchpoint with its amount under each attribution model.
create table touchpoints (
    brand_id text not null,
    order_id text not null,
    position integer not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at integer not null,
    currency text not null,
    day integer not null,
    conversions integer not null,
    first_touch_minor integer not null,
    last_touch_minor integer not null,
    linear_minor integer not null,
    position_based_minor integer not null,
    time_decay_minor integer not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
) strict;
create index touchpoints_by_day on touchpoints (brand_id, day);

-- Commission rules, the append-only ledger, payouts, milestones, survey answers and manual credits.
create table commission_rules (
    brand_id text not null references brands (id),
    id text not null,
    rule text not null,
    ends_at integer,
    created_at integer not null,
    primary key (brand_id, id)
) strict;

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
    amount_minor integer not null,
    reason text not null,
    actor text not null,
    created_at integer not null,
    payable_at integer not null,
    needs_approval integer not null check (needs_approval in (0, 1)),
    approved_at integer,
    payout_id text,
    primary key (brand_id, id),
    unique (brand_id, key)
) strict;
create index ledger_by_order on ledger (brand_id, order_id) where order_id is not null;
create index ledger_by_creator on ledger (brand_id, creator_id, id);
create index ledger_by_payout on ledger (brand_id, payout_id) where payout_id is not null;

create table payouts (
    brand_id text not null references brands (id),
    id text not null,
    currency text not null,
    state text not null check (state in ('open', 'paid', 'cancelled')),
    created_at integer not null,
    closed_at integer,
    actor text not null,
    primary key (brand_id, id)
) strict;

create table milestones (
    brand_id text not null,
    creator_id text not null,
    name text not null,
    reached_at integer not null,
    primary key (brand_id, creator_id, name)
) strict;

create table survey_answers (
    brand_id text not null references brands (id),
    id text not null,
    order_external_id text not null,
    question text not null,
    answer text not null,
    received_at integer not null,
    state text not null check (state in ('matched', 'open', 'assigned', 'dismissed')),
    creator_id text,
    confidence_bp integer not null,
    matched_name text,
    primary key (brand_id, id),
    unique (brand_id, order_external_id, question)
) strict;
create index survey_answers_by_state on survey_answers (brand_id, state, id);

create table manual_credits (
    brand_id text not null,
    order_id text not null,
    link_id text not null,
    actor text not null,
    reason text not null,
    at integer not null,
    primary key (brand_id, order_id),
    foreign key (brand_id, order_id) references orders (brand_id, id)
) strict;

-- Progress of settling many orders again, so that it resumes after an interruption.
create table recomputes (
    brand_id text primary key not null references brands (id),
    since integer not null,
    before_at integer not null,
    before_id text not null,
    done integer not null,
    total integer not null,
    started_at integer not null
) strict;

-- Runs of the data-driven models (markov, shapley), which use all journeys of a brand at once.
create table model_runs (
    brand_id text not null references brands (id),
    version integer not null,
    ran_at integer not null,
    outcome text not null,
    primary key (brand_id, version)
) strict;

-- Which customer an identity belongs to. An identity is a visitor (pv:…), an order (order:…), a hashed customer id, key
-- or e-mail address, or a browser's unverified claim of one; `domain::identity` defines the kinds.
create table identities (
    brand_id text not null references brands (id),
    identity text not null,
    kind text not null,
    customer_id text not null,
    at integer not null,
    primary key (brand_id, identity)
) strict;
create index identities_by_customer on identities (brand_id, customer_id);

-- Per-brand counters for the integer ids that API clients expect.
create table numbers (
    brand_id text not null references brands (id),
    name text not null,
    last integer not null,
    primary key (brand_id, name)
) strict;

create table api_sales (
    brand_id text not null references brands (id),
    transaction_id text not null,
    is_test integer not null check (is_test in (0, 1)),
    sale_number integer not null,
    commission_number integer,
    amount_minor integer not null,
    currency text not null,
    refunded_minor integer not null,
    refunds integer not null,
    meta text not null,
    created_at integer not null,
    primary key (brand_id, transaction_id, is_test)
) strict;

-- Clicks and leads in test mode. They never touch live figures.
create table test_records (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('click', 'lead')),
    link_id text,
    body text not null,
    at integer not null,
    primary key (brand_id, id)
) strict;

-- What API clients report about their customers besides sales. It may name a person, so it is stored encrypted.
create table profiles (
    brand_id text not null references brands (id),
    identity text not null,
    sealed blob not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (brand_id, identity)
) strict;

create table customer_events (
    brand_id text not null references brands (id),
    id text not null,
    identity text not null,
    sealed blob not null,
    at integer not null,
    primary key (brand_id, id)
) strict;
create index customer_events_by_identity on customer_events (brand_id, identity, at);

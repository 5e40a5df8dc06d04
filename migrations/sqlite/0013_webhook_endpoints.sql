-- Where a brand's events are sent, and every delivery of one.
--
-- Deliveries of one object to one endpoint are in order: only the first that is not finished is `due`, the others are
-- `waiting`. A delivery that is being sent has a lease, and one whose process ended becomes due again when its lease ends.
create table webhook_endpoints (
    brand_id text not null references brands (id),
    id text not null,
    url text not null,
    -- A JSON array of event types, null for all of them.
    types text,
    api_version text not null,
    description text not null,
    created_at integer not null,
    disabled_at integer,
    disabled_reason text check (disabled_reason in ('manual', 'gone', 'asked', 'failing')),
    archived_at integer,
    secret blob not null,
    previous_secret blob,
    previous_secret_until integer,
    -- Events up to this sequence have their deliveries.
    queued_through integer not null,
    -- When something of it can be sent, null if nothing can.
    next_at integer,
    -- Until when its receiver asked to be left alone.
    hold_until integer not null default 0,
    -- Whether it is not known to be fast: it is new, or its last answer was slow or a failure. Such endpoints are sent one
    -- event at a time.
    is_slow integer not null default 1,
    -- Since when nothing but failures, null after a success.
    failing_since integer,
    warned_at integer,
    warning text,
    primary key (brand_id, id)
) strict;
-- Finds who can be sent something.
create index webhook_endpoints_due on webhook_endpoints (is_slow, next_at) where next_at is not null;

create table webhook_deliveries (
    brand_id text not null,
    endpoint_id text not null,
    event_id text not null,
    -- The event's.
    sequence integer not null,
    object_id text not null,
    type text not null,
    state text not null check (state in ('waiting', 'due', 'delivered', 'dead')),
    -- Attempts since it was last queued, and in all.
    attempts integer not null default 0,
    attempts_total integer not null default 0,
    next_at integer not null,
    lease_until integer not null default 0,
    queued_at integer not null,
    finished_at integer,
    last_status integer,
    last_error text,
    primary key (brand_id, endpoint_id, event_id),
    foreign key (brand_id, endpoint_id) references webhook_endpoints (brand_id, id)
) strict;
-- The log, newest first.
create unique index webhook_deliveries_log on webhook_deliveries (brand_id, endpoint_id, sequence);
-- The order within an object.
create index webhook_deliveries_open on webhook_deliveries (brand_id, endpoint_id, object_id, sequence)
where finished_at is null;
-- What can be sent, and what is being sent.
create index webhook_deliveries_due on webhook_deliveries (brand_id, endpoint_id, next_at)
where state = 'due' and lease_until = 0;
create index webhook_deliveries_leased on webhook_deliveries (brand_id, endpoint_id, lease_until)
where state = 'due' and lease_until > 0;
create index webhook_deliveries_finished on webhook_deliveries (brand_id, finished_at) where finished_at is not null;

create table webhook_attempts (
    brand_id text not null,
    endpoint_id text not null,
    event_id text not null,
    nth integer not null,
    at integer not null,
    duration_ms integer not null,
    status integer,
    error text,
    -- What the receiver answered, the beginning of it. It may repeat what it was sent.
    answer text,
    primary key (brand_id, endpoint_id, event_id, nth),
    foreign key (brand_id, endpoint_id, event_id)
        references webhook_deliveries (brand_id, endpoint_id, event_id) on delete cascade
) strict;

-- The built-in receiver: an address that is known to whoever was told it, and what was sent there lately.
create table webhook_testers (
    brand_id text primary key not null references brands (id),
    token_hash blob not null unique,
    token blob not null,
    created_at integer not null
) strict;

create table webhook_tester_requests (
    brand_id text not null references brands (id),
    id text not null,
    at integer not null,
    headers text not null,
    body blob not null,
    status integer not null,
    primary key (brand_id, id)
) strict;

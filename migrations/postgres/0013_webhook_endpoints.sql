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
    created_at bigint not null,
    disabled_at bigint,
    disabled_reason text check (disabled_reason in ('manual', 'gone', 'asked', 'failing')),
    archived_at bigint,
    secret bytea not null,
    previous_secret bytea,
    previous_secret_until bigint,
    -- Events up to this sequence have their deliveries.
    queued_through bigint not null,
    -- When something of it can be sent, null if nothing can.
    next_at bigint,
    -- Until when its receiver asked to be left alone.
    hold_until bigint not null default 0,
    -- Whether it is not known to be fast: it is new, or its last answer was slow or a failure. Such endpoints are sent one
    -- event at a time.
    is_slow boolean not null default true,
    -- Since when nothing but failures, null after a success.
    failing_since bigint,
    warned_at bigint,
    warning text,
    primary key (brand_id, id)
);
-- Finds who can be sent something.
create index webhook_endpoints_due on webhook_endpoints (is_slow, next_at) where next_at is not null;

create table webhook_deliveries (
    brand_id text not null,
    endpoint_id text not null,
    event_id text not null,
    -- The event's.
    sequence bigint not null,
    object_id text not null,
    type text not null,
    state text not null check (state in ('waiting', 'due', 'delivered', 'dead')),
    -- Attempts since it was last queued, and in all.
    attempts bigint not null default 0,
    attempts_total bigint not null default 0,
    next_at bigint not null,
    lease_until bigint not null default 0,
    queued_at bigint not null,
    finished_at bigint,
    last_status bigint,
    last_error text,
    primary key (brand_id, endpoint_id, event_id),
    foreign key (brand_id, endpoint_id) references webhook_endpoints (brand_id, id)
);
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
    nth bigint not null,
    at bigint not null,
    duration_ms bigint not null,
    status bigint,
    error text,
    -- What the receiver answered, the beginning of it. It may repeat what it was sent.
    answer text,
    primary key (brand_id, endpoint_id, event_id, nth),
    foreign key (brand_id, endpoint_id, event_id)
        references webhook_deliveries (brand_id, endpoint_id, event_id) on delete cascade
);

-- The built-in receiver: an address that is known to whoever was told it, and what was sent there lately.
create table webhook_testers (
    brand_id text primary key not null references brands (id),
    token_hash bytea not null unique,
    token bytea not null,
    created_at bigint not null
);

create table webhook_tester_requests (
    brand_id text not null references brands (id),
    id text not null,
    at bigint not null,
    headers text not null,
    body bytea not null,
    status bigint not null,
    primary key (brand_id, id)
);

alter table webhook_endpoints enable row level security;
alter table webhook_endpoints force row level security;
create policy tenant on webhook_endpoints using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table webhook_deliveries enable row level security;
alter table webhook_deliveries force row level security;
create policy tenant on webhook_deliveries using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table webhook_attempts enable row level security;
alter table webhook_attempts force row level security;
create policy tenant on webhook_attempts using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table webhook_testers enable row level security;
alter table webhook_testers force row level security;
create policy tenant on webhook_testers using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table webhook_tester_requests enable row level security;
alter table webhook_tester_requests force row level security;
create policy tenant on webhook_tester_requests using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

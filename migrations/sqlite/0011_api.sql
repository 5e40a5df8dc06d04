-- The unified API: exact limits, answers that are repeated, what clients keep with an object, and the sandbox.

-- Requests of a key in its current minute: one row for each kind of request, whichever replica counts. Also tells when a
-- key was last used.
create table api_windows (
    brand_id text not null references brands (id),
    key_id text not null references api_keys (id),
    class text not null check (class in ('read', 'write', 'bulk')),
    minute integer not null,
    count integer not null,
    primary key (brand_id, key_id, class)
) strict;

-- Answers to requests with an Idempotency-Key, stored with their effect and repeated for 24 hours.
create table api_answers (
    brand_id text not null references brands (id),
    key_id text not null references api_keys (id),
    idempotency_key text not null,
    method text not null,
    path text not null,
    body_hash blob not null,
    status integer not null,
    body text not null,
    created_at integer not null,
    primary key (brand_id, key_id, idempotency_key, method, path)
) strict;
create index api_answers_by_time on api_answers (created_at);

-- What clients keep with an object: their own id of it, and notes.
create table object_details (
    brand_id text not null references brands (id),
    object_id text not null,
    kind text not null,
    external_id text,
    metadata text not null,
    primary key (brand_id, object_id)
) strict;
create unique index object_details_by_external_id on object_details (brand_id, kind, external_id)
where external_id is not null;

-- When a page or the API last changed it; null if never.
alter table creators add column updated_at integer;
alter table creators add column archived_at integer;
-- First and last name, socials, tags, status.
alter table creators add column profile text;
alter table campaigns add column updated_at integer;
alter table campaigns add column archived_at integer;
alter table links add column updated_at integer;

-- Where a brand's test keys work: a brand of its own, so that nothing of it is in a live list or figure.
create table test_brands (
    brand_id text primary key not null references brands (id),
    test_brand_id text not null unique
) strict;

-- What a server key may do, and which version of the API it speaks; null: everything, the first version.
alter table api_keys add column scopes text;
alter table api_keys add column api_version text;
alter table api_keys add column expires_at integer;

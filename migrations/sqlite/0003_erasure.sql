-- Who was erased, as hashes (domain::erasure): late reports must not bring them back. Rows about orders never expire.
create table tombstones (
    brand_id text not null references brands (id),
    hash text not null,
    at integer not null,
    expires_at integer,
    primary key (brand_id, hash)
) strict;
create index tombstones_by_expiry on tombstones (expires_at) where expires_at is not null;

-- What is stored about a person who asked for it, encrypted, for the merchant to download.
create table data_exports (
    brand_id text not null references brands (id),
    id text not null,
    sealed blob not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (brand_id, id)
) strict;
create index data_exports_by_expiry on data_exports (expires_at);

-- Whom an export is about, as hashes, so that erasing the person deletes it.
create table data_export_subjects (
    brand_id text not null,
    hash text not null,
    export_id text not null,
    primary key (brand_id, hash, export_id),
    foreign key (brand_id, export_id) references data_exports (brand_id, id) on delete cascade
) strict;
create index data_export_subjects_by_export on data_export_subjects (brand_id, export_id);

alter table creators add column erased_at integer;

-- A person's orders.
create index orders_by_email on orders (brand_id, email_hash) where email_hash is not null;
create index orders_by_customer on orders (brand_id, customer_hash) where customer_hash is not null;
create index orders_by_visitor on orders (brand_id, cart_pv) where cart_pv is not null;
-- The other ids of a person's browsers. Only test events have an alias without a row in visitor_aliases.
create index visitor_aliases_by_alias on visitor_aliases (brand_id, alias);
create index events_test_by_alias on events (brand_id, pv_alias) where pv_alias is not null and is_test = true;
-- Rows to delete after the brand's retention period.
create index visitor_aliases_by_time on visitor_aliases (brand_id, at);
create index landings_by_time on landings (brand_id, at);
-- Deliveries to be processed, for erasing their bodies.
create index webhook_inbox_waiting on webhook_inbox (shop_domain, id) where processed_at is null;

-- Earlier versions named the customer here.
update webhook_inbox set outcome = 'answered' where topic = 'customers/data_request' and outcome is not null;

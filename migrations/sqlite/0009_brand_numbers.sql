-- Rows that requests write by the thousand carry their brand's number: the id has 30 characters, and stood in each row
-- and in each of its index entries. Numbers never leave the database.
alter table brands add column number integer not null default 0;
update brands set number = rowid;
create unique index brands_by_number on brands (number);

create table numbered_clicks (
    brand_number integer not null,
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
    hour integer generated always as (at / 3600000) virtual,
    primary key (brand_number, id)
) strict;
insert into numbered_clicks (brand_number, id, link_id, creator_id, pv_id, is_returning, visitor_hash, at, device, browser,
                             os, country, referrer_host, bot, is_unique)
select brands.number, clicks.id, link_id, creator_id, pv_id, is_returning, visitor_hash, at, device, browser, os, country,
       referrer_host, bot, is_unique
from clicks join brands on brands.id = clicks.brand_id
order by clicks.id;
drop table clicks;
alter table numbered_clicks rename to clicks;
-- Each index costs every click a page, so one index serves both the visitor's unique clicks and an order's evidence.
create index clicks_by_visitor on clicks (brand_number, pv_id, is_unique, at);
-- Only unique clicks: a flood of repeats from one visitor must not slow down later clicks. Hashes are random; with the
-- hour first, new ones touch the pages of this hour, not all that there are.
create index clicks_unique_by_hash on clicks (brand_number, hour, visitor_hash, at)
where is_unique = 1;

create table numbered_events (
    brand_number integer not null,
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
    secret_hash text,
    primary key (brand_number, id)
) strict;
insert into numbered_events
select brands.number, events.id, event_type, pv_id, pv_alias, occurred_at, received_at, page_url, ref_code, product_id,
       order_id, revenue_minor, events.currency, promo_code, is_new_customer, event_data, is_verified, is_test, secret_hash
from events join brands on brands.id = events.brand_id
order by received_at;
drop table events;
alter table numbered_events rename to events;
-- Nearly all events are page views, so their type is not repeated in each entry.
create index events_page_views on events (brand_number, received_at) where event_type = 'page_view';
create index events_by_time on events (brand_number, event_type, received_at) where event_type <> 'page_view';
-- Page views of a customer, and the events to erase.
create index events_by_visitor on events (brand_number, pv_id, occurred_at);
create index events_by_order on events (brand_number, order_id) where order_id is not null;
-- The other ids of a person's browsers. Only test events have an alias without a row in visitor_aliases.
create index events_test_by_alias on events (brand_number, pv_alias) where pv_alias is not null and is_test = true;

create table numbered_landings (
    brand_number integer not null,
    pv_id text not null,
    at integer not null,
    code text not null,
    primary key (brand_number, pv_id, at, code)
) strict, without rowid;
insert into numbered_landings
select brands.number, pv_id, at, code from landings join brands on brands.id = landings.brand_id
order by 1, 2, 3, 4;
drop table landings;
alter table numbered_landings rename to landings;
-- Rows to delete after the brand's retention period.
create index landings_by_time on landings (brand_number, at);

-- Events for other systems, written in the transaction of their fact, which has one event. `position` is the order in which
-- they were written. A job numbers them afterwards, those of each brand from 1 without gaps (`sequence`): whoever reads by
-- that misses none that commits late. Events of the future (`at`), such as the end of a hold, are numbered when they happen.
create table outbound_events (
    position integer not null primary key,
    brand_id text not null references brands (id),
    id text not null,
    type text not null,
    object_id text not null,
    fact text not null,
    data text not null,
    at integer not null,
    sequence integer,
    unique (brand_id, id),
    unique (brand_id, fact)
) strict;
create unique index outbound_events_numbered on outbound_events (brand_id, sequence) where sequence is not null;
create index outbound_events_unnumbered on outbound_events (brand_id, at, position) where sequence is null;

-- The last number given to a brand's events. Events are deleted after a time, and no number is given twice.
create table outbound_sequences (
    brand_id text primary key not null references brands (id),
    last integer not null
) strict;

-- When a creator first signed in, as far as it is still known.
alter table creators add column activated_at integer;
update creators set activated_at = (
    select min(at) from (
        select created_at as at from sessions
        where sessions.brand_id = creators.brand_id and sessions.creator_id = creators.id
        union all
        select used_at from login_links
        where login_links.brand_id = creators.brand_id and login_links.creator_id = creators.id and used_at is not null
        union all
        select creator_visitors.at from creator_visitors
        where creator_visitors.brand_id = creators.brand_id and creator_visitors.creator_id = creators.id) as seen);

-- What was refunded of an order when it was last settled, in minor units: what was refunded since is the difference.
alter table orders add column settled_refunded_minor integer;

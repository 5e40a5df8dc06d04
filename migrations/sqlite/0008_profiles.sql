-- What clients tell of their customers beside sales. It may name a person: sealed.

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

-- A visitor's events: the page views of a customer, and what to erase.
create index events_by_visitor on events (brand_id, pv_id, occurred_at);

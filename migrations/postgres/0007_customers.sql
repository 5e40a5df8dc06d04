-- Who is one customer, and sales that backends report by API.

-- Visitors (pv:…), orders (order:…), customer ids, customer keys and e-mail hashes of one person share a customer.
create table identities (
    brand_id text not null references brands (id),
    identity text not null,
    customer_id text not null,
    at bigint not null,
    primary key (brand_id, identity)
);
create index identities_by_customer on identities (brand_id, customer_id);

-- Counts up per brand: bigint ids that other people's clients expect.
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

-- Clicks and leads in test mode: they take the whole path and touch no live figure.
create table test_records (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('click', 'lead')),
    link_id text,
    body text not null,
    at bigint not null,
    primary key (brand_id, id)
);

-- How often an order was settled, so that a stale decision is refused, and the first day its figures were booked on.
alter table orders add column settlements bigint not null default 0;
alter table orders add column settled_day bigint;
update orders set settled_day = placed_day where settled_at is not null;

-- What an order body says beyond the plain figures; see domain::order::OrderDetails.
alter table orders add column details text not null default '{}';
-- The mode is part of an order's key: ids of test orders that a backend or a browser reported begin with test:.
update orders set external_id = 'test:' || external_id
where is_test and source <> 'shopify' and external_id not like 'test:%';

-- What a refund takes off its order's total: nothing if the order's figures follow it already.
alter table refunds add column deducted_minor integer not null default 0;
update refunds set deducted_minor = amount_minor
where currency = (select orders.currency from orders
                  where orders.brand_id = refunds.brand_id and orders.external_id = refunds.order_external_id);

-- What was answered to a refund that a backend reported under an id of its own.
alter table refunds add column answer text;

-- Keyed hash of the checkout or cart token that a purchase was reported with.
alter table events add column secret_hash text;

-- The names by which other systems may know an order, so that one sale counts once.
create table order_names (
    brand_id text not null references brands (id),
    name text not null,
    order_external_id text not null,
    primary key (brand_id, name, order_external_id)
) strict;
insert into order_names (brand_id, name, order_external_id)
select brand_id, lower(ltrim(name, '#')), external_id from orders where not is_test;

-- Which visitors claimed a customer's name or address, without proof. Every claim is kept.
create table claims (
    brand_id text not null references brands (id),
    name text not null,
    pv_id text not null,
    creator_id text,
    at integer not null,
    primary key (brand_id, name, pv_id)
) strict;
create index claims_by_visitor on claims (brand_id, pv_id);
create index claims_by_creator on claims (brand_id, creator_id, at) where creator_id is not null;
-- Claims that were ignored because there were too many, by creator of the visitor's latest click and hour.
create table ignored_claims (
    brand_id text not null references brands (id),
    creator_id text not null,
    hour integer not null,
    count integer not null,
    primary key (brand_id, creator_id, hour)
) strict;

insert into claims (brand_id, name, pv_id, at)
select claim.brand_id, claim.identity, substr(visitor.identity, 4), visitor.at
from identities as visitor
join identities as claim on claim.brand_id = visitor.brand_id and claim.customer_id = visitor.customer_id
where visitor.kind = 'pv' and claim.kind in ('claim', 'claim-mail');

-- The link that carries a creator's credit without a link of their own: by survey, by hand, or by the creator's own
-- discount code. It is no address.
alter table links add column is_direct integer not null default 0 check (is_direct in (0, 1));
create unique index links_direct on links (brand_id, creator_id) where is_direct and deleted_at is null;

-- Events for other systems, written in the transaction of the fact that they tell.
create table outbox (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('milestone.reached')),
    body text not null,
    at integer not null,
    primary key (brand_id, id)
) strict;

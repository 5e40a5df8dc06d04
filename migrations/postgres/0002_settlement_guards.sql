-- What a settlement was stored with, so that it can be taken back exactly; visitors apart from the outcome, so that
-- they can be erased without touching it; every landing, not only the last.

alter table orders add column settled_currency text;
alter table orders add column visitors text;
alter table orders add column redacted_at bigint;
update orders set settled_currency = currency where settled_at is not null;

create table landings (
    brand_id text not null,
    pv_id text not null,
    at bigint not null,
    code text not null,
    primary key (brand_id, pv_id, at, code)
);
insert into landings (brand_id, pv_id, at, code) select brand_id, pv_id, at, code from visitor_landings;
drop table visitor_landings;

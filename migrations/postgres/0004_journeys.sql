-- What multi-touch models, policies with versions and refunds by line need.

alter table brands add column settings text not null default '{}';

alter table creators add column aliases text not null default '[]';
alter table creators add column tier text;

alter table orders add column lines text not null default '[]';
alter table refunds add column subtotal_minor bigint;
alter table refunds add column lines text not null default '[]';

create table touchpoints (
    brand_id text not null,
    order_id text not null,
    position bigint not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at bigint not null,
    currency text not null,
    day bigint not null,
    conversions bigint not null,
    first_touch_minor bigint not null,
    last_touch_minor bigint not null,
    linear_minor bigint not null,
    position_based_minor bigint not null,
    time_decay_minor bigint not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
);
create index touchpoints_by_day on touchpoints (brand_id, day);

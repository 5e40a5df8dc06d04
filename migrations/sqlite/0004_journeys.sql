-- What multi-touch models, policies with versions and refunds by line need.

alter table brands add column settings text not null default '{}';

alter table creators add column aliases text not null default '[]';
alter table creators add column tier text;

alter table orders add column lines text not null default '[]';
alter table refunds add column subtotal_minor integer;
alter table refunds add column lines text not null default '[]';

create table touchpoints (
    brand_id text not null,
    order_id text not null,
    position integer not null,
    link_id text not null,
    creator_id text,
    campaign_id text,
    kind text not null,
    touched_at integer not null,
    currency text not null,
    day integer not null,
    conversions integer not null,
    first_touch_minor integer not null,
    last_touch_minor integer not null,
    linear_minor integer not null,
    position_based_minor integer not null,
    time_decay_minor integer not null,
    primary key (brand_id, order_id, position),
    foreign key (brand_id, order_id) references orders (brand_id, id)
) strict;
create index touchpoints_by_day on touchpoints (brand_id, day);

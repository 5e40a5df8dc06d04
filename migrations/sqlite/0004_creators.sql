-- Browsers that signed in as a creator, and when they last did: what they order is the creator's own purchase.
create table creator_visitors (
    brand_id text not null references brands (id),
    pv_id text not null,
    creator_id text not null,
    at integer not null,
    primary key (brand_id, pv_id, creator_id)
) strict;
-- Rows to delete after the brand's retention period.
create index creator_visitors_by_time on creator_visitors (brand_id, at);

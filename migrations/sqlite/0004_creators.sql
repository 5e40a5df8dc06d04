-- Browsers that signed in as a creator: keyed hashes of their visitor ids. Their orders are the creator's own.
create table creator_visitors (
    brand_id text not null references brands (id),
    visitor_hash text not null,
    creator_id text not null,
    at integer not null,
    primary key (brand_id, visitor_hash, creator_id)
) strict;

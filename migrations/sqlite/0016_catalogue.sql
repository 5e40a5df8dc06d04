-- Products, collabs, drops and content.

-- One table for all four: what differs is in the body, which domain::catalogue reads.
create table catalogue_items (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('product', 'collab', 'drop', 'content')),
    -- Whose it is; null for products.
    creator_id text,
    -- The collab of a drop.
    collab_id text,
    -- Of a collab: the name of its public page, which is unique in the installation.
    slug text unique,
    body text not null,
    created_at integer not null,
    updated_at integer,
    archived_at integer,
    primary key (brand_id, id),
    foreign key (brand_id, creator_id) references creators (brand_id, id),
    foreign key (brand_id, collab_id) references catalogue_items (brand_id, id)
) strict;
create index catalogue_items_by_kind on catalogue_items (brand_id, kind, id);
create index catalogue_items_by_creator on catalogue_items (brand_id, creator_id, kind, id) where creator_id is not null;
create index catalogue_items_by_collab on catalogue_items (brand_id, collab_id) where collab_id is not null;

-- The link through which a creator's pages lead to a product.
create table product_links (
    brand_id text not null references brands (id),
    product_id text not null,
    creator_id text not null,
    link_id text not null,
    primary key (brand_id, product_id, creator_id),
    foreign key (brand_id, product_id) references catalogue_items (brand_id, id),
    foreign key (brand_id, creator_id) references creators (brand_id, id),
    foreign key (brand_id, link_id) references links (brand_id, id)
) strict;

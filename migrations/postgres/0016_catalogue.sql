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
    created_at bigint not null,
    updated_at bigint,
    archived_at bigint,
    primary key (brand_id, id),
    foreign key (brand_id, creator_id) references creators (brand_id, id),
    foreign key (brand_id, collab_id) references catalogue_items (brand_id, id)
);
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
);

alter table catalogue_items enable row level security;
alter table catalogue_items force row level security;
create policy tenant on catalogue_items using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table product_links enable row level security;
alter table product_links force row level security;
create policy tenant on product_links using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

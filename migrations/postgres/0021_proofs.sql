-- The keys that sign revenue proofs, of the whole installation. A key that another one has replaced keeps its public
-- part: what it signed can be verified as long as the key is known.
create table proof_keys (
    -- The thumbprint of the public key (RFC 7638).
    id text primary key not null,
    public_key bytea not null,
    -- The private key, encrypted; deleted once the key is replaced.
    sealed_seed bytea,
    created_at bigint not null,
    retired_at bigint
);

-- Revenue proofs: what creators had signed about the links whose revenue is shared with them.
create table proofs (
    brand_id text not null references brands (id),
    id text not null,
    creator_id text not null,
    from_day bigint not null,
    to_day bigint not null,
    -- The signed statement, as it is published.
    jws text not null,
    issued_at bigint not null,
    revoked_at bigint,
    revoked_by text check (revoked_by in ('brand', 'creator')),
    primary key (brand_id, id)
);
create unique index proofs_by_id on proofs (id);
create index proofs_by_creator on proofs (brand_id, creator_id, id);
alter table proofs enable row level security;
alter table proofs force row level security;
create policy tenant on proofs using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

-- What creators ask their brand about a sale.
create table questions (
    brand_id text not null references brands (id),
    id text not null,
    creator_id text not null,
    order_id text not null,
    question text not null,
    asked_at bigint not null,
    answer text,
    answered_at bigint,
    primary key (brand_id, id)
);
create index questions_by_order on questions (brand_id, order_id);
create index questions_by_creator on questions (brand_id, creator_id, id);
create index questions_open on questions (brand_id, id) where answered_at is null;
alter table questions enable row level security;
alter table questions force row level security;
create policy tenant on questions using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

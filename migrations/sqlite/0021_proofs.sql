-- The keys that sign revenue proofs, of the whole installation. A key that another one has replaced keeps its public
-- part: what it signed can be verified as long as the key is known.
create table proof_keys (
    -- The thumbprint of the public key (RFC 7638).
    id text primary key not null,
    public_key blob not null,
    -- The private key, encrypted; deleted once the key is replaced.
    sealed_seed blob,
    created_at integer not null,
    retired_at integer
) strict;

-- Revenue proofs: what creators had signed about the links whose revenue is shared with them.
create table proofs (
    brand_id text not null references brands (id),
    id text not null,
    creator_id text not null,
    from_day integer not null,
    to_day integer not null,
    -- The signed statement, as it is published.
    jws text not null,
    issued_at integer not null,
    revoked_at integer,
    revoked_by text check (revoked_by in ('brand', 'creator')),
    primary key (brand_id, id)
) strict;
create unique index proofs_by_id on proofs (id);
create index proofs_by_creator on proofs (brand_id, creator_id, id);

-- What creators ask their brand about a sale.
create table questions (
    brand_id text not null references brands (id),
    id text not null,
    creator_id text not null,
    order_id text not null,
    question text not null,
    asked_at integer not null,
    answer text,
    answered_at integer,
    primary key (brand_id, id)
) strict;
create index questions_by_order on questions (brand_id, order_id);
create index questions_by_creator on questions (brand_id, creator_id, id);
create index questions_open on questions (brand_id, id) where answered_at is null;

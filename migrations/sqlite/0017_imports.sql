-- Imports of creators from other tools' files, and what each row changed, so that it can be undone.

create table imports (
    brand_id text not null references brands (id),
    id text not null,
    kind text not null check (kind in ('creators')),
    source text not null,
    status text not null check (status in ('queued', 'running', 'done', 'undone', 'failed')),
    actor text not null,
    -- The columns of the file and what they hold, as JSON.
    columns text not null,
    rows_total integer not null,
    rows_done integer not null,
    created integer not null,
    updated integer not null,
    unchanged integer not null,
    failed integer not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (brand_id, id)
) strict;

-- What names a person here, the erasure of that creator removes.
create table import_rows (
    brand_id text not null,
    import_id text not null,
    number integer not null,
    -- Null while the row waits.
    outcome text check (outcome in ('created', 'updated', 'unchanged', 'failed')),
    -- What the row says, as JSON, and its cells to be shown again; until the row is done, and cells of rows that failed.
    input text,
    cells text,
    email_hash text,
    -- Sealed: while the row waits, what it says; then what it made of the creator's.
    payout_address blob,
    faults text,
    creator_id text,
    -- The creator before the row, as JSON, and when the row changed them.
    before_image text,
    written_at integer,
    -- The ledger entry of the balance, and the direct link with the discount code.
    entry_id text,
    link_id text,
    primary key (brand_id, import_id, number),
    foreign key (brand_id, import_id) references imports (brand_id, id)
) strict;
create index import_rows_waiting on import_rows (brand_id, import_id, number) where outcome is null;
create index import_rows_by_creator on import_rows (brand_id, creator_id) where creator_id is not null;
create index import_rows_by_email on import_rows (brand_id, email_hash) where email_hash is not null;

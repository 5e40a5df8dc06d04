-- Commissions that were edited: each edit is a ledger line of its own, so that the ledger stays append-only.
create table ledger_edits (
    brand_id text not null references brands (id),
    entry_id text not null,
    nth integer not null,
    adjustment_id text not null,
    primary key (brand_id, entry_id, nth)
) strict;
create unique index ledger_edits_by_adjustment on ledger_edits (brand_id, adjustment_id);

-- What the payer calls the transfer by which a payout was paid.
alter table payouts add column reference text;

-- Commissions that were edited: each edit is a ledger line of its own, so that the ledger stays append-only.
create table ledger_edits (
    brand_id text not null references brands (id),
    entry_id text not null,
    nth bigint not null,
    adjustment_id text not null,
    primary key (brand_id, entry_id, nth)
);
create unique index ledger_edits_by_adjustment on ledger_edits (brand_id, adjustment_id);

-- What the payer calls the transfer by which a payout was paid.
alter table payouts add column reference text;

alter table ledger_edits enable row level security;
alter table ledger_edits force row level security;
create policy tenant on ledger_edits using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

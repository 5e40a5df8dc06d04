-- Rules, the append-only commission ledger, payouts, milestones, surveys, and credit given by hand.

alter table creators add column payout_address blob;

create table commission_rules (
    brand_id text not null references brands (id),
    id text not null,
    rule text not null,
    ends_at integer,
    created_at integer not null,
    primary key (brand_id, id)
) strict;

-- Amounts never change. A line is approved when approved_at is set, or by itself at payable_at unless it needs a
-- person's approval; payout_id says in which payout it went out.
create table ledger (
    brand_id text not null references brands (id),
    id text not null,
    key text not null,
    creator_id text not null,
    order_id text,
    rule_id text,
    kind text not null check (kind in ('accrual', 'reversal', 'adjustment', 'payout')),
    currency text not null,
    amount_minor integer not null,
    reason text not null,
    actor text not null,
    created_at integer not null,
    payable_at integer not null,
    needs_approval integer not null check (needs_approval in (0, 1)),
    approved_at integer,
    payout_id text,
    primary key (brand_id, id),
    unique (brand_id, key)
) strict;
create index ledger_by_order on ledger (brand_id, order_id) where order_id is not null;
create index ledger_by_creator on ledger (brand_id, creator_id, id);
create index ledger_by_payout on ledger (brand_id, payout_id) where payout_id is not null;

create table payouts (
    brand_id text not null references brands (id),
    id text not null,
    currency text not null,
    state text not null check (state in ('open', 'paid', 'cancelled')),
    created_at integer not null,
    closed_at integer,
    actor text not null,
    primary key (brand_id, id)
) strict;

create table milestones (
    brand_id text not null,
    creator_id text not null,
    name text not null,
    reached_at integer not null,
    primary key (brand_id, creator_id, name)
) strict;

create table survey_answers (
    brand_id text not null references brands (id),
    id text not null,
    order_external_id text not null,
    question text not null,
    answer text not null,
    received_at integer not null,
    state text not null check (state in ('matched', 'open', 'assigned', 'dismissed')),
    creator_id text,
    confidence_bp integer not null,
    matched_name text,
    primary key (brand_id, id),
    unique (brand_id, order_external_id, question)
) strict;
create index survey_answers_by_state on survey_answers (brand_id, state, id);

create table manual_credits (
    brand_id text not null,
    order_id text not null,
    link_id text not null,
    actor text not null,
    reason text not null,
    at integer not null,
    primary key (brand_id, order_id),
    foreign key (brand_id, order_id) references orders (brand_id, id)
) strict;

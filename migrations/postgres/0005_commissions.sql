-- Rules, the append-only commission ledger, payouts, milestones, surveys, and credit given by hand.

alter table creators add column payout_address bytea;

create table commission_rules (
    brand_id text not null references brands (id),
    id text not null,
    rule text not null,
    ends_at bigint,
    created_at bigint not null,
    primary key (brand_id, id)
);

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
    amount_minor bigint not null,
    reason text not null,
    actor text not null,
    created_at bigint not null,
    payable_at bigint not null,
    needs_approval boolean not null,
    approved_at bigint,
    payout_id text,
    primary key (brand_id, id),
    unique (brand_id, key)
);
create index ledger_by_order on ledger (brand_id, order_id) where order_id is not null;
create index ledger_by_creator on ledger (brand_id, creator_id, id);
create index ledger_by_payout on ledger (brand_id, payout_id) where payout_id is not null;

create table payouts (
    brand_id text not null references brands (id),
    id text not null,
    currency text not null,
    state text not null check (state in ('open', 'paid', 'cancelled')),
    created_at bigint not null,
    closed_at bigint,
    actor text not null,
    primary key (brand_id, id)
);

create table milestones (
    brand_id text not null,
    creator_id text not null,
    name text not null,
    reached_at bigint not null,
    primary key (brand_id, creator_id, name)
);

create table survey_answers (
    brand_id text not null references brands (id),
    id text not null,
    order_external_id text not null,
    question text not null,
    answer text not null,
    received_at bigint not null,
    state text not null check (state in ('matched', 'open', 'assigned', 'dismissed')),
    creator_id text,
    confidence_bp bigint not null,
    matched_name text,
    primary key (brand_id, id),
    unique (brand_id, order_external_id, question)
);
create index survey_answers_by_state on survey_answers (brand_id, state, id);

create table manual_credits (
    brand_id text not null,
    order_id text not null,
    link_id text not null,
    actor text not null,
    reason text not null,
    at bigint not null,
    primary key (brand_id, order_id),
    foreign key (brand_id, order_id) references orders (brand_id, id)
);

-- What the overview shows beside days and links. A job fills the tables from what is stored (store::rollups), so that a
-- click costs no more than before; outcomes move with settlements.

-- Clicks by where they came from. Rows without a link are all links together: most pages ask for that.
create table click_sources (
    brand_id text not null references brands (id),
    link_id text not null,
    -- domain::click_source::SourceKind.
    kind text not null,
    day integer not null,
    -- Empty if it is not known.
    value text not null,
    clicks integer not null,
    unique_clicks integer not null,
    primary key (brand_id, link_id, kind, day, value)
) strict, without rowid;

-- How far a day's clicks are in click_sources.
create table click_source_days (
    brand_id text not null references brands (id),
    day integer not null,
    -- Clicks of the day in click_days when it was last read to its end, bots included; -1 while it is being read.
    counted integer not null,
    -- Clicks that are in click_sources, and bots that were read.
    rolled integer not null,
    -- Clicks with smaller ids have been read.
    below text not null,
    primary key (brand_id, day)
) strict;

-- Visitors who came by a link and then reached a step, by the day of the step. A visitor counts once a day for each link.
create table funnel_days (
    brand_id text not null references brands (id),
    day integer not null,
    link_id text not null,
    carts integer not null,
    checkouts integer not null,
    primary key (brand_id, day, link_id)
) strict;

-- What the ledger gained, payouts left out.
create table commission_days (
    brand_id text not null references brands (id),
    day integer not null,
    creator_id text not null,
    currency text not null,
    amount_minor integer not null,
    primary key (brand_id, day, creator_id, currency)
) strict;

-- When a brand's figures were last brought up to date, and from what.
create table rollups (
    brand_id text primary key not null references brands (id),
    rolled_at integer not null,
    -- Funnel and commissions of earlier days are not computed again.
    from_day integer not null,
    -- The last ledger line that was seen.
    ledger_id text not null,
    -- JSON: creators with a payable balance, and the amounts by currency.
    payable text not null
) strict;

-- Orders by what became of them (domain::outcome), on the day they were placed.
create table outcome_days (
    brand_id text not null references brands (id),
    day integer not null,
    outcome text not null,
    orders integer not null,
    primary key (brand_id, day, outcome)
) strict;
-- How the order is counted there; null if it is not.
alter table orders add column outcome text;
alter table orders add column outcome_day integer;

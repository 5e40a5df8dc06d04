-- What the overview shows beside days and links. A job fills the tables from what is stored (store::rollups), so that a
-- click costs no more than before; outcomes move with settlements.

-- Clicks by where they came from. Rows without a link are all links together: most pages ask for that.
create table click_sources (
    brand_id text not null references brands (id),
    link_id text not null,
    -- domain::click_source::SourceKind.
    kind text not null,
    day bigint not null,
    -- Empty if it is not known.
    value text not null,
    clicks bigint not null,
    unique_clicks bigint not null,
    primary key (brand_id, link_id, kind, day, value)
);

-- How far a day's clicks are in click_sources.
create table click_source_days (
    brand_id text not null references brands (id),
    day bigint not null,
    -- Clicks of the day in click_days when it was last read to its end, bots included; -1 while it is being read.
    counted bigint not null,
    -- Clicks that are in click_sources, and bots that were read.
    rolled bigint not null,
    -- Clicks with smaller ids have been read.
    below text not null,
    primary key (brand_id, day)
);

-- Visitors who came by a link and then reached a step, by the day of the step. A visitor counts once a day for each link.
create table funnel_days (
    brand_id text not null references brands (id),
    day bigint not null,
    link_id text not null,
    carts bigint not null,
    checkouts bigint not null,
    primary key (brand_id, day, link_id)
);

-- What the ledger gained, payouts left out.
create table commission_days (
    brand_id text not null references brands (id),
    day bigint not null,
    creator_id text not null,
    currency text not null,
    amount_minor bigint not null,
    primary key (brand_id, day, creator_id, currency)
);

-- When a brand's figures were last brought up to date, and from what.
create table rollups (
    brand_id text primary key not null references brands (id),
    rolled_at bigint not null,
    -- Funnel and commissions of earlier days are not computed again.
    from_day bigint not null,
    -- The last ledger line that was seen.
    ledger_id text not null,
    -- JSON: creators with a payable balance, and the amounts by currency.
    payable text not null
);

-- Orders by what became of them (domain::outcome), on the day they were placed.
create table outcome_days (
    brand_id text not null references brands (id),
    day bigint not null,
    outcome text not null,
    orders bigint not null,
    primary key (brand_id, day, outcome)
);
-- How the order is counted there; null if it is not.
alter table orders add column outcome text;
alter table orders add column outcome_day bigint;

alter table click_sources enable row level security;
alter table click_sources force row level security;
create policy tenant on click_sources using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table click_source_days enable row level security;
alter table click_source_days force row level security;
create policy tenant on click_source_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table funnel_days enable row level security;
alter table funnel_days force row level security;
create policy tenant on funnel_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table commission_days enable row level security;
alter table commission_days force row level security;
create policy tenant on commission_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table rollups enable row level security;
alter table rollups force row level security;
create policy tenant on rollups using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table outcome_days enable row level security;
alter table outcome_days force row level security;
create policy tenant on outcome_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

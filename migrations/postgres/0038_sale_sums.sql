-- Sums of sale_days, so that a report of many links and days reads few rows. Triggers keep them, whatever writes there,
-- replicas of the version before included. Settlements wait while the table is added up.
lock table sale_days in share row exclusive mode;

-- By link and week: seven days, of which the first is divisible by seven.
create table sale_weeks (
    brand_id text not null,
    week bigint not null,
    link_id text not null,
    currency text not null,
    conversions bigint not null,
    revenue_minor bigint not null,
    primary key (brand_id, week, link_id, currency)
);

-- By day, all links together.
create table sale_totals (
    brand_id text not null,
    day bigint not null,
    currency text not null,
    conversions bigint not null,
    revenue_minor bigint not null,
    primary key (brand_id, day, currency)
);

alter table sale_weeks enable row level security;
alter table sale_weeks force row level security;
create policy tenant on sale_weeks using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table sale_totals enable row level security;
alter table sale_totals force row level security;
create policy tenant on sale_totals using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

insert into sale_weeks
select brand_id, day / 7, link_id, currency, sum(conversions), sum(revenue_minor) from sale_days group by 1, 2, 3, 4;
insert into sale_totals
select brand_id, day, currency, sum(conversions), sum(revenue_minor) from sale_days group by 1, 2, 3;

-- Rows in the order of their keys. Of a statement that adds and changes rows, the changed ones come first: who writes takes a
-- lock of the brand before, so that two writers wait for each other instead of for ever.
create function sale_days_added() returns trigger language plpgsql as $$
begin
    insert into sale_weeks (brand_id, week, link_id, currency, conversions, revenue_minor)
    select brand_id, day / 7, link_id, currency, sum(conversions), sum(revenue_minor) from added
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (brand_id, week, link_id, currency) do update set
        conversions = sale_weeks.conversions + excluded.conversions,
        revenue_minor = sale_weeks.revenue_minor + excluded.revenue_minor;
    insert into sale_totals (brand_id, day, currency, conversions, revenue_minor)
    select brand_id, day, currency, sum(conversions), sum(revenue_minor) from added
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (brand_id, day, currency) do update set
        conversions = sale_totals.conversions + excluded.conversions,
        revenue_minor = sale_totals.revenue_minor + excluded.revenue_minor;
    return null;
end $$;

-- A change is what was there, taken away, and what is there, added. Keys do not change.
create function sale_days_changed() returns trigger language plpgsql as $$
begin
    insert into sale_weeks (brand_id, week, link_id, currency, conversions, revenue_minor)
    select brand_id, day / 7, link_id, currency, sum(conversions), sum(revenue_minor)
    from (select * from added
          union all
          select brand_id, day, link_id, currency, -conversions, -revenue_minor from removed) as change
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (brand_id, week, link_id, currency) do update set
        conversions = sale_weeks.conversions + excluded.conversions,
        revenue_minor = sale_weeks.revenue_minor + excluded.revenue_minor;
    insert into sale_totals (brand_id, day, currency, conversions, revenue_minor)
    select brand_id, day, currency, sum(conversions), sum(revenue_minor)
    from (select * from added
          union all
          select brand_id, day, link_id, currency, -conversions, -revenue_minor from removed) as change
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (brand_id, day, currency) do update set
        conversions = sale_totals.conversions + excluded.conversions,
        revenue_minor = sale_totals.revenue_minor + excluded.revenue_minor;
    return null;
end $$;

create function sale_days_removed() returns trigger language plpgsql as $$
begin
    update sale_weeks
    set conversions = sale_weeks.conversions - gone.conversions,
        revenue_minor = sale_weeks.revenue_minor - gone.revenue_minor
    from (select brand_id, day / 7 as week, link_id, currency, sum(conversions) as conversions,
                 sum(revenue_minor) as revenue_minor
          from removed group by 1, 2, 3, 4) as gone
    where sale_weeks.brand_id = gone.brand_id and sale_weeks.week = gone.week and sale_weeks.link_id = gone.link_id
      and sale_weeks.currency = gone.currency;
    delete from sale_weeks using removed
    where sale_weeks.brand_id = removed.brand_id and sale_weeks.week = removed.day / 7
      and sale_weeks.link_id = removed.link_id and sale_weeks.currency = removed.currency
      and sale_weeks.conversions = 0 and sale_weeks.revenue_minor = 0;
    update sale_totals
    set conversions = sale_totals.conversions - gone.conversions,
        revenue_minor = sale_totals.revenue_minor - gone.revenue_minor
    from (select brand_id, day, currency, sum(conversions) as conversions, sum(revenue_minor) as revenue_minor
          from removed group by 1, 2, 3) as gone
    where sale_totals.brand_id = gone.brand_id and sale_totals.day = gone.day and sale_totals.currency = gone.currency;
    delete from sale_totals using removed
    where sale_totals.brand_id = removed.brand_id and sale_totals.day = removed.day
      and sale_totals.currency = removed.currency and sale_totals.conversions = 0 and sale_totals.revenue_minor = 0;
    return null;
end $$;

create trigger sale_days_inserted after insert on sale_days
referencing new table as added for each statement execute function sale_days_added();
create trigger sale_days_updated after update on sale_days
referencing old table as removed new table as added for each statement execute function sale_days_changed();
create trigger sale_days_deleted after delete on sale_days
referencing old table as removed for each statement execute function sale_days_removed();

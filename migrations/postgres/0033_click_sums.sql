-- Sums of click_days, so that a report of many links and days reads few rows. Triggers keep them, whatever writes there,
-- replicas of the version before included. Clicks wait while the table is added up.
lock table click_days in share row exclusive mode;

-- By link and week: seven days, of which the first is divisible by seven.
create table click_weeks (
    brand_id text not null,
    week bigint not null,
    link_id text not null,
    clicks bigint not null,
    unique_clicks bigint not null,
    bot_clicks bigint not null,
    primary key (brand_id, week, link_id)
);

-- By day, all links together.
create table click_totals (
    brand_id text not null,
    day bigint not null,
    clicks bigint not null,
    unique_clicks bigint not null,
    bot_clicks bigint not null,
    primary key (brand_id, day)
);

alter table click_weeks enable row level security;
alter table click_weeks force row level security;
create policy tenant on click_weeks using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table click_totals enable row level security;
alter table click_totals force row level security;
create policy tenant on click_totals using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

insert into click_weeks
select brand_id, day / 7, link_id, sum(clicks), sum(unique_clicks), sum(bot_clicks) from click_days group by 1, 2, 3;
insert into click_totals
select brand_id, day, sum(clicks), sum(unique_clicks), sum(bot_clicks) from click_days group by 1, 2;

-- Rows in the order of their keys, so that two writers wait for each other instead of for ever.
create function click_days_added() returns trigger language plpgsql as $$
begin
    insert into click_weeks (brand_id, week, link_id, clicks, unique_clicks, bot_clicks)
    select brand_id, day / 7, link_id, sum(clicks), sum(unique_clicks), sum(bot_clicks) from added
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (brand_id, week, link_id) do update set
        clicks = click_weeks.clicks + excluded.clicks,
        unique_clicks = click_weeks.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_weeks.bot_clicks + excluded.bot_clicks;
    insert into click_totals (brand_id, day, clicks, unique_clicks, bot_clicks)
    select brand_id, day, sum(clicks), sum(unique_clicks), sum(bot_clicks) from added
    group by 1, 2 order by 1, 2
    on conflict (brand_id, day) do update set
        clicks = click_totals.clicks + excluded.clicks,
        unique_clicks = click_totals.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_totals.bot_clicks + excluded.bot_clicks;
    return null;
end $$;

-- A change is what was there, taken away, and what is there, added. Keys do not change.
create function click_days_changed() returns trigger language plpgsql as $$
begin
    insert into click_weeks (brand_id, week, link_id, clicks, unique_clicks, bot_clicks)
    select brand_id, day / 7, link_id, sum(clicks), sum(unique_clicks), sum(bot_clicks)
    from (select * from added
          union all
          select brand_id, day, link_id, -clicks, -unique_clicks, -bot_clicks from removed) as change
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (brand_id, week, link_id) do update set
        clicks = click_weeks.clicks + excluded.clicks,
        unique_clicks = click_weeks.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_weeks.bot_clicks + excluded.bot_clicks;
    insert into click_totals (brand_id, day, clicks, unique_clicks, bot_clicks)
    select brand_id, day, sum(clicks), sum(unique_clicks), sum(bot_clicks)
    from (select * from added
          union all
          select brand_id, day, link_id, -clicks, -unique_clicks, -bot_clicks from removed) as change
    group by 1, 2 order by 1, 2
    on conflict (brand_id, day) do update set
        clicks = click_totals.clicks + excluded.clicks,
        unique_clicks = click_totals.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_totals.bot_clicks + excluded.bot_clicks;
    return null;
end $$;

create function click_days_removed() returns trigger language plpgsql as $$
begin
    update click_weeks
    set clicks = click_weeks.clicks - gone.clicks, unique_clicks = click_weeks.unique_clicks - gone.unique_clicks,
        bot_clicks = click_weeks.bot_clicks - gone.bot_clicks
    from (select brand_id, day / 7 as week, link_id, sum(clicks) as clicks, sum(unique_clicks) as unique_clicks,
                 sum(bot_clicks) as bot_clicks
          from removed group by 1, 2, 3) as gone
    where click_weeks.brand_id = gone.brand_id and click_weeks.week = gone.week and click_weeks.link_id = gone.link_id;
    delete from click_weeks using removed
    where click_weeks.brand_id = removed.brand_id and click_weeks.week = removed.day / 7
      and click_weeks.link_id = removed.link_id
      and click_weeks.clicks = 0 and click_weeks.unique_clicks = 0 and click_weeks.bot_clicks = 0;
    update click_totals
    set clicks = click_totals.clicks - gone.clicks, unique_clicks = click_totals.unique_clicks - gone.unique_clicks,
        bot_clicks = click_totals.bot_clicks - gone.bot_clicks
    from (select brand_id, day, sum(clicks) as clicks, sum(unique_clicks) as unique_clicks,
                 sum(bot_clicks) as bot_clicks
          from removed group by 1, 2) as gone
    where click_totals.brand_id = gone.brand_id and click_totals.day = gone.day;
    delete from click_totals using removed
    where click_totals.brand_id = removed.brand_id and click_totals.day = removed.day
      and click_totals.clicks = 0 and click_totals.unique_clicks = 0 and click_totals.bot_clicks = 0;
    return null;
end $$;

create trigger click_days_inserted after insert on click_days
referencing new table as added for each statement execute function click_days_added();
create trigger click_days_updated after update on click_days
referencing old table as removed new table as added for each statement execute function click_days_changed();
create trigger click_days_deleted after delete on click_days
referencing old table as removed for each statement execute function click_days_removed();

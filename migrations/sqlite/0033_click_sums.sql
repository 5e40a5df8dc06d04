-- Sums of click_days, so that a report of many links and days reads few rows. Triggers keep them, whatever writes there.

-- Without a rowid a day's row is read where its key is found, not in a second tree.
create table click_days_by_key (
    brand_id text not null,
    day integer not null,
    link_id text not null,
    clicks integer not null,
    unique_clicks integer not null,
    bot_clicks integer not null,
    primary key (brand_id, day, link_id)
) strict, without rowid;
insert into click_days_by_key select brand_id, day, link_id, clicks, unique_clicks, bot_clicks from click_days;
drop table click_days;
alter table click_days_by_key rename to click_days;

-- By link and week: seven days, of which the first is divisible by seven.
create table click_weeks (
    brand_id text not null,
    week integer not null,
    link_id text not null,
    clicks integer not null,
    unique_clicks integer not null,
    bot_clicks integer not null,
    primary key (brand_id, week, link_id)
) strict, without rowid;
insert into click_weeks
select brand_id, day / 7, link_id, sum(clicks), sum(unique_clicks), sum(bot_clicks) from click_days group by 1, 2, 3;

-- By day, all links together.
create table click_totals (
    brand_id text not null,
    day integer not null,
    clicks integer not null,
    unique_clicks integer not null,
    bot_clicks integer not null,
    primary key (brand_id, day)
) strict, without rowid;
insert into click_totals
select brand_id, day, sum(clicks), sum(unique_clicks), sum(bot_clicks) from click_days group by 1, 2;

create trigger click_days_inserted after insert on click_days begin
    insert into click_weeks (brand_id, week, link_id, clicks, unique_clicks, bot_clicks)
    values (new.brand_id, new.day / 7, new.link_id, new.clicks, new.unique_clicks, new.bot_clicks)
    on conflict (brand_id, week, link_id) do update set
        clicks = click_weeks.clicks + excluded.clicks,
        unique_clicks = click_weeks.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_weeks.bot_clicks + excluded.bot_clicks;
    insert into click_totals (brand_id, day, clicks, unique_clicks, bot_clicks)
    values (new.brand_id, new.day, new.clicks, new.unique_clicks, new.bot_clicks)
    on conflict (brand_id, day) do update set
        clicks = click_totals.clicks + excluded.clicks,
        unique_clicks = click_totals.unique_clicks + excluded.unique_clicks,
        bot_clicks = click_totals.bot_clicks + excluded.bot_clicks;
end;

create trigger click_days_updated after update on click_days begin
    update click_weeks
    set clicks = clicks + new.clicks - old.clicks,
        unique_clicks = unique_clicks + new.unique_clicks - old.unique_clicks,
        bot_clicks = bot_clicks + new.bot_clicks - old.bot_clicks
    where brand_id = new.brand_id and week = new.day / 7 and link_id = new.link_id;
    update click_totals
    set clicks = clicks + new.clicks - old.clicks,
        unique_clicks = unique_clicks + new.unique_clicks - old.unique_clicks,
        bot_clicks = bot_clicks + new.bot_clicks - old.bot_clicks
    where brand_id = new.brand_id and day = new.day;
end;

create trigger click_days_deleted after delete on click_days begin
    update click_weeks
    set clicks = clicks - old.clicks,
        unique_clicks = unique_clicks - old.unique_clicks,
        bot_clicks = bot_clicks - old.bot_clicks
    where brand_id = old.brand_id and week = old.day / 7 and link_id = old.link_id;
    delete from click_weeks
    where brand_id = old.brand_id and week = old.day / 7 and link_id = old.link_id
      and clicks = 0 and unique_clicks = 0 and bot_clicks = 0;
    update click_totals
    set clicks = clicks - old.clicks,
        unique_clicks = unique_clicks - old.unique_clicks,
        bot_clicks = bot_clicks - old.bot_clicks
    where brand_id = old.brand_id and day = old.day;
    delete from click_totals
    where brand_id = old.brand_id and day = old.day and clicks = 0 and unique_clicks = 0 and bot_clicks = 0;
end;

-- Sums of sale_days, so that a report of many links and days reads few rows. Triggers keep them, whatever writes there.

-- By link and week: seven days, of which the first is divisible by seven.
create table sale_weeks (
    brand_id text not null,
    week integer not null,
    link_id text not null,
    currency text not null,
    conversions integer not null,
    revenue_minor integer not null,
    primary key (brand_id, week, link_id, currency)
) strict, without rowid;
insert into sale_weeks
select brand_id, day / 7, link_id, currency, sum(conversions), sum(revenue_minor) from sale_days group by 1, 2, 3, 4;

-- By day, all links together.
create table sale_totals (
    brand_id text not null,
    day integer not null,
    currency text not null,
    conversions integer not null,
    revenue_minor integer not null,
    primary key (brand_id, day, currency)
) strict, without rowid;
insert into sale_totals
select brand_id, day, currency, sum(conversions), sum(revenue_minor) from sale_days group by 1, 2, 3;

create trigger sale_days_inserted after insert on sale_days begin
    insert into sale_weeks (brand_id, week, link_id, currency, conversions, revenue_minor)
    values (new.brand_id, new.day / 7, new.link_id, new.currency, new.conversions, new.revenue_minor)
    on conflict (brand_id, week, link_id, currency) do update set
        conversions = sale_weeks.conversions + excluded.conversions,
        revenue_minor = sale_weeks.revenue_minor + excluded.revenue_minor;
    insert into sale_totals (brand_id, day, currency, conversions, revenue_minor)
    values (new.brand_id, new.day, new.currency, new.conversions, new.revenue_minor)
    on conflict (brand_id, day, currency) do update set
        conversions = sale_totals.conversions + excluded.conversions,
        revenue_minor = sale_totals.revenue_minor + excluded.revenue_minor;
end;

create trigger sale_days_updated after update on sale_days begin
    update sale_weeks
    set conversions = conversions + new.conversions - old.conversions,
        revenue_minor = revenue_minor + new.revenue_minor - old.revenue_minor
    where brand_id = new.brand_id and week = new.day / 7 and link_id = new.link_id and currency = new.currency;
    update sale_totals
    set conversions = conversions + new.conversions - old.conversions,
        revenue_minor = revenue_minor + new.revenue_minor - old.revenue_minor
    where brand_id = new.brand_id and day = new.day and currency = new.currency;
end;

create trigger sale_days_deleted after delete on sale_days begin
    update sale_weeks
    set conversions = conversions - old.conversions, revenue_minor = revenue_minor - old.revenue_minor
    where brand_id = old.brand_id and week = old.day / 7 and link_id = old.link_id and currency = old.currency;
    delete from sale_weeks
    where brand_id = old.brand_id and week = old.day / 7 and link_id = old.link_id and currency = old.currency
      and conversions = 0 and revenue_minor = 0;
    update sale_totals
    set conversions = conversions - old.conversions, revenue_minor = revenue_minor - old.revenue_minor
    where brand_id = old.brand_id and day = old.day and currency = old.currency;
    delete from sale_totals
    where brand_id = old.brand_id and day = old.day and currency = old.currency
      and conversions = 0 and revenue_minor = 0;
end;

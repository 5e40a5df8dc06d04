-- The rules by which a brand's creators move between tiers.
create table tier_rules (
    brand_id text primary key not null references brands (id),
    -- A JSON array of domain::tier::TierRule, the highest tier first.
    rules text not null,
    updated_at bigint not null
);
alter table tier_rules enable row level security;
alter table tier_rules force row level security;
create policy tenant on tier_rules using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

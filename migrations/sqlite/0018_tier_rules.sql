-- The rules by which a brand's creators move between tiers.
create table tier_rules (
    brand_id text primary key not null references brands (id),
    -- A JSON array of domain::tier::TierRule, the highest tier first.
    rules text not null,
    updated_at integer not null
) strict;

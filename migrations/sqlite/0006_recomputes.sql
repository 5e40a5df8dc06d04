-- Settling many orders again: how far it has got, so that it goes on there after an interruption.
create table recomputes (
    brand_id text primary key not null references brands (id),
    since integer not null,
    before_at integer not null,
    before_id text not null,
    done integer not null,
    total integer not null,
    started_at integer not null
) strict;

-- Runs of the models that look at all journeys at once.
create table model_runs (
    brand_id text not null references brands (id),
    version integer not null,
    ran_at integer not null,
    outcome text not null,
    primary key (brand_id, version)
) strict;

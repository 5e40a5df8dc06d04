-- Settling many orders again: how far it has got, so that it goes on there after an interruption.
create table recomputes (
    brand_id text primary key not null references brands (id),
    since bigint not null,
    before_at bigint not null,
    before_id text not null,
    done bigint not null,
    total bigint not null,
    started_at bigint not null
);

-- Runs of the models that look at all journeys at once.
create table model_runs (
    brand_id text not null references brands (id),
    version bigint not null,
    ran_at bigint not null,
    outcome text not null,
    primary key (brand_id, version)
);

-- Brands' connections to Klaviyo. What is sent there is read from the events, in the order of their numbers.
create table klaviyo_connections (
    brand_id text primary key not null references brands (id),
    -- The private key, encrypted.
    private_key bytea not null,
    -- Counts the keys: what was sent with an earlier one says nothing about this.
    generation bigint not null,
    -- Orders placed before, and events of before, are not sent.
    connected_at bigint not null,
    -- The number of the last event that needs no more sending.
    sent_through bigint not null,
    -- When Klaviyo refused the key.
    disabled_at bigint,
    -- Attempts that failed since the last success.
    attempts bigint not null default 0,
    -- When the next attempt may be made.
    next_at bigint not null,
    -- Events of Klaviyo's: those that it took, and those that it cannot take.
    sent bigint not null default 0,
    skipped bigint not null default 0,
    last_sent_at bigint,
    -- In words of ours: what Klaviyo says may repeat what it was sent.
    last_error text,
    last_error_at bigint
);
alter table klaviyo_connections enable row level security;
alter table klaviyo_connections force row level security;
create policy tenant on klaviyo_connections using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

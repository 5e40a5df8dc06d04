-- Brands' connections to Klaviyo. What is sent there is read from the events, in the order of their numbers.
create table klaviyo_connections (
    brand_id text primary key not null references brands (id),
    -- The private key, encrypted.
    private_key blob not null,
    -- Counts the keys: what was sent with an earlier one says nothing about this.
    generation integer not null,
    -- Orders placed before, and events of before, are not sent.
    connected_at integer not null,
    -- The number of the last event that needs no more sending.
    sent_through integer not null,
    -- When Klaviyo refused the key.
    disabled_at integer,
    -- Attempts that failed since the last success.
    attempts integer not null default 0,
    -- When the next attempt may be made.
    next_at integer not null,
    -- Events of Klaviyo's: those that it took, and those that it cannot take.
    sent integer not null default 0,
    skipped integer not null default 0,
    last_sent_at integer,
    -- In words of ours: what Klaviyo says may repeat what it was sent.
    last_error text,
    last_error_at integer
) strict;

-- People who sign in by e-mail. Their address is stored because they sign in with it.
create table accounts (
    id text primary key not null,
    -- Where sign-in links are sent, as it was verified.
    email text not null,
    -- Keyed hash of the normalised address, as creators have it.
    email_hash text not null unique,
    created_at integer not null
) strict;

-- Links in mails that people asked for themselves.
create table account_links (
    token_hash blob primary key not null,
    email text not null,
    email_hash text not null,
    expires_at integer not null,
    used_at integer
) strict;
create index account_links_by_address on account_links (email_hash, expires_at);

create table members (
    brand_id text not null references brands (id),
    account_id text not null references accounts (id),
    role text not null check (role in ('owner', 'member')),
    created_at integer not null,
    primary key (brand_id, account_id)
) strict;
create index members_by_account on members (account_id);

-- Invitations that are not accepted yet.
create table invitations (
    brand_id text not null references brands (id),
    id text not null,
    token_hash blob not null unique,
    email text not null,
    email_hash text not null,
    -- Absent if a creator is invited.
    role text check (role in ('owner', 'member')),
    creator_id text,
    created_at integer not null,
    expires_at integer not null,
    sent_at integer,
    primary key (brand_id, id),
    check ((role is null) <> (creator_id is null))
) strict;
create index invitations_by_address on invitations (email_hash);

-- Absent for sessions that began with a link that the brand or its operator made.
alter table sessions add column account_id text;
alter table sessions add column browser text;
alter table sessions add column last_seen_at integer;

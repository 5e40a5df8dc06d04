-- People who sign in by e-mail. Their address is stored because they sign in with it.
create table accounts (
    id text primary key not null,
    -- Where sign-in links are sent, as it was verified.
    email text not null,
    -- Keyed hash of the normalised address, as creators have it.
    email_hash text not null unique,
    created_at bigint not null
);

-- Links in mails that people asked for themselves.
create table account_links (
    token_hash bytea primary key not null,
    email text not null,
    email_hash text not null,
    expires_at bigint not null,
    used_at bigint
);
create index account_links_by_address on account_links (email_hash, expires_at);

create table members (
    brand_id text not null references brands (id),
    account_id text not null references accounts (id),
    role text not null check (role in ('owner', 'member')),
    created_at bigint not null,
    primary key (brand_id, account_id)
);
create index members_by_account on members (account_id);

-- Invitations that are not accepted yet.
create table invitations (
    brand_id text not null references brands (id),
    id text not null,
    token_hash bytea not null unique,
    email text not null,
    email_hash text not null,
    -- Absent if a creator is invited.
    role text check (role in ('owner', 'member')),
    creator_id text,
    created_at bigint not null,
    expires_at bigint not null,
    sent_at bigint,
    primary key (brand_id, id),
    check ((role is null) <> (creator_id is null))
);
create index invitations_by_address on invitations (email_hash);

-- Absent for sessions that began with a link that the brand or its operator made.
alter table sessions add column account_id text;
alter table sessions add column browser text;
alter table sessions add column last_seen_at bigint;

alter table members enable row level security;
alter table members force row level security;
create policy tenant on members using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

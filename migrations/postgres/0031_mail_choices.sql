-- Which mails a person does not want; null: they want them.
alter table accounts add column mutes_answers boolean;
alter table accounts add column mutes_payouts boolean;
-- The invitations that were mailed to an address, whatever brand sent them, until they no longer count against the bound.
create table invited_mailboxes (
    invitation_id text primary key not null,
    email_hash text not null,
    expires_at bigint not null
);
create index invited_mailboxes_by_address on invited_mailboxes (email_hash, expires_at);
create index invited_mailboxes_by_time on invited_mailboxes (expires_at);

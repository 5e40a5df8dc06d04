-- Whether an owner made it. One by a member gives nobody an account with payout details, an e-mail address or a balance.
alter table invitations add column is_by_owner integer not null default 0 check (is_by_owner in (0, 1));

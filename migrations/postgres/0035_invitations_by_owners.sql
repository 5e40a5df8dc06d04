-- Whether an owner made it. One by a member gives nobody an account with payout details, an e-mail address or a balance.
alter table invitations add column is_by_owner boolean not null default false;

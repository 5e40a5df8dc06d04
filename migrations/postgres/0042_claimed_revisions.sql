-- The revision with which a job was claimed: whether it was queued again while it runs. Of what is queued then the earliest time
-- counts.
alter table jobs add column claimed_revision bigint not null default 0;

-- When a payout that contained the line was cancelled; null if none was.
alter table ledger add column released_at integer;

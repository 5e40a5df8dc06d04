-- How a creator is paid, encrypted, if it is not by PayPal: then `payout_address` is null. What creators set themselves is
-- not replaced by an import.
alter table creators add column payout_details bytea;
-- The e-mail address of the account that set it, encrypted; null if the brand did. A change is announced there.
alter table creators add column payout_contact bytea;
-- When it was last changed; null if that is not known.
alter table creators add column payout_changed_at bigint;

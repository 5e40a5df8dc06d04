-- Who marked a payout as paid, or cancelled it. Unknown for payouts that were closed before.
alter table payouts add column closed_by text;

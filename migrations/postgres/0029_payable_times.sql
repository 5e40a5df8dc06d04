-- When the next balance becomes payable by the passing of time alone; null if none does. The figures are due again then.
alter table rollups add column next_payable_at bigint;

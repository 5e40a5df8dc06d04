-- Whether an order's credit rests on the word of browsers that the brand does not trust, and when a person approved it.
alter table orders add column is_unproven integer not null default 0 check (is_unproven in (0, 1));
alter table orders add column approved_at integer;
-- What creators do not see and milestones do not count.
create index orders_unapproved on orders (brand_id, id) where is_unproven and approved_at is null;

-- Ledger lines that wait for a person.
create index ledger_waiting on ledger (brand_id, order_id) where needs_approval and approved_at is null;

-- Claims by visitors whom no creator sent are bounded too.
update claims set creator_id = '' where creator_id is null;

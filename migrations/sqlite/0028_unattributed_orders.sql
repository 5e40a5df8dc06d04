-- The list of orders that are credited to nobody, newest first.
create index orders_unattributed on orders (brand_id, placed_at) where substr(outcome, 1, 5) = 'none:';

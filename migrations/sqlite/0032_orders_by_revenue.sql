-- The list of orders, sorted by revenue.
create index orders_by_revenue on orders (brand_id, coalesce(settled_net_minor, total_minor), id);

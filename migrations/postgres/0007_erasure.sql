-- Visits from before this time were deleted, perhaps not all, whatever is set now: an order that needs them for its
-- evidence keeps its decision.
alter table brands add column visits_deleted_before bigint not null default 0;

-- All names of an order, to erase its tokens.
create index order_names_by_order on order_names (brand_id, order_external_id);

-- Messages about people's data, to tell which were refused.
create index webhook_inbox_privacy on webhook_inbox (topic, id)
where topic in ('customers/data_request', 'customers/redact', 'shop/redact');

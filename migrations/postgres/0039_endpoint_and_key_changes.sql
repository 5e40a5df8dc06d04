-- When an API key or webhook endpoint was last changed; null if it never was.
alter table api_keys add column updated_at bigint;
alter table webhook_endpoints add column updated_at bigint;
-- Notes of clients of the API: a JSON object of texts.
alter table webhook_endpoints add column metadata text not null default '{}';

-- When an API key or webhook endpoint was last changed; null if it never was.
alter table api_keys add column updated_at integer;
alter table webhook_endpoints add column updated_at integer;

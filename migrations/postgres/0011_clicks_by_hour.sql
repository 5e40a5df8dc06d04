-- no-transaction
-- Only unique clicks: a flood of repeats from one visitor must not slow down later clicks. Hashes are random; with the
-- hour first, new ones touch the pages of this hour, not all that there are.
create index concurrently if not exists clicks_unique_by_hour on clicks (brand_number, hour, visitor_hash, at)
where is_unique;

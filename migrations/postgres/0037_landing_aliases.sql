-- The visitor id that a link brought to a landing. Whoever made the link knows it and can click with it again, so of its
-- clicks only the last before each landing is the visitor's.
alter table landings add column pv_alias text;
-- Before, landings did not say so: an alias that was stored then counts up to this time (Unix ms) without limit. A default
-- of stored rows rewrites none of them, and new rows have none.
alter table visitor_aliases add column joined_until bigint default (extract(epoch from now()) * 1000)::bigint;
alter table visitor_aliases alter column joined_until drop default;

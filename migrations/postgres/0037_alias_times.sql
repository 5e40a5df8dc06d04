-- A link's id is known to whoever made the link, so its clicks count for a browser only until the browser last reported
-- it: `at`. `first_at` is the first report; null if it was stored before both were kept.
alter table visitor_aliases add column first_at bigint;

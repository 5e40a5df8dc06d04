-- Lanes keep one kind of work from delaying another, and whoever has many jobs from delaying the others. A job whose
-- process ended while it ran counts as a crash.
alter table jobs add column lane integer not null default 3;
alter table jobs add column party text not null default '';
alter table jobs add column crashes integer not null default 0;
update jobs set lane = case kind when 'delivery.process' then 0 when 'order.settle' then 1 when 'order.report' then 2
                                 else 3 end,
                party = coalesce(payload ->> 'brand', payload ->> 'shop', '');
-- Serves the claims: only jobs that wait, by whose turn it is.
create index jobs_waiting on jobs (lane, party, run_at) where is_dead = false and lease_until = 0;
-- Finds claims whose process ended.
create index jobs_claimed on jobs (lease_until) where lease_until > 0;
create index jobs_dead on jobs (party, kind, key) where is_dead = true;
drop index jobs_due;

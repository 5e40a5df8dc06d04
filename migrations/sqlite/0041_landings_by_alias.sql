-- A landing's row has its alias, so visitor_aliases takes only those that came without a link's code. Read by the alias for
-- sign-ins and erasures.
create index landings_by_alias on landings (brand_number, pv_alias) where pv_alias is not null;

-- Telling unique clicks apart looks only at unique ones: a flood from one visitor must not make every later click slow.
-- One index serves that and the evidence of orders: each index costs every click a page.
drop index clicks_by_hash;
create index clicks_unique_by_hash on clicks (brand_id, visitor_hash, at) where is_unique = 1;
drop index clicks_by_visitor;
create index clicks_by_visitor on clicks (brand_id, pv_id, is_unique, at);

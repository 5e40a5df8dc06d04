-- Sales that a creator's links led to, credited or not.
create index touchpoints_by_creator on touchpoints (brand_id, creator_id, day) where creator_id is not null;

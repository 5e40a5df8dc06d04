-- The tiers that a creator was of before, and the creator's own code in affiliate URLs.
alter table creators add column earlier_tiers text not null default '[]';
alter table creators add column partner_code text;
create unique index creators_by_partner_code on creators (partner_code) where partner_code is not null;

-- The creators whose own purchase an order may be.
create index creators_by_email on creators (brand_id, email_hash) where email_hash is not null;

-- A creator's latest link, for clicks on affiliate URLs.
create index links_by_creator on links (brand_id, creator_id, created_at) where creator_id is not null;

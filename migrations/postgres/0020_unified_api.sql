-- An event is sent to Klaviyo for each of its creators. One that was sent for some of them: its number, and the last of these
-- creators in the order of their ids.
alter table klaviyo_connections add column part_sequence bigint;
alter table klaviyo_connections add column part_creator_id text;

-- Why a backend refunded. It may name a person, and is erased with them.
alter table refunds add column reason text;

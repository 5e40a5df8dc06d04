-- What a campaign is to cost, and the days on which it runs. Attribution does not depend on it.
alter table campaigns add column budget_minor integer;
alter table campaigns add column budget_currency text;
alter table campaigns add column starts_on integer;
alter table campaigns add column ends_on integer;

-- The creator that this one was found to be: everything of theirs is that one's, and their partner code leads there.
alter table creators add column merged_into text;

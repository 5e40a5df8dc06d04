-- The language of the last visit, for mails; null: not known.
alter table accounts add column language text;

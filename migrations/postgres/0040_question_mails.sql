-- Whether an owner does not want mails about creators' questions; null: they want them.
alter table accounts add column mutes_questions boolean;

-- A second lock on the rows of a brand: a statement that forgets its brand reads and writes no other's. The setting
-- creatorscore.brand says which brand a transaction is for. * stands for work on all brands; without it nothing
-- is visible. The tables' owner is bound too; superusers and roles with BYPASSRLS are not.
--
-- The sub-selects are evaluated once per statement, not for each row. The test for null is for the planner, which takes
-- it to be nearly always true; a mere comparison would make it expect too few rows.

alter table brands enable row level security;
alter table brands force row level security;
create policy tenant on brands using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy tenant on api_keys using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table api_sales enable row level security;
alter table api_sales force row level security;
create policy tenant on api_sales using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy tenant on audit_log using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table campaigns enable row level security;
alter table campaigns force row level security;
create policy tenant on campaigns using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table claims enable row level security;
alter table claims force row level security;
create policy tenant on claims using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table click_days enable row level security;
alter table click_days force row level security;
create policy tenant on click_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table commission_rules enable row level security;
alter table commission_rules force row level security;
create policy tenant on commission_rules using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table creator_visitors enable row level security;
alter table creator_visitors force row level security;
create policy tenant on creator_visitors using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table creators enable row level security;
alter table creators force row level security;
create policy tenant on creators using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table credits enable row level security;
alter table credits force row level security;
create policy tenant on credits using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table customer_events enable row level security;
alter table customer_events force row level security;
create policy tenant on customer_events using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table data_export_subjects enable row level security;
alter table data_export_subjects force row level security;
create policy tenant on data_export_subjects using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table data_exports enable row level security;
alter table data_exports force row level security;
create policy tenant on data_exports using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table identities enable row level security;
alter table identities force row level security;
create policy tenant on identities using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table ignored_claims enable row level security;
alter table ignored_claims force row level security;
create policy tenant on ignored_claims using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table ledger enable row level security;
alter table ledger force row level security;
create policy tenant on ledger using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table links enable row level security;
alter table links force row level security;
create policy tenant on links using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table login_links enable row level security;
alter table login_links force row level security;
create policy tenant on login_links using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table manual_credits enable row level security;
alter table manual_credits force row level security;
create policy tenant on manual_credits using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table milestones enable row level security;
alter table milestones force row level security;
create policy tenant on milestones using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table model_runs enable row level security;
alter table model_runs force row level security;
create policy tenant on model_runs using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table numbers enable row level security;
alter table numbers force row level security;
create policy tenant on numbers using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table order_days enable row level security;
alter table order_days force row level security;
create policy tenant on order_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table order_names enable row level security;
alter table order_names force row level security;
create policy tenant on order_names using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table orders enable row level security;
alter table orders force row level security;
create policy tenant on orders using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant on outbox using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table payouts enable row level security;
alter table payouts force row level security;
create policy tenant on payouts using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table profiles enable row level security;
alter table profiles force row level security;
create policy tenant on profiles using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table recomputes enable row level security;
alter table recomputes force row level security;
create policy tenant on recomputes using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table refunds enable row level security;
alter table refunds force row level security;
create policy tenant on refunds using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table sale_days enable row level security;
alter table sale_days force row level security;
create policy tenant on sale_days using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table sessions enable row level security;
alter table sessions force row level security;
create policy tenant on sessions using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table shops enable row level security;
alter table shops force row level security;
create policy tenant on shops using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table survey_answers enable row level security;
alter table survey_answers force row level security;
create policy tenant on survey_answers using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table test_records enable row level security;
alter table test_records force row level security;
create policy tenant on test_records using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table tombstones enable row level security;
alter table tombstones force row level security;
create policy tenant on tombstones using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table touchpoints enable row level security;
alter table touchpoints force row level security;
create policy tenant on touchpoints using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

alter table visitor_aliases enable row level security;
alter table visitor_aliases force row level security;
create policy tenant on visitor_aliases using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_id = (select current_setting('creatorscore.brand', true))
         then true end is not null);

-- Rows with the brand's number. The policy of brands hides the numbers of others.
alter table clicks enable row level security;
alter table clicks force row level security;
create policy tenant on clicks using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_number = (select number from brands where id = current_setting('creatorscore.brand', true))
         then true end is not null);

alter table events enable row level security;
alter table events force row level security;
create policy tenant on events using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_number = (select number from brands where id = current_setting('creatorscore.brand', true))
         then true end is not null);

alter table landings enable row level security;
alter table landings force row level security;
create policy tenant on landings using (
    case when (select current_setting('creatorscore.brand', true)) = '*'
           or brand_number = (select number from brands where id = current_setting('creatorscore.brand', true))
         then true end is not null);

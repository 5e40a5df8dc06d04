//! Tests that every adapter must pass, one file per port.
//!
//! [`conformance_suite!`](crate::conformance_suite) runs each on a new, migrated database.
#![expect(missing_docs, reason = "each function's name states the requirement")]
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "these are tests")]

pub mod access;
pub mod accounts;
pub mod api_requests;
pub mod audit;
pub mod brands;
pub mod campaigns;
pub mod catalogue;
pub mod click_objects;
pub mod commissions;
pub mod creator_merges;
pub mod creator_view;
pub mod creators;
pub mod customers;
pub mod data_exports;
pub mod erasure;
pub mod evidence;
pub mod export;
mod fixtures;
pub mod health;
pub mod imports;
pub mod inbox;
pub mod ingest;
pub mod jobs;
pub mod keys;
pub mod klaviyo;
pub mod link_edits;
pub mod links;
pub mod members;
pub mod metrics;
pub mod milestone_objects;
pub mod money_objects;
pub mod money_writes;
pub mod objects;
pub mod order_list;
pub mod orders;
pub mod outbound;
pub mod overview;
pub mod payout_details;
mod people;
pub mod profiles;
pub mod proofs;
pub mod questions;
pub mod reports;
pub mod retention;
pub mod rollups;
pub mod samples;
pub mod secrets;
pub mod self_referrals;
pub mod settlements;
pub mod shops;
pub mod surveys;
pub mod tier_rules;
pub mod webhooks;

/// Creates one test for each requirement. `$open` is an async function that returns `Arc<dyn Store>` on a new database.
#[macro_export]
macro_rules! conformance_suite {
    ($open:path) => {
        $crate::conformance_suite!(@each $open,
            access: sign_in_links_work_once oauth_states_work_once;
            accounts: links_of_an_address_work_once_and_are_few people_are_where_their_address_is sessions_are_seen_and_ended accounts_that_nobody_needs_are_deleted people_choose_their_mails;
            api_requests: requests_of_a_minute_are_counted_exactly one_of_many_twins_of_a_write_takes_effect answers_are_repeated_for_a_day what_is_refused_leaves_no_answer a_brand_has_one_test_brand a_replaced_key_expires a_claim_is_reserved_until_it_is_answered;
            audit: the_log_is_paged_both_ways_and_filtered;
            brands: brands_are_stored tenants_do_not_see_each_other settings_are_saved_only_if_unchanged_since_read;
            campaigns: campaigns_keep_their_plans;
            catalogue: items_are_stored_with_what_they_name items_change_only_if_they_are_as_they_were_read a_creator_has_one_link_to_a_product_and_it_follows items_of_erased_creators_are_deleted;
            click_objects: clicks_are_paged_and_filtered a_search_for_few_of_many_clicks_stops reported_clicks_keep_their_names reports_with_the_same_names_do_not_deadlock;
            commissions: rules_end_once adjustments_and_approvals_happen_once payouts_claim_payable_entries_and_cancelling_releases_them milestones_are_reached_once the_lines_of_a_payout_add_up_to_it approvals_of_orders_keep_the_hold_and_bulk_approvals_leave_what_is_unproven;
            creator_merges: everything_of_a_merged_creator_is_the_others a_merge_happens_once_and_what_comes_late_follows who_is_in_an_open_payout_is_not_merged what_comes_late_follows_every_later_merge a_merge_is_decided_on_what_is_stored a_payout_has_each_creator_once_after_a_merge a_payout_and_a_merge_wait_for_each_other events_name_no_merged_creator_once_the_kept_one_is_erased members_merge_nobody_who_could_be_paid_instead;
            creator_view: creators_never_get_hidden_revenue an_order_with_one_unshared_credit_is_unshared unshared_earnings_are_shown_once_paid creators_see_milestones_about_orders proofs_count_shared_orders_and_clicks_only proofs_follow_orders_after_their_day_was_closed sales_are_shown_with_amounts_if_shared sales_show_the_current_decision lines_of_a_payout_are_shown_if_shared;
            creators: creators_and_campaigns_are_unique_within_a_brand creators_are_updated;
            customers: joining_identities_queues_their_orders sales_are_stored_once_with_their_orders every_claim_is_kept_and_too_many_are_counted claims_are_bounded_by_creator_and_hour;
            data_exports: exports_hold_everything_and_end_with_their_person;
            erasure: erasure_keeps_amounts tokens_of_orders_are_erased orders_that_show_an_erased_visitor_are_anonymised reports_of_an_erased_order_go_by_every_spelling who_only_reported_an_erased_order_stays late_orders_of_the_erased_are_erased_whole undecided_orders_are_known_before_an_erasure a_second_erasure_completes_an_interrupted_one the_erased_do_not_come_back a_person_is_found_through_everything_that_leads_to_them shops_are_erased_once_they_are_gone creators_are_erased_once questions_about_erased_orders_are_deleted;
            evidence: every_landing_is_stored order_evidence_is_found evidence_is_returned_per_order no_kind_of_purchase_report_crowds_out_another;
            export: exports_page_through_everything;
            health: dead_jobs_are_named_and_live_ones_have_a_time refused_messages_about_people_are_named the_database_guards_its_rows;
            imports: imports_do_each_row_once import_rows_are_done_whole_or_wait_on imports_are_taken_back_whole;
            inbox: deliveries_are_stored_once;
            ingest: clicks_are_unique_once_per_hour unique_clicks_use_the_cookie_or_the_visitor_hash a_visitor_is_recognised_across_the_hour events_are_idempotent_and_queue_their_job the_pixels_last_event_of_each_type_is_known parallel_appends_lose_nothing batches_in_any_order_do_not_wait_for_each_other_for_ever;
            jobs: jobs_are_leased_retried_and_rerun parties_take_turns_in_a_lane every_party_has_its_turn what_was_not_started_is_no_attempt a_job_that_ends_its_process_is_given_up suspects_run_alone;
            keys: keys_are_stored_and_revoked_once a_note_during_a_rotation_is_not_left_behind;
            klaviyo: a_connection_begins_with_the_next_event_and_goes_on_with_another_key what_an_earlier_key_did_is_not_recorded a_refused_key_disables_and_tells_once people_are_found_unless_they_are_erased;
            link_edits: links_are_edited_and_restored links_move_between_campaigns_until_orders_are_credited figures_of_links_are_read_by_day;
            links: links_are_found_by_code_and_soft_deleted links_to_creators_of_other_brands_are_rejected latest_link_of_a_creator_is_found a_creators_links_in_a_campaign_are_known link_changes_are_announced a_creator_has_one_direct_link;
            members: a_team_always_has_an_owner sessions_of_a_team_are_ended_by_its_brand invitations_are_accepted_once dead_invitations_are_deleted a_mailbox_gets_few_invitations_whoever_sends_them invitations_by_members_give_no_account_away;
            metrics: figures_of_every_group_add_up_to_the_same;
            milestone_objects: milestones_are_paged_both_ways;
            money_objects: orders_and_their_credits_are_filtered_and_paged commissions_and_payouts_show_how_far_they_are;
            money_writes: reports_of_orders_happen_once_with_their_answer notes_stay_with_the_order_that_counts_until_its_customer_is_erased reported_refunds_happen_once_with_their_answer the_ledger_is_changed_once_with_its_answer what_clients_keep_with_money_changes_as_it_was_read what_clients_keep_with_money_goes_with_whom_it_may_name;
            objects: objects_are_written_and_read_with_their_details objects_change_only_as_they_were_read pages_follow_ids_in_both_directions lists_are_filtered;
            order_list: orders_are_listed_newest_first_and_paged_both_ways lists_are_sorted_in_both_directions lists_are_filtered_and_searched;
            orders: order_facts_merge_independently_of_arrival_order concurrent_orders_and_installs_merge refunds_are_stored_once one_sale_under_two_names_counts_once a_number_alone_joins_reports_of_one_amount_only reports_of_one_name_flag_each_other refunds_that_the_figures_follow_are_not_deducted_again orders_stored_together_equal_orders_stored_one_by_one reports_and_refunds_of_one_sale_do_not_wait_for_each_other_for_ever recomputes_resume_and_can_be_restarted;
            outbound: events_are_numbered_in_the_order_in_which_they_were_written events_are_read_by_number_type_object_and_id old_events_are_deleted_and_their_numbers_never_return concurrent_writers_and_numberers_leave_no_gap changes_write_their_events_or_none erased_creators_leave_the_events;
            overview: figures_of_any_period_are_those_of_its_days figures_are_those_of_the_links_asked_for orders_are_found_by_what_became_of_them what_needs_a_person_is_counted the_latest_clicks_and_orders_are_found sales_are_found_by_the_hour;
            payout_details: payout_details_are_replaced_whole the_details_of_a_merged_creator_follow_unless_the_other_has_some;
            profiles: profiles_and_events_are_deleted_with_their_customer;
            proofs: one_key_signs_until_it_is_replaced proofs_are_withdrawn_once proofs_of_a_creator_are_bounded standing_proofs_are_all_listed_before_withdrawn_ones a_proof_that_states_the_same_is_issued_once what_the_brand_has_withdrawn_is_not_issued_again figures_that_have_changed_are_not_published;
            questions: questions_are_answered_and_bounded a_question_that_is_sent_twice_is_asked_once an_answer_that_is_sent_twice_is_given_once;
            reports: journeys_are_stored_with_every_model touchpoints_are_paged_and_model_runs_are_versioned;
            retention: old_rows_are_deleted_in_batches;
            rollups: brands_with_something_new_are_found brands_whose_holds_are_over_are_found clicks_are_read_once_and_counted_by_source funnels_count_visitors_who_came_by_a_link days_are_replaced_whole;
            samples: a_brand_is_unused_until_something_is_in_it sample_data_is_cleared_with_its_mark figures_of_complete_sample_data_are_computed_anew;
            secrets: the_first_secret_stored_is_kept;
            self_referrals: creators_are_found_by_browser_and_have_payout_addresses;
            settlements: settlements_change_totals_by_the_difference ledger_entries_record_only_the_difference reversals_share_the_hold_of_their_accruals closed_days_never_change many_orders_are_settled_together settlements_in_any_order_do_not_wait_for_each_other_for_ever;
            shops: installs_reinstalls_and_uninstalls token_refresh_is_leased;
            surveys: answers_and_manual_credits_queue_settlement decided_answers_are_paged_and_can_be_opened_again;
            tier_rules: rules_are_replaced_whole;
            webhooks: endpoints_are_stored_changed_and_archived events_are_queued_once_for_whoever_wants_them deliveries_of_an_object_are_in_order claims_are_bounded_and_end slow_and_held_endpoints_are_found_apart failing_endpoints_are_noted_until_a_success disabled_endpoints_are_sent_nothing_until_it_is_asked_for events_know_whether_all_have_accepted_them old_deliveries_are_deleted_with_their_answers testers_keep_the_latest_requests;
        );
    };
    (@each $open:path, $($port:ident: $($name:ident)*;)*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let store = $open().await;
            $crate::conformance::$port::$name(store.clone()).await;
            store.close().await;
        }
    )*)*};
}

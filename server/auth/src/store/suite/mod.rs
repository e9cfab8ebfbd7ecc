//! The tests that every store must pass.
//!
//! A store that is written elsewhere runs them in one line, in a test target of a crate that has `tokio` with its
//! features `macros` and `rt-multi-thread`:
//!
//! ```
//! use exeunt::store::MemoryStore;
//!
//! exeunt::store_test_suite!(|| async { MemoryStore::new() });
//! ```
//!
//! The expression is a closure that gives an *empty* store, called once for each test. If something must outlive the
//! store (a temporary directory, a container), it gives both: `(store, directory)`.
//!
//! No test sleeps: time is a parameter. It is that of the year 2100, so a store that also lets its engine expire rows
//! does not lose one under a test.

#![expect(
    clippy::unwrap_used,
    reason = "a test: what fails here is the store under test"
)]

use std::{any::Any, sync::Arc};

use super::Store;

pub mod census;
pub mod claims;
pub mod crowds;
pub mod ending;
pub mod ends;
pub mod fixture;
pub mod identifiers;
pub mod interleavings;
pub mod lifecycle;
pub mod marks;
pub mod outbox;
pub mod pending;
pub mod queueing;
pub mod races;
pub mod resealing;
pub mod selecting;
pub mod sids;
pub mod sweeping;

/// A store for one test, and what must outlive it.
#[derive(Debug)]
pub struct Fresh {
    store: Arc<dyn Store>,
    outlives: Box<dyn Any + Send>,
}

impl Fresh {
    /// Runs one test on the store.
    pub async fn run<F: Future<Output = ()>>(self, case: impl FnOnce(Arc<dyn Store>) -> F) {
        let Self { store, outlives } = self;
        case(store).await;
        drop(outlives);
    }
}

impl<S: Store> From<S> for Fresh {
    fn from(store: S) -> Self {
        Self {
            store: Arc::new(store),
            outlives: Box::new(()),
        }
    }
}

impl<S: Store, T: Send + 'static> From<(S, T)> for Fresh {
    fn from((store, outlives): (S, T)) -> Self {
        Self {
            store: Arc::new(store),
            outlives: Box::new(outlives),
        }
    }
}

/// Makes one `#[tokio::test]` of each test that every store must pass. See [`store::suite`](crate::store::suite).
#[macro_export]
macro_rules! store_test_suite {
    (@cases $new:expr; $($group:ident :: $case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let fresh = $crate::store::suite::Fresh::from(($new)().await);
                fresh.run($crate::store::suite::$group::$case).await;
            }
        )+
    };
    ($new:expr) => {
        $crate::store_test_suite! { @cases $new;
            lifecycle::a_begun_session_is_loaded_byte_for_byte,
            lifecycle::a_second_begin_with_a_key_or_public_id_is_refused,
            lifecycle::a_session_is_dead_from_its_idle_limit_on,
            lifecycle::an_expired_session_is_told_as_of_a_moment_before,
            lifecycle::a_session_is_dead_from_its_absolute_limit_on,
            lifecycle::touch_extends_within_the_absolute_limit,
            lifecycle::touch_never_shortens,
            lifecycle::touch_does_not_revive,
            lifecycle::update_writes_only_what_is_given,
            lifecycle::update_does_not_revive_or_create,
            lifecycle::the_list_holds_one_persons_living_sessions_newest_first,
            lifecycle::a_clock_that_jumps_an_hour_does_no_harm,
            lifecycle::a_working_store_answers_a_ping,
            lifecycle::the_absolute_limit_is_lowered_and_never_raised,
            identifiers::a_sid_may_hold_any_visible_character,
            identifiers::a_sid_is_unique_only_with_its_issuer,
            identifiers::identifiers_are_compared_byte_for_byte,
            identifiers::issuer_and_identifier_do_not_run_together,
            ending::take_by_key_returns_the_whole_row,
            ending::take_by_sid_takes_all_sessions_of_that_provider_session,
            ending::take_by_subject_takes_all_sessions_of_that_person,
            ending::take_by_public_id_takes_only_ones_own,
            ending::what_was_taken_is_gone_for_every_method,
            ending::an_expired_session_is_takeable_for_a_while,
            selecting::started_by_spares_later_logins_and_its_mark_stands_at_that_moment,
            selecting::started_by_does_not_mark_the_future,
            selecting::a_mark_of_the_past_is_kept_as_long_as_any,
            selecting::a_take_by_sid_and_subject_needs_both,
            selecting::a_take_by_sid_and_subject_reaches_the_nameless_that_began_by_then,
            selecting::a_take_by_public_id_alone_takes_whosever_it_is,
            selecting::what_expired_is_taken_oldest_first_and_so_many_at_most,
            selecting::racing_takes_of_what_expired_return_a_session_once,
            sids::the_list_by_sid_holds_one_provider_sessions_living_ones_newest_first,
            sids::a_former_sid_names_its_session_until_its_time,
            sids::a_session_with_a_former_sid_is_taken_once,
            sids::a_former_sid_with_a_subject_needs_both,
            sids::the_same_sid_again_keeps_the_former_one,
            sids::a_second_new_sid_replaces_the_former_one,
            sids::a_new_sid_does_not_revive,
            sids::a_new_sid_that_ended_since_it_was_asked_for_changes_nothing,
            sids::an_end_marks_a_former_sid_until_its_time,
            crowds::a_take_of_very_many_ends_each_and_forgets_nobodys_tokens,
            crowds::a_take_of_heads_returns_all_but_tokens_and_data,
            queueing::a_take_queues_the_tokens_of_each_row_in_the_same_step,
            queueing::a_take_queues_nothing_unasked_or_without_a_session,
            queueing::a_take_of_what_expired_queues_too,
            queueing::a_repeated_take_does_nothing_at_all,
            queueing::what_is_done_once_is_a_claim,
            queueing::of_racing_takes_that_act_once_exactly_one_does,
            ends::a_take_notes_each_end_down_in_the_same_step,
            ends::a_take_notes_nothing_down_unasked_or_without_a_session,
            ends::a_repeated_take_notes_nothing_down,
            ends::what_had_run_out_ended_then,
            ends::ends_are_followed_in_the_order_in_which_they_came,
            ends::a_place_is_never_given_twice,
            ends::the_list_of_ends_is_of_one_person_newest_first,
            ends::an_end_record_is_read_until_its_time,
            ends::i02_an_end_record_revives_nothing,
            ends::of_racing_ends_none_escapes_who_follows_them,
            outbox::an_entry_is_read_as_it_was_put,
            outbox::a_second_entry_of_one_id_is_refused,
            outbox::what_is_due_is_leased_in_order,
            outbox::a_lease_is_returned_and_counted,
            outbox::one_entry_is_leased_whether_it_is_due_or_not,
            outbox::a_lease_that_ran_out_is_free_again,
            outbox::of_racing_leasers_one_gets_an_entry,
            outbox::a_lease_that_was_lost_settles_nothing,
            outbox::what_is_tried_again_is_due_at_its_new_moment,
            outbox::what_is_over_is_wiped_and_kept_until_its_time,
            outbox::sweep_leaves_what_is_still_to_be_done,
            marks::a_login_that_began_at_or_before_the_mark_is_refused,
            marks::a_mark_stands_even_if_no_session_was_there,
            marks::a_refused_begin_writes_nothing,
            marks::the_rule_none_writes_no_mark,
            marks::a_sid_mark_refuses_that_sid_only,
            marks::a_subject_mark_refuses_that_person_only,
            marks::every_row_taken_leaves_its_mark,
            marks::a_newer_mark_replaces_an_older_one_never_the_reverse,
            marks::a_mark_counts_for_its_lifetime_only,
            marks::the_rule_sid_of_taken_marks_only_what_was_found,
            races::i02_no_update_or_touch_revives_a_session_that_is_taken,
            races::i02_a_login_in_flight_never_outlives_sign_out_everywhere,
            races::racing_takes_return_a_session_once,
            races::racing_begins_with_one_key_create_one_session,
            races::racing_updates_of_different_parts_both_last,
            resealing::a_walk_comes_by_every_session,
            resealing::a_walk_misses_nothing_while_others_come_and_go,
            resealing::what_is_sealed_anew_is_read_back_and_the_rest_stays,
            resealing::nothing_is_sealed_anew_over_a_change,
            resealing::i02_sealing_anew_revives_nothing,
            interleavings::i02_i13_whatever_the_order_of_its_steps_an_end_is_final_and_whole,
            interleavings::i02_i13_whatever_runs_at_once_an_end_is_final_and_whole,
            sweeping::a_take_of_what_expired_removes_sessions_with_their_index,
            sweeping::a_take_of_what_expired_leaves_what_is_not_past_its_time,
            sweeping::a_take_of_what_expired_frees_keys_for_use_again,
            sweeping::sweep_removes_no_session,
            sweeping::sweep_leaves_what_is_not_past_its_time,
            pending::a_pending_row_is_read_until_it_expires,
            pending::a_pending_row_is_replaced_with_its_expiry,
            pending::swap_needs_the_expected_bytes_and_keeps_the_expiry,
            pending::swap_neither_creates_nor_revives,
            pending::of_racing_swaps_exactly_one_wins,
            census::an_empty_store_counts_nothing,
            census::the_sessions_that_live_are_counted,
            census::the_entries_that_wait_are_counted_until_they_are_over,
            census::what_an_end_leaves_waits_since_then,
            claims::a_claim_holds_until_its_time,
            claims::claims_of_different_purposes_or_ids_are_apart,
            claims::of_racing_claims_exactly_one_wins,
            claims::release_frees_exactly_ones_own_claim,
        }
    };
}

#[cfg(test)]
mod tests {
    /// A case that the macro forgets would be compiled and never run.
    #[test]
    fn the_macro_names_every_case() {
        let groups = [
            ("census", include_str!("census.rs")),
            ("claims", include_str!("claims.rs")),
            ("ending", include_str!("ending.rs")),
            ("ends", include_str!("ends.rs")),
            ("identifiers", include_str!("identifiers.rs")),
            ("interleavings", include_str!("interleavings.rs")),
            ("lifecycle", include_str!("lifecycle.rs")),
            ("marks", include_str!("marks.rs")),
            ("outbox", include_str!("outbox.rs")),
            ("pending", include_str!("pending.rs")),
            ("queueing", include_str!("queueing.rs")),
            ("races", include_str!("races.rs")),
            ("resealing", include_str!("resealing.rs")),
            ("selecting", include_str!("selecting.rs")),
            ("sids", include_str!("sids.rs")),
            ("sweeping", include_str!("sweeping.rs")),
        ];
        for (group, source) in groups {
            for line in source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn "))
            {
                let case = line.split('(').next().unwrap_or_default();
                let entry = format!("{group}::{case},");
                assert!(
                    include_str!("mod.rs").contains(&entry),
                    "store_test_suite! lacks {entry}"
                );
            }
        }
    }
}

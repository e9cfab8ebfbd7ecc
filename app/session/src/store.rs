//! The one state behind the provider, the hook, the gates and the button.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    answer::{Answer, Known, Presence},
    clock, document, draft,
    end::SessionEnd,
    error::SessionError,
    extension::Extension,
    functions::current_session,
    session_timer::Time,
    sign_out::SignOut,
    wire::SessionView,
};

/// How long the server has to confirm an end that it told of, until its word is taken alone (invariant I18: one second in all).
const CONFIRMED_WITHIN: Duration = Duration::from_millis(500);

/// A handle; copies are the same state.
#[derive(Clone, Copy)]
pub(crate) struct Store {
    answer: RwSignal<Option<Answer>>,
    version: RwSignal<u32>,
    pub(crate) loading: RwSignal<bool>,
    pub(crate) seconds_remaining: RwSignal<Option<i64>>,
    /// What was known is no longer shown, because a sign-out is under way or its outcome is not known.
    dropped: RwSignal<bool>,
    latest: StoredValue<Latest>,
    /// How the session of this page ended, until that was put away or there is a new one.
    pub(crate) ended: RwSignal<Option<SessionEnd>>,
    /// The warning that was put away, here or in another tab: the limit it was about and the step.
    pub(crate) calm: RwSignal<Option<(i64, i64)>>,
    pub(crate) extension: Extension,
    pub(crate) sign_out: SignOut,
}

/// The last answer, kept beside the signal where reading it subscribes to nothing.
#[derive(Clone)]
struct Latest {
    known: Known,
    expires_at: Option<i64>,
    skew_ms: i64,
    /// The limit at which the server was already asked whether it still holds.
    asked_at: Option<i64>,
    /// When the server was asked last, by the browser's clock.
    asked_at_ms: i64,
    /// It is asked once more after the answer that is on its way.
    again: bool,
    /// What was said of the session's end, if anything.
    suspected: Option<SessionEnd>,
    /// The server itself said it, so an answer is not needed to believe it.
    was_told: bool,
}

impl Store {
    /// Makes the state. Call it once, where a provider is set up.
    pub(crate) fn new() -> Self {
        let version = RwSignal::new(0);
        let none = Latest {
            known: Known::Nothing,
            expires_at: None,
            skew_ms: 0,
            asked_at: None,
            asked_at_ms: 0,
            again: false,
            suspected: None,
            was_told: false,
        };
        let latest = StoredValue::new(none);
        Self {
            answer: RwSignal::new(None),
            version,
            loading: RwSignal::new(false),
            seconds_remaining: RwSignal::new(None),
            dropped: RwSignal::new(false),
            latest,
            ended: RwSignal::new(None),
            calm: RwSignal::new(None),
            extension: Extension::new(),
            sign_out: SignOut::new(),
        }
    }

    /// Asks the server again. What is shown stays until the answer differs. Call it in the browser only.
    pub(crate) fn refresh(self) {
        self.loading.set(true);
        self.latest
            .update_value(|latest| latest.asked_at_ms = clock::browser_now_ms());
        self.version.update(|version| *version = version.wrapping_add(1));
        let version = self.version.get_untracked();
        spawn_local(async move {
            let got = current_session().await;
            // Gone with its page, or asked again meanwhile: of several answers the last one counts.
            if self.version.try_get_untracked() == Some(version) {
                self.answered(got);
            }
        });
    }

    /// Takes the first answer, if there is one; else it is asked for as soon as the page is live.
    pub(crate) fn begin(self, got: Option<Result<Option<SessionView>, SessionError>>) {
        match got {
            Some(got) => self.answered(got),
            None => {
                Effect::new(move |_| self.refresh());
            }
        }
    }

    fn answered(self, got: Result<Option<SessionView>, SessionError>) {
        let before = self.latest.with_value(|latest| latest.known.clone());
        self.answer.set(Some(Answer::new(got, before)));
    }

    /// Asks the server again for a reason that just came up: an answer that is on its way may be older than it, so then
    /// once more. Call it in the browser only.
    pub(crate) fn recheck(self) {
        if self.loading.get_untracked() {
            self.latest.update_value(|latest| latest.again = true);
        } else {
            self.refresh();
        }
    }

    /// Asks the server again, unless an answer is on its way. Call it in the browser only.
    pub(crate) fn look_again(self) {
        if !self.loading.get_untracked() {
            self.refresh();
        }
    }

    /// When the server was asked last, by the browser's clock; 0: not since the page came.
    pub(crate) fn asked_at_ms(self) -> i64 {
        self.latest.with_value(|latest| latest.asked_at_ms)
    }

    /// Notes what was said of an end, to be shown if the server confirms it.
    pub(crate) fn suspect_end(self, end: SessionEnd) {
        self.latest.update_value(|latest| latest.suspected = Some(end));
    }

    /// The server said that the session is over. It is asked all the same, for what else it has to say; but if it does not
    /// answer, or not soon, its word stands.
    pub(crate) fn was_told_of_end(self, end: SessionEnd) {
        self.suspect_end(end);
        self.latest.update_value(|latest| latest.was_told = true);
        self.recheck();
        set_timeout(move || self.take_its_word(), CONFIRMED_WITHIN);
    }

    fn take_its_word(self) {
        let waits = |latest: &Latest| latest.was_told && matches!(latest.known, Known::Alive(_));
        if self.latest.try_with_value(waits) == Some(true) && !self.sign_out.is_under_way() {
            self.show_end();
            // Told once; the answer that comes after all has nothing new to say of it.
            self.latest.update_value(|latest| latest.known = Known::None);
        }
    }

    /// Says how the session ended, and stops showing what was known of it.
    fn show_end(self) {
        let (suspected, limit) = self
            .latest
            .with_value(|latest| (latest.suspected.clone(), latest.expires_at));
        let is_out_of_time = untrack(|| self.over());
        let assumed = is_out_of_time.then(|| SessionEnd::out_of_time(limit));
        let mut end = suspected.or(assumed).unwrap_or_default();
        end.is_draft_kept = self.latest.with_value(|latest| match &latest.known {
            Known::Alive(view) => draft::is_any_kept(&view.user_id),
            Known::None | Known::Nothing => false,
        });
        self.ended.set(Some(end));
        self.drop_what_is_shown();
    }

    /// Stops showing what was known. Call it in the browser only.
    pub(crate) fn drop_what_is_shown(self) {
        self.dropped.set(true);
        document::forget_resources();
    }

    /// How often the server was asked; changes with each [`Self::refresh`].
    pub(crate) fn version(self) -> u32 {
        self.version.get()
    }

    /// Reads the answer, reactively.
    pub(crate) fn read<T>(self, take: impl FnOnce(&Answer) -> Option<T>) -> Option<T> {
        let dropped = self.dropped.get();
        self.answer
            .with(|answer| answer.as_ref().and_then(take))
            .filter(|_| !dropped)
    }

    /// The living session, reactively.
    pub(crate) fn session(self) -> Option<SessionView> {
        let over = self.over();
        self.read(|answer| match &answer.known {
            Known::Alive(view) if !over => Some((**view).clone()),
            _ => None,
        })
    }

    /// What the gates go by, reactively.
    pub(crate) fn presence(self) -> Presence {
        let over = self.over();
        let presence = self.read(|answer| {
            Some(match &answer.known {
                Known::Alive(view) if !over => Presence::SignedIn {
                    user_id: view.user_id.clone(),
                    roles: view.roles.clone(),
                },
                Known::Alive(_) | Known::None => Presence::SignedOut,
                Known::Nothing => Presence::Unknown,
            })
        });
        presence.unwrap_or(Presence::Unknown)
    }

    /// Whether somebody is signed in, reactively.
    pub(crate) fn is_alive(self) -> bool {
        let over = self.over();
        self.read(|answer| Some(matches!(answer.known, Known::Alive(_)) && !over))
            .unwrap_or(false)
    }

    /// How much time is left, reactively; `None` until the page is live, and where there is no limit.
    pub(crate) fn time(self) -> Option<Time> {
        let left = self.seconds_remaining.get()?;
        self.latest.with_value(|latest| {
            let limit = latest.expires_at?;
            let absolute = match &latest.known {
                Known::Alive(view) => view.absolute_expires_at,
                _ => return None,
            };
            Some(Time {
                left,
                limit,
                absolute,
            })
        })
    }

    /// Whether its time has run out here.
    fn over(self) -> bool {
        self.seconds_remaining.with(|seconds| *seconds == Some(0))
    }

    /// Keeps the state true in the browser; on the server this does nothing.
    pub(crate) fn follow(self) {
        Effect::new(move |earlier: Option<()>| {
            if let Some(answer) = self.answer.get() {
                self.receive(&answer, earlier.is_none());
            }
        });
        Effect::new(move |_| {
            let tick = set_interval_with_handle(move || self.tick(), Duration::from_secs(1));
            on_cleanup(move || {
                if let Ok(tick) = tick {
                    tick.clear();
                }
            });
        });
    }

    fn receive(self, answer: &Answer, came_with_document: bool) {
        self.loading.set(false);
        self.note_end(answer);
        if answer.error.is_none() {
            // The server spoke: its word replaces what was assumed without it.
            self.dropped.set(self.sign_out.is_under_way());
            self.sign_out.reached();
        }
        self.latest.update_value(|latest| {
            latest.known = answer.known.clone();
            if let (Known::Alive(view), None) = (&answer.known, &answer.error) {
                let then = if came_with_document {
                    clock::document_arrived_ms()
                } else {
                    clock::browser_now_ms()
                };
                latest.skew_ms = clock::skew(view.now, then);
                latest.expires_at = view.session_expires_at;
            } else if answer.known == Known::None {
                latest.expires_at = None;
            }
        });
        if self.latest.with_value(|latest| latest.again) {
            self.latest.update_value(|latest| latest.again = false);
            self.refresh();
        }
        self.tick();
    }

    /// Whether the answer ends what was known here, and how that is told. A sign-out of this page needs no telling.
    fn note_end(self, answer: &Answer) {
        let (was_alive, was_told) = self
            .latest
            .with_value(|latest| (matches!(latest.known, Known::Alive(_)), latest.was_told));
        let is_over = match (&answer.known, &answer.error) {
            (Known::None, None) => true,
            // Nobody answers: what was told stands, and so does the clock.
            (_, Some(_)) => was_told || untrack(|| self.over()),
            _ => false,
        };
        if is_over && was_alive && !self.sign_out.is_under_way() {
            self.show_end();
        } else if matches!((&answer.known, &answer.error), (Known::Alive(_), None)) {
            self.ended.set(None);
        }
        if is_over || answer.error.is_none() {
            self.latest.update_value(|latest| {
                latest.suspected = None;
                latest.was_told = false;
            });
        }
    }

    /// Counts down. At the end the server is asked once more: another tab may have extended the session.
    fn tick(self) {
        let Some(Latest {
            expires_at,
            skew_ms,
            asked_at,
            ..
        }) = self.latest.try_get_value()
        else {
            return;
        };
        let seconds = expires_at.map(|at| clock::seconds_remaining(at, skew_ms, clock::browser_now_ms()));
        if self.seconds_remaining.get_untracked() != seconds {
            self.seconds_remaining.set(seconds);
        }
        if seconds == Some(0) && asked_at != expires_at {
            self.latest.update_value(|latest| latest.asked_at = expires_at);
            self.refresh();
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive() -> SessionView {
        SessionView {
            user_id: "ada".into(),
            email: None,
            name: None,
            roles: Vec::new(),
            request_id: None,
            auth_enabled: true,
            session_expires_at: Some(100),
            idle_expires_at: Some(100),
            absolute_expires_at: Some(100),
            now: 1,
        }
    }

    #[test]
    fn k10_at_the_end_of_the_time_and_at_a_refusal_the_page_is_signed_out() {
        Owner::new().with(|| {
            let store = Store::new();
            assert_eq!(store.presence(), Presence::Unknown, "unknown is not signed in");
            store.answered(Ok(Some(alive())));
            assert!(matches!(store.presence(), Presence::SignedIn { .. }));
            store.seconds_remaining.set(Some(0));
            assert_eq!(store.presence(), Presence::SignedOut);
            assert_eq!(store.session(), None);

            let store = Store::new();
            store.answered(Ok(Some(alive())));
            store.answered(Ok(None));
            assert_eq!(store.presence(), Presence::SignedOut);

            let store = Store::new();
            store.answered(Err(SessionError::Unreachable));
            assert_eq!(store.presence(), Presence::Unknown);
        });
    }
}

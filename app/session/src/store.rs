//! The one state behind the provider, the hook, the gates and the button.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    answer::{Answer, Known, Presence},
    clock,
    functions::current_session,
    sign_out::SignOut,
    wire::SessionView,
};

/// A handle; copies are the same state.
#[derive(Clone, Copy)]
pub(crate) struct Store {
    answer: Resource<Answer>,
    version: RwSignal<u32>,
    pub(crate) loading: RwSignal<bool>,
    pub(crate) seconds_remaining: RwSignal<Option<i64>>,
    /// What was known is no longer shown, because a sign-out is under way or its outcome is not known.
    dropped: RwSignal<bool>,
    latest: StoredValue<Latest>,
    pub(crate) sign_out: SignOut,
}

/// The last answer, kept beside the resource where reading it subscribes to nothing.
#[derive(Clone)]
struct Latest {
    known: Known,
    expires_at: Option<i64>,
    skew_ms: i64,
    /// The limit at which the server was already asked whether it still holds.
    asked_at: Option<i64>,
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
        };
        let latest = StoredValue::new(none);
        let answer = Resource::new_blocking(
            move || version.get(),
            move |_| async move {
                let got = current_session().await;
                Answer::new(got, latest.with_value(|latest| latest.known.clone()))
            },
        );
        Self {
            answer,
            version,
            loading: RwSignal::new(false),
            seconds_remaining: RwSignal::new(None),
            dropped: RwSignal::new(false),
            latest,
            sign_out: SignOut::new(),
        }
    }

    /// Asks the server again. What is shown stays until the answer differs.
    pub(crate) fn refresh(self) {
        self.loading.set(true);
        self.version.update(|version| *version = version.wrapping_add(1));
    }

    /// Stops showing what was known.
    pub(crate) fn drop_what_is_shown(self) {
        self.dropped.set(true);
    }

    /// How often the server was asked; changes with each [`Self::refresh`].
    pub(crate) fn version(self) -> u32 {
        self.version.get()
    }

    /// Reads the answer, reactively; under a `Suspense` this waits for the first one.
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
                },
                Known::Alive(_) | Known::None => Presence::SignedOut,
                Known::Nothing => Presence::Unknown,
            })
        });
        presence.unwrap_or(Presence::Unknown)
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
        self.tick();
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

//! `use_own_sessions`: the person's sessions in this app, on all devices.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use web_sys::VisibilityState;

use crate::{
    address::encode,
    base::Base,
    error::SessionError,
    functions::sessions,
    live::{self, Message},
    question::Question,
    request::post,
    session::expect_store,
    store::Store,
    wire::SessionList,
};

/// Where ends are asked for, below the [`Base`].
const PATH: &str = "/api/auth/sessions/end";

/// How often the list is asked for again while it is looked at: what happens to a session elsewhere is seen that soon.
const EVERY: Duration = Duration::from_secs(5);

/// The person's sessions, and the way to end some, as [`use_own_sessions`] gives it. Copies are the same.
#[derive(Clone, Copy)]
pub struct OwnSessions {
    /// What the server says; `None` within: nobody is signed in.
    pub list: Question<Result<Option<SessionList>, SessionError>>,
    /// The server is being asked to end some.
    pub pending: Signal<bool>,
    /// How the last end went: `Some(true)` done, `Some(false)` not.
    pub outcome: Signal<Option<bool>>,
    is_pending: RwSignal<bool>,
    went: RwSignal<Option<bool>>,
    store: Store,
}

/// The person's sessions in this app, on all devices, asked for again every few seconds while the page is looked at. Asking
/// extends nothing.
///
/// # Usage
/// Inside [`RequireSession`](crate::RequireSession). Each button stands in a form that works without scripts: see
/// [`OwnSessions::FORM`].
/// ```
/// use exeunt_leptos::use_own_sessions;
/// use leptos::prelude::*;
///
/// #[component]
/// fn Devices() -> impl IntoView {
///     let sessions = use_own_sessions();
///     let devices = move || {
///         let list = sessions.list.get().and_then(Result::ok).flatten();
///         let sessions = list.into_iter().flat_map(|list| list.sessions);
///         sessions.map(|session| view! { <li>{session.device}</li> }).collect_view()
///     };
///     sessions.list.answered(move || view! { <ul>{devices}</ul> })
/// }
/// ```
///
/// # Server-side rendering
/// As with [`Question`].
///
/// # Accessibility
/// The list may change while it is read; name each session in its button ("End Firefox on Linux"), and say the outcome in an
/// element with `role="status"`.
///
/// # Panics
/// Without a [`SessionProvider`](crate::SessionProvider).
#[must_use]
#[track_caller]
pub fn use_own_sessions() -> OwnSessions {
    let store = expect_store();
    let list = Question::new(store, sessions);
    Effect::new(move |_| {
        let turns = set_interval_with_handle(
            move || {
                if document().visibility_state() == VisibilityState::Visible && untrack(|| store.is_alive()) {
                    list.ask_again();
                }
            },
            EVERY,
        );
        on_cleanup(move || {
            if let Ok(turns) = turns {
                turns.clear();
            }
        });
    });
    let is_pending = RwSignal::new(false);
    let went = RwSignal::new(None);
    OwnSessions {
        list,
        pending: is_pending.into(),
        outcome: went.into(),
        is_pending,
        went,
        store,
    }
}

impl OwnSessions {
    /// Where the forms without scripts are posted to: `id=…` ends one, `others=true` all but this one. Below the [`Base`]:
    /// ```
    /// use exeunt_leptos::{Base, OwnSessions};
    /// use leptos::prelude::*;
    ///
    /// #[component]
    /// fn EndOthers(sessions: OwnSessions) -> impl IntoView {
    ///     view! {
    ///         <form
    ///             method="post"
    ///             action=Base::current().href(OwnSessions::FORM)
    ///             on:submit=move |event| {
    ///                 event.prevent_default();
    ///                 sessions.end_others();
    ///             }
    ///         >
    ///             <input type="hidden" name="others" value="true"/>
    ///             <button disabled=sessions.pending>"End all others"</button>
    ///         </form>
    ///     }
    /// }
    /// ```
    pub const FORM: &'static str = PATH;

    /// Ends one session by its [id](crate::wire::SessionEntry::id), unless the server is being asked to end some already. How it
    /// went is told by [`OwnSessions::outcome`]; the list is asked for again.
    ///
    /// # Panics
    /// On the server. Call it in event handlers.
    pub fn end(self, id: &str) {
        self.ask(["id=", &encode(id)].concat());
    }

    /// Ends all sessions of the person but this one, in the same way.
    ///
    /// # Panics
    /// On the server. Call it in event handlers.
    pub fn end_others(self) {
        self.ask("others=true".into());
    }

    fn ask(self, form: String) {
        if self.is_pending.get_untracked() {
            return;
        }
        self.is_pending.set(true);
        self.went.set(None);
        let address = Base::of_document().href(PATH);
        spawn_local(async move {
            let answer = post(&address, form).await;
            self.is_pending.set(false);
            self.went.set(Some(matches!(answer, Ok(200..300))));
            // This session may have been among them, or be over for another reason.
            self.store.recheck();
            live::tell(&Message::Ask);
            self.list.ask_again();
        });
    }
}

impl std::fmt::Debug for OwnSessions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OwnSessions").finish_non_exhaustive()
    }
}

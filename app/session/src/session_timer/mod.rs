//! `SessionTimer`: warns before the session ends by itself.

mod activity;
mod judgement;

use leptos::prelude::*;
use web_sys::VisibilityState;

pub(crate) use self::judgement::Time;
use self::judgement::{Seen, Warning, aloud, due};
use crate::{
    extend_button::ExtendButton,
    late::Late,
    live::{self, Message},
    logout_button::LogoutButton,
    modal::modal,
    session::expect_store,
    store::Store,
    words::words,
};

const ID: &str = "exeunt-session-timer";

/// Warns in a dialog before the session ends by itself, and offers to stay signed in or to sign out. Where nothing can put
/// the end off it says so, and offers no button that would do nothing. At zero the page is signed out.
///
/// # Usage
/// Once, inside the [`SessionProvider`](crate::SessionProvider):
/// ```
/// use exeunt_leptos::{SessionProvider, SessionTimer};
/// use leptos::prelude::*;
///
/// #[component]
/// fn App() -> impl IntoView {
///     view! { <SessionProvider>"…" <SessionTimer warn_at=&[120, 30]/></SessionProvider> }
/// }
/// ```
/// It counts by the server's clock, whatever the browser's says. Of several tabs only the one that is looked at warns, and a
/// warning that was answered or put away in one is put away in all. To show the time left all along, read
/// [`Session::seconds_remaining`](crate::Session).
///
/// # Server-side rendering
/// A closed, empty `dialog`. Without scripts show the moment of the end as text, and an
/// [`ExtendButton`](crate::ExtendButton) beside it.
///
/// # Accessibility
/// A modal `alertdialog`: it takes the focus, keeps it, gives it back, and closes at Escape. The seconds on the screen are kept
/// from screen readers; they hear the time left at 5, 4, 3, 2 and 1 minutes, at 30 and at 10 seconds.
#[component]
pub fn SessionTimer(
    /// So many seconds before the end it warns, once each. A step is left out where the session began within it.
    #[prop(default = &[300, 60])]
    warn_at: &'static [i64],
    /// Whoever types or clicks in the page stays signed in without being asked, at most once a minute. Off: a page that was
    /// left open in front of somebody else should end.
    #[prop(optional)]
    extend_on_activity: bool,
) -> impl IntoView {
    let store = expect_store();
    let is_visible = RwSignal::new(true);
    let seen = StoredValue::new(Seen::default());
    let warning = Memo::new(move |_| {
        let time = store.time()?;
        seen.update_value(|seen| *seen = seen.note(time));
        let warning = due(warn_at, time, seen.get_value(), store.calm.get())?;
        is_visible.get().then_some(warning)
    });
    Effect::new(move |_| {
        let look = move || is_visible.set(document().visibility_state() == VisibilityState::Visible);
        look();
        let listener = window_event_listener_untyped("visibilitychange", move |_| look());
        on_cleanup(move || listener.remove());
        if extend_on_activity {
            activity::follow(store);
        }
    });
    // Answered: the limit may have been moved too little to leave the step, and there is nothing more to say of it.
    Effect::new(move |before: Option<bool>| {
        let pending = store.extension.pending.get();
        if before == Some(true) && !pending && !store.extension.failed.get_untracked() {
            put_away(store, warning.get_untracked());
        }
        pending
    });
    let is_open = Signal::derive(move || warning.with(Option::is_some) && store.ended.with(Option::is_none));
    let close = Callback::new(move |()| put_away(store, warning.get_untracked()));
    let content = move || {
        warning
            .get()
            .map(|warning| Late::new(view! { <Told warning close/> }))
    };
    modal(is_open, close, "alertdialog", ID, Box::new(content))
}

fn put_away(store: Store, warning: Option<Warning>) {
    if let Some(Warning { limit, step, .. }) = warning {
        store.calm.set(Some((limit, step)));
        live::tell(&Message::Calm { limit, step });
    }
}

#[component]
fn Told(warning: Warning, close: Callback<()>) -> impl IntoView {
    let store = expect_store();
    let words = &words().timer;
    let left = move || store.seconds_remaining.get().unwrap_or_default();
    let said = Memo::new(move |_| aloud(left()));
    let spoken = move || said.get().map(|seconds| words.left(seconds));
    let stay = warning.is_extendable.then(|| {
        view! { <ExtendButton class="primary">{words.stay}</ExtendButton> }
    });
    let last = (!warning.is_extendable).then(|| view! { <p>{words.last}</p> });
    let failed = move || store.extension.failed.get().then_some(words.failed);
    view! {
        <h2 id="exeunt-session-timer-title">{words.title}</h2>
        <p class="exeunt-dialog-time" aria-hidden="true">{move || words.left(left())}</p>
        <p id="exeunt-session-timer-said" class="exeunt-aloud" role="status">{spoken}</p>
        {last}
        <p>{words.when_up}</p>
        <p class="exeunt-dialog-fault" role="alert">{failed}</p>
        <div class="exeunt-dialog-ways">
            {stay} <LogoutButton>{words.sign_out}</LogoutButton>
            <button type="button" on:click=move |_| close.run(())>{words.close}</button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_extends_only_where_the_app_says_so() {
        assert!(!SessionTimerProps::builder().build().extend_on_activity);
        let on = SessionTimerProps::builder().extend_on_activity(true).build();
        assert!(on.extend_on_activity);
    }
}

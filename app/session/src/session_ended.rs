//! `SessionEnded`: says calmly that the session is over.

use leptos::prelude::*;
use web_sys::js_sys::{Date, Object, Reflect};

use crate::{
    end::SessionEnd, here::here, late::Late, login_link::LoginLink, modal::modal, session::expect_store,
    store::Store, words::words,
};

const ID: &str = "exeunt-session-ended";

/// Says why and when the session ended, if it ended while the page stood open, and offers to sign in again and come back to
/// the same place. What was protected has left the page by then: the gates have closed.
///
/// # Usage
/// Once, inside the [`SessionProvider`](crate::SessionProvider):
/// ```
/// use exeunt_leptos::{SessionEnded, SessionProvider};
/// use leptos::prelude::*;
///
/// #[component]
/// fn App() -> impl IntoView {
///     view! { <SessionProvider>"…" <SessionEnded/></SessionProvider> }
/// }
/// ```
/// The place is path, query and fragment of the page. A sign-out of this page itself is not told here: `/logged-out` does
/// that. Nothing starts a sign-in by itself. What somebody was writing is kept by [`use_draft`](crate::use_draft); that it is
/// kept is said where something of theirs is, and nowhere else.
///
/// # Server-side rendering
/// A closed, empty `dialog`. Without scripts a page learns of the end with the next request, as ever.
///
/// # Accessibility
/// A modal `dialog`: it takes the focus, keeps it, gives it back, and closes at Escape.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let store = expect_store();
    let is_open = Signal::derive(move || store.ended.get().is_some());
    let content = move || store.ended.get().map(|end| Late::new(view! { <Told end/> }));
    let close = Callback::new(move |()| put_away(store));
    modal(is_open, close, "dialog", ID, Box::new(content))
}

fn put_away(store: Store) {
    if store.ended.get_untracked().is_some() {
        store.ended.set(None);
    }
}

#[component]
fn Told(end: SessionEnd) -> impl IntoView {
    let words = &words().ended;
    let store = expect_store();
    let when = end.at.map(|at| {
        view! { <p class="exeunt-dialog-when">{words.at} " " <time>{moment(at)}</time></p> }
    });
    let kept = end
        .is_draft_kept
        .then(|| view! { <p class="exeunt-dialog-note">{words.kept}</p> });
    view! {
        <h2 id="exeunt-session-ended-title">{words.title}</h2>
        <p id="exeunt-session-ended-said">{words.cause(&end.why)}</p>
        {when}
        {kept}
        <div class="exeunt-dialog-ways">
            <LoginLink class="button primary" return_to=here()>{words.sign_in_again}</LoginLink>
            <button type="button" on:click=move |_| put_away(store)>{words.close}</button>
        </div>
    }
}

/// In the reader's own time zone and the language of the page. In the browser only.
fn moment(at: i64) -> String {
    let options = Object::new();
    for (key, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Fails only on what is not an object.
        _ = Reflect::set(&options, &key.into(), &value.into());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our age are far below 2^53"
    )]
    let milliseconds = at as f64 * 1000.0;
    let language = document()
        .document_element()
        .and_then(|html| html.get_attribute("lang"))
        .unwrap_or_else(|| "en".into());
    Date::new(&milliseconds.into())
        .to_locale_string(&language, &options)
        .into()
}

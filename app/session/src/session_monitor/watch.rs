//! Asking the provider's frame, and acting on what it says.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, HtmlIFrameElement, VisibilityState, js_sys::Object};

use super::{
    judgement::{Judgement, judge},
    unsaved,
};
use crate::{address::encode, answer::Presence, base::Base, here::here, store::Store};

/// By this id the provider's frame is known to the page.
const FRAME_ID: &str = "exeunt-check-session";

/// What is watched, as the server wrote it.
#[derive(Clone)]
struct Watched {
    origin: String,
    message: String,
    session: String,
}

/// Begins to watch, if the server wrote what. Call it in the browser only.
pub(super) fn begin(store: Store, place: &HtmlElement, every: Duration) {
    let read = |name| place.get_attribute(name);
    let (Some(address), Some(origin), Some(message), Some(session)) = (
        read("data-frame"),
        read("data-origin"),
        read("data-message"),
        read("data-session"),
    ) else {
        return;
    };
    let Some(frame) = frame(place, &address) else {
        return;
    };
    let watched = Watched {
        origin,
        message,
        session,
    };
    let over = Rc::new(Cell::new(false));

    let listener = window_event_listener(ev::message, {
        let (frame, watched, over) = (frame.clone(), watched.clone(), Rc::clone(&over));
        move |event| {
            let from_frame = event
                .source()
                .zip(frame.content_window())
                .is_some_and(|(source, window)| Object::is(&source, &window));
            let data = event.data().as_string();
            match judge(from_frame, &event.origin(), &watched.origin, data.as_deref()) {
                Judgement::Ignored | Judgement::Unchanged => {}
                Judgement::Over => over.set(true),
                // Asked again at the next turn, if this is no moment to leave.
                Judgement::Changed if may_leave(store, &over) => {
                    over.set(true);
                    _ = location().replace(&recheck(&watched.session));
                }
                Judgement::Changed => {}
            }
        }
    });
    let turns = set_interval_with_handle(
        move || {
            if is_worth_asking(store, &over)
                && let Some(window) = frame.content_window()
            {
                _ = window.post_message(&JsValue::from_str(&watched.message), &watched.origin);
            }
        },
        every,
    );
    on_cleanup(move || {
        listener.remove();
        if let Ok(turns) = turns {
            turns.clear();
        }
    });
}

fn frame(place: &HtmlElement, address: &str) -> Option<HtmlIFrameElement> {
    let frame: HtmlIFrameElement = document().create_element("iframe").ok()?.unchecked_into();
    for (name, value) in [
        ("id", FRAME_ID),
        ("title", ""),
        ("aria-hidden", "true"),
        ("tabindex", "-1"),
        ("src", address),
    ] {
        frame.set_attribute(name, value).ok()?;
    }
    place.append_child(&frame).ok()?;
    Some(frame)
}

/// Only in the tab in front, and only while somebody is signed in: of several tabs one asks, and the others find the
/// answer when they are looked at.
fn is_worth_asking(store: Store, over: &Cell<bool>) -> bool {
    let signed_in = untrack(|| matches!(store.presence(), Presence::SignedIn { .. }));
    !over.get() && signed_in && document().visibility_state() == VisibilityState::Visible
}

fn may_leave(store: Store, over: &Cell<bool>) -> bool {
    is_worth_asking(store, over) && !store.sign_out.is_under_way() && !unsaved::is_something()
}

/// Where the server asks the provider silently, and comes back here.
fn recheck(session: &str) -> String {
    [
        &*Base::current().href("/auth/login?prompt=none&recheck="),
        &encode(session),
        "&return_to=",
        &encode(&here()),
    ]
    .concat()
}

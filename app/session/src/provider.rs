//! `SessionProvider`: asks the server once and lets everything below it know.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{PageTransitionEvent, VisibilityState};

use crate::{base::Base, carried::carry, functions::current_session, live, store::Store};

/// Provides the session to everything below it.
///
/// # Usage
/// Once, around all that shows the session (inside the `Router`, where there is one):
/// ```
/// use exeunt_leptos::{LoginLink, LogoutButton, SessionProvider, SignedIn, SignedOut};
/// use leptos::prelude::*;
///
/// #[component]
/// fn App() -> impl IntoView {
///     view! {
///         <SessionProvider>
///             <SignedIn>
///                 <LogoutButton>"Sign out"</LogoutButton>
///             </SignedIn>
///             <SignedOut>
///                 <LoginLink>"Sign in"</LoginLink>
///             </SignedOut>
///         </SessionProvider>
///     }
/// }
/// ```
/// While somebody is signed in, the page hears within a second when the session ends, wherever that was: of all tabs of a
/// browser one listens to the server (`GET /auth/events`) and tells the others. A tab asks the server, too, when it is looked at, when
/// the network returns and when the page returns from the back/forward cache; and every 20 to 25 seconds while nothing can be
/// heard. None of this extends the session.
///
/// # Server-side rendering
/// The session is asked for once, before anything below is rendered, and travels in the document; the browser does not ask
/// again. Routes that show it need `SsrMode::Async`. The contexts needed are a
/// [backend](crate::backend::provide_backend) and, below a prefix, a [`Base`].
///
/// # Accessibility
/// Renders nothing of its own.
#[component]
pub fn SessionProvider(
    /// What may use the session.
    children: TypedChildren<impl IntoView + 'static>,
) -> impl IntoView {
    let base = Base::current();
    provide_context(base.clone());
    let store = Store::new();
    provide_context(store);

    store.sign_out.attach(store, base.clone());

    carry(current_session).then(move |got| {
        store.begin(got);
        store.follow();
        Effect::new(move |_| {
            live::begin(store, &base);
            look_when_something_may_have_been_missed(store);
        });
        children.into_inner()()
    })
}

fn look_when_something_may_have_been_missed(store: Store) {
    let visible = window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Visible {
            store.look_again();
        }
    });
    let focused = window_event_listener_untyped("focus", move |_| store.look_again());
    let online = window_event_listener_untyped("online", move |_| {
        store.sign_out.retry_if_unreachable();
        live::reconnect();
        store.look_again();
    });
    let hidden = window_event_listener_untyped("pagehide", move |event| {
        live::pause();
        if event.unchecked_into::<PageTransitionEvent>().persisted() {
            // Nothing protected waits in the back/forward cache for whoever goes back.
            store.drop_what_is_shown();
        }
    });
    let shown = window_event_listener_untyped("pageshow", move |event| {
        if event.unchecked_into::<PageTransitionEvent>().persisted() {
            store.sign_out.forget();
            live::resume();
            store.recheck();
        }
    });
    on_cleanup(move || {
        for listener in [visible, focused, online, hidden, shown] {
            listener.remove();
        }
    });
}

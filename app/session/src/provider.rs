//! `SessionProvider`: asks the server once and lets everything below it know.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;
use web_sys::{PageTransitionEvent, VisibilityState};

use crate::{LOGGED_OUT, base::Base, store::Store};

/// Provides the session to everything below it.
///
/// # Usage
/// Once, around all that shows the session, inside the `Router`:
/// ```
/// use exeunt_leptos::{LoginLink, LogoutButton, SessionProvider, SignedIn, SignedOut};
/// use leptos::prelude::*;
/// use leptos_router::components::Router;
///
/// #[component]
/// fn App() -> impl IntoView {
///     view! {
///         <Router>
///             <SessionProvider>
///                 <SignedIn>
///                     <LogoutButton>"Sign out"</LogoutButton>
///                 </SignedIn>
///                 <SignedOut>
///                     <LoginLink>"Sign in"</LoginLink>
///                 </SignedOut>
///             </SessionProvider>
///         </Router>
///     }
/// }
/// ```
/// It asks again when the tab becomes visible and when the page returns from the back/forward cache.
///
/// # Server-side rendering
/// The session is asked for once, before the first byte leaves, and travels in the document; the browser does not ask
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

    let navigate = use_navigate();
    store.sign_out.attach(store, base, move || {
        navigate(
            LOGGED_OUT,
            NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            },
        );
    });

    store.follow();
    Effect::new(move |_| {
        let visible = window_event_listener_untyped("visibilitychange", move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                store.refresh();
            }
        });
        let shown = window_event_listener_untyped("pageshow", move |event| {
            if event.unchecked_into::<PageTransitionEvent>().persisted() {
                store.sign_out.forget();
                store.refresh();
            }
        });
        let online = window_event_listener_untyped("online", move |_| store.sign_out.retry_if_unreachable());
        on_cleanup(move || {
            visible.remove();
            shown.remove();
            online.remove();
        });
    });
    children.into_inner()()
}

//! `SessionMonitor`: notices that the provider's session ended, where the provider has a frame to ask.

mod judgement;
mod unsaved;
mod watch;

use std::time::Duration;

use leptos::{html, prelude::*};

use crate::session::expect_store;

/// Watches the provider's session while somebody is signed in, if the server allows it.
/// [OpenID Connect Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html)
///
/// # Usage
/// Once, inside the [`SessionProvider`](crate::SessionProvider):
/// ```
/// use exeunt_leptos::{SessionMonitor, SessionProvider};
/// use leptos::prelude::*;
///
/// #[component]
/// fn App() -> impl IntoView {
///     view! { <SessionProvider><SessionMonitor/>"…"</SessionProvider> }
/// }
/// ```
/// While the tab is visible it asks the provider's frame whether the session changed. If so, the whole page goes to the
/// server, which asks the provider, and comes back; or the person is signed out, and `/logged-out` says why. It does not
/// go while a field of the page holds text that was not there when the page came: it waits until that was sent or taken
/// back. The server keeps count, so that a frame that sees no cookies and cries "changed" for ever is not heard for long.
///
/// # Server-side rendering
/// An empty, hidden element that carries what is watched; without it, or without scripts, nothing happens.
///
/// # Accessibility
/// The frame is hidden from everybody.
#[component]
pub fn SessionMonitor(
    /// How often the frame is asked.
    #[prop(default = Duration::from_secs(5))]
    every: Duration,
) -> impl IntoView {
    let store = expect_store();
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            watch::begin(store, &place, every);
        }
    });
    #[cfg(feature = "ssr")]
    let watched = watched();
    // The browser leaves the attributes as the server wrote them.
    #[cfg(not(feature = "ssr"))]
    let watched: Option<[String; 4]> = None;
    let [frame, origin, message, session] = watched.map_or([const { None }; 4], |watched| watched.map(Some));
    view! {
        <div
            hidden
            node_ref=place
            data-frame=frame
            data-origin=origin
            data-message=message
            data-session=session
        ></div>
    }
}

/// What the server lets this page watch: frame, origin, message, session.
#[cfg(feature = "ssr")]
fn watched() -> Option<[String; 4]> {
    use crate::backend::{SessionBackend, SessionWatch};

    let backend = use_context::<std::sync::Arc<dyn SessionBackend>>()?;
    let parts = use_context::<http::request::Parts>()?;
    let SessionWatch {
        frame,
        origin,
        message,
        session,
    } = backend.session_watch(&parts)?;
    Some([frame, origin, message, session])
}

//! An app of one's own that signs people in and, above all, out: whole, to be copied. It works without scripts, by links and
//! forms.
//!
//! # To run it
//! In `Cargo.toml`:
//! ```toml
//! exeunt = { … }
//! exeunt-leptos = { …, features = ["exeunt"] }
//! leptos = { version = "0.8", features = ["ssr"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//! The provider must know `…/auth/callback` as a redirect address and `…/logged-out` as a post-logout address. Then:
//! ```sh
//! export EXEUNT_ISSUER=https://id.example.com EXEUNT_CLIENT_ID=my-app EXEUNT_CLIENT_SECRET=…
//! export EXEUNT_PUBLIC_URL=http://localhost:3000 EXEUNT_KEYS="$(head -c 32 /dev/urandom | base64)"
//! cargo run
//! ```
//! Sessions are kept in memory; `exeunt::store::SqliteStore` keeps them over a restart. How to add scripts, routes and data of
//! your own is told in the documentation of `exeunt_leptos::relying_party`.

use exeunt::store::MemoryStore;
use exeunt_leptos::{
    LoggedOutReport, LoginLink, LogoutButton, SessionProvider, SessionUnknown, SignedIn, SignedOut,
    relying_party::{ServeError, serve},
    use_session,
};
use leptos::prelude::*;

#[component]
fn App() -> impl IntoView {
    view! {
        <SessionProvider>
            <SignedIn><Greeting/> <LogoutButton>"Sign out"</LogoutButton></SignedIn>
            <SignedOut><LoggedOutReport/> <LoginLink>"Sign in"</LoginLink></SignedOut>
            <SessionUnknown>"We cannot tell just now whether you are signed in."</SessionUnknown>
        </SessionProvider>
    }
}

#[component]
fn Greeting() -> impl IntoView {
    let session = use_session().session;
    view! { <p>"Hello, " {move || session.get()?.name}</p> }
}

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    serve("My app", MemoryStore::new(), App).await
}

//! An app of one's own that signs people in and, above all, out: whole, to be copied. It works without scripts, by links and
//! forms.
//!
//! # To run it
//! In `Cargo.toml`:
//! ```toml
//! axum = "0.8"
//! exeunt = { … }
//! exeunt-leptos = { …, features = ["exeunt"] }
//! leptos = { version = "0.8", features = ["ssr"] }
//! tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
//! ```
//! The provider must know `…/auth/callback` as a redirect address and `…/logged-out` as a post-logout address. Then:
//! ```sh
//! export EXEUNT_ISSUER=https://id.example.com EXEUNT_CLIENT_ID=my-app EXEUNT_CLIENT_SECRET=…
//! export EXEUNT_PUBLIC_URL=http://localhost:3000 LEPTOS_SITE_ADDR=127.0.0.1:3000
//! export EXEUNT_KEYS="$(head -c 32 /dev/urandom | base64)"
//! cargo run
//! ```
//! Sessions are kept in memory; `exeunt::store::SqliteStore` keeps them over a restart.
//!
//! # To add scripts (hydration)
//! The components stay as they are; open pages then show by themselves when their session ends elsewhere. Make it a
//! project of `cargo leptos`:
//! - `App` and what it is made of go into a library with the features
//!   `hydrate = ["leptos/hydrate", "exeunt-leptos/hydrate"]` and `ssr = ["leptos/ssr", "exeunt-leptos/exeunt"]`.
//! - The entry for the browser calls `exeunt_leptos::Base::of_document().point_server_functions()`, then
//!   `leptos::mount::hydrate_body(App)`.
//! - `shell` gets `<HydrationScripts options root=Base::current().as_str()/>` into its `head`, with the `LeptosOptions` of
//!   `leptos::config::get_configuration`, and `data-base=Base::current().as_str().to_owned()` onto its `html`.
//! - `main` serves the files of the build beside what is protected: `.nest_service("/pkg", ServeDir::new("target/site/pkg"))`
//!   on the router that `protect` gives, with `tower_http::services::ServeDir`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs,
    reason = "an example reads its settings, and says where it is, in the shortest way"
)]

use std::{env::var, error::Error, net::SocketAddr, sync::Arc};

use exeunt::{Exeunt, config::Settings, http::router, store::MemoryStore};
use exeunt_leptos::{
    LoginLink, LogoutButton, SessionProvider, SessionUnknown, SignedIn, SignedOut, relying_party::pages,
    use_logged_out, use_session, wire::ReceiptLayer,
};
use leptos::prelude::*;
use tokio::net::TcpListener;

/// What both sides render.
#[component]
fn App() -> impl IntoView {
    view! {
        <SessionProvider><main>
            <SignedIn><Greeting/> <LogoutButton>"Sign out"</LogoutButton></SignedIn>
            <SignedOut><Receipt/> <LoginLink>"Sign in"</LoginLink></SignedOut>
            <SessionUnknown>"We cannot tell just now whether you are signed in."</SessionUnknown>
        </main></SessionProvider>
    }
}

#[component]
fn Greeting() -> impl IntoView {
    let session = use_session().session;
    view! { <p>"Hello, " {move || session.get()?.name}</p> }
}

/// What the last sign-out in this browser ended, and what it did not.
#[component]
fn Receipt() -> impl IntoView {
    let report = use_logged_out();
    let line = |line: ReceiptLayer| view! { <li>{format!("{:?}: {:?}", line.layer, line.status)}</li> };
    let finish = || view! { <LogoutButton>"Finish signing out"</LogoutButton> };
    report.answered(move || {
        move || {
            let report = report.get()?.ok()?;
            let layers = report.receipt.into_iter().flat_map(|receipt| receipt.layers);
            Some(view! { <ul>{layers.map(line).collect_view()}</ul> {report.unfinished.then(finish)} })
        }
    })
}

/// The document around it, which only the server writes.
fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en"><head><title>"My app"</title></head><body><App/></body></html>
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_variables(|name| var(name).ok())?;
    let exeunt = Exeunt::builder(settings, Arc::new(MemoryStore::new())).build()?;
    tokio::spawn(exeunt::background::run(exeunt.clone()));
    let app = pages(&exeunt, ["/", "/logged-out"], shell).merge(router::routes(&exeunt));
    let app = router::protect(&exeunt, app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(var("LEPTOS_SITE_ADDR")?).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

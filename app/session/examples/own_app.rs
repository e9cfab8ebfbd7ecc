//! An app of one's own that signs people in and, above all, out. Copy it.
//!
//! # To run it
//! Needed in `Cargo.toml`: `exeunt`, `exeunt-leptos` with the feature `exeunt`, `axum`, `leptos` with the feature `ssr`, and `tokio`
//! with `macros`, `net` and `rt-multi-thread`. Then, with a provider that knows `…/auth/callback` as redirect address and
//! `…/logged-out` as post-logout address:
//! ```text
//! export EXEUNT_PUBLIC_URL=http://localhost:3000 EXEUNT_KEYS="$(head -c 32 /dev/urandom | base64)"
//! export EXEUNT_ISSUER=https://id.example.com EXEUNT_CLIENT_ID=my-app EXEUNT_CLIENT_SECRET=…
//! LEPTOS_SITE_ADDR=127.0.0.1:3000 cargo run
//! ```
//! Everything here works without scripts, by links and forms. Sessions are kept in memory; `exeunt::store::SqliteStore` keeps
//! them over a restart. Below a path prefix see `exeunt::http::base_path`.
//!
//! # To add scripts (hydration)
//! Make it a project of `cargo leptos`: move `App` and what is below it into a library with the features
//! `hydrate = ["leptos/hydrate", "exeunt-leptos/hydrate"]` and `ssr = ["leptos/ssr", "exeunt-leptos/exeunt"]`, and add
//! - to the `head`: `<HydrationScripts options root=base.as_str()/>`, and to `html`: `data-base=base.as_str().to_owned()`,
//!   where `base` is `exeunt_leptos::Base::current()`;
//! - to `wasm`'s `hydrate()`: `Base::of_document().point_server_functions(); leptos::mount::hydrate_body(App);`;
//! - to `main`: the files of `pkg`, outside `protect`, for instance by `tower_http::services::ServeDir`.
//!
//! The components stay as they are; open pages then show by themselves when the session ends elsewhere.

// The house rules of this repository; an app of your own has its own.
#![allow(clippy::disallowed_methods, clippy::print_stdout, missing_docs)]

use std::{env::var, error::Error, net::SocketAddr, sync::Arc};

use exeunt::{
    Exeunt,
    config::{ProviderSettings, Settings},
    http::router,
    store::MemoryStore,
};
use exeunt_leptos::{
    LoginLink, LogoutButton, SessionProvider, SessionUnknown, SignedIn, SignedOut, relying_party::pages,
    use_logged_out, use_session, wire::ReceiptLayer,
};
use leptos::prelude::*;
use leptos_router::components::Router;
use tokio::net::TcpListener;

#[component]
fn App() -> impl IntoView {
    view! {
        <Router><SessionProvider>
            <SignedIn><Greeting/> <LogoutButton>"Sign out"</LogoutButton></SignedIn>
            <SignedOut><Receipt/> <LoginLink>"Sign in"</LoginLink></SignedOut>
            <SessionUnknown>"We cannot tell just now whether you are signed in."</SessionUnknown>
        </SessionProvider></Router>
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
    let told = move || {
        let report = report.get()?.ok()?;
        let layers = report.receipt.into_iter().flat_map(|receipt| receipt.layers);
        Some(view! { <ul>{layers.map(line).collect_view()}</ul> {report.unfinished.then(finish)} })
    };
    view! { <Transition>{told}</Transition> }
}

fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en"><head><title>"My app"</title></head><body><main><App/></main></body></html>
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = var("EXEUNT_ISSUER")?.parse()?;
    let client_id = var("EXEUNT_CLIENT_ID")?.parse()?;
    let secret = var("EXEUNT_CLIENT_SECRET")?.parse()?;
    let provider = ProviderSettings::new(issuer, client_id, Some(secret));
    let (url, keys) = (var("EXEUNT_PUBLIC_URL")?.parse()?, var("EXEUNT_KEYS")?.parse()?);
    let settings = Settings::new(url, provider, keys);
    let exeunt = Exeunt::builder(settings, Arc::new(MemoryStore::new())).build()?;
    tokio::spawn(exeunt::background::run(exeunt.clone()));
    let app = pages(&exeunt, ["/", "/logged-out"], shell).merge(router::routes(&exeunt));
    let app = router::protect(&exeunt, app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(var("LEPTOS_SITE_ADDR")?).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

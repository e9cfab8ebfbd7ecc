//! A page behind `RequireSession` and its data behind `LiveSession`, served together.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::Request,
    routing::get,
};
use exeunt::{Exeunt, config::Settings, http::router::protect, session::LiveSession, store::MemoryStore};
use exeunt_dev_provider::script::ScriptedProvider;
use exeunt_leptos::{RequireSession, SessionProvider, relying_party::pages};
use leptos::prelude::*;
use tower::ServiceExt as _;

fn shell() -> impl IntoView {
    view! {
        <html>
            <body><SessionProvider><RequireSession>"Every penny"</RequireSession></SessionProvider></body>
        </html>
    }
}

#[tokio::test]
async fn a_document_is_led_away_and_data_is_401() {
    let provider = ScriptedProvider::start().await;
    let settings = Settings::from_variables(|name| {
        Some(match name {
            "EXEUNT_PUBLIC_URL" => "http://localhost:3000".to_owned(),
            "EXEUNT_ISSUER" => provider.issuer(),
            "EXEUNT_CLIENT_ID" => provider.client_id(),
            "EXEUNT_KEYS" => "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".to_owned(),
            _ => return None,
        })
    });
    let exeunt = Exeunt::builder(settings.unwrap(), Arc::new(MemoryStore::new()))
        .build()
        .unwrap();
    let data = get(|session: LiveSession| async move { session.head.sub.clone() });
    let app = pages(&exeunt, ["/ledger", "/logged-out"], shell).route("/ledger.json", data);
    let app = protect(&exeunt, app);
    for (path, status, location) in [
        ("/ledger", 303, Some("/?return_to=/ledger")),
        ("/ledger.json", 401, None),
    ] {
        let request = Request::get(path)
            .header("accept", "text/html")
            .body(Body::empty())
            .unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        let told = answer.headers().get("location");
        let told = told.map(|location| location.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), told), (status, location), "{path}");
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("Every penny"), "{path}");
    }
}

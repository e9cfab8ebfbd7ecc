//! Front-Channel Logout 1.0 (F7.1 to F7.5).

use axum::body::Body;
use http::Method;

use super::support::{self, Answer, App, Browser, NamedStore};

mod cookies;
mod ending;
mod faults;
mod framing;
mod methods;
mod nothing;
mod sid_alone;
mod switch;

const PATH: &str = "/auth/frontchannel-logout";

/// An app whose provider says that it knows front-channel logout.
async fn app_on(named: &NamedStore) -> App {
    let app = App::builder().store(named.store.clone()).start().await;
    advertise(&app, true);
    app
}

fn advertise(app: &App, supported: bool) {
    app.script().change_discovery(move |metadata| {
        metadata.insert("frontchannel_logout_supported".to_owned(), supported.into());
    });
}

/// The provider's session ids of this person's living sessions, the newest first.
async fn sids(app: &App, sub: &str) -> Vec<String> {
    let heads = app
        .store
        .list(&app.provider.issuer(), sub, app.now())
        .await
        .unwrap();
    heads.into_iter().map(|head| head.sid.unwrap()).collect()
}

/// The path and query by which the provider names one session.
fn address(iss: &str, sid: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("iss", iss)
        .append_pair("sid", sid)
        .finish();
    format!("{PATH}?{query}")
}

/// Loads it as a frame on the provider's page, on another site: browsers send no cookie there.
async fn load_in_frame(app: &App, address: &str) -> Answer {
    app.browser()
        .send(
            Method::GET,
            address,
            &[
                ("accept", "text/html"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
                ("sec-fetch-site", "cross-site"),
                ("referer", "http://127.0.0.1/end_session"),
            ],
            Body::empty(),
        )
        .await
}

/// Whether the browser is still signed in.
async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.fetch("/api/session").await.status == 200
}

/// The one empty page that every request gets.
fn assert_empty_page(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 200, "{what}");
    assert_eq!(answer.body, b"", "{what}");
    assert_eq!(answer.header("cache-control").unwrap(), "no-store", "{what}");
    assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
    assert_eq!(answer.header("clear-site-data"), None, "{what}");
}

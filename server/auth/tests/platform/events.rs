//! What an open tab hears.

use std::time::Duration;

use axum::body::Body;
use futures::{FutureExt as _, StreamExt as _};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::support::{App, Browser};

async fn listen(browser: &Browser) -> axum::response::Response {
    let cookies: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut request = Request::get("/auth/events")
        .header("cookie", cookies.join("; "))
        .body(Body::empty())
        .unwrap();
    request.headers_mut().extend(browser.gateway.clone());
    let peer = std::net::SocketAddr::from((browser.peer, 4711));
    request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    browser.router.clone().oneshot(request).await.unwrap()
}

async fn heard(response: axum::response::Response) -> Option<String> {
    let mut stream = response.into_body().into_data_stream();
    let chunk = stream.next().await?.unwrap();
    Some(String::from_utf8(chunk.to_vec()).unwrap())
}

#[tokio::test]
async fn i18_a_sign_out_here_is_heard_by_the_other_tabs_of_the_browser_and_by_nobody_else() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut other = app.signed_in();
    other
        .cookies
        .insert("access_token".to_owned(), "ada-2".to_owned());
    let (tab, elsewhere) = (listen(&browser).await, listen(&other).await);
    assert_eq!(tab.status(), StatusCode::OK);
    browser.log_out("{}").await;
    let event = heard(tab).await.unwrap();
    assert!(
        event.contains("event: ended") && event.contains("\"why\":\"logout\""),
        "{event}"
    );
    assert!(!event.contains("ada"), "no identity in it");
    // It was told before the sign-out answered, so it would be there already.
    assert!(
        heard(elsewhere).now_or_never().is_none(),
        "the other browser hears nothing"
    );
}

/// It was opened before the tokens were renewed, and keeps what it was opened with.
#[tokio::test]
async fn i18_a_tab_hears_of_the_end_of_what_its_sign_on_was_renewed_to() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let tab = listen(&browser.with_cookie("access_token", "ada-0")).await;
    assert_eq!(tab.status(), StatusCode::OK);
    browser.log_out("{}").await;
    // That the two are one is known from here on.
    let mut both = browser.with_cookie("refresh_token", "ada-0");
    assert_eq!(both.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    browser.log_out("{}").await;
    let event = heard(tab).now_or_never().flatten().unwrap();
    assert!(event.contains("event: ended"), "{event}");
}

/// The platform tells nobody when it ends a session, so the page is asked to ask.
#[tokio::test(start_paused = true)]
async fn i18_a_tab_is_asked_to_ask_within_thirty_seconds() {
    let app = App::start().await;
    let before = tokio::time::Instant::now();
    let event = heard(listen(&app.signed_in()).await).await.unwrap();
    assert!(event.contains("event: changed"), "{event}");
    assert!(before.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn nobody_has_nothing_to_hear() {
    let app = App::start().await;
    assert_eq!(listen(&app.browser()).await.status(), StatusCode::NO_CONTENT);
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    assert_eq!(listen(&browser).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn one_sign_on_has_so_many_streams_and_no_more() {
    let app = App::start().await;
    let browser = app.signed_in();
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(listen(&browser).await);
    }
    assert_eq!(listen(&browser).await.status(), StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    assert_eq!(listen(&browser).await.status(), StatusCode::OK);
}

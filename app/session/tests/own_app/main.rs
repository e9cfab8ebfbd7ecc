//! The example `own_app` as its user runs it: a process of its own, a provider, and a browser without scripts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

mod browser;
mod process;

use exeunt_dev_provider::script::{Endpoint, ScriptedProvider};

use self::{browser::Browser, process::OwnApp};

/// Where browsers find the app, as it is told; the test finds it wherever it really listens.
const PUBLIC_URL: &str = "http://localhost:3000";

#[tokio::test]
async fn the_example_signs_a_person_in_and_out_without_scripts() {
    let provider = ScriptedProvider::start().await;
    provider.set_redirect_uris([format!("{PUBLIC_URL}/auth/callback")]);
    provider.set_post_logout_redirect_uris([format!("{PUBLIC_URL}/logged-out")]);
    provider.script().auto_login("ada");
    let app = OwnApp::start(&provider).await;
    let mut browser = Browser::new(&app);

    let stranger = browser.open("/").await;
    assert_eq!(stranger.status, 200);
    assert!(!stranger.text.contains("Hello, "), "{}", stranger.text);

    let to_provider = browser.open(&stranger.attribute("<a", "href")).await;
    assert!(
        to_provider.location.starts_with(&provider.issuer()),
        "{}",
        to_provider.location
    );
    let to_callback = browser.open(&to_provider.location).await;
    let signed_in = browser.open(&to_callback.location).await;
    assert_eq!(
        (signed_in.status.as_u16(), &*signed_in.location),
        (303, "/"),
        "{}",
        signed_in.text
    );
    let home = browser.open(&signed_in.location).await;
    assert!(
        home.text.contains("Hello, ") && home.text.contains("Ada Example"),
        "{}",
        home.text
    );
    let nonce = home.attribute("<script", "nonce");
    assert!(
        home.policy.contains(&format!("'nonce-{nonce}'")),
        "{}",
        home.policy
    );
    let session = browser.cookies.clone();

    let action = home.attribute("<form", "action");
    let scope = home.attribute("name=\"scope\"", "value");
    assert_eq!(home.attribute("<form", "method"), "post");
    let signed_out = browser.post(&action, &format!("scope={scope}")).await;
    assert_eq!(signed_out.status, 303, "{}", signed_out.text);
    let leaving = browser.open(&signed_out.location).await;
    let to_end_session = leaving.attribute("<a", "href");
    assert!(to_end_session.starts_with(&provider.issuer()), "{}", leaving.text);
    let back = browser.open(&to_end_session).await;
    assert_eq!(provider.script().count(Endpoint::EndSession), 1);
    assert!(
        back.location
            .starts_with(&format!("{PUBLIC_URL}/logged-out?state=")),
        "{}",
        back.location
    );

    let returned = browser.open(&back.location).await;
    let report = browser.open(&returned.location).await;
    assert_eq!(report.status, 200, "{}", report.text);
    for line in [
        "This app, in this browser: ended",
        "Session at the provider: asked, came back",
    ] {
        assert!(report.text.contains(line), "{line}: {}", report.text);
    }
    assert!(!report.text.contains("Ada Example"), "{}", report.text);

    browser.cookies = session;
    assert_eq!(browser.open("/api/session").await.status, 401);
    let replayed = browser.open("/").await;
    assert!(!replayed.text.contains("Ada Example"), "{}", replayed.text);
}

//! `oidcc-client-rp-session-management-rp-basic`: the page asks the provider's frame whether the session changed.
//!
//! The frame needs a browser, and `end2end/tests/session-management.spec.ts` has one. Here its answers are worked out from
//! what it would be asked and from the browser's cookies, so that the whole module is told by the relying party's own
//! words.

use exeunt::{
    session::{CurrentSession, layer::find_session},
    session_management::{SessionWatch, session_watch},
};
use exeunt_dev_provider::{STATE_COOKIE, script::Endpoint};
use http::{Extensions, HeaderMap, header};
use sha2::{Digest as _, Sha256};

use super::{
    sign_out::is_signed_in,
    suite::Suite,
    support::{App, Browser},
};

/// What a page of this browser is told to watch.
async fn watch_of(suite: &Suite, browser: &Browser) -> Option<SessionWatch> {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = browser.session_cookie() {
        headers.insert(header::COOKIE, format!("{name}={value}").parse().unwrap());
    }
    let session = find_session(&suite.app.exeunt, &headers).await.unwrap();
    let mut extensions = Extensions::new();
    extensions.insert(session.map_or(CurrentSession::None, CurrentSession::Live));
    session_watch(&suite.app.exeunt, &extensions)
}

/// What the provider's frame answers to this message from the app's page in this browser:
/// [Session Management 1.0, section 3.2](https://openid.net/specs/openid-connect-session-1_0.html#OPiframe).
fn ask_frame(suite: &Suite, browser: &Browser, message: &str) -> &'static str {
    let (client_id, state) = message.split_once(' ').expect("client id and state");
    let (_, salt) = state.split_once('.').expect("a hash and its salt");
    let origin = suite.app.exeunt.public_url().origin();
    let browser_state = browser
        .provider_cookies
        .get(STATE_COOKIE)
        .map_or("", String::as_str);
    let hash = Sha256::digest(format!("{client_id} {origin} {browser_state} {salt}"));
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if format!("{hash}.{salt}") == state {
        "unchanged"
    } else {
        "changed"
    }
}

#[tokio::test]
async fn oidcc_client_test_session_management() {
    let builder = App::builder().settings(|settings| settings.logout.session_management = true);
    let suite = Suite::with(builder).await;
    let mut browser = suite.completes().await;
    let watch = watch_of(&suite, &browser).await.expect("something to watch");
    let provider = &suite.app.provider;
    assert!(watch.frame.starts_with(&provider.origin()), "{}", watch.frame);
    assert_eq!(watch.origin, provider.origin());
    assert!(watch.message.starts_with(&format!("{} ", provider.client_id())));
    // The frame is there to be loaded.
    let frame = browser.visit_provider(&watch.frame).await;
    assert_eq!(frame.status, 200);
    assert_eq!(suite.app.script().count(Endpoint::CheckSession), 1);
    assert_eq!(ask_frame(&suite, &browser, &watch.message), "unchanged");

    // Two more pages are open: one of this session, and one of a session that the sign-out itself does not end.
    let mut bystander = suite.bystander(&browser).await;
    let other = watch_of(&suite, &bystander).await.expect("something to watch");
    let answer = suite.sign_out(&mut browser).await;
    suite
        .return_from(&mut browser, &answer.location(), "returned")
        .await;
    bystander.provider_cookies.clone_from(&browser.provider_cookies);

    // They go on asking with what they were told before, and learn of the change.
    assert_eq!(ask_frame(&suite, &browser, &watch.message), "changed");
    assert_eq!(ask_frame(&suite, &bystander, &other.message), "changed");
    // A page that was told so asks without a login page (section 3.1), which ends the session and begins none.
    let path = format!("/auth/login?prompt=none&recheck={}", other.session);
    let answer = bystander.sign_in(&path).await;
    assert_eq!(answer.location(), "/logged-out", "{}", answer.text());
    assert!(!is_signed_in(&mut bystander).await);
    // The page that reports the sign-out has nothing more to watch.
    assert_eq!(watch_of(&suite, &browser).await, None);
}

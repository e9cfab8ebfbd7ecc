//! Who may show which answer in a frame (F7.1, F7.4).

use axum::body::Body;
use http::Method;

use super::{
    PATH, address, advertise, app_on, load_in_frame, sids,
    support::{App, every_store},
};

/// The sources of one directive of an answer's policy.
fn directive(policy: &str, name: &str) -> Vec<String> {
    policy
        .split(';')
        .map(str::trim)
        .find_map(|one| one.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or_else(|| panic!("{name} is not in {policy}"))
        .split(' ')
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn f7_1_only_the_providers_own_pages_may_frame_the_answer() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    app.signed_in("ada").await;
    let sid = sids(&app, "ada").await.remove(0);
    for address in [
        address(&app.provider.issuer(), &sid),
        address(&app.provider.issuer(), "unknown"),
        PATH.to_owned(),
    ] {
        let answer = load_in_frame(&app, &address).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(
            directive(&policy, "frame-ancestors"),
            [app.provider.origin()],
            "each origin once"
        );
        for nothing in ["default-src", "form-action", "base-uri"] {
            assert_eq!(directive(&policy, nothing), ["'none'"], "{policy}");
        }
        assert_eq!(policy.split(';').count(), 4, "and nothing more: {policy}");
        assert_eq!(answer.header("x-frame-options"), None);
        assert_eq!(
            answer.header("cross-origin-resource-policy").unwrap(),
            "cross-origin"
        );
        assert_eq!(answer.header("x-content-type-options").unwrap(), "nosniff");
        assert_eq!(answer.header("referrer-policy").unwrap(), "same-origin");
    }
}

#[tokio::test]
async fn f7_1_the_origins_are_those_of_issuer_authorization_and_end_session() {
    let app = App::start().await;
    app.script().change_discovery(|metadata| {
        metadata.insert("frontchannel_logout_supported".to_owned(), true.into());
        for (endpoint, address) in [
            (
                "authorization_endpoint",
                "https://login.op.example:8443/authorize?x=1",
            ),
            ("end_session_endpoint", "https://bye.op.example/a/b"),
            ("token_endpoint", "https://token.op.example/"),
            ("jwks_uri", "https://keys.op.example/"),
        ] {
            metadata.insert(endpoint.to_owned(), address.into());
        }
    });
    let answer = load_in_frame(&app, PATH).await;
    assert_eq!(
        directive(
            &answer.header("content-security-policy").unwrap(),
            "frame-ancestors"
        ),
        [
            app.provider.origin(),
            "https://login.op.example:8443".to_owned(),
            "https://bye.op.example".to_owned()
        ]
    );
}

#[tokio::test]
async fn f7_4_every_other_route_is_framed_by_nobody() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let mut browser = app.signed_in("ada").await;
    let stranger = app.browser();
    for path in [
        "/",
        "/account",
        "/logged-out",
        "/logged-out?state=x",
        "/auth/login",
        "/auth/login?iss=https://other.example",
        "/auth/callback",
        "/auth/callback?state=x&code=x",
        "/auth/backchannel-logout",
        "/auth/logout/continue",
        "/auth/logout/probe",
        "/api/auth/receipt",
        "/api/auth/logout",
        "/api/auth/extend",
        "/api/auth/login-url",
        "/api/session",
    ] {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS] {
            for browser in [&mut browser, &mut stranger.clone()] {
                let what = format!("{method} {path}");
                let answer = browser.send(method.clone(), path, &[], Body::empty()).await;
                assert_eq!(
                    answer.header("x-frame-options").as_deref(),
                    Some("DENY"),
                    "{what}: {}",
                    answer.status
                );
                let policy = answer.header("content-security-policy").unwrap();
                assert_eq!(directive(&policy, "frame-ancestors"), ["'none'"], "{what}");
                assert_eq!(
                    answer.header("cross-origin-resource-policy").unwrap(),
                    "same-origin",
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test]
async fn f7_4_where_it_is_switched_off_or_refused_the_route_is_framed_by_nobody_either() {
    let app = App::start().await;
    advertise(&app, false);
    let answer = load_in_frame(&app, PATH).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("x-frame-options").unwrap(), "DENY");
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let answer = app.browser().send(Method::HEAD, PATH, &[], Body::empty()).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("x-frame-options").unwrap(), "DENY");
}

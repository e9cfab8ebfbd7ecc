//! Who is signed in, as the gateway says it.

use exeunt::platform::identity::Trust;
use http::{HeaderValue, StatusCode};

use crate::support::{App, GATEWAY, NOW, gateway, policy, signed};

async fn with_signatures() -> App {
    App::start_with(|settings| settings.trust = Trust::Signature(policy())).await
}

#[tokio::test]
async fn f8_4_identity_headers_of_a_stranger_are_ignored() {
    let app = App::start().await;
    for peer in ["203.0.113.9", "127.0.0.1", "10.0.0.8", "::1"] {
        let mut browser = app.signed_in();
        browser.peer = peer.parse().unwrap();
        // What a stranger writes there does not help.
        browser
            .gateway
            .insert("x-forwarded-for", HeaderValue::from_static(GATEWAY));
        assert_eq!(
            browser.get("/api/session").await.status,
            StatusCode::UNAUTHORIZED,
            "{peer}"
        );
        assert_eq!(
            browser.get("/whoami").await.status,
            StatusCode::UNAUTHORIZED,
            "{peer}"
        );
    }
    let mut browser = app.signed_in();
    browser.peer = "::ffff:10.0.0.7".parse().unwrap();
    assert_eq!(browser.get("/whoami").await.text, "ada");
}

#[tokio::test]
async fn f8_4_nobody_is_believed_where_nobody_is_listed() {
    let app = App::start_with(|settings| {
        settings.trusted_proxies = "".parse().unwrap();
        settings.trust = Trust::Peers(settings.trusted_proxies.clone());
    })
    .await;
    assert_eq!(
        app.signed_in().get("/api/session").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn f8_4_no_handler_sees_an_identity_header() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.cookies.clear();
    for name in [
        "x-user-signature",
        "x-auth-token",
        "x-workroom-id",
        "x-user-system-high",
    ] {
        browser.gateway.insert(name, HeaderValue::from_static("x"));
    }
    assert_eq!(browser.get("/headers").await.text, "accept");
}

#[tokio::test]
async fn f8_5_with_a_secret_every_peer_needs_a_valid_signature() {
    let app = with_signatures().await;
    for peer in [GATEWAY, "203.0.113.9"] {
        let session = async |headers| {
            let mut browser = app.browser();
            browser.peer = peer.parse().unwrap();
            browser.gateway = headers;
            browser.get("/api/session").await.status
        };
        assert_eq!(
            session(signed(gateway("ada"), NOW)).await,
            StatusCode::OK,
            "{peer}"
        );
        assert_eq!(
            session(gateway("ada")).await,
            StatusCode::UNAUTHORIZED,
            "{peer}: missing"
        );
        let mut wrong = signed(gateway("ada"), NOW);
        wrong.insert("x-user-id", HeaderValue::from_static("eve"));
        assert_eq!(session(wrong).await, StatusCode::UNAUTHORIZED, "{peer}: wrong");
        for old in [NOW - 61, NOW + 61] {
            let status = session(signed(gateway("ada"), old)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{peer}: {old}");
        }
    }
}

#[tokio::test]
async fn f8_5_roles_that_are_added_on_the_way_do_not_count() {
    let app = with_signatures().await;
    let mut browser = app.browser();
    let mut headers = gateway("ada");
    headers.remove("x-user-roles");
    browser.gateway = signed(headers, NOW);
    let session = browser.get("/api/session").await.json();
    assert_eq!(session["roles"], serde_json::json!([]));
    browser
        .gateway
        .insert("x-user-roles", HeaderValue::from_static("admin"));
    assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn k13_a_token_that_nobody_verified_says_nothing_about_the_end() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    // {"alg":"none"} . {"iat":1800000000,"exp":1800000100} .
    let token = "eyJhbGciOiJub25lIn0.eyJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMDEwMH0.";
    browser
        .cookies
        .insert("access_token".to_owned(), token.to_owned());
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    browser.gateway.insert("authorization", bearer);
    browser
        .gateway
        .insert("x-auth-token", HeaderValue::from_static(token));
    let session = browser.get("/api/session").await.json();
    for name in ["session_expires_at", "idle_expires_at", "absolute_expires_at"] {
        assert!(session.get(name).is_none(), "{session}");
    }
}

/// The gateway's log and ours can be read side by side.
#[tokio::test]
async fn the_gateways_name_of_a_request_is_taken_over_from_whoever_is_trusted() {
    let app = App::start_with(|settings| settings.trust = Trust::Signature(policy())).await;
    let long = "x".repeat(129);
    for (peer, sent, expected) in [
        (
            GATEWAY,
            &["0af7651916cd43dd-8448eb21"][..],
            Some("0af7651916cd43dd-8448eb21"),
        ),
        (
            GATEWAY,
            &["Root=1-67891233-abcdef:012"],
            Some("Root=1-67891233-abcdef:012"),
        ),
        (GATEWAY, &[], None),
        (GATEWAY, &[""], None),
        (GATEWAY, &["with space"], None),
        (GATEWAY, &["<script>"], None),
        (GATEWAY, &["\u{fc}"], None),
        (GATEWAY, &[&long], None),
        (GATEWAY, &["one", "two"], None),
        ("203.0.113.9", &["forged"], None),
    ] {
        let mut browser = app.browser();
        browser.peer = peer.parse().unwrap();
        browser.gateway = signed(gateway("ada"), NOW);
        for id in sent {
            browser
                .gateway
                .append("x-request-id", HeaderValue::from_bytes(id.as_bytes()).unwrap());
        }
        let session = browser.get("/api/session").await.json();
        assert_eq!(session["request_id"].as_str(), expected, "{peer} {sent:?}");
    }
}

/// The older contract calls nobody signed in without one: that must not happen silently.
#[tokio::test]
async fn a_gateway_that_names_no_email_address_is_told_of() {
    let app = App::start().await;
    let (logs, _guard) = crate::support::Logs::capture();
    let mut browser = app.signed_in();
    browser.gateway.remove("x-user-email");
    assert_eq!(browser.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    assert!(logs.text().contains("EXEUNT_PLATFORM_CONTRACT=current"));
}

//! `oidcc-client-test-3rd-party-init-login-test-plan`: a sign-in that begins elsewhere.

use axum::body::Body;
use exeunt_dev_provider::script::Endpoint;
use http::Method;

use super::suite::Suite;

#[tokio::test]
async fn oidcc_client_test_3rd_party_init_login() {
    let suite = Suite::start().await;
    let mut browser = suite.app.browser();
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("iss", &suite.app.provider.issuer())
        .finish();
    let headers = [
        ("accept", "text/html"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(
        suite.app.script().count(Endpoint::Authorize),
        0,
        "nothing before the visit"
    );
    let start = browser
        .send(
            Method::GET,
            &format!("/auth/login?{query}"),
            &headers,
            Body::empty(),
        )
        .await;
    assert_eq!(start.status, 303, "{}", start.text());
    let back = browser.visit_provider(&start.location()).await;
    let callback = browser.path_here(&back.location());
    let answer = browser.open(&callback).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(suite.app.script().count(Endpoint::Userinfo), 1);
    assert_eq!(Suite::session_of(&mut browser).await["user_id"], "ada");
    suite.assert_sound();
}

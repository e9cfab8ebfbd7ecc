//! What tests that are another process set and look at.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::{GATEWAY_COOKIE, PlatformStandIn};
use http::header::HOST;
use http::{Method, StatusCode};
use serde_json::json;

use crate::browser::{Answered, Browser, send};
use crate::extension::bare;
use crate::logout::ask_for_logout;

async fn control(
    stand_in: &PlatformStandIn,
    method: Method,
    path: &'static str,
    body: &'static str,
) -> Answered {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "localhost:3099");
    send(
        &stand_in.control_router(),
        request.body(Body::from(body)).unwrap(),
    )
    .await
}

#[tokio::test]
async fn faults_are_set_and_taken_back() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    let set = control(&stand_in, Method::PUT, "/faults/logout", "down").await;
    assert_eq!(set.status, StatusCode::NO_CONTENT);
    assert_eq!(
        ask_for_logout(&stand_in, &browser, &json!({})).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    control(&stand_in, Method::DELETE, "/faults", "").await;
    assert_eq!(
        ask_for_logout(&stand_in, &browser, &json!({})).await.status,
        StatusCode::OK
    );
    for (path, body) in [("/faults/logout", "lazy"), ("/faults/elsewhere", "down")] {
        let refused = control(&stand_in, Method::PUT, path, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path} {body}");
        assert!(
            refused.body.contains("method-not-allowed"),
            "it says what there is"
        );
    }
}

#[tokio::test]
async fn what_was_sent_is_told_without_a_value_of_any_cookie() {
    let stand_in = bare();
    let browser = Browser::new(&stand_in);
    browser.sign_in("ada", "/").await;
    ask_for_logout(&stand_in, &browser, &json!({})).await;
    let told = control(&stand_in, Method::GET, "/requests", "").await;
    let requests = told.json();
    let last = requests["requests"].as_array().unwrap().last().unwrap();
    assert_eq!(last["method"], "POST");
    assert_eq!(last["path"], "/api/auth/logout");
    assert_eq!(last["cookies"], json!([GATEWAY_COOKIE]));
    assert_eq!(last["forwarded"]["x-forwarded-host"], "localhost:3000");
    assert_eq!(last["from_a_browser"], false);
    assert_eq!(requests["requests"][0]["from_a_browser"], true);
    let token = browser.cookie(GATEWAY_COOKIE).unwrap();
    assert!(!told.body.contains(&token));
}

#[tokio::test]
async fn it_is_not_on_the_origin_of_the_platform() {
    let browser = Browser::new(&bare());
    for path in ["/faults", "/requests", "/sessions"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

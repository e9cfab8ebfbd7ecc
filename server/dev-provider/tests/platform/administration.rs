//! Sessions that end from the platform's side.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::PlatformStandIn;
use http::StatusCode;
use http::header::HOST;
use serde_json::Value;

use crate::browser::{Browser, send};
use crate::extension::bare;

async fn session_of(stand_in: &PlatformStandIn, sub: &str) -> String {
    let request = Request::get("/sessions").header(HOST, "localhost:3099");
    let told = send(&stand_in.control_router(), request.body(Body::empty()).unwrap())
        .await
        .json();
    let sessions = told["gateway"].as_array().unwrap();
    let of = |session: &&Value| session["sub"] == sub;
    sessions.iter().find(of).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn end(browser: &Browser, id: &str) -> StatusCode {
    let request = Request::delete(format!("/api/auth/sessions/{id}")).header(HOST, "localhost:3000");
    browser.send(request.body(Body::empty()).unwrap()).await.status
}

async fn is_known(browser: &Browser) -> bool {
    browser.get("/api/auth/validate").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_session_is_ended_by_whose_it_is_or_by_an_administrator() {
    let stand_in = bare();
    let [ada, grace, linus, stranger] = std::array::from_fn(|_| Browser::new(&stand_in));
    for (browser, sub) in [(&ada, "ada"), (&grace, "grace"), (&linus, "linus")] {
        browser.sign_in(sub, "/").await;
    }
    let of_grace = session_of(&stand_in, "grace").await;
    assert_eq!(end(&stranger, &of_grace).await, StatusCode::UNAUTHORIZED);
    assert_eq!(end(&linus, &of_grace).await, StatusCode::NOT_FOUND);
    assert!(is_known(&grace).await);
    assert_eq!(end(&ada, &of_grace).await, StatusCode::NO_CONTENT);
    assert!(!is_known(&grace).await);
    let of_linus = session_of(&stand_in, "linus").await;
    assert_eq!(end(&linus, &of_linus).await, StatusCode::NO_CONTENT);
    assert!(!is_known(&linus).await && is_known(&ada).await);
}

#[tokio::test]
async fn a_purge_ends_all_that_a_person_has_and_nothing_of_others() {
    let stand_in = bare();
    let [ada, linus, linus_elsewhere] = std::array::from_fn(|_| Browser::new(&stand_in));
    for (browser, sub) in [(&ada, "ada"), (&linus, "linus"), (&linus_elsewhere, "linus")] {
        browser.sign_in(sub, "/").await;
    }
    let purge = async |browser: &Browser, body: &'static str| {
        let request = Request::post("/api/auth/sessions/purge").header(HOST, "localhost:3000");
        browser.send(request.body(Body::from(body)).unwrap()).await
    };
    let body = r#"{"tenant_id":"t","subject_namespace":"n","subject_id":"linus"}"#;
    assert_eq!(purge(&linus, body).await.status, StatusCode::FORBIDDEN);
    assert_eq!(purge(&ada, "{}").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        purge(&ada, body).await.json()["revoked"],
        4,
        "two at the gateway, two at the single sign-on"
    );
    assert!(!is_known(&linus).await && !is_known(&linus_elsewhere).await);
    assert!(is_known(&ada).await);
    assert!(
        linus
            .get("/api/auth/login?redirect_uri=%2F")
            .await
            .asks_who_one_is()
    );
}

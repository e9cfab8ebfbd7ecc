//! Userinfo adds to a sign-in and never prevents one.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint, ScriptedProvider};
use serde_json::json;

use super::{
    steps::{assert_works, remove, set},
    support::App,
};

/// The name comes from the ID token, so what userinfo alone would say is looked for elsewhere.
async fn email_after_sign_in(app: &App) -> serde_json::Value {
    app.script().change_id_token_claims(remove("email"));
    let mut browser = assert_works(app).await;
    let session = browser.fetch("/api/session").await.json();
    assert_eq!(session["user_id"], "ada");
    session["email"].clone()
}

#[tokio::test]
async fn userinfo_adds_what_the_id_token_lacks() {
    let app = App::start().await;
    assert_eq!(email_after_sign_in(&app).await, "ada@example.com");
    let request = app.script().last_request(Endpoint::Userinfo).unwrap();
    assert!(request.header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(request.query, None, "the token stands in no address");
}

#[tokio::test]
async fn f2_17_userinfo_about_another_person_is_not_used() {
    for sub in [json!("grace"), json!(""), json!(["ada"]), json!("Ada")] {
        let app = App::start().await;
        app.script().change_userinfo(set("sub", sub));
        assert_eq!(email_after_sign_in(&app).await, json!(null));
        assert_eq!(app.script().count(Endpoint::Userinfo), 1);
    }
    let app = App::start().await;
    app.script().change_userinfo(remove("sub"));
    assert_eq!(email_after_sign_in(&app).await, json!(null));
}

#[tokio::test]
async fn f2_17_a_userinfo_that_fails_is_done_without() {
    for answer in [
        Answer::status(500),
        Answer::status(401),
        Answer::body(200, "text/html", "<html></html>"),
        Answer::body(200, "application/jwt", "a.b.c"),
        Answer::json(200, &json!(["ada"])),
        Answer::cut_off("{\"sub\":\"ada\","),
        Answer::oversize(10 * 1024 * 1024),
    ] {
        let app = App::start().await;
        app.script().answer_always(Endpoint::Userinfo, answer);
        assert_eq!(email_after_sign_in(&app).await, json!(null));
        assert_eq!(app.script().count(Endpoint::Userinfo), 1);
    }
}

#[tokio::test]
async fn i15_f2_17_a_userinfo_that_hangs_is_given_up() {
    let app = App::builder().timeout(Duration::from_millis(200)).start().await;
    app.script().answer_always(Endpoint::Userinfo, Answer::hang());
    let signing_in = email_after_sign_in(&app);
    let email = tokio::time::timeout(Duration::from_secs(8), signing_in)
        .await
        .expect("the timeout holds");
    assert_eq!(email, json!(null));
}

#[tokio::test]
async fn i15_f2_17_a_redirect_of_userinfo_takes_the_token_nowhere() {
    let (app, trap) = (App::start().await, ScriptedProvider::start().await);
    let location = format!("{}/userinfo", trap.origin());
    app.script()
        .answer_always(Endpoint::Userinfo, Answer::redirect(&location));
    assert_eq!(email_after_sign_in(&app).await, json!(null));
    assert_eq!(trap.script().count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn a_provider_without_userinfo_is_not_asked() {
    let app = App::start().await;
    app.script().change_discovery(remove("userinfo_endpoint"));
    assert_eq!(email_after_sign_in(&app).await, json!(null));
    assert_eq!(app.script().count(Endpoint::Userinfo), 0);
}

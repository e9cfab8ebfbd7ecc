//! Who may sign in.

use exeunt_dev_provider::script::Endpoint;
use serde_json::json;

use super::{
    steps::{assert_nobody_signed_in, assert_works, parameter, remove, set},
    support::App,
};

async fn requiring(claims: &'static [&'static str]) -> App {
    App::builder()
        .settings(|settings| {
            settings.require_claims = claims.iter().map(|claim| claim.parse().unwrap()).collect();
        })
        .start()
        .await
}

async fn assert_not_admitted(app: &App) {
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(
        answer.text().contains("This account may not sign in here"),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains("Use another account"));
    assert!(
        answer
            .text()
            .contains("href=\"/auth/login?prompt=select_account\""),
        "{}",
        answer.text()
    );
    assert_nobody_signed_in(app, &browser).await;
    // The way on makes the provider ask for an account.
    let start = browser.open("/auth/login?prompt=select_account").await.location();
    assert_eq!(parameter(&start, "prompt").as_deref(), Some("select_account"));
}

#[tokio::test]
async fn who_has_the_required_claim_signs_in() {
    assert_works(&requiring(&["roles=admin"]).await).await;
    assert_works(&requiring(&["email_verified=true", "roles=user"]).await).await;
}

#[tokio::test]
async fn who_lacks_a_required_claim_does_not_and_may_use_another_account() {
    assert_not_admitted(&requiring(&["roles=editor"]).await).await;
    assert_not_admitted(&requiring(&["roles=admin", "department=stage"]).await).await;
    let app = requiring(&["roles=admin"]).await;
    app.script().auto_login("grace");
    assert_not_admitted(&app).await;
    assert_eq!(app.script().count(Endpoint::Token), 1);
}

#[tokio::test]
async fn a_session_that_was_there_outlives_the_refusal_of_another_account() {
    let app = requiring(&["roles=admin"]).await;
    let mut browser = assert_works(&app).await;
    app.script().auto_login("grace");
    assert_eq!(browser.sign_in("/auth/login").await.status, 403);
    assert_eq!(browser.fetch("/api/session").await.json()["user_id"], "ada");
}

#[tokio::test]
async fn a_required_claim_may_come_from_userinfo_but_not_against_the_id_token() {
    let app = requiring(&["department=stage"]).await;
    app.script().change_userinfo(set("department", "stage"));
    assert_works(&app).await;
    let app = requiring(&["department=stage"]).await;
    app.script().change_userinfo(set("department", "stage"));
    app.script().change_id_token_claims(set("department", "house"));
    assert_not_admitted(&app).await;
    let app = requiring(&["department=stage"]).await;
    app.script().change_userinfo(|claims| {
        claims.insert("department".to_owned(), json!("stage"));
        claims.insert("sub".to_owned(), json!("grace"));
    });
    assert_not_admitted(&app).await;
}

#[tokio::test]
async fn roles_are_read_where_the_operator_says() {
    let app = App::builder()
        .settings(|settings| settings.roles_claim = "/realm_access/roles".parse().unwrap())
        .start()
        .await;
    app.script().change_id_token_claims(|claims| {
        claims.insert("realm_access".to_owned(), json!({"roles": ["stagehand"]}));
    });
    let mut browser = assert_works(&app).await;
    assert_eq!(
        browser.fetch("/api/session").await.json()["roles"],
        json!(["stagehand"])
    );
    app.script().change_id_token_claims(remove("realm_access"));
    let mut browser = assert_works(&app).await;
    assert_eq!(browser.fetch("/api/session").await.json()["roles"], json!([]));
}

#[tokio::test]
async fn the_tokens_of_who_may_not_sign_in_are_revoked() {
    let app = requiring(&["roles=editor"]).await;
    assert_not_admitted(&app).await;
    assert_eq!(app.script().count(Endpoint::Revocation), 0);
    assert_eq!(exeunt::logout::outbox::work_once(&app.exeunt).await.unwrap(), 1);
    assert_eq!(app.script().count(Endpoint::Revocation), 2);
}

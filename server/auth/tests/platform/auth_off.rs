//! Sign-in switched off: `KAMIWAZA_USE_AUTH=false`.

use exeunt::platform::Contract;
use http::StatusCode;

use crate::support::App;

#[tokio::test]
async fn f8_7_everybody_is_anonymous_and_a_sign_out_has_nothing_to_end() {
    let app = App::start_with(|settings| settings.use_auth = false).await;
    for mut browser in [app.browser(), app.signed_in()] {
        let answer = browser.get("/api/session").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.json(),
            serde_json::json!({
                "user_id": "anonymous", "email": "anonymous@local", "name": "Anonymous", "roles": [],
                "request_id": null, "auth_enabled": false, "now": 1_800_000_000,
            })
        );
        assert_eq!(browser.get("/whoami").await.text, "anonymous");
        let answer = browser.log_out("{}").await;
        assert_eq!(answer.status, StatusCode::OK);
        let json = answer.json();
        assert_eq!(json["success"], true);
        assert_eq!(
            json["receipt"]["layers"],
            serde_json::json!([]),
            "nothing is claimed"
        );
        assert!(json.get("front_channel_logout_url").is_none());
        assert_eq!(answer.set_cookies(), [""; 0]);
    }
    assert!(app.scripted.asked().is_empty(), "the platform is left alone");
}

#[tokio::test]
async fn f8_7_in_the_newer_contract_there_is_nowhere_to_sign_in() {
    let app = App::start_with(|settings| {
        settings.use_auth = false;
        settings.contract = Contract::Current;
    })
    .await;
    let mut browser = app.browser();
    let session = browser.get("/api/session").await.json();
    assert_eq!(session["user_id"], "anonymous");
    assert_eq!(session["is_authenticated"], false);
    let answer = browser.get("/api/auth/login-url").await;
    assert_eq!(answer.json(), serde_json::json!({"login_url": null}));
}

#[tokio::test]
async fn whoever_signs_in_all_the_same_stays_here() {
    let app = App::start_with(|settings| settings.use_auth = false).await;
    let answer = app.browser().open("/auth/login?return_to=%2Faccount").await;
    assert_eq!(answer.header("location"), "/runtime/apps/a/account");
}

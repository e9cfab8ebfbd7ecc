//! What ends a session, and that nothing begins one.

use exeunt::logout::view::{LoggedOutView, logged_out_view};
use exeunt_dev_provider::script::Endpoint;
use url::Url;

use super::{check, check_path, end_at_provider, watching_and_probing_app, watching_app};
use crate::support::{App, Browser};

async fn receipt_status(browser: &mut Browser, layer: &str) -> String {
    let receipt = browser.fetch("/api/auth/receipt").await.json();
    let lines = receipt["layers"].as_array().unwrap();
    let line = lines.iter().find(|line| line["layer"] == layer).unwrap();
    line["status"].as_str().unwrap().to_owned()
}

async fn view_of(app: &App, browser: &Browser) -> LoggedOutView {
    logged_out_view(&app.exeunt, &browser.headers()).await.unwrap()
}

async fn is_gone(app: &App, before: &mut Browser, browser: &mut Browser) {
    assert!(browser.session_cookie().is_none());
    assert_eq!(browser.fetch("/api/session").await.status, 401);
    assert_eq!(
        before.fetch("/api/session").await.status,
        401,
        "I3: the old cookie"
    );
    let left = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn f7_10_login_required_signs_out_here_and_starts_no_login() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let mut before = browser.clone();
    end_at_provider(&app, &browser);
    let answer = check(&app, &mut browser).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.location()),
        (303, "/logged-out")
    );
    is_gone(&app, &mut before, &mut browser).await;
    assert_eq!(receipt_status(&mut browser, "app_session").await, "ended");
    assert_eq!(receipt_status(&mut browser, "provider_session").await, "ended");
    let asked = app.script().count(Endpoint::Authorize);
    assert_eq!(browser.open("/logged-out").await.status, 200);
    assert_eq!(app.script().count(Endpoint::Authorize), asked);
}

#[tokio::test]
async fn f7_10_its_tokens_are_revoked() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, &browser);
    check(&app, &mut browser).await;
    assert_eq!(receipt_status(&mut browser, "access_token").await, "ended");
    assert!(app.script().count(Endpoint::Revocation) > 0);
}

#[tokio::test]
async fn f7_10_i4_the_receipt_names_who_stands_behind_the_provider() {
    let app = watching_app().await;
    app.script().change_id_token_claims(|claims| {
        claims.insert("identity_provider".to_owned(), "github".into());
    });
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, &browser);
    check(&app, &mut browser).await;
    assert_eq!(
        receipt_status(&mut browser, "upstream_idp").await,
        "cannot_be_ended"
    );
}

#[tokio::test]
async fn a4_8_any_answer_without_proof_signs_out_here() {
    for error in [
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "access_denied",
    ] {
        let app = watching_app().await;
        let mut browser = app.signed_in("ada").await;
        let mut before = browser.clone();
        app.script().change_authorization_response(move |parameters| {
            parameters.retain(|(name, _)| name != "code");
            parameters.push(("error".to_owned(), error.to_owned()));
        });
        let answer = check(&app, &mut browser).await;
        assert_eq!(answer.location(), "/logged-out", "{error}");
        is_gone(&app, &mut before, &mut browser).await;
        assert_eq!(
            receipt_status(&mut browser, "provider_session").await,
            "unconfirmed",
            "{error}"
        );
    }
}

#[tokio::test]
async fn f7_9_another_person_ends_the_session_of_the_first_and_is_not_signed_in() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let mut before = browser.clone();
    app.script().change_id_token_claims(|claims| {
        claims.insert("sub".to_owned(), "grace".into());
    });
    let answer = check(&app, &mut browser).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.location()),
        (303, "/logged-out")
    );
    is_gone(&app, &mut before, &mut browser).await;
    let graces = app
        .store
        .list(&app.provider.issuer(), "grace", app.now())
        .await
        .unwrap();
    assert!(graces.is_empty());
    assert_eq!(
        receipt_status(&mut browser, "provider_session").await,
        "unconfirmed"
    );
    // I19: whoever signs in next is asked who it is.
    let start = browser.open("/auth/login").await;
    let location = Url::parse(&start.location()).unwrap();
    assert!(
        location
            .query_pairs()
            .any(|(name, value)| name == "prompt" && value == "login")
    );
}

/// The provider answers a silent check in a way that ends the session and proves nothing.
fn prove_nothing(app: &App, how: &str) {
    if how == "another person" {
        app.script().change_id_token_claims(|claims| {
            claims.insert("sub".to_owned(), "grace".into());
        });
    } else {
        app.script().change_authorization_response(move |parameters| {
            parameters.retain(|(name, _)| name != "code");
            parameters.push(("error".to_owned(), "consent_required".to_owned()));
        });
    }
}

#[tokio::test]
async fn a4_8_i4_what_is_not_proved_can_be_ended_at_the_provider_and_then_be_probed() {
    for how in ["no proof", "another person"] {
        let app = watching_and_probing_app().await;
        let mut browser = app.signed_in("ada").await;
        prove_nothing(&app, how);
        assert_eq!(check(&app, &mut browser).await.location(), "/logged-out", "{how}");
        let before = view_of(&app, &browser).await;
        assert_eq!(before.provider_tries_left, 3, "{how}");
        assert!(!before.can_probe, "{how}: it was not asked to end anything yet");
        let page = browser.open("/auth/logout/continue").await.text();
        assert!(page.contains("id_token_hint="), "{how}: {page}");
        let after = view_of(&app, &browser).await;
        assert_eq!(after.provider_tries_left, 2, "{how}");
        assert!(after.can_probe, "{how}");
        // The provider knows the state.
        let (_, state) = page.split_once("&amp;state=").unwrap();
        let state: String = state.chars().take_while(|one| !"&\"".contains(*one)).collect();
        let asked = browser
            .open(&format!("/logged-out?state={state}"))
            .await
            .location();
        assert!(asked.contains("prompt=none"), "{how}: {asked}");
        assert_eq!(receipt_status(&mut browser, "provider_session").await, "returned");
    }
}

#[tokio::test]
async fn a4_8_where_nothing_can_be_ended_at_the_provider_nothing_is_offered() {
    for (found, no_endpoint) in [("nobody", false), ("no proof", true)] {
        let app = watching_app().await;
        if no_endpoint {
            app.script().change_discovery(|metadata| {
                metadata.remove("end_session_endpoint");
            });
            app.clock.advance(std::time::Duration::from_secs(2 * 60 * 60));
        }
        let mut browser = app.signed_in("ada").await;
        if found == "nobody" {
            end_at_provider(&app, &browser);
        } else {
            prove_nothing(&app, found);
        }
        assert_eq!(check(&app, &mut browser).await.location(), "/logged-out");
        let view = view_of(&app, &browser).await;
        assert_eq!((view.provider_tries_left, view.can_probe), (0, false), "{found}");
        let leaving = browser.open("/auth/logout/continue").await;
        assert_eq!(leaving.location(), "/logged-out", "{found}");
    }
}

#[tokio::test]
async fn i19_without_a_session_a_check_begins_nothing() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
    let asked = app.script().count(Endpoint::Authorize);
    for browser in [&mut browser, &mut app.browser()] {
        let answer = browser.open(&path).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.location()),
            (303, "/logged-out")
        );
    }
    assert_eq!(app.script().count(Endpoint::Authorize), asked);
}

#[tokio::test]
async fn i2_i19_a_sign_out_during_a_check_is_not_undone() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    let path = check_path(&app, &browser).await;
    let mut returning = browser.clone();
    let callback = returning.sign_in_until_callback(&path).await;
    browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
    // A browser that kept the cookies all the same.
    let answer = returning.open(&callback).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.location()),
        (303, "/logged-out")
    );
    assert_eq!(returning.fetch("/api/session").await.status, 401);
    let left = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test]
async fn i6_a_stranger_cannot_name_the_session_and_so_ends_nothing() {
    let app = watching_app().await;
    let mut browser = app.signed_in("ada").await;
    end_at_provider(&app, &browser);
    let asked = app.script().count(Endpoint::Authorize);
    for guess in ["", "x", "1"] {
        let answer = browser
            .open(&format!(
                "/auth/login?prompt=none&recheck={guess}&return_to=/account"
            ))
            .await;
        let led_away = answer.location().starts_with(&app.provider.issuer());
        assert_eq!(
            led_away,
            guess.is_empty(),
            "without a name it is an ordinary login: {guess:?}"
        );
    }
    assert_eq!(app.script().count(Endpoint::Authorize), asked);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

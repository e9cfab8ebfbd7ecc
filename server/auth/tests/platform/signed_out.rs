//! After a sign-out: what stays signed out, and until when.

use http::StatusCode;

use crate::support::{App, Reply};

#[tokio::test]
async fn after_a_sign_out_a_visit_signs_nobody_in_although_the_gateway_names_the_person() {
    let app = App::start().await;
    app.scripted.will(Reply::status(500));
    let mut browser = app.signed_in();
    assert_eq!(browser.get("/whoami").await.text, "ada");
    browser.log_out("{}").await;
    for path in ["/api/session", "/whoami"] {
        assert_eq!(browser.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// Whoever copied the platform's cookie before has none of the browser's own.
#[tokio::test]
async fn i3_the_old_sign_on_replayed_without_our_cookie_counts_for_nothing() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let mut thief = browser.clone();
    browser.log_out("{}").await;
    assert_eq!(thief.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

/// Another instance, or this one after a restart, knows it by the browser's cookie.
#[tokio::test]
async fn i3_another_instance_knows_it_too() {
    let (one, other) = (App::start().await, App::start().await);
    let mut browser = one.signed_in();
    browser.log_out("{}").await;
    let mut there = other.signed_in();
    there.cookies = browser.cookies.clone();
    assert_eq!(there.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn i1_it_is_dead_before_the_platform_has_answered() {
    let app = App::start_with(|settings| settings.timeout = std::time::Duration::from_millis(500)).await;
    app.scripted.will(Reply::hangs());
    let mut browser = app.signed_in();
    let mut tab = browser.clone();
    let signing_out = tokio::spawn(async move { browser.log_out("{}").await });
    while app.scripted.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!signing_out.is_finished());
    assert_eq!(tab.get("/api/session").await.status, StatusCode::UNAUTHORIZED);
    signing_out.await.unwrap();
}

#[tokio::test]
async fn a_new_sign_on_counts() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    browser
        .cookies
        .insert("access_token".to_owned(), "ada-2".to_owned());
    assert_eq!(browser.get("/whoami").await.text, "ada");
}

/// What a platform renews, sets besides, or sends in another order is no new sign-on, as long as one thing stays.
#[tokio::test]
async fn i3_one_cookie_of_several_is_enough_to_know_the_sign_on_again() {
    let app = App::start().await;
    let mut browser = app.signed_in().with_cookie("id_token", "ada-id");
    let thief = browser.clone();
    browser.log_out("{}").await;
    for cookie in [
        "access_token=ada-2; id_token=ada-id",
        "id_token=ada-id; access_token=ada-1",
        "access_token=ada-1; id_token=ada-id; refresh_token=ada-refresh",
        "access_token=ada-1; access_token=ada-1; id_token=ada-id",
        "access_token=; access_token=ada-1; id_token=new",
        "refresh_token=ada-refresh; access_token=ada-3",
    ] {
        // With our cookie, and without: both know.
        for mut shown in [browser.clone(), thief.clone()] {
            shown.cookies.remove("access_token");
            shown.cookies.remove("id_token");
            shown.gateway.append("cookie", cookie.parse().unwrap());
            assert_eq!(
                shown.get("/whoami").await.status,
                StatusCode::UNAUTHORIZED,
                "{cookie}"
            );
        }
    }
    // All at once is a new one, as far as anybody can tell.
    let mut again = browser
        .with_cookie("access_token", "ada-9")
        .with_cookie("id_token", "ada-id-9");
    assert_eq!(again.get("/whoami").await.text, "ada");
}

#[tokio::test]
async fn i3_the_token_of_a_cookie_counts_for_nothing_in_a_header_either() {
    let app = App::start().await;
    app.signed_in().log_out("{}").await;
    let mut replay = app.signed_in();
    replay.cookies.clear();
    replay
        .gateway
        .insert("authorization", "Bearer ada-1".parse().unwrap());
    assert_eq!(replay.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    replay
        .gateway
        .insert("authorization", "Bearer ada-2".parse().unwrap());
    assert_eq!(replay.get("/whoami").await.text, "ada");
}

/// Gateways read more than one spelling of a value, and of a signature more than one ending.
#[tokio::test]
async fn i3_another_spelling_of_the_sign_on_counts_for_nothing_either() {
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ";
    let app = App::start().await;
    app.signed_in()
        .with_cookie("access_token", &format!("{SIGNED}.c2lnbmF0dXJA"))
        .with_cookie("id_token", "ada-id")
        .log_out("{}")
        .await;
    let same = [
        format!("access_token={SIGNED}.c2lnbmF0dXJB"),
        format!("access_token=\"{SIGNED}.c2lnbmF0dXJA\""),
        "id_token=\"ada-id\"".to_owned(),
        "id_token=ada%2Did".to_owned(),
        "id_token = ada-id".to_owned(),
    ];
    for cookie in same {
        let mut replay = app.signed_in();
        replay.cookies.clear();
        replay.gateway.append("cookie", cookie.parse().unwrap());
        assert_eq!(
            replay.get("/whoami").await.status,
            StatusCode::UNAUTHORIZED,
            "{cookie}"
        );
    }
    for authorization in [
        format!("bearer {SIGNED}.c2lnbmF0dXJB"),
        "BEARER \"ada-id\"".to_owned(),
    ] {
        let mut replay = app.signed_in();
        replay.cookies.clear();
        replay
            .gateway
            .insert("authorization", authorization.parse().unwrap());
        assert_eq!(
            replay.get("/whoami").await.status,
            StatusCode::UNAUTHORIZED,
            "{authorization}"
        );
    }
    // A token that says something else is another.
    let mut other = app.signed_in().with_cookie(
        "access_token",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEiLCJpYXQiOjJ9.c2lnbmF0dXJA",
    );
    assert_eq!(other.get("/whoami").await.text, "ada");
}

/// A restart forgets; the browser does not, and whoever has no such cookie is told from its first visit on.
#[tokio::test]
async fn i3_another_instance_learns_it_from_the_browser() {
    let (one, other) = (App::start().await, App::start().await);
    let mut browser = one.signed_in().with_cookie("id_token", "ada-id");
    let thief = browser.clone();
    browser.log_out("{}").await;
    let mut there = other.browser();
    there.gateway = browser.gateway.clone();
    there.cookies = browser.with_cookie("access_token", "ada-2").cookies;
    assert_eq!(there.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    for token in ["ada-1", "ada-2"] {
        let mut replay = other.signed_in();
        replay.cookies = thief.with_cookie("access_token", token).cookies;
        assert_eq!(
            replay.get("/whoami").await.status,
            StatusCode::UNAUTHORIZED,
            "{token}"
        );
    }
}

#[tokio::test]
async fn i3_whoever_shows_more_tokens_than_a_sign_on_has_is_nobody() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let many: Vec<_> = (0..20).map(|index| format!("access_token=t{index}")).collect();
    browser.gateway.append("cookie", many.join("; ").parse().unwrap());
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
}

/// Where the gateway lets nothing through that names the sign-on, it is the person, in this browser alone.
#[tokio::test]
async fn without_cookies_of_the_platform_only_this_browser_is_signed_out() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.cookies.clear();
    let mut other = browser.clone();
    browser.log_out("{}").await;
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(other.get("/whoami").await.text, "ada");
}

/// This app here: the platform is not asked, and the answer says that it stays.
#[tokio::test]
async fn the_scope_app_leaves_the_platform_alone() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let answer = browser.log_out(r#"{"scope":"app"}"#).await;
    assert!(app.scripted.asked().is_empty());
    let json = answer.json();
    assert_eq!(json["success"], true);
    assert!(json.get("front_channel_logout_url").is_none());
    assert_eq!(
        json["redirect_url"],
        "https://k.example/runtime/apps/a/logged-out"
    );
    assert_eq!(answer.layer("app_session").as_deref(), Some("ended"));
    assert_eq!(answer.layer("platform").as_deref(), Some("kept"));
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    let view = app.logged_out_view(&browser).await;
    assert!(!view.signed_in && view.provider_tries_left == 0);
}

#[tokio::test]
async fn the_scope_everywhere_says_what_it_cannot_reach() {
    let app = App::start().await;
    let answer = app.signed_in().log_out(r#"{"scope":"everywhere"}"#).await;
    assert_eq!(answer.layer("other_sessions").as_deref(), Some("cannot_be_ended"));
}

#[tokio::test]
async fn i4_a_platform_that_knew_of_no_session_ended_none() {
    let app = App::start().await;
    let nothing = crate::support::Reply::json(&serde_json::json!({"session_termination_requested": false}));
    app.scripted.will(nothing.clone());
    let answer = app.signed_in().log_out("{}").await;
    assert_eq!(answer.json()["success"], true, "it answered 200");
    assert_eq!(answer.layer("platform").as_deref(), Some("unconfirmed"));

    // What a first press ended, a second one does not find any more.
    let app = App::start().await;
    let mut browser = app.signed_in();
    browser.log_out("{}").await;
    app.scripted.will(nothing);
    let answer = browser.log_out("{}").await;
    assert_eq!(answer.layer("platform").as_deref(), Some("ended"));
}

#[tokio::test]
async fn what_the_platform_owns_is_refused_clearly() {
    let app = App::start().await;
    let mut browser = app.signed_in();
    let list = browser.get("/api/auth/sessions").await;
    assert_eq!(
        list.json(),
        serde_json::json!({"sessions": [], "recent_ends": [], "platform": "k.example"})
    );
    for (method, path, status) in [
        (http::Method::POST, "/api/auth/extend", StatusCode::CONFLICT),
        (http::Method::POST, "/api/auth/sessions/end", StatusCode::CONFLICT),
        (
            http::Method::DELETE,
            "/api/auth/sessions/x",
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = browser
            .send(method.clone(), path, &crate::support::FETCH, "{}")
            .await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["detail"]["message"].is_string(), "{path}");
        let nobody = app
            .browser()
            .send(method, path, &crate::support::FETCH, "{}")
            .await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for absent in [
        "/auth/callback",
        "/auth/frontchannel-logout",
        "/auth/logout/probe",
    ] {
        assert_eq!(
            browser.get(absent).await.status,
            StatusCode::NOT_FOUND,
            "{absent}"
        );
    }
}

//! Tokens are kept for a successor of their session only where there is one (invariant I4). The person has a second session,
//! in another browser, each time.

use std::time::Duration;

use exeunt::logout::outbox::{Progress, Step};

use super::{
    App, Given, app_on, entry_id, progress, revoked, sorted,
    support::{NamedStore, every_store},
    work,
};

const MILLISECOND: Duration = Duration::from_millis(1);
/// Whoever ends one session has a head start on the worker.
const HEAD_START: Duration = Duration::from_secs(10);

async fn watched(named: &NamedStore) -> (App, Given) {
    let app = app_on(named).await;
    let given = Given::watch(&app);
    (app, given)
}

async fn requiring_a_role(named: &NamedStore) -> (App, Given) {
    let app = App::builder()
        .store(named.store.clone())
        .settings(|settings| settings.require_claims = vec!["roles=admin".parse().unwrap()])
        .start()
        .await;
    let given = Given::watch(&app);
    (app, given)
}

fn take_the_role_away(app: &App) {
    app.script().change_id_token_claims(|claims| {
        claims.remove("roles");
    });
    app.script().change_userinfo(|claims| {
        claims.remove("roles");
    });
}

#[tokio::test]
async fn i4_the_tokens_of_who_may_not_sign_in_are_revoked_though_another_browser_is_signed_in() {
    for named in every_store() {
        let (app, given) = requiring_a_role(&named).await;
        let mut before = app.signed_in("ada").await;
        take_the_role_away(&app);
        assert_eq!(app.browser().sign_in("/auth/login").await.status, 403);
        work(&app).await;
        assert_eq!(revoked(&app), given.tokens()[2..], "{}", named.name);
        assert_eq!(before.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i4_they_are_kept_where_this_very_browser_is_signed_in_as_the_same_person() {
    for named in every_store() {
        let (app, _) = requiring_a_role(&named).await;
        let mut browser = app.signed_in("ada").await;
        take_the_role_away(&app);
        assert_eq!(browser.sign_in("/auth/login").await.status, 403);
        work(&app).await;
        assert_eq!(revoked(&app), Vec::<String>::new(), "{}", named.name);
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i4_i13_the_tokens_of_a_login_that_a_sign_out_overtook_are_revoked_though_a_later_one_lives() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        let mut in_flight = app.browser();
        let callback = in_flight.sign_in_until_callback("/auth/login").await;
        app.clock.advance(MILLISECOND);
        let mut browser = app.signed_in("ada").await;
        browser
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        app.clock.advance(MILLISECOND);
        let mut later = app.signed_in("ada").await;
        app.script().clear_requests();
        assert_eq!(in_flight.open(&callback).await.status, 400, "{}", named.name);
        work(&app).await;
        assert_eq!(revoked(&app), given.tokens()[4..], "{}", named.name);
        assert_eq!(later.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i4_a_session_in_whose_browser_another_person_signed_in_has_no_successor() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        let mut second = app.signed_in("ada").await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.clock.advance(MILLISECOND);
        app.script().auto_login("grace");
        browser.provider_cookies.clear();
        browser.sign_in("/auth/login").await;
        assert_eq!(browser.fetch("/api/session").await.json()["user_id"], "grace");
        app.clock.advance(HEAD_START);
        work(&app).await;
        assert_eq!(
            progress(&app, &id).await,
            Progress::both(Step::Revoked),
            "{}",
            named.name
        );
        assert_eq!(
            sorted(revoked(&app)),
            sorted(given.tokens()[2..4].to_vec()),
            "{}",
            named.name
        );
        assert_eq!(second.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

//! Every way in which a session ends queues its tokens and revokes them.

use std::time::Duration;

use exeunt::{
    logout::outbox::{Progress, Step},
    store::RETENTION,
    sweep::sweep_once,
};
use exeunt_dev_provider::script::Endpoint;

use super::{
    App, Given, app_on, entry_id, progress, revoked, sign_out, sorted,
    support::{NamedStore, every_store},
    work,
};

const MILLISECOND: Duration = Duration::from_millis(1);

async fn watched(named: &NamedStore) -> (App, Given) {
    let app = app_on(named).await;
    let given = Given::watch(&app);
    (app, given)
}

#[tokio::test]
async fn f4_25_everywhere_ends_five_sessions_and_revokes_their_tokens_and_nobody_elses() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        let mut browsers = Vec::new();
        for _ in 0..5 {
            browsers.push(app.signed_in("ada").await);
        }
        let adas = given.tokens();
        let mut grace = app.signed_in("grace").await;
        let answer = browsers[0]
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        assert_eq!(answer.json()["success"], true);
        for browser in &mut browsers {
            assert_eq!(browser.fetch("/api/session").await.status, 401, "{}", named.name);
        }
        assert_eq!(
            revoked(&app),
            adas[..2],
            "{}: its own at once, the refresh token first",
            named.name
        );
        assert_eq!(work(&app).await, 4, "{}: the others by the worker", named.name);
        assert_eq!(sorted(revoked(&app)), sorted(adas), "{}", named.name);
        assert_eq!(grace.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_25_i6_everywhere_asked_for_by_another_site_ends_nothing() {
    for named in every_store() {
        let (app, _) = watched(&named).await;
        let mut browser = app.signed_in("ada").await;
        let mut other = app.signed_in("ada").await;
        let answer = browser
            .send(
                http::Method::POST,
                "/api/auth/logout",
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("content-type", "application/x-www-form-urlencoded"),
                ],
                axum::body::Body::from("scope=everywhere"),
            )
            .await;
        assert_eq!(answer.status, 403, "{}", named.name);
        for browser in [&mut browser, &mut other] {
            assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
        }
        assert_eq!(work(&app).await, 0, "{}", named.name);
        assert_eq!(app.script().count(Endpoint::Revocation), 0);
    }
}

#[tokio::test]
async fn i11_the_tokens_of_a_session_that_a_login_replaces_are_kept_while_the_new_one_lives() {
    // Many providers keep one grant for both: what is revoked of the first is lost to the second.
    for named in every_store() {
        let (app, _) = watched(&named).await;
        let mut browser = app.signed_in("ada").await;
        let id = entry_id(&browser);
        app.clock.advance(MILLISECOND);
        assert_eq!(browser.sign_in("/auth/login").await.status, 303);
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(revoked(&app), Vec::<String>::new(), "{}", named.name);
        assert_eq!(
            progress(&app, &id).await,
            Progress::both(Step::KeptForOthers),
            "{}",
            named.name
        );
        assert_eq!(browser.fetch("/api/session").await.status, 200, "{}", named.name);
    }
}

#[tokio::test]
async fn i11_they_are_revoked_where_the_new_one_has_ended_too() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(MILLISECOND);
        browser.sign_in("/auth/login").await;
        sign_out(&mut browser).await;
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(sorted(revoked(&app)), sorted(given.tokens()), "{}", named.name);
    }
}

#[tokio::test]
async fn the_tokens_of_a_session_that_ran_out_are_revoked_when_it_is_swept() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        app.signed_in("ada").await;
        app.clock
            .advance(app.exeunt.limits().idle() + RETENTION - MILLISECOND);
        assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 0, "{}", named.name);
        assert_eq!(work(&app).await, 0);
        app.clock.advance(MILLISECOND);
        assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 1, "{}", named.name);
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(revoked(&app), given.tokens(), "{}", named.name);
    }
}

#[tokio::test]
async fn the_sweeper_ends_more_sessions_than_one_step_of_the_store_takes() {
    for named in every_store() {
        let (app, _) = watched(&named).await;
        app.signed_in("ada").await;
        let head = app
            .store
            .list(&app.provider.issuer(), "ada", app.now())
            .await
            .unwrap()
            .remove(0);
        let row = |index: u16| exeunt::store::SessionRow {
            key: exeunt::store::SessionKey(std::array::from_fn(|at| {
                index.to_be_bytes().get(at).copied().unwrap_or(1)
            })),
            public_id: format!("row-{index}"),
            iss: head.iss.clone(),
            sub: format!("person-{index}"),
            sid: None,
            former_sid: None,
            login_started_at: head.created_at,
            created_at: head.created_at,
            last_used_at: head.created_at,
            idle_expires_at: head.created_at + Duration::from_secs(1),
            absolute_expires_at: head.created_at + Duration::from_secs(1),
            device: Vec::new(),
            identity: Vec::new(),
            tokens: Vec::new(),
            data: None,
        };
        for index in 0..600 {
            app.store.begin(row(index), app.now()).await.unwrap();
        }
        app.clock.advance(Duration::from_secs(1) + RETENTION);
        assert_eq!(sweep_once(&app.exeunt).await.unwrap().0, 600, "{}", named.name);
    }
}

#[tokio::test]
async fn i13_f2_19_the_tokens_of_a_login_that_a_sign_out_overtook_are_revoked() {
    for named in every_store() {
        let (app, given) = watched(&named).await;
        let mut in_flight = app.browser();
        let callback = in_flight.sign_in_until_callback("/auth/login").await;
        app.clock.advance(MILLISECOND);
        let mut browser = app.signed_in("ada").await;
        browser
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        app.script().clear_requests();
        assert_eq!(in_flight.open(&callback).await.status, 400, "{}", named.name);
        let late = &given.tokens()[2..];
        assert_eq!(late.len(), 2);
        assert_eq!(work(&app).await, 1, "{}", named.name);
        assert_eq!(revoked(&app), late, "{}", named.name);
    }
}

#[tokio::test]
async fn an_end_that_finds_nothing_queues_nothing() {
    for named in every_store() {
        let (app, _) = watched(&named).await;
        let mut stranger = app.browser();
        stranger
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(work(&app).await, 0, "{}", named.name);
    }
}

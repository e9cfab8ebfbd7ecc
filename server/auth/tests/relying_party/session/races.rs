//! Requests that are in flight when their session ends (F3.11): what they write comes too late, and brings nothing back.

use std::sync::Arc;

use axum::{Router, extract::Path, http::StatusCode, routing::post};
use exeunt::{
    session::SessionToken,
    store::{MarkRule, Selector, Take},
};
use tokio::sync::Notify;
use tower_sessions_core::Session;

use super::{
    HOUR,
    support::{Answer, App, Browser, every_store},
};

/// What a handler does with the session.
const ACTS: [&str; 8] = [
    "insert",
    "remove",
    "save",
    "insert-save",
    "clear",
    "flush",
    "delete",
    "cycle_id",
];

#[derive(Debug, Default)]
struct Gate {
    entered: Notify,
    go_on: Notify,
}

/// `POST /api/race/{act}/{first}`: reads the session first, or not; waits at the gate; then acts.
fn racing(gate: &Arc<Gate>) -> Router {
    let gate = Arc::clone(gate);
    let handler = move |Path((act, first)): Path<(String, String)>, session: Session| async move {
        if first == "loaded" && session.get::<String>("note").await.is_err() {
            return StatusCode::IM_A_TEAPOT;
        }
        gate.entered.notify_one();
        gate.go_on.notified().await;
        let done = match &*act {
            "insert" => session.insert("note", "late").await,
            "remove" => session.remove::<String>("note").await.map(|_| ()),
            "save" => session.save().await,
            "insert-save" => match session.insert("note", "late").await {
                Ok(()) => session.save().await,
                error => error,
            },
            "clear" => {
                session.clear().await;
                Ok(())
            }
            "flush" => session.flush().await,
            "delete" => session.delete().await,
            "cycle_id" => session.cycle_id().await,
            _ => return StatusCode::NOT_FOUND,
        };
        match done {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    };
    Router::new().route("/api/race/{act}/{first}", post(handler))
}

/// Lets a request wait in its handler while `meanwhile` happens.
async fn race(gate: &Gate, browser: &Browser, path: &str, meanwhile: impl AsyncFnOnce()) -> Answer {
    let mut racer = browser.clone();
    let path = path.to_owned();
    let request = tokio::spawn(async move { racer.post_json(&path, "{}").await });
    gate.entered.notified().await;
    meanwhile().await;
    gate.go_on.notify_one();
    request.await.unwrap()
}

fn removes_session(answer: &Answer) -> bool {
    answer
        .set_cookies()
        .iter()
        .any(|cookie| cookie.starts_with("exeunt=;") && cookie.contains("Max-Age=0"))
}

#[tokio::test]
async fn f3_11_f3_13_i2_what_a_handler_writes_after_the_logout_revives_nothing() {
    for named in every_store() {
        let gate = Arc::new(Gate::default());
        let app = App::builder()
            .store(named.store.clone())
            .routes(racing(&gate))
            .start()
            .await;
        for act in ACTS {
            for first in ["loaded", "unread"] {
                let what = format!("{act}, {first}, {}", named.name);
                let browser = app.signed_in("ada").await;
                let (_, raw) = browser.session_cookie().unwrap();
                let path = format!("/api/race/{act}/{first}");
                let answer = race(&gate, &browser, &path, async || {
                    let ended = browser.clone().post_json("/api/auth/logout", "{}").await;
                    assert_eq!(ended.json()["success"], true);
                })
                .await;
                assert_eq!(answer.status, 200, "{what}: {}", answer.text());
                // `clear` of data that was never read writes nothing that could find out.
                assert!(removes_session(&answer), "{what}: {:?}", answer.set_cookies());
                let key = SessionToken::parse(&raw).unwrap().key();
                assert_eq!(app.store.load(&key, app.now()).await.unwrap(), None, "{what}");
                let all = app
                    .store
                    .list(&app.provider.issuer(), "ada", app.now())
                    .await
                    .unwrap();
                assert_eq!(all, [], "{what}");
                assert_eq!(browser.clone().fetch("/api/session").await.status, 401, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn f3_13_i2_nothing_a_handler_does_gives_a_living_session_a_second_id() {
    for named in every_store() {
        let gate = Arc::new(Gate::default());
        let app = App::builder()
            .store(named.store.clone())
            .routes(racing(&gate))
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        let before = app
            .store
            .list(&app.provider.issuer(), "ada", app.now())
            .await
            .unwrap();
        for act in ACTS {
            for first in ["loaded", "unread"] {
                let what = format!("{act}, {first}, {}", named.name);
                let answer = race(&gate, &browser, &format!("/api/race/{act}/{first}"), async || {}).await;
                assert_eq!(answer.status, 200, "{what}");
                assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{what}");
                let after = app
                    .store
                    .list(&app.provider.issuer(), "ada", app.now())
                    .await
                    .unwrap();
                assert_eq!(after, before, "{what}");
                assert_eq!(browser.fetch("/api/session").await.status, 200, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn f3_11_i2_every_other_way_to_end_a_session_holds_against_a_late_write_too() {
    for named in every_store() {
        for way in ["everywhere", "by the provider's sid", "idle"] {
            let what = format!("{way}, {}", named.name);
            let gate = Arc::new(Gate::default());
            let app = App::builder()
                .store(named.store.clone())
                .routes(racing(&gate))
                .start()
                .await;
            let browser = app.signed_in("ada").await;
            let mut elsewhere = app.signed_in("ada").await;
            let answer = race(
                &gate,
                &browser,
                "/api/race/insert-save/loaded",
                async || match way {
                    "everywhere" => {
                        let ended = elsewhere
                            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
                            .await;
                        assert_eq!(ended.json()["success"], true);
                    }
                    "by the provider's sid" => {
                        for head in app
                            .store
                            .list(&app.provider.issuer(), "ada", app.now())
                            .await
                            .unwrap()
                        {
                            let selector = Selector::Sid {
                                iss: head.iss,
                                sid: head.sid.unwrap(),
                                sub: None,
                            };
                            let take = Take::new(selector, MarkRule::Sid);
                            app.store.take(&take, app.now()).await.unwrap();
                        }
                    }
                    _ => app.clock.advance(HOUR),
                },
            )
            .await;
            assert_eq!(answer.status, 200, "{what}");
            assert!(removes_session(&answer), "{what}");
            assert_eq!(
                app.store
                    .list(&app.provider.issuer(), "ada", app.now())
                    .await
                    .unwrap(),
                [],
                "{what}"
            );
            assert_eq!(browser.clone().fetch("/api/session").await.status, 401, "{what}");
        }
    }
}

#[tokio::test]
async fn i2_app_data_without_a_session_makes_none() {
    let app = App::start().await;
    let mut stranger = app.browser();
    let answer = stranger.post_json("/api/notes", "milk").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.set_cookies(), Vec::<String>::new());
    assert_eq!(stranger.fetch("/api/notes").await.text(), "");
}

/// Two tabs of one browser: the answer to the one may come after the new cookie that the other was given.
#[tokio::test]
async fn i11_a_script_that_asks_with_the_replaced_cookie_does_not_take_the_new_one_away() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut tab = app.signed_in("ada").await;
        let mut other = tab.clone();
        assert_eq!(other.sign_in("/auth/login").await.status, 303, "{}", named.name);
        let asked = tab.fetch("/api/session").await;
        assert_eq!(asked.status, 401, "{}", named.name);
        assert_eq!(asked.set_cookies(), Vec::<String>::new(), "{}", named.name);
        let opened = tab.open("/api/session").await;
        assert!(
            removes_session(&opened),
            "{}: {:?}",
            named.name,
            opened.set_cookies()
        );
    }
}

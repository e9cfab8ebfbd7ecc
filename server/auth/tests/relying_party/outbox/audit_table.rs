//! The ends that nobody here asked for: what each is called in the audit log (issue, point 5).

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use exeunt::session::FreshAccessToken;
use exeunt_dev_provider::script::{Answer as Scripted, Endpoint};
use http::{Request, header};
use serde_json::json;

use super::{
    audit::{events, ids},
    support::{App, Browser, Logs, NamedStore, answer_of, every_store},
};

/// What ends the session.
#[derive(Clone, Copy, Debug)]
enum By {
    BackChannel,
    BackChannelOffline,
    RefreshRefused,
    RefreshMismatch,
    SilentCheck,
}

const TABLE: [(By, &str, &str); 5] = [
    (By::BackChannel, "back_channel", "192.0.2.7"),
    (By::BackChannelOffline, "back_channel_offline", "192.0.2.7"),
    (By::RefreshRefused, "refresh_refused", "unknown"),
    (By::RefreshMismatch, "refresh_mismatch", "unknown"),
    (By::SilentCheck, "session_management", "unknown"),
];

async fn app_on(named: &NamedStore) -> App {
    let app = App::builder()
        .store(named.store.clone())
        .settings(|settings| settings.logout.session_management = true)
        .routes(Router::new().route(
            "/api/token",
            get(|token: FreshAccessToken| async move { token.secret().to_owned() }),
        ))
        .start()
        .await;
    let frame = format!("{}/check-session", app.provider.issuer());
    app.script().change_discovery(move |metadata| {
        metadata.insert("check_session_iframe".to_owned(), frame.clone().into());
    });
    app
}

/// The provider calls, from an address of its own.
async fn call(app: &App) {
    let raw = app.script().logout_token(Some("ada"), None);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &raw)
        .finish();
    let mut request = Request::post("/auth/backchannel-logout")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    assert_eq!(answer_of(&app.router(), request).await.status, 200);
}

async fn refresh(app: &App, browser: &mut Browser) {
    app.clock.advance(Duration::from_secs(300));
    assert_eq!(browser.fetch("/api/token").await.status, 401);
}

async fn end(by: By, app: &App, browser: &mut Browser, session: &str) {
    match by {
        By::BackChannel => call(app).await,
        By::BackChannelOffline => {
            app.script().change_logout_token_claims(|claims| {
                claims["events"]["revoke_offline_access"] = true.into();
            });
            call(app).await;
        }
        By::RefreshRefused => {
            let refusal = Scripted::json(400, &json!({"error": "invalid_grant"}));
            app.script().answer_always(Endpoint::Token, refusal);
            refresh(app, browser).await;
        }
        By::RefreshMismatch => {
            app.script().change_id_token_claims(|claims| {
                claims.insert("sub".to_owned(), "grace".into());
            });
            refresh(app, browser).await;
        }
        By::SilentCheck => {
            for cookie in browser.provider_cookies.values() {
                app.script().end_session(cookie);
            }
            let path = format!("/auth/login?prompt=none&recheck={session}");
            assert_eq!(browser.sign_in(&path).await.location(), "/logged-out");
        }
    }
}

#[tokio::test]
async fn every_end_that_nobody_here_asked_for_writes_one_event_with_its_reason_and_from_where() {
    for (by, why, from) in TABLE {
        for named in every_store() {
            let what = format!("{by:?}, {}", named.name);
            let app = app_on(&named).await;
            app.script().change_authorization_response(|parameters| {
                parameters.retain(|(name, _)| name != "session_state");
                parameters.push(("session_state".to_owned(), "hash.salt".to_owned()));
            });
            let mut browser = app.signed_in("ada").await;
            let session = ids(&app, "ada").await.remove(0);
            let (logs, guard) = Logs::capture();
            end(by, &app, &mut browser, &session).await;
            drop(guard);
            let events = events(&logs);
            assert_eq!(events.len(), 1, "{what}: {events:?}");
            for part in [
                r#"event="end""#,
                "sub=ada",
                &format!("session={session}"),
                &format!(r#"why="{why}""#),
                &format!("from={from} "),
            ] {
                assert!(events[0].contains(part), "{what}: {part} in {}", events[0]);
            }
        }
    }
}

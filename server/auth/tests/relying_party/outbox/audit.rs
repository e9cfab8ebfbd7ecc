//! Each sign-in and each end writes one audit event: who, which session, why, from where, and no secret (issue, point 5).

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, extract::ConnectInfo};
use http::{Request, header};

use super::{
    Given, app_on,
    support::{App, Browser, Logs, answer_of, every_store},
};

pub(super) fn events(logs: &Logs) -> Vec<String> {
    logs.text()
        .lines()
        .filter(|line| line.contains(" audit: "))
        .map(str::to_owned)
        .collect()
}

fn public_ids(heads: Vec<exeunt::store::SessionHead>) -> Vec<String> {
    heads.into_iter().map(|head| head.public_id).collect()
}

pub(super) async fn ids(app: &App, sub: &str) -> Vec<String> {
    public_ids(
        app.store
            .list(&app.provider.issuer(), sub, app.now())
            .await
            .unwrap(),
    )
}

#[tokio::test]
async fn i16_a_sign_in_and_its_end_write_one_event_each_and_no_secret() {
    for named in every_store() {
        let app = app_on(&named).await;
        let given = Given::watch(&app);
        let (logs, guard) = Logs::capture();
        let mut browser = app.signed_in("ada").await;
        let session = ids(&app, "ada").await.remove(0);
        let (_, cookie) = browser.session_cookie().unwrap();
        browser.fetch("/api/session").await;
        browser.post_json("/api/auth/logout", "{}").await;
        browser.post_json("/api/auth/logout", "{}").await;
        drop(guard);
        let events = events(&logs);
        assert_eq!(events.len(), 2, "{}: {events:?}", named.name);
        for (event, (kind, why)) in events
            .iter()
            .zip([("sign_in", None), ("end", Some(r#"why="logout""#))])
        {
            assert!(event.contains(&format!(r#"event="{kind}""#)), "{event}");
            assert!(
                event.contains(&format!("iss={}", app.provider.issuer())),
                "{event}"
            );
            assert!(event.contains("sub=ada"), "{event}");
            assert!(event.contains(&format!("session={session}")), "{event}");
            assert!(event.contains("from=unknown"), "{event}");
            assert!(why.is_none_or(|why| event.contains(why)), "{event}");
            for secret in given.tokens().iter().chain([&cookie]) {
                assert!(!event.contains(secret.as_str()), "{event}");
            }
            assert!(
                !event.contains("example.com") && !event.contains("Ada"),
                "{event}"
            );
        }
    }
}

#[tokio::test]
async fn everywhere_a_replaced_session_and_one_that_ran_out_are_told_apart() {
    for named in every_store() {
        let app = app_on(&named).await;
        let mut browser = app.signed_in("ada").await;
        let first = ids(&app, "ada").await.remove(0);
        app.clock.advance(Duration::from_millis(1));
        let (logs, guard) = Logs::capture();
        browser.sign_in("/auth/login").await;
        let second = ids(&app, "ada").await.remove(0);
        app.signed_in("ada").await;
        let third = ids(&app, "ada")
            .await
            .into_iter()
            .find(|id| *id != second)
            .unwrap();
        browser
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        app.clock.advance(Duration::from_millis(1));
        app.signed_in("ada").await;
        let fourth = ids(&app, "ada").await.remove(0);
        app.clock.advance(Duration::from_secs(60 * 60));
        exeunt::sweep::sweep_once(&app.exeunt).await.unwrap();
        drop(guard);
        let ends: Vec<String> = events(&logs)
            .into_iter()
            .filter(|event| event.contains(r#"event="end""#))
            .collect();
        let expected = [
            (first, "replaced"),
            (second, "logout"),
            (third, "everywhere"),
            (fourth, "expired"),
        ];
        assert_eq!(ends.len(), expected.len(), "{}: {ends:?}", named.name);
        for (end, (session, why)) in ends.iter().zip(expected) {
            assert!(end.contains(&format!("session={session}")), "{why}: {end}");
            assert!(end.contains(&format!(r#"why="{why}""#)), "{why}: {end}");
        }
    }
}

#[tokio::test]
async fn who_signs_out_a_session_that_had_run_out_did_not_end_it() {
    let [named, _] = every_store();
    let app = app_on(&named).await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(app.exeunt.limits().idle());
    let (logs, guard) = Logs::capture();
    browser.post_json("/api/auth/logout", "{}").await;
    drop(guard);
    let events = events(&logs);
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(events[0].contains(r#"why="expired""#), "{}", events[0]);
}

/// Signs out from this address, with what a proxy or a liar wrote into the header.
async fn sign_out_from(app: &App, browser: &Browser, peer: &str, forwarded: &str) -> Vec<String> {
    let (name, value) = browser.session_cookie().unwrap();
    let mut request = Request::post("/api/auth/logout")
        .header(header::COOKIE, format!("{name}={value}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", forwarded)
        .body(Body::from("{}"))
        .unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let (logs, guard) = Logs::capture();
    assert_eq!(answer_of(&app.router(), request).await.status, 200);
    drop(guard);
    events(&logs)
}

#[tokio::test]
async fn i7_from_where_is_the_address_that_a_trusted_proxy_names_and_else_that_of_the_connection() {
    for (trusted, from) in [("192.0.2.0/24", "203.0.113.9"), ("198.51.100.0/24", "192.0.2.7")] {
        let app = App::builder()
            .settings(move |settings| settings.trusted_proxies = trusted.parse().unwrap())
            .start()
            .await;
        let browser = app.signed_in("ada").await;
        let events = sign_out_from(&app, &browser, "192.0.2.7:4711", "10.0.0.1, 203.0.113.9").await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert!(
            events[0].contains(&format!("from={from} ")),
            "{trusted}: {}",
            events[0]
        );
    }
}

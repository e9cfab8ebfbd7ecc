//! What the list tells.

use std::time::Duration;

use serde_json::json;

use super::{FIREFOX, LIST, SAFARI, id_of, list, signed_in_with, support::App};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn it_holds_ones_own_living_sessions_the_newest_first() {
    let app = App::start().await;
    let begun = app.now();
    let mut phone = signed_in_with(&app, "ada", SAFARI).await;
    app.clock.advance(MINUTE);
    let mut desk = signed_in_with(&app, "ada", FIREFOX).await;
    let mut grace = signed_in_with(&app, "grace", FIREFOX).await;
    app.clock.advance(MINUTE);
    phone.open("/account").await;
    let (phones, desks) = (id_of(&mut phone).await, id_of(&mut desk).await);
    assert_ne!(phones, desks);
    let expected = json!({
        "sessions": [
            {
                "id": desks, "current": true, "device": "Firefox on Linux", "issuer": app.provider.issuer(),
                "created_at": (begun + MINUTE).seconds(), "last_used_at": (begun + MINUTE).seconds(),
                "expires_at": (begun + 31 * MINUTE).seconds(),
            },
            {
                "id": phones, "current": false, "device": "Safari on iPhone", "issuer": app.provider.issuer(),
                "created_at": begun.seconds(), "last_used_at": (begun + 2 * MINUTE).seconds(),
                "expires_at": (begun + 32 * MINUTE).seconds(),
            },
        ],
        "recent_ends": [],
    });
    let answer = desk.fetch(LIST).await;
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    let graces = list(&mut grace).await;
    assert_eq!(graces["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(graces["sessions"][0]["current"], true);
}

#[tokio::test]
async fn it_tells_what_ended_when_and_why() {
    let app = App::start().await;
    let begun = app.now();
    let mut phone = signed_in_with(&app, "ada", SAFARI).await;
    signed_in_with(&app, "ada", FIREFOX).await;
    signed_in_with(&app, "grace", FIREFOX)
        .await
        .post_json("/api/auth/logout", "{}")
        .await;
    app.clock.advance(MINUTE);
    phone.post_json("/api/auth/logout", "{}").await;
    app.clock.set(begun + 40 * MINUTE);
    exeunt::sweep::sweep_once(&app.exeunt).await.unwrap();
    let mut again = signed_in_with(&app, "ada", FIREFOX).await;
    assert_eq!(
        list(&mut again).await["recent_ends"],
        json!([
            {
                "device": "Firefox on Linux", "created_at": begun.seconds(),
                "ended_at": (begun + 30 * MINUTE).seconds(), "why": "expired",
            },
            {
                "device": "Safari on iPhone", "created_at": begun.seconds(),
                "ended_at": (begun + MINUTE).seconds(), "why": "logout",
            },
        ])
    );
    app.clock.set(begun + 31 * 24 * 60 * MINUTE);
    let mut later = signed_in_with(&app, "ada", FIREFOX).await;
    assert_eq!(list(&mut later).await["recent_ends"], json!([]), "after 30 days");
}

#[tokio::test]
async fn it_tells_of_the_last_twenty_ends() {
    let app = App::start().await;
    for _ in 0..22 {
        app.signed_in("ada")
            .await
            .post_json("/api/auth/logout", "{}")
            .await;
    }
    let mut browser = app.signed_in("ada").await;
    assert_eq!(
        list(&mut browser).await["recent_ends"].as_array().unwrap().len(),
        20
    );
}

#[tokio::test]
async fn i5_i12_reading_it_extends_no_session() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(29 * MINUTE);
    list(&mut browser).await;
    app.clock.advance(MINUTE);
    assert_eq!(browser.fetch(LIST).await.status, 401);
}

#[tokio::test]
async fn without_a_session_it_is_401() {
    let app = App::start().await;
    let answer = app.browser().fetch(LIST).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["detail"]["error"], "session_expired");
}

//! When the platform is asked, how often, and how much of its answer goes on.

use std::time::Duration;

use futures::future::join_all;
use http::StatusCode;

use crate::support::{Answer, App, Browser, Logs, Reply};

fn size(answer: &Answer) -> usize {
    let headers = answer.headers.iter();
    headers
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

/// Anybody could make this server call the platform otherwise, as often as they like.
#[tokio::test]
async fn whoever_shows_nothing_of_the_platform_makes_nobody_ask_it() {
    let app = App::start().await;
    let mut stranger = app.browser();
    stranger.cookies.insert("theme".to_owned(), "dark".to_owned());
    let mut nameless = app.signed_in();
    nameless.cookies.clear();
    for (mut browser, app_session, success) in [(stranger, None, true), (nameless, Some("ended"), false)] {
        let answer = browser.log_out("{}").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.layer("app_session").as_deref(), app_session);
        assert_eq!(answer.layer("platform").as_deref(), Some("unconfirmed"));
        assert_eq!(answer.layer("provider_session").as_deref(), Some("unconfirmed"));
        let json = answer.json();
        assert_eq!(
            json["success"], success,
            "of somebody it means that the platform answered 200"
        );
        let leads = json["front_channel_logout_url"].as_str().unwrap();
        assert!(
            leads.starts_with("https://k.example/api/auth/logout/front-channel?"),
            "K2"
        );
        assert!(json["redirect_url"].is_string());
    }
    assert!(app.scripted.asked().is_empty());
    // A token alone is something.
    let mut client = app.browser();
    client
        .gateway
        .insert("authorization", "Bearer t".parse().unwrap());
    client.log_out("{}").await;
    assert_eq!(app.scripted.asked().len(), 1);
}

#[tokio::test]
async fn a_platform_that_hangs_is_asked_for_so_many_at_once_and_no_more() {
    const STRANGERS: usize = 16;
    const MOST: usize = 64;
    let app = App::start_with(|settings| settings.timeout = Duration::from_secs(5)).await;
    app.scripted.will(Reply::hangs());
    let ask = |browser: Browser, index: usize| {
        let mut browser = browser.with_cookie("access_token", &format!("ada-{index}"));
        tokio::spawn(async move { browser.log_out("{}").await })
    };
    let mut waiting: Vec<_> = (0..STRANGERS).map(|index| ask(app.browser(), index)).collect();
    while app.scripted.asked().len() < STRANGERS {
        tokio::task::yield_now().await;
    }
    // A made-up cookie is enough to ask: whoever is signed in has places of their own.
    let answer = app
        .browser()
        .with_cookie("access_token", "made-up")
        .log_out("{}")
        .await;
    assert_eq!(answer.json()["success"], false);
    assert_eq!(app.scripted.asked().len(), STRANGERS);
    waiting.extend((STRANGERS..MOST).map(|index| ask(app.signed_in(), index)));
    while app.scripted.asked().len() < MOST {
        tokio::task::yield_now().await;
    }
    let (logs, guard) = Logs::capture();
    let mut browser = app.signed_in().with_cookie("access_token", "one-more");
    let answer = browser.log_out("{}").await;
    drop(guard);
    assert!(
        waiting.iter().all(|one| !one.is_finished()),
        "it did not wait for them"
    );
    assert_eq!(app.scripted.asked().len(), MOST);
    assert_eq!(answer.layer("app_session").as_deref(), Some("ended"));
    assert_eq!(answer.layer("platform").as_deref(), Some("unconfirmed"));
    let json = answer.json();
    assert_eq!(json["success"], false);
    assert!(json["front_channel_logout_url"].is_string() && json["redirect_url"].is_string());
    assert_eq!(browser.get("/whoami").await.status, StatusCode::UNAUTHORIZED);
    assert!(logs.text().contains("too many sign-outs at once"));

    // The places are given back.
    join_all(waiting).await;
    app.scripted.will(Reply::signed_out("/out"));
    let answer = app
        .signed_in()
        .with_cookie("access_token", "later")
        .log_out("{}")
        .await;
    assert_eq!(answer.layer("platform").as_deref(), Some("ended"));
}

/// However much the platform removes, and however long its address is, nginx takes the answer with its default buffers.
#[tokio::test]
async fn i9_removals_beyond_what_an_answer_has_room_for_are_left_out_and_said() {
    let app = App::start().await;
    let long = "x".repeat(250);
    let mut reply = Reply::signed_out(&format!("/out?x={}", "a".repeat(700)));
    for index in 0..20 {
        let removal = format!("access_token=; Path=/{index}{long}; Domain={long}.example; Max-Age=0");
        reply = reply.with("set-cookie", &removal);
    }
    app.scripted.will(reply);
    let mut browser = app.signed_in();
    for index in 0..12 {
        let token = format!("access_token=t{index}");
        browser.gateway.append("cookie", token.parse().unwrap());
    }
    let (logs, _guard) = Logs::capture();
    let answer = browser.log_out("{}").await;
    assert!(size(&answer) < 4096, "{}", size(&answer));
    let cookies = answer.set_cookies();
    for ours in ["-logout=", "-signed-out="] {
        assert!(cookies.iter().any(|cookie| cookie.contains(ours)), "{ours}");
    }
    assert!(
        logs.text()
            .contains("removes more cookies than an answer has room for")
    );

    // Few and short ones go on, all of them.
    let mut reply = Reply::signed_out("/out");
    for name in ["access_token", "refresh_token", "id_token"] {
        for path in ["/", "/api"] {
            reply = reply.with(
                "set-cookie",
                &format!("{name}=; Path={path}; Max-Age=0; HttpOnly; Secure"),
            );
        }
    }
    app.scripted.will(reply);
    let answer = app
        .signed_in()
        .with_cookie("access_token", "ada-2")
        .log_out("{}")
        .await;
    let removals = answer
        .set_cookies()
        .iter()
        .filter(|cookie| cookie.contains("_token=;"))
        .count();
    assert_eq!(removals, 6);
}

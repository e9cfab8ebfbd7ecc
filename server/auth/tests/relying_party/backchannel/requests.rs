//! What is a request to the endpoint, and what is none.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use exeunt::store::MemoryStore;
use futures::{StreamExt as _, stream};
use http::Method;

use super::{
    steps::{PATH, assert_accepted, form, is_alive, post, publish, request, start},
    support::{App, Call, FailingStore, Logs},
    token::Desk,
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn status(app: &App, headers: &[(&str, &str)], body: impl Into<Body>) -> u16 {
    post(&app.router(), PATH, headers, body.into())
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn f1_39_only_post_is_allowed() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser).await.token().sign();
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
        for address in [PATH.to_owned(), format!("{PATH}?logout_token={raw}")] {
            let method: Method = method.parse().unwrap();
            let answer = request(
                &app.router(),
                method.clone(),
                &address,
                &[FORM],
                Body::from(form(&raw)),
            )
            .await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow").as_deref(), Some("POST"), "{method}");
        }
    }
    assert!(is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_40_only_a_form_is_read() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser).await.token().sign();
    let json = format!(r#"{{"logout_token":"{raw}"}}"#);
    let multipart =
        format!("--x\r\nContent-Disposition: form-data; name=\"logout_token\"\r\n\r\n{raw}\r\n--x--\r\n");
    for (headers, body) in [
        (&[("content-type", "application/json")][..], json.clone()),
        (&[("content-type", "multipart/form-data; boundary=x")], multipart),
        (&[("content-type", "text/plain")], form(&raw)),
        (&[("content-type", "application/jwt")], raw.clone()),
        (
            &[("content-type", "application/x-www-form-urlencodedx")],
            form(&raw),
        ),
        (&[("content-type", "")], form(&raw)),
        (&[], form(&raw)),
        (&[FORM, ("content-type", "application/json")], form(&raw)),
    ] {
        assert_eq!(status(&app, headers, body).await, 415, "{headers:?}");
    }
    assert!(is_alive(&app, &browser).await);
    let charset = [("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")];
    assert_eq!(status(&app, &charset, form(&raw)).await, 200);
    assert!(!is_alive(&app, &browser).await);
}

/// Whoever sends one may send a cookie with it: it is neither looked up nor, if it is dead, removed.
#[tokio::test]
async fn a2_14_no_session_cookie_counts_and_none_is_touched() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    publish(&app);
    let browser = app.signed_in("ada").await;
    let (name, value) = browser.session_cookie().unwrap();
    let desk = Desk::of(&app, &browser).await;
    let cookie = format!("{name}={value}");
    let headers = [FORM, ("cookie", cookie.as_str())];
    let invalid = form(&desk.token().claim("nonce", "n").sign());
    let (logs, guard) = Logs::capture();
    store.fail(&[Call::Any]);
    assert_eq!(status(&app, &headers, invalid.clone()).await, 400);
    store.mend();
    drop(guard);
    assert!(!logs.text().contains("could not be read"), "{}", logs.text());
    assert_eq!(status(&app, &headers, form(&desk.token().sign())).await, 200);
    // `status` sees to it that no answer sets a cookie: this one is dead now.
    assert_eq!(status(&app, &headers, invalid).await, 400);
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_41_the_token_comes_once_and_in_the_body() {
    let app = start().await;
    let browser = app.signed_in("ada").await;
    let raw = Desk::of(&app, &browser).await.token().sign();
    for body in [
        String::new(),
        "logout_token=".to_owned(),
        "token=x".to_owned(),
        format!("Logout_Token={raw}"),
        format!("logout_token={raw}&logout_token={raw}"),
        format!("logout_token={raw}&logout_token="),
    ] {
        assert_eq!(status(&app, &[FORM], body).await, 400);
    }
    let in_query = format!("{PATH}?logout_token={raw}");
    let answer = post(&app.router(), &in_query, &[FORM], Body::empty()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &"invalid_request".into())
    );
    assert!(is_alive(&app, &browser).await);
    // One in the query is not even looked at.
    let answer = post(
        &app.router(),
        &format!("{PATH}?logout_token=x"),
        &[FORM],
        Body::from(form(&raw)),
    )
    .await;
    assert_eq!(answer.status, 200);
    assert!(!is_alive(&app, &browser).await);
}

#[tokio::test]
async fn f1_42_a_long_body_is_refused() {
    let app = start().await;
    let good = form(&Desk::about_nobody(&app).token().sign());
    let padded = |length: usize| {
        format!(
            "{good}&padding={}",
            "x".repeat(length - good.len() - "&padding=".len())
        )
    };
    assert_eq!(
        status(&app, &[FORM], padded(64 * 1024)).await,
        200,
        "the most that is read"
    );
    assert_eq!(status(&app, &[FORM], padded(64 * 1024 + 1)).await, 413);
    assert_eq!(status(&app, &[FORM], padded(1024 * 1024)).await, 413);
}

#[tokio::test]
async fn f1_42_a_body_without_end_is_read_no_further_than_the_limit() {
    let app = start().await;
    let (given, taken) = std::sync::mpsc::channel();
    let endless = stream::repeat(Bytes::from(vec![b'x'; 16 * 1024])).map(move |chunk| {
        given.send(chunk.len()).unwrap();
        Ok::<_, std::io::Error>(chunk)
    });
    assert_eq!(status(&app, &[FORM], Body::from_stream(endless)).await, 413);
    let read: usize = taken.try_iter().sum();
    assert!((64 * 1024..=96 * 1024).contains(&read), "{read}");
}

#[tokio::test]
async fn f1_42_a_body_that_does_not_come_is_not_waited_for() {
    let app = start().await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let start = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"logout_token="))]);
    let slow = Body::from_stream(start.chain(stream::pending()));
    assert_eq!(status(&app, &[FORM], slow).await, 400);
    assert!(
        (10..12).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn f1_42_a_body_that_breaks_off_is_refused() {
    let app = start().await;
    let good = form(&Desk::about_nobody(&app).token().sign());
    let broken = stream::iter([Ok(Bytes::from(good)), Err(std::io::Error::other("reset"))]);
    assert_eq!(status(&app, &[FORM], Body::from_stream(broken)).await, 400);
}

#[tokio::test]
async fn f1_42_nothing_is_decompressed() {
    let app = start().await;
    // A gzip member that holds "logout_token=x".
    let zipped: &[u8] = &[
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0xc9, 0x4f, 0xcf, 0x2f, 0x2d, 0x89, 0x2f, 0xc9, 0xcf,
        0x4e, 0xcd, 0xb3, 0xad, 0, 0, 0x3f, 0x1c, 0x0b, 0x54, 0x0e, 0, 0, 0,
    ];
    let headers = [FORM, ("content-encoding", "gzip")];
    let answer = post(&app.router(), PATH, &headers, Body::from(zipped)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("is missing"), "{}", answer.text());
}

#[tokio::test]
async fn f1_48_cookie_and_origin_count_for_nothing() {
    let app = start().await;
    let (ada, mut grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    let desk = Desk::of(&app, &ada).await;
    let foreign = [
        FORM,
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("accept", "text/html"),
        ("referer", "https://evil.example/page"),
    ];
    // From a browser that is signed in, with a token that is not signed by the provider.
    let forged = desk
        .token()
        .by(super::keys::second_rsa())
        .header("kid", "rsa")
        .sign();
    let answer = grace
        .send(Method::POST, PATH, &foreign, Body::from(form(&forged)))
        .await;
    assert_eq!(answer.status, 400);
    assert!(is_alive(&app, &ada).await && is_alive(&app, &grace).await);
    // The token alone decides, so this is the provider's word, whoever carries it.
    let answer = grace
        .send(
            Method::POST,
            PATH,
            &foreign,
            Body::from(form(&desk.token().sign())),
        )
        .await;
    assert_eq!(answer.status, 200);
    assert!(!is_alive(&app, &ada).await);
    assert!(
        is_alive(&app, &grace).await,
        "whose cookie it came with does not matter"
    );
}

#[tokio::test]
async fn i6_no_other_path_is_exempt_from_the_check_of_origin() {
    let app = start().await;
    for path in ["/api/auth/logout", "/api/auth/extend"] {
        let answer = request(&app.router(), Method::POST, path, &[FORM], Body::empty()).await;
        assert_eq!(answer.status, 403, "{path}");
    }
}

#[tokio::test]
async fn i5_a_token_extends_no_session() {
    let app = start().await;
    let mut browser = app.signed_in("ada").await;
    let before = super::steps::session_of(&app, &browser).await.idle_expires_at;
    app.clock.advance(Duration::from_secs(120));
    let token = Desk::about_nobody(&app).token().sign();
    let answer = browser
        .send(Method::POST, PATH, &[FORM], Body::from(form(&token)))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        super::steps::session_of(&app, &browser).await.idle_expires_at,
        before
    );
}

#[tokio::test]
async fn below_a_base_path_it_is_found_there() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    super::steps::publish(&app);
    let raw = Desk::about_nobody(&app).token().sign();
    let path = format!("/some/app{PATH}");
    assert_eq!(
        post(&app.router(), &path, &[FORM], Body::from(form(&raw)))
            .await
            .status,
        200
    );
    assert_accepted(&app, &raw).await;
}

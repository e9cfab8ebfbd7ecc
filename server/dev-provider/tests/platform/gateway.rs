//! The gateway as a reverse proxy.

use axum::body::Body;
use axum::extract::Request;
use exeunt_dev_provider::platform::{Extension, Place};
use http::StatusCode;
use http::header::{HOST, SET_COOKIE};

use crate::browser::{Browser, send};
use crate::extension::{notes, platform, start};

#[tokio::test]
async fn an_extension_is_asked_with_method_path_query_and_body() {
    let stand_in = platform(vec![notes(start().await)]);
    let browser = Browser::new(&stand_in);
    let request = Request::put("/runtime/apps/notes/a%20b?x=1&y=%2F")
        .header(HOST, "localhost:3000")
        .body(Body::from("body"));
    let asked = browser.send(request.unwrap()).await.json();
    assert_eq!(asked["method"], "PUT");
    assert_eq!(asked["uri"], "/runtime/apps/notes/a%20b?x=1&y=%2F");
    assert_eq!(asked["body"], "body");
    assert_eq!(asked["headers"]["host"], "localhost:3000");
    assert_eq!(asked["headers"]["x-forwarded-prefix"], "/runtime/apps/notes");
}

#[tokio::test]
async fn an_extension_may_have_the_path_taken_off() {
    let stand_in = platform(vec![notes(start().await).strip_prefix()]);
    let browser = Browser::new(&stand_in);
    for (path, asked_for) in [
        ("/runtime/apps/notes", "/"),
        ("/runtime/apps/notes/", "/"),
        ("/runtime/apps/notes/a?x=1", "/a?x=1"),
    ] {
        let asked = browser.get(path).await.json();
        assert_eq!(asked["uri"], asked_for);
        assert_eq!(asked["headers"]["x-forwarded-prefix"], "/runtime/apps/notes");
    }
}

#[tokio::test]
async fn an_answer_comes_back_whole_but_for_what_concerns_its_connection() {
    let stand_in = platform(vec![notes(start().await)]);
    let answer = Browser::new(&stand_in).get("/runtime/apps/notes/answer").await;
    assert_eq!(answer.status, StatusCode::IM_A_TEAPOT);
    assert_eq!(answer.body, "short and stout");
    assert_eq!(answer.headers.get_all(SET_COOKIE).iter().count(), 2);
    assert!(!answer.headers.contains_key("x-of-this-hop"));
    assert!(!answer.headers.contains_key("connection"));
}

#[tokio::test]
async fn extensions_are_told_apart_by_whole_segments_and_the_longest_path() {
    let address = start().await;
    let at = |path: &str| Extension::new(Place::Path(path.to_owned()), format!("http://{address}"));
    let stand_in = platform(vec![at("/a"), at("/a/b"), at("/ab")]);
    let browser = Browser::new(&stand_in);
    for (path, prefix) in [
        ("/a/x", "/a"),
        ("/a/b", "/a/b"),
        ("/a/b/x", "/a/b"),
        ("/a/bx", "/a"),
        ("/ab", "/ab"),
    ] {
        let asked = browser.get(path).await.json();
        assert_eq!(asked["headers"]["x-forwarded-prefix"], prefix, "{path}");
    }
    assert_eq!(browser.get("/abc").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_extension_at_a_port_of_its_own_is_at_the_root_and_known_by_the_same_cookie() {
    let address = start().await;
    let stand_in = platform(vec![Extension::new(
        Place::Port(4001),
        format!("http://{address}"),
    )]);
    let browser = Browser::new(&stand_in);
    let back = browser.sign_in("ada", "http://localhost:4001/x").await;
    assert_eq!(back.location(), "http://localhost:4001/x");
    let token = browser.cookie("access_token").unwrap();
    let request = Request::get("/x")
        .header(HOST, "localhost:4001")
        .header("cookie", format!("access_token={token}"));
    let asked = send(
        &stand_in.router_of_port(4001),
        request.body(Body::empty()).unwrap(),
    )
    .await
    .json();
    assert_eq!(asked["uri"], "/x");
    assert_eq!(asked["headers"]["x-user-id"], "ada");
    assert_eq!(asked["headers"]["x-forwarded-host"], "localhost:4001");
    assert_eq!(asked["headers"]["x-forwarded-port"], "4001");
    assert!(asked["headers"].get("x-forwarded-prefix").is_none());
}

#[tokio::test]
async fn an_extension_that_does_not_answer_is_said_not_to() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let stand_in = platform(vec![notes(address)]);
    let answer = Browser::new(&stand_in).get("/runtime/apps/notes/").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.body.contains("does not answer"), "{}", answer.body);
}

#[tokio::test]
async fn where_only_those_are_let_in_who_are_signed_in_a_navigation_goes_to_the_login() {
    let stand_in = platform(vec![notes(start().await).for_signed_in()]);
    let browser = Browser::new(&stand_in);
    let turned_away = browser.get("/runtime/apps/notes/a?x=1").await;
    assert_eq!(
        turned_away.location(),
        "http://localhost:3000/api/auth/login?redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fruntime%2Fapps%2Fnotes%2Fa%3Fx%3D1"
    );
    let request = Request::get("/runtime/apps/notes/api/session").header(HOST, "localhost:3000");
    let told = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert_eq!(told.json()["detail"]["error"], "session_expired");
    browser.sign_in("ada", "/").await;
    assert_eq!(
        browser.get("/runtime/apps/notes/a").await.json()["uri"],
        "/runtime/apps/notes/a"
    );
}

//! Session cookies that we did not issue, or that came with others (F3.4 to F3.6).

use axum::body::Body;
use http::{HeaderValue, Request, header};

use super::{
    SIGNED_OUT,
    support::{Answer, App, answer_of},
};

const REMOVAL: &str = "exeunt=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0";

async fn ask(app: &App, path: &str, cookies: &[&[u8]]) -> Answer {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    for cookie in cookies {
        request
            .headers_mut()
            .append(header::COOKIE, HeaderValue::from_bytes(cookie).unwrap());
    }
    answer_of(&app.router(), request).await
}

#[tokio::test]
async fn f3_4_a_value_that_is_no_living_session_is_none_and_never_a_fault() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let (_, good) = browser.session_cookie().unwrap();
    let mut tampered = good.clone().into_bytes();
    tampered[5] = if tampered[5] == b'A' { b'B' } else { b'A' };
    let long = "A".repeat(10 * 1024);
    for value in [
        &*tampered,
        &good.as_bytes()[..42],
        long.as_bytes(),
        b"",
        b"../../etc/passwd",
        b"' OR 1=1 --",
        b"%00%0d%0a",
        good.to_uppercase().as_bytes(),
    ] {
        let cookie = [b"exeunt=", value].concat();
        let what = String::from_utf8_lossy(&cookie).into_owned();
        for path in ["/api/session", "/account"] {
            let answer = ask(&app, path, &[&cookie]).await;
            assert_eq!(answer.status, 401, "{what}");
            assert_eq!(answer.text(), SIGNED_OUT, "{what}");
            assert_eq!(answer.set_cookies(), [REMOVAL], "{what}");
        }
        assert_eq!(ask(&app, "/", &[&cookie]).await.status, 200, "{what}");
    }
    assert_eq!(
        browser.clone().fetch("/api/session").await.status,
        200,
        "nothing happened to the good one"
    );
}

#[tokio::test]
async fn f3_4_bytes_that_are_no_text_are_none() {
    let app = App::start().await;
    for cookie in [&b"exeunt=\xff\xfe"[..], "exeunt=größe".as_bytes()] {
        let answer = ask(&app, "/api/session", &[cookie]).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.text(), SIGNED_OUT);
    }
}

#[tokio::test]
async fn f3_5_i9_two_session_cookies_are_none_whichever_comes_first_and_both_go() {
    let app = App::start().await;
    let (_, mine) = app.signed_in("ada").await.session_cookie().unwrap();
    let (_, planted) = app.signed_in("grace").await.session_cookie().unwrap();
    let (mine, planted) = (format!("exeunt={mine}"), format!("exeunt={planted}"));
    let (one_header, other_way) = (format!("{mine}; {planted}"), format!("{planted}; {mine}"));
    for cookies in [
        &[one_header.as_bytes()][..],
        &[other_way.as_bytes()],
        &[mine.as_bytes(), planted.as_bytes()],
        &[planted.as_bytes(), mine.as_bytes()],
        &[mine.as_bytes(), b"exeunt="],
    ] {
        let answer = ask(&app, "/api/session", cookies).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.set_cookies(), [REMOVAL]);
    }
    for (cookie, sub) in [(&mine, "ada"), (&planted, "grace")] {
        let answer = ask(&app, "/api/session", &[cookie.as_bytes()]).await;
        assert_eq!(answer.json()["user_id"], sub, "each alone is good");
    }
}

#[tokio::test]
async fn f3_6_many_cookies_of_others_do_not_matter() {
    let app = App::start().await;
    let (_, mine) = app.signed_in("ada").await.session_cookie().unwrap();
    let others: String = (0..400)
        .map(|number| format!("other{number}={}; ", "x".repeat(40)))
        .collect();
    assert!(others.len() > 16 * 1024);
    // Names that begin or end like ours are not ours.
    let cookie = format!("{others}exeunt2=a; xexeunt=b; Exeunt=c; exeunt-x=d; exeunt={mine}");
    let answer = ask(&app, "/api/session", &[cookie.as_bytes()]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["user_id"], "ada");
}

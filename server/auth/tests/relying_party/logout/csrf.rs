//! Who may sign a person out (F4.2, F4.3, invariant I6).

use axum::body::Body;
use http::Method;

use super::{living, support::App};

const LOGOUT: &str = "/api/auth/logout";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn f4_2_a_get_signs_nobody_out() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    for headers in [
        &[("sec-fetch-dest", "image"), ("sec-fetch-site", "cross-site")][..],
        &[
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("sec-purpose", "prefetch"), ("accept", "text/html")],
        &[("purpose", "prefetch")],
        &[],
    ] {
        for path in [LOGOUT, "/api/auth/logout?scope=everywhere", "/auth/logout"] {
            for method in [Method::GET, Method::HEAD] {
                let answer = browser.clone().send(method, path, headers, Body::empty()).await;
                assert!(
                    matches!(answer.status.as_u16(), 404 | 405),
                    "{path} {headers:?}: {}",
                    answer.status
                );
                assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{path} {headers:?}");
            }
        }
        assert_eq!(
            browser.clone().fetch("/api/session").await.status,
            200,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn f4_3_i6_another_origin_signs_nobody_out() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let text = ("content-type", "text/plain");
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    for headers in [
        // A form of another site; a fetch of another site; of a sibling domain.
        &[
            FORM,
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ][..],
        &[
            JSON,
            ("sec-fetch-site", "cross-site"),
            ("x-requested-with", "fetch"),
        ],
        &[
            FORM,
            ("sec-fetch-site", "same-site"),
            ("origin", "http://localhost:3000"),
        ],
        // The header that decides, sent twice.
        &[
            FORM,
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[FORM, ("sec-fetch-site", "Same-Origin")],
        // Browsers without Sec-Fetch-Site.
        &[FORM, ("origin", "https://evil.example")],
        &[
            JSON,
            ("origin", "https://evil.example"),
            ("x-requested-with", "fetch"),
        ],
        &[FORM, ("origin", "null")],
        &[FORM, ("origin", "https://localhost:3000")],
        &[FORM, ("origin", "http://localhost:3001")],
        &[FORM, ("origin", "http://localhost:3000.evil.example")],
        // Neither header: what a plain form can send.
        &[FORM],
        &[text],
        &[multipart],
        &[("content-type", "text/plain; application/json")],
        &[("content-type", "application/json-patch+json")],
        &[],
        &[FORM, ("referer", "http://localhost:3000/account")],
        // "none" counts as absent.
        &[FORM, ("sec-fetch-site", "none")],
    ] {
        let body = Body::from(r#"{"scope":"everywhere"}"#);
        let answer = browser.clone().send(Method::POST, LOGOUT, headers, body).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{headers:?}");
        assert_eq!(living(&app, "ada").await, 1, "{headers:?}");
    }
}

#[tokio::test]
async fn f4_3_i6_our_own_pages_and_clients_may() {
    let app = App::start().await;
    for headers in [
        &[
            FORM,
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost:3000"),
        ][..],
        &[FORM, ("origin", "http://localhost:3000")],
        &[
            FORM,
            ("sec-fetch-site", "none"),
            ("origin", "http://localhost:3000"),
        ],
        &[("content-type", "Application/JSON; charset=utf-8")],
        &[FORM, ("x-requested-with", "XMLHttpRequest")],
    ] {
        let mut browser = app.signed_in("ada").await;
        let answer = browser.send(Method::POST, LOGOUT, headers, Body::empty()).await;
        assert_eq!(answer.status, 200, "{headers:?}");
        assert_eq!(answer.json()["success"], true);
        assert_eq!(living(&app, "ada").await, 0, "{headers:?}");
    }
}

#[tokio::test]
async fn f4_3_i6_a_refused_form_gets_a_page_with_a_way_on() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let headers = [FORM, ("sec-fetch-site", "cross-site"), ("accept", "text/html")];
    let answer = browser.send(Method::POST, LOGOUT, &headers, Body::empty()).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    assert!(answer.text().contains("Nothing was changed"), "{}", answer.text());
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
}

#[tokio::test]
async fn f4_3_i6_extending_is_ours_alone_too() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let headers = [FORM, ("sec-fetch-site", "cross-site")];
    let answer = browser
        .clone()
        .send(Method::POST, "/api/auth/extend", &headers, Body::empty())
        .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn f4_3_i6_other_methods_do_not_slip_past() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
        let headers = [("sec-fetch-site", "cross-site")];
        let answer = browser
            .clone()
            .send(method.clone(), LOGOUT, &headers, Body::empty())
            .await;
        assert_eq!(answer.status, 403, "{method}");
    }
    assert_eq!(living(&app, "ada").await, 1);
}

//! No GET ends or extends a session (invariant I5), and none creates one.

use super::{HOUR, MINUTE, stored, support::App};

/// Every GET route of the crate but the callback, with parameters that do the most they can, and the app's own.
const ROUTES: [&str; 17] = [
    "/",
    "/account",
    "/logged-out",
    "/logged-out?state=x",
    "/api/session",
    "/api/auth/login-url?redirect_uri=/account",
    "/api/auth/receipt",
    "/api/auth/logout",
    "/api/auth/logout?scope=everywhere",
    "/api/auth/extend",
    "/auth/logout",
    "/auth/logout/continue",
    "/auth/login?return_to=/account",
    "/auth/login?prompt=none",
    "/api/notes",
    "/healthz",
    "/readyz",
];

#[tokio::test]
async fn i5_no_get_route_changes_or_extends_the_session() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let before = stored(&app, &browser).await.unwrap();
    app.clock.advance(10 * MINUTE);
    for route in ROUTES {
        // Each with the same cookies: what one route sets must not shield the session from the next.
        let answer = browser.clone().fetch(route).await;
        assert!(answer.status.as_u16() < 500, "{route}: {}", answer.text());
        assert!(
            !answer
                .set_cookies()
                .iter()
                .any(|cookie| cookie.starts_with("exeunt=")),
            "{route}: {:?}",
            answer.set_cookies()
        );
        assert_eq!(stored(&app, &browser).await.as_ref(), Some(&before), "{route}");
    }
    let all = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap();
    assert_eq!(all, [before]);
}

#[tokio::test]
async fn i5_f4_2_neither_a_prefetch_nor_an_image_nor_a_frame_extends_it() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let before = stored(&app, &browser).await.unwrap();
    app.clock.advance(10 * MINUTE);
    for headers in [
        &[
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("accept", "text/html"),
            ("sec-purpose", "prefetch;prerender"),
        ][..],
        &[("accept", "text/html"), ("purpose", "prefetch")],
        &[
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
            ("accept", "text/html"),
        ],
        &[
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
            ("accept", "image/png"),
        ],
    ] {
        for route in ["/account", "/api/auth/logout", "/auth/logout/continue"] {
            browser
                .clone()
                .send(http::Method::GET, route, headers, axum::body::Body::empty())
                .await;
            assert_eq!(
                stored(&app, &browser).await.as_ref(),
                Some(&before),
                "{route} {headers:?}"
            );
        }
    }
}

#[tokio::test]
async fn i5_head_and_options_change_nothing_either() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let before = stored(&app, &browser).await.unwrap();
    app.clock.advance(10 * MINUTE);
    for method in [http::Method::HEAD, http::Method::OPTIONS] {
        for route in ROUTES {
            let headers = [("accept", "text/html")];
            browser
                .clone()
                .send(method.clone(), route, &headers, axum::body::Body::empty())
                .await;
            assert_eq!(
                stored(&app, &browser).await.as_ref(),
                Some(&before),
                "{method} {route}"
            );
        }
    }
}

#[tokio::test]
async fn i5_a_callback_that_belongs_to_no_attempt_leaves_the_session_alone() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let before = stored(&app, &browser).await.unwrap();
    for query in [
        "",
        "?code=x&state=y",
        "?error=access_denied&state=y",
        "?code=x&state=a.b",
    ] {
        let answer = browser.clone().fetch(&format!("/auth/callback{query}")).await;
        assert!(answer.status.as_u16() < 500, "{query}");
        assert_eq!(stored(&app, &browser).await.as_ref(), Some(&before), "{query}");
    }
    app.clock.advance(HOUR);
    assert_eq!(stored(&app, &browser).await, None, "expiry does end it");
}

#[tokio::test]
async fn i5_i12_a_route_of_ours_that_is_no_page_extends_nothing_even_if_it_is_opened_as_one() {
    let app = App::start().await;
    let browser = app.signed_in("ada").await;
    let before = stored(&app, &browser).await.unwrap();
    app.clock.advance(10 * MINUTE);
    for route in ROUTES {
        if route.starts_with("/api/") || route.starts_with("/auth/") {
            browser.clone().open(route).await;
            assert_eq!(stored(&app, &browser).await.as_ref(), Some(&before), "{route}");
        }
    }
}

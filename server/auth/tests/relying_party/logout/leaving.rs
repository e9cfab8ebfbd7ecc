//! `GET /auth/logout/continue`: the page from which the browser leaves for the provider (F4.20).

use exeunt::logout::view::logged_out_view;
use exeunt_dev_provider::script::Endpoint;
use http::Method;
use serde_json::json;

use super::{
    receipt, sign_out, status,
    support::{App, Browser, every_store},
};

const LEAVE: &str = "/auth/logout/continue";
const PROBE: &str = "/auth/logout/probe";

/// The `form-action` of a page's policy.
fn form_action(policy: &str) -> &str {
    let mut directives = policy
        .split("; ")
        .filter_map(|directive| directive.strip_prefix("form-action "));
    let found = directives.next().unwrap();
    assert_eq!(directives.next(), None, "{policy}");
    found
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// What stands between these two in the page.
fn between(page: &str, before: &str, after: &str) -> String {
    let (_, rest) = page
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {page}"));
    unescape(rest.split_once(after).unwrap().0)
}

async fn signed_in_with_a_hint_of_20_kb(app: &App) -> Browser {
    app.script().change_id_token_claims(|claims| {
        claims.insert("padding".to_owned(), json!("x".repeat(20_000)));
    });
    app.signed_in("ada").await
}

#[tokio::test]
async fn i20_f4_28_without_scripts_a_person_reaches_the_provider_and_comes_back() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let answer = browser.submit("/api/auth/logout", "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.location().as_str()),
            (303, LEAVE),
            "{}",
            named.name
        );
        let page = browser.open(LEAVE).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control").unwrap(), "no-store");
        let html = page.text();
        let refresh = between(&html, r#"<meta http-equiv="refresh" content="0; url="#, "\"");
        assert_eq!(
            between(&html, r#"<a href=""#, "\""),
            refresh,
            "the visible link goes there too"
        );
        assert!(refresh.starts_with(&app.provider.issuer()), "{refresh}");
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(
            form_action(&page.header("content-security-policy").unwrap()),
            "'self'"
        );
        let back = browser.visit_provider(&refresh).await;
        browser.open(&browser.path_here(&back.location())).await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "returned"
        );
    }
}

#[tokio::test]
async fn f4_20_a_hint_of_20_kb_leaves_by_a_form_and_only_that_page_may_post_to_the_provider() {
    let app = App::start().await;
    let mut browser = signed_in_with_a_hint_of_20_kb(&app).await;
    let answer = sign_out(&mut browser, "browser").await;
    assert_eq!(
        answer.json()["front_channel_logout_url"],
        format!("http://localhost:3000{LEAVE}")
    );
    let page = browser.open(LEAVE).await;
    let html = page.text();
    let action = between(&html, r#"<form method="post" action=""#, "\"");
    assert!(
        action.starts_with(&app.provider.issuer()) && !action.contains('?'),
        "{action}"
    );
    assert!(html.contains("<button>"), "a person can press it");
    assert!(
        !html.contains("http-equiv=\"refresh\""),
        "nothing leaves by an address"
    );
    assert_eq!(
        form_action(&page.header("content-security-policy").unwrap()),
        format!("'self' {}", app.provider.origin())
    );

    // The provider takes it.
    let field = |name: &str| between(&html, &format!(r#"name="{name}" value=""#), "\"");
    assert!(field("id_token_hint").len() > 20_000);
    let form: Vec<(&str, String)> = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]
        .into_iter()
        .map(|name| (name, field(name)))
        .collect();
    let client = openidconnect::reqwest::Client::builder()
        .no_proxy()
        .redirect(openidconnect::reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let cookie: Vec<String> = browser
        .provider_cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let answer = client
        .post(&action)
        .header("cookie", cookie.join("; "))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(
        app.script().last_request(Endpoint::EndSession).unwrap().method,
        Method::POST
    );
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    browser.open(&browser.path_here(&back)).await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );

    // No other page of ours may.
    for path in ["/", "/logged-out", "/api/auth/receipt", "/auth/callback", LEAVE] {
        let answer = browser.open(path).await;
        assert_eq!(
            form_action(&answer.header("content-security-policy").unwrap()),
            "'self'",
            "{path}"
        );
    }
}

#[tokio::test]
async fn f4_20_i20_the_form_may_also_lead_to_where_its_return_asks_the_provider_at_once() {
    const ELSEWHERE: &str = "https://login.op.example";
    for (probe, moved, expected) in [
        (false, true, None),
        (true, false, None),
        (true, true, Some(ELSEWHERE)),
    ] {
        let app = App::builder()
            .settings(move |settings| settings.logout.probe = probe)
            .start()
            .await;
        let browser = signed_in_with_a_hint_of_20_kb(&app).await;
        if moved {
            app.script().change_discovery(|metadata| {
                metadata.insert(
                    "authorization_endpoint".to_owned(),
                    format!("{ELSEWHERE}/authorize").into(),
                );
            });
        }
        // Another instance reads that.
        let (_, router) = app.instance(app.store.clone());
        let mut browser = browser.at(router);
        sign_out(&mut browser, "browser").await;
        let policy = browser
            .open(LEAVE)
            .await
            .header("content-security-policy")
            .unwrap();
        let own = format!("'self' {}", app.provider.origin());
        let expected = expected.map_or(own.clone(), |more| format!("{own} {more}"));
        assert_eq!(form_action(&policy), expected, "probe: {probe}, moved: {moved}");
    }
}

#[tokio::test]
async fn the_provider_can_be_tried_again_three_times_and_no_more() {
    for (by_form, hint_of_20_kb, visits) in [
        (false, false, 3),
        (true, false, 4),
        (false, true, 4),
        (true, true, 4),
    ] {
        let what = format!("form: {by_form}, long: {hint_of_20_kb}");
        let app = App::start().await;
        let mut browser = if hint_of_20_kb {
            signed_in_with_a_hint_of_20_kb(&app).await
        } else {
            app.signed_in("ada").await
        };
        if by_form {
            browser.submit("/api/auth/logout", "").await;
        } else {
            sign_out(&mut browser, "browser").await;
        }
        // Where the page is the way out, its first visit is no retry.
        for visit in 0..visits {
            assert_eq!(browser.open(LEAVE).await.status, 200, "{what}, visit {visit}");
        }
        let answer = browser.open(LEAVE).await;
        assert_eq!(
            (answer.status.as_u16(), answer.location().as_str()),
            (303, "/logged-out"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn i20_a_provider_that_was_unknown_at_the_sign_out_is_tried_three_times_with_and_without_scripts() {
    for by_form in [false, true] {
        let app = App::start().await;
        let browser = app.signed_in("ada").await;
        let (exeunt, router) = app.instance(app.store.clone());
        let mut browser = browser.at(router);
        app.script().set_down(true);
        if by_form {
            let answer = browser.submit("/api/auth/logout", "").await;
            assert_eq!(answer.location(), "/logged-out", "there is nowhere to go yet");
        } else {
            sign_out(&mut browser, "browser").await;
        }
        app.script().set_down(false);
        // What failed is remembered for a moment.
        app.clock.advance(std::time::Duration::from_secs(10));
        for left in [3, 2, 1] {
            let headers = browser.headers();
            let view = logged_out_view(&exeunt, &headers).await.unwrap();
            assert_eq!(view.provider_tries_left, left, "form: {by_form}");
            assert_eq!(browser.open(LEAVE).await.status, 200, "form: {by_form}");
        }
        assert_eq!(
            browser.open(LEAVE).await.location(),
            "/logged-out",
            "form: {by_form}"
        );
    }
}

#[tokio::test]
async fn i05_neither_a_head_nor_a_prefetch_uses_up_a_try_or_the_probe() {
    let app = App::builder()
        .settings(|settings| settings.logout.probe = true)
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "browser").await;
    for path in [LEAVE, PROBE] {
        for (method, headers, status) in [
            (Method::HEAD, &[("accept", "text/html")][..], 405),
            (Method::GET, &[("sec-purpose", "prefetch")], 503),
            (Method::GET, &[("sec-purpose", "prefetch;prerender")], 503),
            (Method::GET, &[("purpose", "prefetch")], 503),
        ] {
            let answer = browser
                .send(method.clone(), path, headers, axum::body::Body::empty())
                .await;
            assert_eq!(answer.status, status, "{method} {path} {headers:?}");
            assert!(!answer.text().contains(&app.provider.issuer()));
            let view = logged_out_view(&app.exeunt, &browser.headers()).await.unwrap();
            assert_eq!(view.provider_tries_left, 3, "{method} {path} {headers:?}");
            assert!(view.can_probe, "{method} {path} {headers:?}");
        }
    }
}

/// Whether each visit of the page sends the ID token along.
async fn visits_with_hint<const N: usize>(browser: &mut Browser) -> [bool; N] {
    let mut seen = [false; N];
    for one in &mut seen {
        *one = browser.open(LEAVE).await.text().contains("id_token_hint");
    }
    seen
}

#[tokio::test]
async fn f4_19_an_expired_hint_is_left_out_by_the_first_try_again_and_another_by_the_second() {
    for (is_expired, expected) in [(false, [true, false, false]), (true, [false, false, false])] {
        for by_form in [false, true] {
            for padding in [0, 20_000] {
                let what = format!("expired: {is_expired}, form: {by_form}, padding: {padding}");
                let app = App::start().await;
                let exp = app.now().seconds() + 120;
                app.script().change_id_token_claims(move |claims| {
                    claims.insert("exp".to_owned(), exp.into());
                    claims.insert("padding".to_owned(), "x".repeat(padding).into());
                });
                let mut browser = app.signed_in("ada").await;
                if is_expired {
                    app.clock.advance(std::time::Duration::from_secs(121));
                }
                if by_form {
                    browser.submit("/api/auth/logout", "").await;
                } else {
                    sign_out(&mut browser, "browser").await;
                }
                if by_form || padding > 0 {
                    assert_eq!(
                        visits_with_hint(&mut browser).await,
                        [true],
                        "{what}: the way out"
                    );
                }
                assert_eq!(visits_with_hint(&mut browser).await, expected, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn f4_19_what_was_never_sent_is_sent_with_its_hint_first() {
    let app = App::start().await;
    let exp = app.now().seconds() + 120;
    app.script().change_id_token_claims(move |claims| {
        claims.insert("exp".to_owned(), exp.into());
    });
    let browser = app.signed_in("ada").await;
    let (_, router) = app.instance(app.store.clone());
    let mut browser = browser.at(router);
    app.script().set_down(true);
    app.clock.advance(std::time::Duration::from_secs(121));
    sign_out(&mut browser, "browser").await;
    assert_eq!(visits_with_hint(&mut browser).await, [false], "it is down");
    app.script().set_down(false);
    app.clock.advance(std::time::Duration::from_secs(10));
    assert_eq!(visits_with_hint(&mut browser).await, [true, false]);
}

#[tokio::test]
async fn after_a_confirmed_return_nothing_is_left_to_leave_for() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let url = super::provider_url(&sign_out(&mut browser, "browser").await);
    let back = browser.visit_provider(&url).await.location();
    browser.open(&browser.path_here(&back)).await;
    let answer = browser.open(LEAVE).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
}

#[tokio::test]
async fn with_nothing_pending_it_leads_to_our_own_page() {
    let app = App::start().await;
    let mut stranger = app.browser();
    let answer = stranger.open(LEAVE).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
    // Nor does a sign-out that keeps the provider have anywhere to go.
    let mut browser = app.signed_in("ada").await;
    sign_out(&mut browser, "app").await;
    let answer = browser.open(LEAVE).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location().as_str()),
        (303, "/logged-out")
    );
}

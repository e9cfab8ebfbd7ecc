//! The pages: who sees what, and what stands around it.

use crate::site::Site;

const HERE: &str = "http://localhost:3000";

#[tokio::test]
async fn i20_the_account_page_shows_the_person_in_its_html() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    let page = browser.open("/account").await;
    assert_eq!(page.status, 200);
    let view = browser.open("/api/session").await.json();
    for claim in ["name", "email"] {
        let value = view[claim].as_str().unwrap();
        assert!(page.text.contains(value), "{value} in {}", page.text);
    }
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn i19_without_a_session_the_account_page_leads_to_the_first_page_and_not_to_a_login() {
    let site = Site::start(HERE).await;
    let answer = site.browser().open("/account").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/?return_to=%2Faccount")
    );
    assert_eq!(answer.text, "");
}

#[tokio::test]
async fn i7_i19_what_only_somebody_signed_in_may_see_is_come_back_to_as_it_was_asked_for() {
    let site = Site::start(HERE).await;
    for (asked, place) in [
        ("/sessions", "/?return_to=%2Fsessions"),
        ("/account?x=1&y=%2F", "/?return_to=%2Faccount%3Fx%3D1%26y%3D%252F"),
        (
            "/sessions/x?next=https://evil.example",
            "/?return_to=%2Fsessions%2Fx%3Fnext%3Dhttps%3A%2F%2Fevil.example",
        ),
    ] {
        let answer = site.browser().open(asked).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, place));
    }
}

#[tokio::test]
async fn scripts_run_with_the_nonce_of_this_answer_and_no_other() {
    let site = Site::start(HERE).await;
    let mut browser = site.browser();
    let mut nonces = Vec::new();
    for path in ["/", "/logged-out", "/no/such/page"] {
        let page = browser.open(path).await;
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap_or_else(|| panic!("{path}: {policy}"))
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(
            page.headers.get_all("content-security-policy").iter().count(),
            1,
            "{path}"
        );
        let scripts = page.text.matches("<script").count();
        assert!(scripts > 0, "{path} has scripts");
        assert_eq!(
            page.text.matches(&format!("nonce=\"{nonce}\"")).count(),
            page.text.matches("nonce=").count(),
            "{path}"
        );
        assert!(!page.text.contains("style=\""), "{path} has inline styles");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = Site::start(HERE).await;
    let mut browser = site.browser();
    for path in [
        "/",
        "/account",
        "/logged-out",
        "/no/such/page",
        "/api/session",
        "/auth/callback",
        "/auth/login",
        "/api/auth/receipt",
    ] {
        let answer = browser.open(path).await;
        for (name, value) in [
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
        ] {
            // Faults of the callback are stricter: see docs/adr/0005.
            let value = if (path, name) == ("/auth/callback", "referrer-policy") {
                "no-referrer"
            } else {
                value
            };
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
    }
    assert_eq!(browser.open("/no/such/page").await.status, 404);
}

#[tokio::test]
async fn i4_f4_22_logged_out_does_not_lie_to_somebody_who_is_signed_in() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    let page = browser.open("/logged-out").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("still signed in"), "{}", page.text);
    assert!(
        page.text.contains("action=\"/api/auth/logout\""),
        "it offers to sign out"
    );
    assert_eq!(browser.open("/api/session").await.status, 200);
}

#[tokio::test]
async fn i16_no_answer_to_the_browser_holds_a_token() {
    let site = Site::start(HERE).await;
    let tokens = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let seen = std::sync::Arc::clone(&tokens);
    site.provider.script().change_token_response(move |answer| {
        let mut seen = seen.lock().unwrap();
        seen.extend(
            ["id_token", "access_token", "refresh_token"]
                .iter()
                .filter_map(|name| Some(answer.get(*name)?.as_str()?.to_owned())),
        );
    });
    let mut browser = site.signed_in().await;
    let tokens = tokens.lock().unwrap().clone();
    assert!(tokens.len() >= 2, "tokens were issued");
    for path in [
        "/",
        "/account",
        "/logged-out",
        "/api/session",
        "/api/auth/current-session",
        "/api/auth/logged-out",
        "/api/auth/receipt",
    ] {
        let answer = browser.open(path).await;
        let headers = format!("{:?}", answer.headers);
        for token in &tokens {
            assert!(
                !answer.text.contains(token.as_str()) && !headers.contains(token.as_str()),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn files_are_served_and_what_is_not_there_is_404() {
    let site = Site::start(HERE).await;
    let mut browser = site.browser();
    let css = browser.open("/pkg/exeunt.css").await;
    assert_eq!((css.status.as_u16(), css.text.as_str()), (200, "body{}"));
    assert_eq!(browser.open("/pkg/none.js").await.status, 404);
    assert_eq!(
        browser.open("/favicon.svg").await.header("content-type"),
        "image/svg+xml"
    );
    for escape in [
        "/pkg/../../Cargo.toml",
        "/pkg/%2e%2e/%2e%2e/secret",
        "/..%2f..%2fetc/passwd",
    ] {
        assert_ne!(browser.open(escape).await.status, 200, "{escape}");
    }
    assert!(site.root.path().exists());
}

#[tokio::test]
async fn i17_pages_are_served_while_the_provider_is_down() {
    let site = Site::start(HERE).await;
    site.provider.script().set_down(true);
    let mut browser = site.browser();
    assert_eq!(browser.open("/").await.status, 200);
    assert_eq!(browser.open("/healthz").await.status, 200);
    let ready = browser.open("/readyz").await;
    assert_eq!(
        (ready.status.as_u16(), ready.json()["provider"].as_str()),
        (200, Some("degraded"))
    );
    let login = browser.open("/auth/login").await;
    assert_eq!(login.status, 502);
    assert!(login.text.contains("cannot be reached"), "{}", login.text);
}

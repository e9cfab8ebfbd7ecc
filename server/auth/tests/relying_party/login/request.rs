//! The authorization request: what it says, who may have asked for it, and where it leads back to.

use exeunt_dev_provider::script::Endpoint;

use super::{
    steps::{assert_page, open_with, parameter, set},
    support::App,
};

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn the_request_says_what_the_code_flow_asks_for() {
    let app = App::start().await;
    let location = app.browser().open("/auth/login").await.location();
    assert!(
        location.starts_with(&format!("{}/authorize?", app.provider.issuer())),
        "{location}"
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", &*app.provider.client_id()),
        ("redirect_uri", "http://localhost:3000/auth/callback"),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&location, name).as_deref(), Some(value));
    }
    let again = app.browser().open("/auth/login").await.location();
    for name in ["state", "nonce", "code_challenge"] {
        let value = parameter(&location, name).unwrap();
        assert!(value.len() >= 43, "{name} can be guessed: {value}");
        assert_ne!(Some(value), parameter(&again, name));
    }
    for name in [
        "prompt",
        "login_hint",
        "ui_locales",
        "code_verifier",
        "client_secret",
    ] {
        assert_eq!(parameter(&location, name), None);
    }
}

#[tokio::test]
async fn i7_f2_13_a_sign_in_leads_back_to_this_app_only() {
    let app = App::start().await;
    for attack in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "http://localhost:3000@evil.example/",
        "http://localhost:3001/",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: x=y",
        "/%0d%0aLocation:%20https://evil.example",
        "/..//evil.example",
        "",
    ] {
        let mut browser = app.browser();
        let answer = browser
            .sign_in(&format!("/auth/login?return_to={}", encode(attack)))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.location()),
            (303, "/".to_owned()),
            "{attack:?}"
        );
        assert_eq!(browser.cookies.get("x"), None);
    }
    for (own, expected) in [
        ("/account?tab=1", "/account?tab=1"),
        ("http://localhost:3000/account", "/account"),
        ("/foo?next=//evil.example", "/foo?next=//evil.example"),
    ] {
        let answer = app
            .browser()
            .sign_in(&format!("/auth/login?return_to={}", encode(own)))
            .await;
        assert_eq!(answer.location(), expected);
    }
}

#[tokio::test]
async fn i7_a_long_path_that_grows_when_encoded_still_signs_in() {
    let app = App::start().await;
    let answer = app
        .browser()
        .sign_in(&format!("/auth/login?return_to=/{}", encode(&"é".repeat(500))))
        .await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/".to_owned()));
}

#[tokio::test]
async fn i7_f2_20_no_header_changes_where_the_provider_answers_to() {
    let app = App::start().await;
    let spoofed = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "444"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-url", "https://evil.example/"),
        ("referer", "https://evil.example/"),
        ("origin", "https://evil.example"),
    ];
    let mut browser = app.browser();
    let start = open_with(&mut browser, "/auth/login?return_to=/account", &spoofed).await;
    assert_eq!(
        parameter(&start.location(), "redirect_uri").as_deref(),
        Some("http://localhost:3000/auth/callback")
    );
    assert!(!start.location().contains("evil"), "{}", start.location());
    let answer = browser.visit_provider(&start.location()).await;
    let callback = browser.path_here(&answer.location());
    let answer = open_with(&mut browser, &callback, &spoofed).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/account".to_owned())
    );
    let sent = app.script().last_request(Endpoint::Token).unwrap();
    assert_eq!(
        sent.parameter("redirect_uri").as_deref(),
        Some("http://localhost:3000/auth/callback")
    );
}

#[tokio::test]
async fn a5_12_a_third_party_may_begin_a_sign_in_at_our_provider_only() {
    let app = App::start().await;
    let ours = encode(&app.provider.issuer());
    let mut browser = app.browser();
    let answer = browser
        .sign_in(&format!(
            "/auth/login?iss={ours}&target_link_uri={}",
            encode("http://localhost:3000/account")
        ))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/account".to_owned())
    );
    let answer = app
        .browser()
        .sign_in(&format!(
            "/auth/login?iss={ours}&target_link_uri={}",
            encode("https://evil.example/x")
        ))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/".to_owned()),
        "no open redirect"
    );
    for foreign in ["https://evil.example", &format!("{}/", app.provider.issuer())] {
        let mut browser = app.browser();
        let answer = browser
            .open(&format!("/auth/login?iss={}", encode(foreign)))
            .await;
        assert_eq!(answer.status, 400);
        assert!(!answer.text().contains("evil"), "{}", answer.text());
        assert_eq!((answer.header("location"), browser.cookies.len()), (None, 0));
    }
}

#[tokio::test]
async fn hints_are_passed_on_if_they_are_plain() {
    let app = App::start().await;
    let location = app
        .browser()
        .open("/auth/login?login_hint=a%2Bb%40example.com&ui_locales=de-CH%20de")
        .await
        .location();
    assert_eq!(
        parameter(&location, "login_hint").as_deref(),
        Some("a+b@example.com")
    );
    assert_eq!(parameter(&location, "ui_locales").as_deref(), Some("de-CH de"));
    let location = app
        .browser()
        .open(&format!(
            "/auth/login?login_hint={}&ui_locales=%3Cb%3E",
            "a".repeat(5000)
        ))
        .await
        .location();
    assert_eq!(
        (
            parameter(&location, "login_hint"),
            parameter(&location, "ui_locales")
        ),
        (None, None)
    );
    let location = app
        .browser()
        .open("/auth/login?login_hint=a%0d%0ab&login_hint=c&prompt=login&prompt=none")
        .await
        .location();
    assert_eq!(
        (parameter(&location, "login_hint"), parameter(&location, "prompt")),
        (None, None)
    );
    let location = app
        .browser()
        .open("/auth/login?redirect_uri=https://evil.example&client_id=x&scope=all&state=fixed")
        .await
        .location();
    assert!(
        !location.contains("evil") && !location.contains("fixed"),
        "{location}"
    );
    assert_eq!(parameter(&location, "client_id"), Some(app.provider.client_id()));
    assert_eq!(
        parameter(&location, "scope").as_deref(),
        Some("openid profile email")
    );
}

#[tokio::test]
async fn only_prompts_that_are_registered_are_passed_on() {
    let app = App::start().await;
    for (wanted, sent) in [
        ("none", Some("none")),
        ("login", Some("login")),
        ("consent", Some("consent")),
        ("select_account", Some("select_account")),
        ("create", Some("create")),
        ("Login", None),
        ("login%20none", None),
        ("%3Cscript%3E", None),
        ("", None),
    ] {
        let location = app
            .browser()
            .open(&format!("/auth/login?prompt={wanted}"))
            .await
            .location();
        assert_eq!(parameter(&location, "prompt").as_deref(), sent, "{wanted}");
    }
}

#[tokio::test]
async fn prompt_none_without_a_session_at_the_provider_is_told_and_leads_into_no_loop() {
    let app = App::start().await;
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login?prompt=none").await;
    assert_page(&answer, 403, "You are not signed in at the provider");
    assert!(
        !answer.text().contains("prompt=none") && !answer.text().contains("http-equiv"),
        "{}",
        answer.text()
    );
    assert_eq!(browser.session_cookie(), None);
}

#[tokio::test]
async fn a_prefetch_begins_no_sign_in() {
    let app = App::start().await;
    let mut browser = app.browser();
    let answer = open_with(
        &mut browser,
        "/auth/login",
        &[("sec-purpose", "prefetch;prerender")],
    )
    .await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        (browser.cookies.len(), app.script().count(Endpoint::Discovery)),
        (0, 0)
    );
}

/// The prompt that is sent by a browser whose last sign-out the provider did not confirm.
async fn prompt_after_sign_out(app: &App, query: &str) -> Option<String> {
    let mut browser = app.signed_in("ada").await;
    browser.post_json("/api/auth/logout", "{}").await;
    parameter(
        &browser.open(&format!("/auth/login{query}")).await.location(),
        "prompt",
    )
}

#[tokio::test]
async fn i19_after_an_unconfirmed_sign_out_no_parameter_weakens_the_prompt() {
    let app = App::start().await;
    for query in [
        "",
        "?prompt=none",
        "?prompt=consent",
        "?prompt=create",
        "?prompt=",
        "?prompt=none&prompt=none",
        "?prompt=login",
    ] {
        assert_eq!(
            prompt_after_sign_out(&app, query).await.as_deref(),
            Some("login"),
            "{query}"
        );
    }
    assert_eq!(
        prompt_after_sign_out(&app, "?prompt=select_account")
            .await
            .as_deref(),
        Some("select_account")
    );
}

#[tokio::test]
async fn i19_the_prompt_is_one_that_the_provider_knows() {
    for (known, query, expected) in [
        (&["none", "select_account"][..], "", "select_account"),
        (&["none", "select_account"], "?prompt=none", "select_account"),
        (&["none", "login"], "?prompt=select_account", "login"),
        (&["none", "login"], "", "login"),
    ] {
        let app = App::start().await;
        app.script()
            .change_discovery(set("prompt_values_supported", known));
        assert_eq!(
            prompt_after_sign_out(&app, query).await.as_deref(),
            Some(expected),
            "{known:?} {query}"
        );
    }
}

#[tokio::test]
async fn i19_a_sign_in_clears_the_prompt_and_a_failed_one_does_not() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    browser.post_json("/api/auth/logout", "{}").await;
    assert!(browser.cookies.contains_key("exeunt-prompt"));
    assert_eq!(
        browser
            .open("/auth/callback?error=access_denied&state=a.b")
            .await
            .status,
        400
    );
    assert!(browser.cookies.contains_key("exeunt-prompt"));
    app.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(browser.sign_in("/auth/login").await.status, 303);
    assert!(!browser.cookies.contains_key("exeunt-prompt"));
    let location = browser.open("/auth/login").await.location();
    assert_eq!(parameter(&location, "prompt"), None);
}

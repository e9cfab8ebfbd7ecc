//! Everything that a person reads, in the language that their browser asks for.

use app::Language;
use axum::body::to_bytes;
use exeunt::{
    login::error::CallbackError,
    provider::{code::CodeError, id_token::IdTokenError, keys::KeysError},
};
use http::{Method, StatusCode};
use server::language::speaking;

use crate::site::{Answer, Site};

const HERE: &str = "http://localhost:3000";

async fn open_in(site: &Site, languages: &str, path: &str) -> Answer {
    let headers = [("accept", "text/html"), ("accept-language", languages)];
    site.browser().send(Method::GET, path, &headers, "").await
}

#[tokio::test]
async fn pages_are_in_the_language_that_is_asked_for_and_say_that_they_depend_on_it() {
    let site = Site::start(HERE).await;
    for path in ["/", "/logged-out", "/no/such/page", "/auth/callback"] {
        for (languages, tag) in [
            ("de-CH, en;q=0.5", "de"),
            ("en-GB", "en"),
            ("fr", "en"),
            ("garbage;;", "en"),
        ] {
            let page = open_in(&site, languages, path).await;
            let html = format!("<html lang=\"{tag}\" dir=\"ltr\"");
            assert!(page.text.contains(&html), "{path} {languages}: {}", page.text);
            let vary: Vec<_> = page.headers.get_all("vary").iter().collect();
            assert!(
                vary.iter()
                    .any(|value| value.as_bytes().eq_ignore_ascii_case(b"accept-language")),
                "{path}: {vary:?}"
            );
        }
    }
    let data = open_in(&site, "de", "/api/session").await;
    assert!(!data.headers.contains_key("vary"), "{:?}", data.headers);
}

#[tokio::test]
async fn a_request_from_elsewhere_is_refused_in_the_language_of_its_reader() {
    let site = Site::start(HERE).await;
    let headers = [
        ("accept", "text/html"),
        ("accept-language", "de"),
        ("sec-fetch-site", "cross-site"),
    ];
    let page = site.browser().post("/api/auth/logout", &headers, "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.text.contains("Das kam nicht von dieser App"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn every_fault_of_a_sign_in_is_told_in_german() {
    let site = Site::start(HERE).await;
    let faults = [
        CallbackError::Malformed,
        CallbackError::TooLong,
        CallbackError::NoState,
        CallbackError::UnknownAttempt,
        CallbackError::Expired,
        CallbackError::OtherIssuer,
        CallbackError::NoIssuer,
        CallbackError::Provider("access_denied".into()),
        CallbackError::Provider("login_required".into()),
        CallbackError::Provider("server_error".into()),
        CallbackError::TooSlow,
        CallbackError::Code(CodeError::Malformed),
        CallbackError::Keys(KeysError::Recently),
        CallbackError::IdToken(IdTokenError::Expired),
        CallbackError::IdToken(IdTokenError::Nonce),
        CallbackError::NotAdmitted("role".into()),
        CallbackError::Overtaken,
        CallbackError::SessionOver,
        CallbackError::Internal("the disk is full".into()),
    ];
    for fault in faults {
        let answer = speaking(Language::German, async {
            site.exeunt.render(&fault.page(&site.exeunt))
        })
        .await;
        let html = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        assert!(html.contains("<html lang=\"de\""), "{fault:?}: {html}");
        assert!(!html.contains("sign"), "{fault:?}: {html}");
    }
}

#[tokio::test]
async fn the_page_that_leaves_for_the_provider_is_in_german() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    let form = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let out = browser.post("/api/auth/logout", &form, "scope=browser").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let headers = [("accept", "text/html"), ("accept-language", "de")];
    let page = browser
        .send(Method::GET, "/auth/logout/continue", &headers, "")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "<html lang=\"de\"",
        "<h1>Abmeldung bei ",
        ">Weiter zu ",
        ">Jetzt nicht<",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
}

#[tokio::test]
async fn a_browser_is_named_in_the_language_of_the_page_and_of_its_scripts() {
    let site = Site::start(HERE).await;
    let mut browser = site.signed_in().await;
    for (language, name) in [("de", "Unbekannter Browser"), ("en", "Unknown browser")] {
        for (path, accept) in [
            ("/sessions", "text/html"),
            ("/api/auth/session-list", "application/json"),
        ] {
            let headers = [("accept", accept), ("accept-language", language)];
            let answer = browser.send(Method::GET, path, &headers, "").await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.text.contains(name), "{path} {language}: {}", answer.text);
        }
    }
}

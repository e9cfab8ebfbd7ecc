//! The pages as the server writes them: right in every state, whole without scripts.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod languages;
mod own_sessions;
mod report;

use std::sync::Arc;

use app::{Language, PlainForm, PlainPage, Route, TranslatedBackend, plain_page, shell};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, request::Parts},
};
use exeunt_leptos::{
    Base, SessionError,
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, provide_backend},
    wire::{Layer, LayerStatus, LoggedOutView, Receipt, ReceiptLayer, SessionList, SessionView},
};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context};
use leptos_router::{Method, SsrMode};
use tower::ServiceExt;

/// One state of the world.
#[derive(Clone)]
struct World {
    session: Result<Option<SessionView>, SessionError>,
    report: Result<LoggedOutView, SessionError>,
    list: Result<Option<SessionList>, SessionError>,
    prefix: &'static str,
}

impl SessionBackend for World {
    fn current(&self, _: Parts) -> Answer<Option<SessionView>> {
        let answer = self.session.clone();
        Box::pin(async {
            // As a store would, so that nothing is there at the first look.
            tokio::task::yield_now().await;
            answer
        })
    }

    fn sessions(&self, _: Parts) -> Answer<Option<SessionList>> {
        let answer = self.list.clone();
        Box::pin(async {
            tokio::task::yield_now().await;
            answer
        })
    }

    fn logout(&self, _: Parts, _: LogoutRequest) -> Answer<LogoutDone> {
        Box::pin(async { Err(SessionError::Unavailable) })
    }

    fn logged_out(&self, _: Parts) -> Answer<LoggedOutView> {
        let answer = self.report.clone();
        Box::pin(async {
            tokio::task::yield_now().await;
            answer
        })
    }
}

fn ann() -> SessionView {
    SessionView {
        user_id: "subject-1".into(),
        email: Some("ann@example.org".into()),
        name: Some("Ann </script><b>Onymous</b>".into()),
        roles: vec!["editor".into()],
        request_id: None,
        auth_enabled: true,
        session_expires_at: Some(1_767_271_500),
        idle_expires_at: Some(1_767_271_500),
        absolute_expires_at: None,
        now: 1_767_270_000,
    }
}

fn nothing_known() -> LoggedOutView {
    LoggedOutView {
        signed_in: false,
        unfinished: false,
        receipt: None,
        provider: Some("id.example".into()),
        provider_tries_left: 0,
        continue_to: None,
        can_probe: false,
        ended_by_provider: false,
        ran_out: false,
    }
}

fn nobody() -> World {
    World {
        session: Ok(None),
        report: Ok(nothing_known()),
        list: Err(SessionError::Unavailable),
        prefix: "",
    }
}

fn signed_in() -> World {
    World {
        session: Ok(Some(ann())),
        ..nobody()
    }
}

fn reported(layers: &[(Layer, LayerStatus)]) -> LoggedOutView {
    let line = |&(layer, status): &(Layer, LayerStatus)| ReceiptLayer {
        layer,
        status,
        detail: None,
    };
    let receipt = Receipt {
        ended_at: 1_767_271_500,
        layers: layers.iter().map(line).collect(),
    };
    LoggedOutView {
        receipt: Some(receipt),
        ..nothing_known()
    }
}

fn route_list() -> Vec<AxumRouteListing> {
    let pages = Route::ALL.into_iter();
    pages
        .map(|(path, _)| AxumRouteListing::new(path.to_owned(), SsrMode::Async, [Method::Get], Vec::new()))
        .collect()
}

async fn answer(world: World, address: &str) -> (StatusCode, String) {
    answer_in("", world, address).await
}

async fn answer_in(languages: &str, world: World, address: &str) -> (StatusCode, String) {
    let prefix = world.prefix;
    let options = LeptosOptions::builder().output_name("exeunt").build();
    let backend = Arc::new(TranslatedBackend::new(world));
    let context = move || {
        provide_context(Base::new(prefix));
        provide_backend(backend.clone());
    };
    let app = Router::new()
        .leptos_routes_with_context(&options, route_list(), context.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(
            context, shell,
        ))
        .with_state(options);
    let mut request = Request::get(address);
    if !languages.is_empty() {
        request = request.header("accept-language", languages);
    }
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn page(world: World, address: &str) -> String {
    let (status, html) = answer(world, address).await;
    assert_eq!(status, 200, "{address}");
    html
}

async fn report(view: LoggedOutView) -> String {
    page(
        World {
            report: Ok(view),
            ..nobody()
        },
        "/logged-out",
    )
    .await
}

#[track_caller]
fn has(html: &str, part: &str) {
    assert!(html.contains(part), "{part:?} is missing in\n{html}");
}

#[track_caller]
fn lacks(html: &str, part: &str) {
    assert!(!html.contains(part), "{part:?} must not stand in\n{html}");
}

#[tokio::test]
async fn nobody_sees_the_way_in_and_nothing_of_anybody() {
    for address in ["/", "/account"] {
        let html = page(nobody(), address).await;
        has(&html, r#"href="/auth/login"#);
        for protected in ["ann@", "Ann", "subject-1", "editor", "/api/auth/logout"] {
            lacks(&html, protected);
        }
    }
}

#[tokio::test]
async fn a_person_sees_the_way_out_and_no_way_in() {
    for address in ["/", "/account"] {
        let html = page(signed_in(), address).await;
        has(&html, "ann@example.org");
        has(&html, r#"action="/api/auth/logout""#);
        has(
            &html,
            r#"<time datetime="2026-01-01T12:45:00Z">1 January 2026 at 12:45 UTC</time>"#,
        );
        lacks(&html, "/auth/login");
    }
}

#[tokio::test]
async fn i20_a_sign_out_is_a_plain_form_with_a_button() {
    let html = page(signed_in(), "/account").await;
    for scope in ["app", "browser", "everywhere"] {
        has(
            &html,
            &format!(r#"<input type="hidden" name="scope" value="{scope}">"#),
        );
    }
    has(&html, r#"method="post""#);
    has(&html, r#"<button type="submit""#);
    lacks(&html, "disabled");
}

#[tokio::test]
async fn what_the_provider_told_cannot_become_markup() {
    for address in ["/", "/account"] {
        let html = page(signed_in(), address).await;
        has(&html, "Ann &lt;/script&gt;&lt;b&gt;Onymous&lt;/b&gt;");
        lacks(&html, "<b>Onymous");
        lacks(&html, "Ann </script>");
    }
}

#[tokio::test]
async fn i4_when_nobody_can_say_nothing_is_said() {
    let world = World {
        session: Err(SessionError::Unavailable),
        ..nobody()
    };
    for address in ["/", "/account"] {
        let (status, html) = answer(world.clone(), address).await;
        assert_eq!(status, 503);
        has(&html, "cannot tell");
        lacks(&html, "not signed in");
        lacks(&html, "/auth/login");
    }
}

#[tokio::test]
async fn i7_only_a_page_of_ours_is_returned_to_after_signing_in() {
    let html = page(nobody(), "/?return_to=/account%3Ftab=1%26x").await;
    has(&html, "Please sign in to see that page.");
    has(&html, r#"href="/auth/login?return_to=/account%3Ftab%3D1%26x""#);
    for bad in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "%09//evil.example",
    ] {
        let html = page(nobody(), &format!("/?return_to={bad}")).await;
        lacks(&html, "Please sign in");
        lacks(&html, "return_to=");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_not_found() {
    for world in [
        nobody(),
        World {
            session: Err(SessionError::Unavailable),
            ..nobody()
        },
    ] {
        let (status, html) = answer(world, "/nowhere").await;
        assert_eq!(status, 404);
        has(&html, "There is no such page.");
    }
}

#[tokio::test]
async fn below_a_prefix_every_link_and_form_carries_it() {
    let below = |world: World| World {
        prefix: "/some/app",
        ..world
    };
    for (world, address) in [
        (signed_in(), "/"),
        (signed_in(), "/account"),
        (nobody(), "/"),
        (nobody(), "/logged-out"),
    ] {
        let html = page(below(world), address).await;
        has(&html, r#"data-base="/some/app""#);
        for attribute in ["href=\"", "action=\""] {
            for link in html.split(attribute).skip(1).filter(|link| link.starts_with('/')) {
                assert!(link.starts_with("/some/app/"), "{}", &link[..40]);
            }
        }
    }
}

#[tokio::test]
async fn the_policy_holds_no_inline_style_and_every_script_has_its_nonce() {
    for world in [nobody(), signed_in()] {
        let html = page(world, "/").await;
        lacks(&html, "style=");
        lacks(&html, "<style");
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains("nonce="), "{tag}");
        }
    }
}

#[test]
fn i20_a_plain_page_leads_on_without_scripts_and_escapes_everything() {
    let html = plain_page(PlainPage {
        language: Language::English,
        title: "A <title>".into(),
        text: "1 & 2 < 3".into(),
        meta_refresh: Some("https://id.example/end?state=\"a\"&b".into()),
        form: Some(PlainForm {
            action: "https://id.example/\"end".into(),
            fields: vec![("id_token_hint".into(), "\"><script>".into())],
            button: "Go <on>".into(),
        }),
        actions: vec![("Stay \"here\"".into(), "/logged-out?\"x".into())],
        stylesheet: "/some/app/pkg/exeunt.css".into(),
        icon: "/some/app/pkg/favicon.\"x.svg".into(),
        base: "/some/app".into(),
    });
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" dir=\"ltr\">"));
    has(&html, "<title>A &lt;title&gt;</title>");
    has(&html, "<h1>A &lt;title&gt;</h1>");
    has(&html, "1 &amp; 2 &lt; 3");
    has(&html, "0; url=https://id.example/end?state=&quot;a&quot;&amp;b");
    has(&html, "action=\"https://id.example/&quot;end\"");
    has(&html, "&quot;&gt;&lt;script&gt;");
    has(&html, "Go &lt;on&gt;");
    has(&html, "href=\"/some/app/pkg/favicon.&quot;x.svg\"");
    lacks(&html, "<script");
}

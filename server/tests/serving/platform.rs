//! The whole HTTP surface inside of a platform: the same pages and components, another upstream.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, body::Body, extract::ConnectInfo, routing::post};
use exeunt::{
    config::KeyMaterial,
    platform::{Contract, Platform, PlatformSettings, identity::Trust},
    upstream::{AsUpstream as _, route_request},
};
use http::{Method, Request, StatusCode};
use leptos::config::LeptosOptions;
use tower::ServiceBuilder;

use crate::site::{Answer, exchange};

const GATEWAY: &str = "10.0.0.7";
const FRONT_CHANNEL: &str = "https://k.example/api/auth/logout/front-channel?redirect_uri=x";

struct Extension {
    router: Router,
    _root: tempfile::TempDir,
}

impl Extension {
    /// At `https://k.example/runtime/apps/a`; the platform confirms every sign-out, or is down.
    async fn start(is_up: bool, adjust: impl FnOnce(&mut PlatformSettings)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = serde_json::json!({
            "session_termination_requested": true,
            "front_channel_logout_url": "/api/auth/logout/front-channel?redirect_uri=x",
        });
        let platform = Router::new().route("/api/auth/logout", post(async move || Json(answer)));
        if is_up {
            tokio::spawn(async move { axum::serve(listener, platform).await });
        } else {
            drop(listener);
        }
        let mut settings = PlatformSettings::new(
            "https://k.example/runtime/apps/a".parse().unwrap(),
            format!("http://{address}/api").parse().unwrap(),
            "https://k.example/api".parse().unwrap(),
            KeyMaterial::from(std::array::from_fn(|index| u8::try_from(index).unwrap())),
        );
        settings.trusted_proxies = GATEWAY.parse().unwrap();
        settings.trust = Trust::Peers(settings.trusted_proxies.clone());
        adjust(&mut settings);
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("pkg")).unwrap();
        let options = LeptosOptions::builder()
            .output_name("exeunt")
            .site_root(root.path().display().to_string())
            .site_pkg_dir("pkg")
            .build();
        let upstream = Platform::builder(settings).build().unwrap().as_upstream();
        let routing = Arc::clone(&upstream);
        let app = ServiceBuilder::new()
            .map_request(move |request: Request<Body>| route_request(request, &*routing))
            .service(server::serve::app(&upstream, &options));
        Self {
            router: Router::new().fallback_service(app),
            _root: root,
        }
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor {
            extension: self,
            is_known: true,
            cookies: Mutex::default(),
        }
    }
}

/// A browser behind the gateway.
struct Visitor<'a> {
    extension: &'a Extension,
    /// Whether the gateway says who it is.
    is_known: bool,
    cookies: Mutex<std::collections::BTreeMap<String, String>>,
}

impl Visitor<'_> {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if self.is_known {
            for (name, value) in [
                ("x-user-id", "ada"),
                ("x-user-email", "ada@k.example"),
                ("x-user-name", "Ada Lovelace"),
                ("x-user-roles", "admin,staff"),
            ] {
                request = request.header(name, value);
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut cookies = self.cookies.lock().unwrap().clone();
        cookies.insert("access_token".to_owned(), "ada-1".to_owned());
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::new(GATEWAY.parse().unwrap(), 4711)));
        let answer = exchange(&self.extension.router, request, &mut cookies).await;
        cookies.remove("access_token");
        *self.cookies.lock().unwrap() = cookies;
        answer
    }

    async fn open(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "text/html")], "").await
    }

    async fn log_out_by_form(&self) -> Answer {
        let headers = [
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://k.example"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(
            Method::POST,
            "/runtime/apps/a/api/auth/logout",
            &headers,
            "scope=browser",
        )
        .await
    }
}

fn nothing(_: &mut PlatformSettings) {}

#[tokio::test]
async fn the_pages_show_whom_the_gateway_names() {
    let extension = Extension::start(true, nothing).await;
    let visitor = extension.visitor();
    let account = visitor.open("/runtime/apps/a/account").await;
    assert_eq!(account.status, 200);
    for claim in ["Ada Lovelace", "ada@k.example", "admin, staff"] {
        assert!(account.text.contains(claim), "{claim} in {}", account.text);
    }
    assert!(
        account
            .text
            .contains("The platform around this app decides how long it lasts.")
    );
    assert!(!account.text.contains("exeunt-extend"), "nothing here extends it");
    let sessions = visitor.open("/sessions").await;
    assert_eq!(sessions.status, 200);
    assert!(
        sessions.text.contains("Your sessions belong to k.example."),
        "{}",
        sessions.text
    );
    let session = visitor.open("/api/auth/current-session").await.json();
    assert_eq!(session["user_id"], "ada");
}

#[tokio::test]
async fn i19_a_stranger_is_led_to_the_first_page_and_not_to_a_login() {
    let extension = Extension::start(true, nothing).await;
    let mut visitor = extension.visitor();
    visitor.is_known = false;
    for (asked, place) in [
        (
            "/account",
            "/runtime/apps/a/?return_to=%2Fruntime%2Fapps%2Fa%2Faccount",
        ),
        (
            "/sessions/x",
            "/runtime/apps/a/?return_to=%2Fruntime%2Fapps%2Fa%2Fsessions%2Fx",
        ),
    ] {
        let answer = visitor.open(asked).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, place));
        assert_eq!(answer.text, "", "nothing protected is written");
    }
    let first = visitor.open("/runtime/apps/a/").await;
    assert!(
        first.text.contains("/runtime/apps/a/auth/login"),
        "a way to sign in"
    );
}

/// Pages are told apart by whole segments: what only begins like one is another.
#[tokio::test]
async fn k14_a_page_is_told_by_its_segments() {
    let extension = Extension::start(true, nothing).await;
    let mut visitor = extension.visitor();
    visitor.is_known = false;
    for protected in ["/account", "/account/", "/account/x", "/sessions"] {
        assert_eq!(visitor.open(protected).await.status, 303, "{protected}");
    }
    for other in [
        "/accounts",
        "/account-x",
        "/logged-outX",
        "/logged-out/x",
        "/sessionsx",
    ] {
        assert_eq!(visitor.open(other).await.status, 404, "{other}");
    }
    assert_eq!(visitor.open("/logged-out").await.status, 200);
}

#[tokio::test]
async fn f8_1_f8_3_the_server_function_answers_whichever_upstream_is_behind() {
    for is_up in [true, false] {
        let extension = Extension::start(is_up, nothing).await;
        let visitor = extension.visitor();
        let headers = [
            ("accept", "*/*"),
            ("content-type", "application/json"),
            ("origin", "https://k.example"),
        ];
        let answer = visitor
            .send(Method::POST, "/runtime/apps/a/auth/logout", &headers, "{}")
            .await;
        assert_eq!(answer.status, 200);
        let json = answer.json();
        assert_eq!(json["success"], is_up);
        let front_channel = json["front_channel_logout_url"].as_str().unwrap();
        assert_eq!(front_channel == FRONT_CHANNEL, is_up, "{front_channel}");
        assert!(front_channel.starts_with("https://k.example/api/auth/logout/front-channel?"));
        let session = visitor.open("/api/session").await;
        assert_eq!(session.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn i20_without_scripts_the_way_leads_over_a_page_of_ours_and_the_report_is_true() {
    let extension = Extension::start(false, nothing).await;
    let visitor = extension.visitor();
    let answer = visitor.log_out_by_form().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/runtime/apps/a/auth/logout/continue")
    );
    let leaving = visitor.open("/auth/logout/continue").await;
    assert!(
        leaving
            .text
            .contains("url=https://k.example/api/auth/logout/front-channel"),
        "{}",
        leaving.text
    );
    let report = visitor.open("/runtime/apps/a/logged-out").await;
    assert_eq!(report.status, 200);
    assert!(
        report.text.contains("k.example did not confirm"),
        "{}",
        report.text
    );
    assert!(
        report.text.contains("/runtime/apps/a/auth/logout/continue"),
        "it can be tried again"
    );
    let account = visitor.open("/account").await;
    assert_eq!(account.status, 303, "a visit signs nobody in again");
}

#[tokio::test]
async fn the_newer_contract_has_its_names_on_the_server_function_too() {
    let extension = Extension::start(true, |settings| settings.contract = Contract::Current).await;
    let visitor = extension.visitor();
    let headers = [
        ("content-type", "application/json"),
        ("origin", "https://k.example"),
    ];
    let body = r#"{"redirect_uri":"/bye"}"#;
    let answer = visitor
        .send(Method::POST, "/api/auth/logout", &headers, body)
        .await;
    let json = answer.json();
    assert_eq!(json["logout_url"], FRONT_CHANNEL);
    assert_eq!(
        json["redirect_url"],
        "https://k.example/runtime/apps/a/logged-out"
    );
    assert_eq!(
        visitor.open("/api/session").await.json()["is_authenticated"],
        false
    );
}

#[tokio::test]
async fn f8_7_with_sign_in_switched_off_every_page_is_open() {
    let extension = Extension::start(true, |settings| settings.use_auth = false).await;
    let mut visitor = extension.visitor();
    visitor.is_known = false;
    let account = visitor.open("/account").await;
    assert_eq!(account.status, 200);
    assert!(account.text.contains("anonymous@local"));
    let answer = visitor.log_out_by_form().await;
    assert_eq!(answer.header("location"), "/runtime/apps/a/logged-out");
}

#[tokio::test]
async fn health_needs_no_store() {
    let extension = Extension::start(false, nothing).await;
    let visitor = extension.visitor();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(visitor.open(path).await.status, 200, "{path}");
    }
}

//! An app in platform mode.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::Request, routing::get};
use exeunt::{
    clock::{ManualClock, Timestamp},
    config::KeyMaterial,
    http::router::logout_route,
    platform::{
        Platform, PlatformSettings,
        identity::{SIGNATURE, SIGNATURE_TS, Trust},
        signature::{self, SignaturePolicy},
    },
    upstream::{AsUpstream as _, Person, Upstream as _, route_request},
};
use http::{HeaderMap, HeaderName, HeaderValue};
use tower::ServiceBuilder;

use super::{Browser, Scripted};

/// What time it is.
pub(crate) const NOW: i64 = 1_800_000_000;

/// The address of the gateway.
pub(crate) const GATEWAY: &str = "10.0.0.7";

pub(crate) struct App {
    pub(crate) scripted: Scripted,
    pub(crate) platform: Platform,
    pub(crate) clock: Arc<ManualClock>,
    router: Router,
}

impl App {
    /// At `https://k.example/runtime/apps/a`, behind the platform `https://k.example/api`.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut PlatformSettings)) -> Self {
        Self::start_on(Scripted::start().await, adjust)
    }

    pub(crate) fn start_on(scripted: Scripted, adjust: impl FnOnce(&mut PlatformSettings)) -> Self {
        let mut settings = PlatformSettings::new(
            "https://k.example/runtime/apps/a".parse().unwrap(),
            scripted.api_url().parse().unwrap(),
            "https://k.example/api".parse().unwrap(),
            KeyMaterial::from(std::array::from_fn(|index| {
                u8::try_from(index * 7 % 251).unwrap()
            })),
        );
        settings.trusted_proxies = GATEWAY.parse().unwrap();
        settings.trust = Trust::Peers(settings.trusted_proxies.clone());
        adjust(&mut settings);
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(NOW)));
        let platform = Platform::builder(settings)
            .clock(Arc::clone(&clock) as _)
            .build()
            .unwrap();
        let app = Router::new()
            .merge(platform.routes())
            .merge(logout_route(&platform))
            .route("/", get(async || "first page"))
            .route("/logged-out", get(async || "logged out"))
            .route("/whoami", get(async |person: Person| person.user_id))
            .route("/headers", get(seen));
        let app = platform.protect(app).merge(platform.health());
        let upstream = platform.as_upstream();
        let app = ServiceBuilder::new()
            .map_request(move |request: Request| route_request(request, &*upstream))
            .service(app);
        Self {
            scripted,
            platform,
            clock,
            router: Router::new().fallback_service(app),
        }
    }

    /// A browser that nobody is signed in with, behind the gateway.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), GATEWAY)
    }

    /// A browser that Ada is signed in with at the platform.
    pub(crate) fn signed_in(&self) -> Browser {
        let mut browser = self.browser();
        browser.gateway = gateway("ada");
        browser
            .cookies
            .insert("access_token".to_owned(), "ada-1".to_owned());
        browser
    }
}

impl App {
    /// What the page `/logged-out` knows, as this browser asks for it.
    pub(crate) async fn logged_out_view(&self, browser: &Browser) -> exeunt::logout::view::LoggedOutView {
        let seen: Arc<std::sync::Mutex<Option<http::request::Parts>>> = Arc::default();
        let keep = Arc::clone(&seen);
        let probe = get(async move |request: Request| {
            *keep.lock().unwrap() = Some(request.into_parts().0);
        });
        let router = self.platform.protect(Router::new().route("/probe", probe));
        let mut asking = browser.clone();
        asking.router = router;
        asking.open("/probe").await;
        let parts = seen.lock().unwrap().take().unwrap();
        self.platform.logged_out(&parts).await.unwrap()
    }
}

/// The headers that a handler gets to see.
async fn seen(headers: HeaderMap) -> String {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

/// What the gateway says of a person.
pub(crate) fn gateway(user: &'static str) -> HeaderMap {
    [
        ("x-user-id", user),
        ("x-user-email", "ada@k.example"),
        ("x-user-name", "Ada"),
        ("x-user-roles", "admin,staff"),
    ]
    .into_iter()
    .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
    .collect()
}

/// How the gateway signs.
pub(crate) fn policy() -> SignaturePolicy {
    SignaturePolicy {
        secret: "a secret of the gateway".parse().unwrap(),
        signed_string: Default::default(),
        window: Duration::from_secs(60),
    }
}

/// The same headers, signed at this moment.
pub(crate) fn signed(mut headers: HeaderMap, at: i64) -> HeaderMap {
    headers.insert(SIGNATURE_TS, HeaderValue::from_str(&at.to_string()).unwrap());
    let signature = signature::sign(&headers, &policy()).unwrap();
    headers.insert(SIGNATURE, HeaderValue::from_str(&signature).unwrap());
    headers
}

//! An app of its own for each test.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    routing::{get, post},
};
use exeunt::{
    Exeunt,
    clock::{Clock as _, ManualClock, Timestamp},
    config::{KeyMaterial, Limits, ProviderSettings, Settings},
    http::router,
    session::LiveSession,
    store::{MemoryStore, Store},
};
use exeunt_dev_provider::script::{Script, ScriptedProvider, ScriptedProviderBuilder};
use tower_sessions_core::Session;

use super::Browser;

/// An app, its provider, its clock and its store. The provider tells the same time.
pub(crate) struct App {
    pub(crate) exeunt: Exeunt,
    pub(crate) provider: ScriptedProvider,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<dyn Store>,
    router: Router,
    extra: Router,
    timeout: Duration,
}

type Adjust = Box<dyn FnOnce(&mut Settings)>;

/// How an app differs from the usual one.
pub(crate) struct AppBuilder {
    public_url: String,
    provider: ScriptedProviderBuilder,
    store: Arc<dyn Store>,
    adjust: Adjust,
    routes: Router,
    timeout: Duration,
}

impl App {
    /// The usual one: `http://localhost:3000`, a memory store, 30 minutes and 12 hours, `ada` signs in without picker.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    pub(crate) fn builder() -> AppBuilder {
        AppBuilder {
            public_url: "http://localhost:3000".to_owned(),
            provider: ScriptedProvider::builder(),
            store: Arc::new(MemoryStore::new()),
            adjust: Box::new(|_| ()),
            routes: Router::new(),
            timeout: Duration::from_secs(10),
        }
    }

    pub(crate) fn script(&self) -> Script {
        self.provider.script()
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A browser that has not been here before.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router(), self.exeunt.public_url().origin().to_owned())
    }

    /// Another instance of the same app: the same settings, keys and clock, this store, nothing cached.
    pub(crate) fn instance(&self, store: Arc<dyn Store>) -> (Exeunt, Router) {
        let exeunt = Exeunt::builder(self.exeunt.settings().clone(), store)
            .clock(Arc::clone(&self.clock) as Arc<dyn exeunt::clock::Clock>)
            .timeout(self.timeout)
            .build()
            .unwrap();
        let router = assemble(&exeunt, self.extra.clone());
        (exeunt, router)
    }

    /// Another instance with other keys, on the same store.
    pub(crate) fn instance_with_keys(&self, keys: &KeyMaterial) -> (Exeunt, Router) {
        let mut settings = self.exeunt.settings().clone();
        settings.key_material = keys.clone();
        let exeunt = Exeunt::builder(settings, Arc::clone(&self.store))
            .clock(Arc::clone(&self.clock) as Arc<dyn exeunt::clock::Clock>)
            .timeout(self.timeout)
            .build()
            .unwrap();
        let router = assemble(&exeunt, self.extra.clone());
        (exeunt, router)
    }

    /// The app after a restart: whatever it held is gone before the store is opened again. Browsers hold the old one.
    pub(crate) fn restarted(self, open: impl FnOnce() -> Arc<dyn Store>) -> Self {
        let settings = self.exeunt.settings().clone();
        let Self {
            exeunt,
            provider,
            clock,
            store,
            router,
            extra,
            timeout,
        } = self;
        drop((exeunt, store, router));
        let store = open();
        let exeunt = Exeunt::builder(settings, Arc::clone(&store))
            .clock(Arc::clone(&clock) as Arc<dyn exeunt::clock::Clock>)
            .timeout(timeout)
            .build()
            .unwrap();
        let router = assemble(&exeunt, extra.clone());
        Self {
            exeunt,
            provider,
            clock,
            store,
            router,
            extra,
            timeout,
        }
    }

    /// A browser in which `sub` has signed in.
    pub(crate) async fn signed_in(&self, sub: &str) -> Browser {
        let mut browser = self.browser();
        self.script().auto_login(sub);
        let answer = browser.sign_in("/auth/login").await;
        assert_eq!(answer.status, 303, "the sign-in did not work: {}", answer.text());
        browser
    }
}

impl AppBuilder {
    pub(crate) fn public_url(mut self, url: &str) -> Self {
        self.public_url = url.to_owned();
        self
    }

    pub(crate) fn provider(
        mut self,
        change: impl FnOnce(ScriptedProviderBuilder) -> ScriptedProviderBuilder,
    ) -> Self {
        self.provider = change(self.provider);
        self
    }

    pub(crate) fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = store;
        self
    }

    pub(crate) fn settings(mut self, adjust: impl FnOnce(&mut Settings) + 'static) -> Self {
        self.adjust = Box::new(adjust);
        self
    }

    /// More routes of the app, inside the layers.
    pub(crate) fn routes(mut self, routes: Router) -> Self {
        self.routes = routes;
        self
    }

    /// How long a call to the provider may take.
    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(crate) async fn start(self) -> App {
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_800_000_000)));
        let providers_clock = Arc::clone(&clock);
        let provider = self
            .provider
            .now(Arc::new(move || providers_clock.now().seconds()))
            .start()
            .await;
        let mut settings = Settings {
            public_url: self.public_url.parse().unwrap(),
            provider: ProviderSettings {
                issuer: provider.issuer().parse().unwrap(),
                client_id: provider.client_id().parse().unwrap(),
                client_secret: Some(provider.client_secret().parse().unwrap()),
                scopes: "openid profile email".parse().unwrap(),
                dialect: "auto".parse().unwrap(),
                end_session_endpoint: None,
                id_token_alg: None,
                trusted_audiences: Vec::new(),
            },
            require_claims: Vec::new(),
            roles_claim: "/roles".parse().unwrap(),
            limits: Limits::new(Duration::from_secs(30 * 60), Duration::from_secs(12 * 60 * 60)).unwrap(),
            logout_tokens: exeunt::config::LogoutTokenPolicy::default(),
            post_logout_uris: exeunt::config::PostLogoutUris::default(),
            logout: exeunt::config::LogoutSettings::default(),
            trusted_proxies: exeunt::config::TrustedProxies::default(),
            key_material: KeyMaterial::from(std::array::from_fn(|index| {
                u8::try_from(index * 7 % 251).unwrap()
            })),
        };
        (self.adjust)(&mut settings);
        let exeunt = Exeunt::builder(settings, Arc::clone(&self.store))
            .clock(Arc::clone(&clock) as Arc<dyn exeunt::clock::Clock>)
            .timeout(self.timeout)
            .build()
            .unwrap();
        provider.set_redirect_uris([exeunt.redirect_uri()]);
        provider.set_post_logout_redirect_uris([exeunt.post_logout_redirect_uri()]);
        provider.script().auto_login("ada");
        let router = assemble(&exeunt, self.routes.clone());
        App {
            exeunt,
            provider,
            clock,
            store: self.store,
            router,
            extra: self.routes,
            timeout: self.timeout,
        }
    }
}

/// The app's routes and layers, as the server puts them together.
fn assemble(exeunt: &Exeunt, extra: Router) -> Router {
    let routes = router::routes(exeunt)
        .merge(router::logout_route(exeunt))
        .merge(extra)
        .route("/", get(|| async { "home" }))
        .route("/logged-out", get(|| async { "logged out" }))
        .route(
            "/account",
            get(|session: LiveSession| async move { session.head.sub.clone() }),
        )
        .route("/api/notes", post(write_note).get(read_note));
    let base = exeunt.public_url().base_path().to_owned();
    let inner = router::protect(exeunt, routes).merge(router::health(exeunt));
    // As the server does it: the prefix goes before anything is routed.
    Router::new().fallback_service(
        tower::ServiceBuilder::new()
            .map_request(move |request| exeunt::http::base_path::strip_request(request, &base))
            .service(inner),
    )
}

/// What an app does with the session: its own data.
async fn write_note(session: Session, body: String) -> &'static str {
    session.insert("note", body).await.unwrap();
    "written"
}

async fn read_note(session: Session) -> String {
    session.get::<String>("note").await.unwrap().unwrap_or_default()
}

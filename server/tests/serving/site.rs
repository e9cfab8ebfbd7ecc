//! A server of its own for each test, and a browser that keeps its cookies.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt::{
    Exeunt,
    config::{
        KeyMaterial, Limits, LogoutTokenPolicy, PostLogoutUris, ProviderSettings, Settings, TrustedProxies,
    },
    http::base_path,
    store::{MemoryStore, Store},
};
use exeunt_dev_provider::script::ScriptedProvider;
use http::{HeaderMap, Method, Request, StatusCode, header};
use leptos::config::LeptosOptions;
use tower::{ServiceBuilder, ServiceExt as _};

fn key_bytes() -> [u8; 32] {
    std::array::from_fn(|index| u8::try_from(index * 7 % 251).unwrap())
}

pub(crate) struct Site {
    pub(crate) provider: ScriptedProvider,
    pub(crate) exeunt: Exeunt,
    pub(crate) root: tempfile::TempDir,
    pub(crate) router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Site {
    pub(crate) async fn start(public_url: &str) -> Self {
        Self::start_on(Arc::new(MemoryStore::new()), public_url, |_| ()).await
    }

    /// On this store, with other settings.
    pub(crate) async fn start_on(
        store: Arc<dyn Store>,
        public_url: &str,
        adjust: impl FnOnce(&mut Settings),
    ) -> Self {
        let provider = ScriptedProvider::start().await;
        let mut settings = Settings {
            public_url: public_url.parse().unwrap(),
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
            limits: Limits::new(Duration::from_secs(1800), Duration::from_secs(43_200)).unwrap(),
            logout_tokens: LogoutTokenPolicy::default(),
            post_logout_uris: PostLogoutUris::default(),
            logout: exeunt::config::LogoutSettings::default(),
            trusted_proxies: TrustedProxies::default(),
            key_material: KeyMaterial::from(key_bytes()),
        };
        adjust(&mut settings);
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("pkg")).unwrap();
        std::fs::write(root.path().join("pkg/exeunt.css"), "body{}").unwrap();
        std::fs::write(
            root.path().join("favicon.svg"),
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        )
        .unwrap();
        let options = LeptosOptions::builder()
            .output_name("exeunt")
            .site_root(root.path().display().to_string())
            .site_pkg_dir("pkg")
            .build();
        let renderer = server::error_pages::renderer(&options, settings.public_url.base_path());
        let exeunt = Exeunt::builder(settings, store)
            .renderer(renderer)
            .build()
            .unwrap();
        provider.set_redirect_uris([exeunt.redirect_uri()]);
        provider.set_post_logout_redirect_uris([exeunt.post_logout_redirect_uri()]);
        provider.script().auto_login("ada");
        let base = exeunt.public_url().base_path().to_owned();
        let app = ServiceBuilder::new()
            .map_request(move |request: Request<Body>| base_path::strip_request(request, &base))
            .service(server::serve::app(&exeunt, &options));
        let router = Router::new().fallback_service(app);
        Self {
            provider,
            exeunt,
            root,
            router,
        }
    }

    /// `EXEUNT_KEYS` of this site.
    pub(crate) fn key() -> String {
        URL_SAFE_NO_PAD.encode(key_bytes())
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            site: self,
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn signed_in(&self) -> Browser<'_> {
        let mut browser = self.browser();
        let login = browser
            .open(&self.exeunt.public_url().rooted("/auth/login"))
            .await;
        let client = openidconnect::reqwest::Client::builder()
            .redirect(openidconnect::reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = client.get(login.header("location")).send().await.unwrap();
        let callback = answer.headers()[header::LOCATION].to_str().unwrap();
        let callback = callback
            .strip_prefix(self.exeunt.public_url().origin())
            .unwrap()
            .to_owned();
        let done = browser.open(&callback).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        browser
    }
}

pub(crate) struct Browser<'a> {
    site: &'a Site,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        self.send(
            Method::GET,
            path,
            &[
                ("accept", "text/html"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
            "",
        )
        .await
    }

    pub(crate) async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send(Method::POST, path, headers, body).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        exchange(&self.site.router, request, &mut self.cookies).await
    }
}

/// One request with these cookies, and what the answer makes of them.
pub(crate) async fn exchange(
    router: &Router,
    mut request: Request<Body>,
    jar: &mut BTreeMap<String, String>,
) -> Answer {
    let cookies: Vec<_> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !cookies.is_empty() {
        let cookies = cookies.join("; ").parse().unwrap();
        request.headers_mut().insert(header::COOKIE, cookies);
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    for value in parts.headers.get_all(header::SET_COOKIE) {
        let value = value.to_str().unwrap();
        let (name, rest) = value.split_once('=').unwrap();
        let kept = rest.split(';').next().unwrap();
        if value.contains("Max-Age=0") {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), kept.to_owned());
        }
    }
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

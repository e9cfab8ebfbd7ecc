//! Each product does what it is documented to do, and refuses what it is documented to refuse.

mod auth0;
mod cognito;
mod entra;
mod google;
mod keycloak;
mod zitadel;

use exeunt_dev_provider::Client;
use exeunt_dev_provider::script::{InProcess, Product, ScriptedProvider, ScriptedProviderBuilder};
use serde_json::Value;
use url::Url;

use super::builder;
use crate::browser::{Answered, Browser};
use crate::relying_party::{CALLBACK, CHALLENGE, CLIENT_ID, LOGGED_OUT, VERIFIER, basic, client, part, text};

const BACK_CHANNEL: &str = "http://localhost:3000/auth/backchannel-logout";
const FRONT_CHANNEL: &str = "http://localhost:3000/auth/frontchannel-logout";

/// A product, a browser in which ada signed in, and her tokens.
struct AtProduct {
    provider: ScriptedProvider,
    browser: Browser,
    metadata: Value,
    tokens: Value,
}

fn with_addresses() -> Client {
    client()
        .backchannel_logout(BACK_CHANNEL)
        .frontchannel_logout(FRONT_CHANNEL)
}

impl AtProduct {
    async fn signed_in(product: Product) -> Self {
        Self::started(builder().product(product)).await
    }

    async fn started(builder: ScriptedProviderBuilder) -> Self {
        let provider = builder.clients(vec![with_addresses()]).start().await;
        let script = provider.script();
        script.auto_login("ada");
        // It answers 404 to everything, which is an answer.
        script.deliver_back_channel_to(InProcess::router(axum::Router::new()));
        let browser = Browser::new(provider.router());
        let issuer = Url::parse(&provider.issuer()).unwrap();
        let discovery = format!(
            "{}/.well-known/openid-configuration",
            issuer.path().trim_end_matches('/')
        );
        let metadata = browser.get(&discovery, &[]).await.json();
        assert_eq!(metadata["issuer"], provider.issuer());
        let mut this = Self {
            provider,
            browser,
            metadata,
            tokens: Value::Null,
        };
        let code = this.authorize(&[]).await.returned("code").unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let headers = [("authorization", &*basic())];
        let token_endpoint = this.path("token_endpoint");
        this.tokens = this.browser.post(&token_endpoint, &form, &headers).await.json();
        this
    }

    /// The path of an endpoint that discovery names.
    fn path(&self, name: &str) -> String {
        Url::parse(text(&self.metadata, name)).unwrap().path().to_owned()
    }

    async fn authorize(&self, more: &[(&str, &str)]) -> Answered {
        let mut request = vec![
            ("client_id", CLIENT_ID),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        request.extend_from_slice(more);
        self.browser
            .get(&self.path("authorization_endpoint"), &request)
            .await
    }

    fn id_token(&self) -> &str {
        text(&self.tokens, "id_token")
    }

    fn claims(&self) -> Value {
        part(self.id_token(), 1)
    }

    /// The end-session endpoint, named by discovery or not.
    fn logout_path(&self) -> String {
        let endpoint = self.provider.end_session_endpoint().unwrap();
        Url::parse(&endpoint).unwrap().path().to_owned()
    }

    async fn log_out(&self, request: &[(&str, &str)]) -> Answered {
        self.browser.get(&self.logout_path(), request).await
    }

    /// Sends this and finds a page with this text, nowhere to go, and the session alive.
    async fn is_refused(&self, request: &[(&str, &str)], says: &str) {
        let answer = self.log_out(request).await;
        answer.is_page_without_redirect(400);
        assert!(
            answer
                .body
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .contains(says),
            "{request:?}: {}",
            answer.body
        );
        assert!(self.is_signed_in(), "{request:?}");
    }

    fn is_signed_in(&self) -> bool {
        let script = self.provider.script();
        self.browser
            .cookie()
            .is_some_and(|cookie| script.has_session(&cookie))
    }

    fn offers(&self) -> [bool; 4] {
        [
            "end_session_endpoint",
            "backchannel_logout_supported",
            "frontchannel_logout_supported",
            "check_session_iframe",
        ]
        .map(|name| self.metadata.get(name).is_some())
    }
}

#[tokio::test]
async fn c0_what_each_product_offers() {
    for (product, offers) in [
        (Product::Standard, [true, true, true, true]),
        (Product::Zitadel, [true, true, false, false]),
        (Product::Keycloak, [true, true, true, true]),
        (Product::KeycloakBefore18, [true, true, true, true]),
        (Product::Auth0, [false, true, false, false]),
        (Product::Entra, [true, false, true, false]),
        (Product::Cognito, [true, false, false, false]),
        (Product::Google, [false, false, false, false]),
    ] {
        let at = AtProduct::signed_in(product).await;
        assert_eq!(at.offers(), offers, "{product:?}");
        assert_eq!(
            at.metadata.get("revocation_endpoint").is_some(),
            product != Product::Entra,
            "{product:?}"
        );
        // What it does not offer it does not do.
        let script = at.provider.script();
        let frames = script.front_channel_uris(&at.browser.cookie().unwrap());
        assert_eq!(!frames.is_empty(), offers[2], "{product:?}");
        script.end_sessions_of("ada").await;
        let sent = script.deliver_queued().await.len() + script.back_channel_deliveries().len();
        assert_eq!(sent > 0, offers[1], "{product:?}");
    }
}

#[tokio::test]
async fn f4_19_each_that_takes_a_hint_can_be_strict_about_its_age() {
    for product in [
        Product::Standard,
        Product::Zitadel,
        Product::Keycloak,
        Product::Auth0,
    ] {
        for strict in [false, true] {
            let at = AtProduct::signed_in(product).await;
            at.provider.script().strict_exp_hint(strict);
            at.provider.script().advance_clock(3_600);
            let with_hint = [
                ("id_token_hint", at.id_token()),
                ("post_logout_redirect_uri", LOGGED_OUT),
            ];
            if strict {
                at.is_refused(&with_hint, "has expired").await;
                let without = [("client_id", CLIENT_ID), ("post_logout_redirect_uri", LOGGED_OUT)];
                let page = at.log_out(&without).await;
                assert!(page.body.contains("Do you want to sign out?"), "{product:?}");
            } else {
                at.log_out(&with_hint).await;
                assert!(!at.is_signed_in(), "{product:?}");
            }
        }
    }
}

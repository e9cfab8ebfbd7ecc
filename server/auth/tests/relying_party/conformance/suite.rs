//! The provider as the conformance suite plays it, and what the suite looks at in every module.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt_dev_provider::script::{Endpoint, InProcess, Object, Recorded};
use serde_json::Value;

use super::support::{Answer, App, AppBuilder, Browser};

/// What the suite's ID tokens say in the code flow, and nothing more: who a person is stands in userinfo.
const CLAIMS: [&str; 8] = ["iss", "sub", "aud", "nonce", "exp", "iat", "at_hash", "sid"];

/// One run of a module: the app under test, and the suite in the provider's place.
pub(super) struct Suite {
    pub(super) app: App,
    answers: Arc<Mutex<Vec<Object>>>,
}

impl Suite {
    pub(super) async fn start() -> Self {
        Self::with(App::builder()).await
    }

    /// With an app that differs from the usual one.
    pub(super) async fn with(builder: AppBuilder) -> Self {
        let app = builder.start().await;
        let script = app.script();
        script.imitate_conformance_suite(true);
        script.deliver_back_channel_to(InProcess::router(app.router()));
        // The suite knows nothing of RFC 9207.
        script.change_authorization_response(|parameters| parameters.retain(|(name, _)| name != "iss"));
        let answers = Arc::<Mutex<Vec<Object>>>::default();
        let seen = Arc::clone(&answers);
        script.change_token_response(move |response| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(response.clone());
        });
        let suite = Self { app, answers };
        suite.metadata_with(|_| ());
        suite.id_tokens_with(|_| ());
        suite
    }

    /// Changes one thing, or none, in the provider's metadata.
    pub(super) fn metadata_with(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.app.script().change_discovery(move |metadata| {
            metadata.remove("authorization_response_iss_parameter_supported");
            change(metadata);
        });
    }

    /// Makes one thing wrong, or none, in the claims of ID tokens.
    pub(super) fn id_tokens_with(&self, change: impl Fn(&mut Object) + Send + Sync + 'static) {
        self.app.script().change_id_token_claims(move |claims| {
            claims.retain(|name, _| CLAIMS.contains(&&**name));
            change(claims);
        });
    }

    /// What the token endpoint gave in this run.
    pub(super) fn token_answers(&self) -> Vec<Object> {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The ID tokens among it, as they were issued.
    pub(super) fn issued(&self) -> Vec<String> {
        let answers = self.token_answers();
        answers
            .iter()
            .map(|answer| answer["id_token"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The visit to the relying party that a module begins with, up to the page it ends on.
    pub(super) async fn visit(&self) -> (Browser, Answer) {
        let mut browser = self.app.browser();
        let answer = browser.sign_in("/auth/login").await;
        (browser, answer)
    }

    /// A module that must be gone through, userinfo included.
    pub(super) async fn completes(&self) -> Browser {
        let asked = self.app.script().count(Endpoint::Userinfo);
        let (mut browser, answer) = self.visit().await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(browser.fetch("/api/session").await.status, 200);
        assert_eq!(self.app.script().count(Endpoint::Userinfo), asked + 1);
        self.assert_sound();
        browser
    }

    /// A module whose ID token must be refused: no userinfo request follows, and nobody is signed in.
    pub(super) async fn refuses(&self) {
        let (mut browser, answer) = self.visit().await;
        assert_eq!(answer.status, 502, "{}", answer.text());
        assert_eq!(self.issued().len(), 1, "there was an ID token to refuse");
        assert_eq!(
            self.app.script().count(Endpoint::Userinfo),
            0,
            "it went on with the token"
        );
        assert_eq!(browser.session_cookie(), None);
        assert_eq!(browser.fetch("/api/session").await.status, 401);
        self.assert_sound();
    }

    /// What the suite looks at in every module.
    pub(super) fn assert_sound(&self) {
        let script = self.app.script();
        for request in script.requests(Endpoint::Authorize) {
            assert_eq!(request.parameter("response_type").as_deref(), Some("code"));
            let scope = request.parameter("scope").unwrap();
            assert!(scope.split(' ').any(|one| one == "openid"), "{scope}");
            let redirect_uri = request.parameter("redirect_uri").unwrap();
            assert_eq!(redirect_uri, self.app.exeunt.redirect_uri());
        }
        for request in script.requests(Endpoint::Token) {
            assert_eq!(request.method, "POST");
            assert_authenticated_by_header(&request);
        }
        for request in script.requests(Endpoint::Userinfo) {
            assert!(
                request.header("authorization").unwrap().starts_with("Bearer "),
                "the access token is in the header"
            );
            assert_eq!(request.query, None, "and not in the query");
        }
    }

    /// What the browser's page knows of who is signed in.
    pub(super) async fn session_of(browser: &mut Browser) -> Value {
        let answer = browser.fetch("/api/session").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// `client_secret_basic`, and no secret anywhere else.
fn assert_authenticated_by_header(request: &Recorded) {
    let authorization = request.header("authorization").expect("client authentication");
    assert!(authorization.starts_with("Basic "), "client_secret_basic");
    assert_eq!(request.parameter("client_secret"), None);
}

/// The header of a token.
pub(super) fn header_of(token: &str) -> Value {
    part_of(token, 0)
}

/// The claims of a token.
pub(super) fn claims_of(token: &str) -> Value {
    part_of(token, 1)
}

fn part_of(token: &str, part: usize) -> Value {
    let part = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

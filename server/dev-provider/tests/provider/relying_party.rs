//! A relying party that does everything right.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use exeunt_dev_provider::{Client, DevProvider, DevProviderConfig};
use serde_json::Value;

use crate::browser::{Answered, Browser};

pub(crate) const CLIENT_ID: &str = "example app";
pub(crate) const SECRET: &str = "s/ec+ret%: &=é";
pub(crate) const CALLBACK: &str = "http://localhost:3000/auth/callback";
pub(crate) const LOGGED_OUT: &str = "http://localhost:3000/logged-out?from=op";
/// The pair of [RFC 7636, appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const START: i64 = 1_800_000_000;

thread_local! {
    // Each test has a thread of its own, and so a time of its own at the provider they share.
    static NOW: Cell<i64> = const { Cell::new(START) };
}

/// Moves the clock, which stands still otherwise.
pub(crate) fn advance_clock(seconds: i64) {
    NOW.set(NOW.get() + seconds);
}

pub(crate) fn client() -> Client {
    Client::new(CLIENT_ID, Some(SECRET))
        .redirect_uri(CALLBACK)
        .post_logout_redirect_uri(LOGGED_OUT)
}

pub(crate) fn config() -> DevProviderConfig {
    NOW.set(START);
    DevProviderConfig {
        now: Arc::new(|| NOW.get()),
        ..DevProviderConfig::new("http://127.0.0.1:3010", vec![client()])
    }
}

/// The provider most tests share, because making its keys takes long.
pub(crate) fn shared() -> DevProvider {
    static SHARED: OnceLock<DevProvider> = OnceLock::new();
    let config = config();
    SHARED.get_or_init(|| DevProvider::new(config).unwrap()).clone()
}

/// A new browser at the shared provider.
pub(crate) fn provider() -> Browser {
    Browser::new(shared().router())
}

/// An authorization request, with `more` in place of or beside the usual.
pub(crate) async fn authorize(browser: &Browser, more: &[(&str, &str)]) -> Answered {
    let usual = [
        ("client_id", CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "st&te=1"),
        ("nonce", "n0nce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut parameters: Vec<(&str, &str)> = usual
        .into_iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
        .collect();
    parameters.extend_from_slice(more);
    browser.get("/authorize", &parameters).await
}

/// Picks `sub` on the picker.
pub(crate) async fn pick(browser: &Browser, picker: &Answered, sub: &str) -> Answered {
    browser
        .submit(
            "/authorize/choice",
            &[("request", &picker.form_request()), ("sub", sub)],
        )
        .await
}

/// Signs in as `sub` and returns the code.
pub(crate) async fn sign_in(browser: &Browser, sub: &str) -> String {
    let picker = authorize(browser, &[]).await;
    pick(browser, &picker, sub).await.returned("code").unwrap()
}

pub(crate) async fn exchange(browser: &Browser, code: &str) -> Answered {
    exchange_with(
        browser,
        &[
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ],
    )
    .await
}

pub(crate) async fn exchange_with(browser: &Browser, form: &[(&str, &str)]) -> Answered {
    let mut form = form.to_vec();
    form.push(("grant_type", "authorization_code"));
    browser
        .post("/token", &form, &[("authorization", &basic())])
        .await
}

pub(crate) async fn refresh(browser: &Browser, token: &str) -> Answered {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    browser
        .post("/token", &form, &[("authorization", &basic())])
        .await
}

/// Tokens of a fresh sign-in.
pub(crate) async fn tokens(browser: &Browser, sub: &str) -> Value {
    let code = sign_in(browser, sub).await;
    exchange(browser, &code).await.json()
}

pub(crate) fn basic() -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(SECRET)))
    )
}

/// The decoded part of a token: 0 the header, 1 the claims.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
}

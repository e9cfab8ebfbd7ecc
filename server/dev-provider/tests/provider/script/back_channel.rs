//! Back-channel logout: who is told, when, and with what.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use exeunt_dev_provider::Client;
use exeunt_dev_provider::script::{BackChannel, Endpoint, InProcess, Script, ScriptedProvider, Signing};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::builder;
use crate::browser::{Answered, Browser};
use crate::relying_party::{
    CALLBACK, CLIENT_ID, LOGGED_OUT, authorize, client, part, pick, sign_in, text, tokens,
};

const URI: &str = "http://localhost:3000/auth/backchannel-logout?tenant=1";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A relying party that keeps what it is sent and answers as it is told.
#[derive(Clone)]
struct RelyingParty {
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    status: StatusCode,
}

impl RelyingParty {
    fn answering(status: u16) -> Self {
        Self {
            got: Arc::default(),
            status: StatusCode::from_u16(status).unwrap(),
        }
    }

    fn router(&self) -> Router {
        async fn take(
            State(this): State<RelyingParty>,
            headers: HeaderMap,
            body: String,
        ) -> (StatusCode, [(&'static str, &'static str); 1], &'static str) {
            this.got.lock().unwrap().push((headers, body));
            (this.status, [("cache-control", "no-store")], "taken")
        }
        Router::new()
            .route("/auth/backchannel-logout", post(take))
            .with_state(self.clone())
    }

    fn count(&self) -> usize {
        self.got.lock().unwrap().len()
    }
}

async fn registered() -> (ScriptedProvider, Browser, RelyingParty) {
    registered_at(RelyingParty::answering(200)).await
}

async fn registered_at(relying_party: RelyingParty) -> (ScriptedProvider, Browser, RelyingParty) {
    let clients = vec![client().backchannel_logout(URI)];
    let provider = builder().clients(clients).start().await;
    let deliver = InProcess::router(relying_party.router());
    provider.script().deliver_back_channel_to(deliver);
    let browser = Browser::new(provider.router());
    (provider, browser, relying_party)
}

async fn log_out(browser: &Browser, id_token: &str) -> Answered {
    let request = [
        ("id_token_hint", id_token),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", "s1"),
    ];
    browser.get("/end_session", &request).await
}

fn is_signed_by_the_provider(keys: Value, token: &str) -> bool {
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let key = keys.find(part(token, 0)["kid"].as_str().unwrap()).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    crypto::verify(
        signature,
        input.as_bytes(),
        &DecodingKey::from_jwk(key).unwrap(),
        Algorithm::RS256,
    )
    .unwrap()
}

#[tokio::test]
async fn b2_6_the_token_arrives_before_the_browser_returns() {
    let (provider, browser, relying_party) = registered().await;
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    let answer = log_out(&browser, &id_token).await;
    // The answer is here, so the token must be too.
    assert_eq!(relying_party.count(), 1);
    assert_eq!(answer.returned("state").as_deref(), Some("s1"));
    let (headers, form) = relying_party.got.lock().unwrap()[0].clone();
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["host"], "localhost:3000");
    assert_eq!((headers.get("cookie"), headers.get("origin")), (None, None));
    let token = form.strip_prefix("logout_token=").unwrap();
    let delivery = &provider.script().back_channel_deliveries()[0];
    assert_eq!((delivery.token.as_str(), delivery.uri.as_str()), (token, URI));
    assert_eq!(
        (
            delivery.status,
            delivery.cache_control.as_deref(),
            &*delivery.body
        ),
        (Some(StatusCode::OK), Some("no-store"), "taken")
    );
}

#[tokio::test]
async fn b2_4_the_token_says_what_a_logout_token_says() {
    let (provider, browser, _) = registered().await;
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    log_out(&browser, &id_token).await;
    let token = provider.script().back_channel_deliveries()[0].token.clone();
    let (mut header, mut claims) = (part(&token, 0), part(&token, 1));
    let header = header.as_object_mut().unwrap();
    assert_eq!(header.remove("kid").unwrap(), json!(provider.script().kid()));
    assert_eq!(
        Value::Object(header.clone()),
        json!({ "typ": "logout+jwt", "alg": "RS256" })
    );
    let claims = claims.as_object_mut().unwrap();
    assert!(claims.remove("jti").unwrap().as_str().unwrap().len() >= 20);
    let (issued, expires) = (claims.remove("iat").unwrap(), claims.remove("exp").unwrap());
    assert_eq!(expires.as_i64().unwrap() - issued.as_i64().unwrap(), 120);
    let expected = json!({
        "iss": provider.issuer(), "aud": CLIENT_ID, "sub": "ada", "sid": part(&id_token, 1)["sid"],
        "events": { EVENT: {} },
    });
    assert_eq!(Value::Object(claims.clone()), expected);
    assert!(is_signed_by_the_provider(
        browser.get("/jwks", &[]).await.json(),
        &token
    ));
}

#[tokio::test]
async fn b3_the_conformance_suites_extras_can_be_sent() {
    let (provider, browser, relying_party) = registered().await;
    provider.script().imitate_conformance_suite(true);
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    log_out(&browser, &id_token).await;
    let form = relying_party.got.lock().unwrap()[0].1.clone();
    assert!(form.ends_with("&ignored_parameter=ignored"), "{form}");
    let token = provider.script().back_channel_deliveries()[0].token.clone();
    assert_eq!(part(&token, 0)["typ"], Value::Null);
    assert_eq!(part(&token, 1)["ignored_claim"], "ignored");
    let sid = part(&token, 1)["sid"].as_str().unwrap().to_owned();
    assert!(sid.contains("/+&=?#%22\"\\'<>"), "{sid}");
    assert_eq!(json!(sid), part(&id_token, 1)["sid"]);
}

#[tokio::test]
async fn hooks_change_header_claims_signature_and_form() {
    let (provider, _, relying_party) = registered().await;
    let script = provider.script();
    script.change_logout_token_header(|header| drop(header.insert("typ".to_owned(), json!("JWT"))));
    script.change_logout_token_claims(|claims| drop(claims.remove("exp")));
    script.sign_logout_tokens_with(Signing::Es256);
    script.change_back_channel_form(|form| form.push(("x".to_owned(), "1&2".to_owned())));
    let delivery = script.send_logout_token(URI, None, Some("s 1")).await;
    let header = part(&delivery.token, 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!("ES256")));
    let claims = part(&delivery.token, 1);
    assert_eq!(
        (&claims["exp"], &claims["sub"], &claims["sid"]),
        (&Value::Null, &Value::Null, &json!("s 1"))
    );
    assert!(delivery.form.ends_with("&x=1%262"), "{}", delivery.form);
    let again = script.send_this_logout_token(URI, &delivery.token).await;
    assert_eq!(
        (again.token, again.status),
        (delivery.token, Some(StatusCode::OK))
    );
    assert_eq!(relying_party.count(), 2);
    script.reset();
    let token = script.logout_token(Some("ada"), None);
    assert_eq!(part(&token, 0)["typ"], "logout+jwt");
    assert_eq!(relying_party.count(), 2, "a token that is only made is not sent");
}

#[tokio::test]
async fn a_refusal_or_no_answer_does_not_keep_the_person_signed_in() {
    for status in [400, 500, 204] {
        let (provider, browser, _) = registered_at(RelyingParty::answering(status)).await;
        let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
        let answer = log_out(&browser, &id_token).await;
        assert_eq!(answer.returned("state").as_deref(), Some("s1"));
        let delivery = &provider.script().back_channel_deliveries()[0];
        assert_eq!(delivery.status.map(|status| status.as_u16()), Some(status));
        assert_eq!(browser.cookie(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_relying_party_that_hangs_is_waited_for_two_and_a_half_seconds() {
    let (provider, browser, _) = registered().await;
    let script = provider.script();
    script.deliver_back_channel_to(Arc::new(|_| Box::pin(std::future::pending())));
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    let begun = tokio::time::Instant::now();
    let answer = log_out(&browser, &id_token).await;
    assert_eq!(begun.elapsed().as_millis(), 2_500);
    assert_eq!(answer.returned("state").as_deref(), Some("s1"));
    assert_eq!(script.back_channel_deliveries()[0].status, None);
}

#[tokio::test]
async fn a_queued_token_waits_for_the_test_and_keeps_its_time() {
    let (provider, browser, relying_party) = registered().await;
    let script = provider.script();
    script.back_channel(BackChannel::Queued);
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    log_out(&browser, &id_token).await;
    assert_eq!(relying_party.count(), 0);
    script.advance_clock(600);
    let delivered = script.deliver_queued().await;
    assert_eq!((delivered.len(), relying_party.count()), (1, 1));
    let age = part(&script.logout_token(None, None), 1)["iat"].as_i64().unwrap()
        - part(&delivered[0].token, 1)["iat"].as_i64().unwrap();
    assert!(age >= 600, "{age}");
    assert_eq!(script.deliver_queued().await, []);
    assert_eq!(script.back_channel_delivered(1).await, delivered);
}

#[tokio::test]
async fn it_can_be_off() {
    let (provider, browser, relying_party) = registered().await;
    provider.script().back_channel(BackChannel::Off);
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    log_out(&browser, &id_token).await;
    assert_eq!((relying_party.count(), browser.cookie()), (0, None));
    assert_eq!(provider.script().deliver_queued().await, []);
}

#[tokio::test]
async fn only_clients_of_the_session_that_registered_an_address_are_told() {
    let other = |id: &str| Client::new(id, None).redirect_uri(CALLBACK);
    let elsewhere = "http://localhost:4000/auth/backchannel-logout";
    let clients = vec![
        client().backchannel_logout(URI),
        other("with").backchannel_logout(elsewhere),
        other("without"),
        other("stranger").backchannel_logout(URI),
    ];
    let provider = builder().clients(clients).start().await;
    let script = provider.script();
    script.deliver_back_channel_to(InProcess::router(RelyingParty::answering(200).router()));
    let browser = Browser::new(provider.router());
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    for client_id in ["with", "without", "with"] {
        let answer = authorize(&browser, &[("client_id", client_id)]).await;
        assert!(answer.returned("code").is_some());
    }
    log_out(&browser, &id_token).await;
    let told: Vec<(String, Value, Value)> = script
        .back_channel_deliveries()
        .into_iter()
        .map(|delivery| {
            let claims = part(&delivery.token, 1);
            (delivery.uri, claims["aud"].clone(), claims["sid"].clone())
        })
        .collect();
    let sid = part(&id_token, 1)["sid"].clone();
    assert_eq!(
        told,
        [
            (URI.to_owned(), json!(CLIENT_ID), sid.clone()),
            (elsewhere.to_owned(), json!("with"), sid)
        ]
    );
}

#[tokio::test]
async fn the_sign_out_button_tells_too_and_the_stay_button_does_not() {
    let (_provider, browser, relying_party) = registered().await;
    sign_in(&browser, "ada").await;
    for (choice, told) in [("stay", 0), ("sign-out", 1)] {
        let page = browser.get("/end_session", &[("client_id", CLIENT_ID)]).await;
        let form = [("request", &*page.form_request()), ("choice", choice)];
        browser.submit("/end_session/choice", &form).await;
        assert_eq!(relying_party.count(), told, "{choice}");
    }
}

#[tokio::test]
async fn another_person_in_the_same_browser_ends_the_first_ones_session() {
    let (provider, browser, relying_party) = registered().await;
    let first = tokens(&browser, "ada").await;
    let again = authorize(&browser, &[("prompt", "login")]).await;
    pick(&browser, &again, "ada").await;
    assert_eq!(relying_party.count(), 0, "the same person's session goes on");
    let other = authorize(&browser, &[("prompt", "login")]).await;
    pick(&browser, &other, "grace").await;
    let claims = part(&provider.script().back_channel_deliveries()[0].token, 1);
    let first = part(text(&first, "id_token"), 1);
    assert_eq!((&claims["sub"], &claims["sid"]), (&json!("ada"), &first["sid"]));
}

#[tokio::test]
async fn an_administrator_ends_one_session_or_all_of_a_person() {
    let (provider, browser, relying_party) = registered().await;
    let script: Script = provider.script();
    let phone = Browser::new(provider.router());
    sign_in(&browser, "ada").await;
    sign_in(&phone, "ada").await;
    let other = script.sign_in_session("grace");
    let (here, there) = (browser.cookie().unwrap(), phone.cookie().unwrap());
    let sid = script.sid(&here);
    assert_eq!(script.sessions_of("ada").len(), 2);
    script.end_session(&there);
    assert_eq!(relying_party.count(), 0, "that way nobody is told");
    script.end_session_and_tell(&here).await;
    let claims = part(&script.back_channel_deliveries()[0].token, 1);
    assert_eq!(claims["sid"].as_str().map(ToOwned::to_owned), sid);
    sign_in(&browser, "ada").await;
    script.end_sessions_of("ada").await;
    assert_eq!(relying_party.count(), 2);
    assert!(script.sessions_of("ada").is_empty() && script.has_session(&other));
}

#[tokio::test]
async fn over_http_it_reaches_this_machine_follows_no_redirect_and_goes_nowhere_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let relying_party = RelyingParty::answering(200);
    let redirecting = Router::new().route(
        "/moved",
        post(|| async { axum::response::Redirect::temporary("/auth/backchannel-logout") }),
    );
    let routes = relying_party.router().merge(redirecting);
    tokio::spawn(async { axum::serve(listener, routes).await });
    let provider = builder().start().await;
    let script = provider.script();
    let send = async |uri: String| script.send_logout_token(&uri, Some("ada"), None).await.status;
    let at = |path: &str| format!("{origin}{path}");
    assert_eq!(send(at("/auth/backchannel-logout")).await, Some(StatusCode::OK));
    assert_eq!(
        send(at("/moved")).await,
        Some(StatusCode::TEMPORARY_REDIRECT),
        "a redirect is an answer"
    );
    assert_eq!(send(at("/nowhere")).await, Some(StatusCode::NOT_FOUND));
    assert_eq!(relying_party.count(), 1);
    assert_eq!(send("http://192.0.2.1/".to_owned()).await, None);
    assert_eq!(send("http://app.example/".to_owned()).await, None);
    assert_eq!(
        relying_party.got.lock().unwrap()[0].0["content-type"],
        "application/x-www-form-urlencoded"
    );
}

#[tokio::test]
async fn a_relying_party_may_ask_for_the_keys_before_it_answers() {
    let (provider, browser, _) = registered().await;
    let script = provider.script();
    let keys_of = provider.router();
    let relying_party = Router::new().route(
        "/auth/backchannel-logout",
        post(async move || {
            let keys = Browser::new(keys_of).get("/jwks", &[]).await;
            keys.status
        }),
    );
    script.deliver_back_channel_to(InProcess::router(relying_party));
    let id_token = text(&tokens(&browser, "ada").await, "id_token").to_owned();
    log_out(&browser, &id_token).await;
    assert_eq!(script.back_channel_deliveries()[0].status, Some(StatusCode::OK));
    assert_eq!(script.count(Endpoint::Jwks), 1);
}

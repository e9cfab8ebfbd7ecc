//! No secret in any log line or answer (F4.31, invariant I16).

use std::{collections::BTreeSet, sync::Arc};

use exeunt::store::MemoryStore;
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{
    Answer, parameter, provider_url, sign_out,
    support::{App, Call, FailingStore, Logs},
};

/// Everything secret of one journey, gathered as a test goes.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn add(&mut self, value: &str) {
        assert!(
            value.len() > 8,
            "{value:?} is no secret that could be searched for"
        );
        self.0.insert(value.to_owned());
    }

    /// The values of the cookies that an answer sets, save the flag.
    fn add_cookies(&mut self, answer: &Answer) {
        for line in answer.set_cookies() {
            let (_, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.len() > 8 {
                self.add(value);
            }
        }
    }

    fn add_tokens(&mut self, app: &App) {
        let token = app.script().last_request(Endpoint::Token).unwrap();
        self.add(&token.parameter("code").unwrap());
        self.add(&token.parameter("code_verifier").unwrap());
        self.add(&app.provider.client_secret());
        let bearer = app.script().last_request(Endpoint::Userinfo).unwrap();
        self.add(
            bearer
                .header("authorization")
                .unwrap()
                .strip_prefix("Bearer ")
                .unwrap(),
        );
    }

    fn add_departure(&mut self, url: &str) {
        self.add(&parameter(url, "state").unwrap());
        let hint = parameter(url, "id_token_hint").unwrap();
        for part in hint.split('.') {
            self.add(part);
        }
    }
}

/// A sign-in, a sign-out that the store refuses, its end, faults on the way back; then everything secret there was.
async fn journey() -> (Secrets, Vec<Answer>) {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    let (mut secrets, mut answers) = (Secrets::default(), Vec::new());
    let mut browser = app.browser();
    let start = browser.open("/auth/login").await;
    secrets.add(&parameter(&start.location(), "state").unwrap());
    secrets.add(&parameter(&start.location(), "nonce").unwrap());
    secrets.add_cookies(&start);
    let callback = browser.visit_provider(&start.location()).await.location();
    let arrival = browser.open(&browser.path_here(&callback)).await;
    secrets.add_cookies(&arrival);
    secrets.add_tokens(&app);
    answers.push(arrival);
    let mut stale = browser.clone();

    store.fail(&[Call::TakeOne, Call::Load]);
    answers.push(browser.fetch("/api/session").await);
    let refused = sign_out(&mut browser, "everywhere").await;
    secrets.add_cookies(&refused);
    answers.push(refused);
    store.fail(&[Call::TakeMany, Call::List]);
    app.script()
        .answer_always(Endpoint::Discovery, Fault::status(500));
    let ended = sign_out(&mut browser, "everywhere").await;
    secrets.add_cookies(&ended);
    let url = provider_url(&ended);
    secrets.add_departure(&url);
    let state = parameter(&url, "state").unwrap();
    let mut shown = ended;
    // The hint and the state are for the provider, in this one address.
    shown.body = shown.text().replace(&url, "").into_bytes();
    answers.push(shown);
    for calls in [&[Call::LoadPending][..], &[Call::SwapPending], &[]] {
        store.fail(calls);
        answers.push(browser.open(&format!("/logged-out?state={state}")).await);
        answers.push(browser.open(&format!("/logged-out?state={state}&state=x")).await);
        answers.push(browser.fetch("/api/auth/receipt").await);
    }
    answers.push(stale.fetch("/api/session").await);
    answers.push(stale.post_json("/api/auth/logout", r#"{"scope":"x"}"#).await);
    answers.push(browser.open(&browser.path_here(&callback)).await);
    (secrets, answers)
}

#[tokio::test]
async fn f4_31_i16_no_log_line_holds_a_token_a_cookie_a_code_or_a_state() {
    let (logs, guard) = Logs::capture();
    let (secrets, _) = journey().await;
    drop(guard);
    let text = logs.text();
    for words in [
        "a session begins",
        "a session ends",
        "the session could not be ended",
    ] {
        assert!(
            text.contains(words),
            "the log is read: {words:?} stands in it\n{text}"
        );
    }
    assert!(secrets.0.len() > 12, "{}", secrets.0.len());
    // Only what this crate says; a library at its most talkative is not ours to silence.
    let ours: Vec<&str> = text.lines().filter(|line| line.contains(" exeunt::")).collect();
    assert!(!ours.is_empty());
    for line in ours {
        for secret in &secrets.0 {
            assert!(
                !line.contains(secret.as_str()),
                "{secret} stands in the log: {line}"
            );
        }
        assert!(
            !line.contains("ada@example.com") && !line.contains("Ada Example"),
            "{line}"
        );
        assert!(!line.contains('?'), "no query is logged: {line}");
    }
    // At the levels that are switched on in earnest nobody says more, whoever it is.
    for line in text
        .lines()
        .filter(|line| !line.contains("DEBUG") && !line.contains("TRACE"))
    {
        for secret in &secrets.0 {
            assert!(
                !line.contains(secret.as_str()),
                "{secret} stands in the log: {line}"
            );
        }
    }
}

#[tokio::test]
async fn i16_no_answer_to_the_browser_holds_a_token_or_a_state() {
    let (secrets, answers) = journey().await;
    assert!(answers.len() > 10);
    for answer in answers {
        let body = answer.text();
        let location = answer.header("location").unwrap_or_default();
        for secret in &secrets.0 {
            assert!(!body.contains(secret.as_str()), "{secret} stands in {body}");
            assert!(
                !location.contains(secret.as_str()),
                "{secret} stands in {location}"
            );
        }
    }
}

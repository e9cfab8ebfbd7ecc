//! What must stand in no log line and in no answer to the browser: looked for by the values that were really used.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use exeunt_dev_provider::script::{Answer as Scripted, Endpoint, Signing};
use serde_json::json;

use super::{
    steps::{callback_parameter, parameter, set, with},
    support::{Answer, App, Browser, Logs},
};

/// Everything secret that came up, by name.
#[derive(Clone, Default)]
struct Secrets(Arc<Mutex<BTreeMap<String, String>>>);

impl Secrets {
    fn add(&self, name: &str, value: &str) {
        let mut known = self.0.lock().unwrap();
        let name = format!("{name} {}", known.len());
        known.insert(name, value.to_owned());
    }

    fn assert_not_in(&self, text: &str, what: &str, kinds: &[&str]) {
        for (name, value) in self.0.lock().unwrap().iter() {
            let concerned = kinds.is_empty() || kinds.iter().any(|kind| name.starts_with(kind));
            assert!(
                !concerned || value.is_empty() || !text.contains(value),
                "{name} stands in {what}: {text}"
            );
        }
    }

    fn count(&self, kind: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .keys()
            .filter(|name| name.starts_with(kind))
            .count()
    }

    /// Tokens as the provider sends them, verifiers and codes as they reach it.
    fn watch(&self, app: &App) {
        let tokens = self.clone();
        app.script().change_token_response(move |response| {
            for name in ["access_token", "refresh_token", "id_token"] {
                tokens.add(name, response[name].as_str().unwrap());
            }
        });
        self.add("client_secret", &app.provider.client_secret());
    }

    fn collect(&self, app: &App, browsers: &[&Browser]) {
        for request in app.script().requests(Endpoint::Authorize) {
            self.add("state", &request.parameter("state").unwrap());
            self.add("nonce", &request.parameter("nonce").unwrap());
        }
        for request in app.script().requests(Endpoint::Token) {
            self.add("code", &request.parameter("code").unwrap());
            self.add("verifier", &request.parameter("code_verifier").unwrap());
            self.add("authorization", request.header("authorization").unwrap());
        }
        for browser in browsers {
            for value in browser.cookies.values().filter(|value| value.len() > 8) {
                self.add("cookie", value);
            }
        }
    }
}

/// Signs in as far as the callback; returns its address and the answer to it.
async fn sign_in(app: &App, browser: &mut Browser, answers: &mut Vec<Answer>) -> String {
    let start = browser.open("/auth/login").await;
    answers.push(start.clone());
    let there = browser.visit_provider(&start.location()).await;
    let callback = browser.path_here(&there.location());
    answers.push(browser.open(&callback).await);
    app.clock.advance(std::time::Duration::from_secs(31));
    callback
}

#[tokio::test]
async fn i16_no_log_line_and_no_answer_holds_a_secret_whatever_goes_wrong() {
    // With a second one about, a line that another test met first is not held to be wanted by nobody.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let (logs, _guard) = Logs::capture();
    let (app, secrets) = (App::start().await, Secrets::default());
    let mut answers = Vec::new();
    let mut browser = app.browser();
    secrets.watch(&app);

    let used = sign_in(&app, &mut browser, &mut answers).await;
    assert_eq!(answers.last().unwrap().status, 303);
    answers.push(browser.open(&used).await);
    answers.push(browser.open(&with(&used, "state", Some("wrong.state"))).await);
    answers.push(browser.fetch("/api/session").await);
    answers.push(browser.open("/account").await);

    let mut failing = app.browser();
    for signing in [Signing::Corrupted, Signing::StrangerRsa, Signing::None] {
        app.script().sign_with(signing);
        sign_in(&app, &mut failing, &mut answers).await;
        assert_eq!(answers.last().unwrap().status, 502);
    }
    app.script().sign_with(Signing::Normal);
    app.script().change_id_token_claims(set("nonce", "another"));
    sign_in(&app, &mut failing, &mut answers).await;
    app.script().change_id_token_claims(|_| ());
    app.script()
        .answer_next(Endpoint::Userinfo, Scripted::status(500));
    sign_in(&app, &mut failing, &mut answers).await;

    // A token endpoint that repeats what it got, in every place that might be logged.
    let start = failing.open("/auth/login").await;
    let there = failing.visit_provider(&start.location()).await;
    let callback = failing.path_here(&there.location());
    let code = callback_parameter(&callback, "code");
    let echo = json!({"error": code, "error_description": code, "error_uri": code});
    app.script()
        .answer_next(Endpoint::Token, Scripted::json(400, &echo));
    answers.push(failing.open(&callback).await);
    assert_eq!(answers.last().unwrap().status, 502);
    let callback = failing.sign_in_until_callback("/auth/login").await;
    let code = callback_parameter(&callback, "code");
    app.script().answer_next(
        Endpoint::Token,
        Scripted::body(200, "application/json", format!("{{\"{code}\":")),
    );
    answers.push(failing.open(&callback).await);
    let callback = failing.sign_in_until_callback("/auth/login").await;
    let code = callback_parameter(&callback, "code");
    answers.push(failing.open(&with(&callback, "error", Some(&code))).await);

    secrets.collect(&app, &[&browser, &failing]);
    let logout = browser.post_json("/api/auth/logout", "{}").await;
    let url = logout.json()["front_channel_logout_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let hint = parameter(&url, "id_token_hint").unwrap();

    for kind in [
        "access_token",
        "refresh_token",
        "id_token",
        "state",
        "nonce",
        "code",
        "verifier",
        "cookie",
    ] {
        assert!(secrets.count(kind) > 0, "{kind} was not seen");
    }
    let text = logs.text();
    let ours: Vec<_> = text.lines().filter(|line| line.contains(" exeunt::")).collect();
    assert!(
        ours.iter().any(|line| line.contains("a sign-in failed")),
        "nothing was logged: {text}"
    );
    for line in &ours {
        secrets.assert_not_in(line, "the log", &[]);
    }
    for answer in &answers {
        let body = answer.text();
        secrets.assert_not_in(&body, "a body", &[]);
        let headers = format!("{:?}", answer.headers);
        let never = [
            "access_token",
            "refresh_token",
            "id_token",
            "code",
            "verifier",
            "client_secret",
            "authorization",
        ];
        secrets.assert_not_in(&headers, "a header", &never);
        if answer.status != 303 {
            secrets.assert_not_in(&headers, "a header", &["state", "nonce"]);
        }
    }
    secrets.assert_not_in(
        &logout.text().replace(&hint, "HINT"),
        "the answer of a sign-out",
        &[],
    );
    secrets.assert_not_in(&url.replace(&hint, "HINT"), "the provider's logout URL", &[]);
}

#[tokio::test]
async fn i16_code_and_state_leave_the_address_bar() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser
        .sign_in_until_callback("/auth/login?return_to=/account")
        .await;
    assert_eq!(browser.open(&callback).await.location(), "/account");
    let callback = browser.sign_in_until_callback("/auth/login").await;
    let answer = app.browser().open(&callback).await;
    assert_eq!(answer.status, 400);
    for name in ["code", "state"] {
        assert!(
            !answer.text().contains(&callback_parameter(&callback, name)),
            "{}",
            answer.text()
        );
    }
    assert_eq!(answer.header("referrer-policy").as_deref(), Some("no-referrer"));
}

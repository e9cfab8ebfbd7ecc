//! Every cookie we set: its attributes and sizes (F3.1 to F3.3, invariant I9).

use std::{collections::BTreeSet, sync::Arc};

use exeunt::store::MemoryStore;
use serde_json::json;

use super::support::{Answer, App, Call, FailingStore};

/// `Set-Cookie` as name, value and the set of attributes.
fn parse(line: &str) -> (String, String, BTreeSet<String>) {
    let mut parts = line.split("; ");
    let (name, value) = parts.next().unwrap().split_once('=').unwrap();
    (
        name.to_owned(),
        value.to_owned(),
        parts.map(str::to_owned).collect(),
    )
}

/// A whole life: sign in, sign out, come back; sign in, a sign-out that the store does not carry out, its end, a stale
/// cookie. Returns every answer of the app.
async fn whole_life(public_url: &str) -> Vec<Answer> {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder()
        .public_url(public_url)
        .store(store.clone())
        .start()
        .await;
    // As big as it gets.
    app.script().change_id_token_claims(|claims| {
        claims.insert("padding".to_owned(), json!("x".repeat(20_000)));
        claims.insert(
            "roles".to_owned(),
            json!(
                (0..200)
                    .map(|number| format!("group-{number:03}"))
                    .collect::<Vec<_>>()
            ),
        );
    });
    let mut browser = app.browser();
    let mut answers = Vec::new();
    for fails in [false, true] {
        // After the mark of the sign-out before.
        app.clock.advance(std::time::Duration::from_millis(1));
        let start = browser.open("/auth/login?return_to=/account").await;
        let callback = browser.visit_provider(&start.location()).await.location();
        answers.push(start);
        let callback = browser.path_here(&callback);
        // A second attempt that is never finished: the sign-out cancels it.
        answers.push(browser.open("/auth/login").await);
        answers.push(browser.open(&callback).await);
        answers.push(browser.fetch("/api/session").await);
        assert_eq!(
            answers.last().unwrap().status,
            200,
            "{}",
            answers.last().unwrap().text()
        );
        let mut stale = browser.clone();
        if fails {
            store.fail(&[Call::TakeOne]);
            answers.push(browser.post_json("/api/auth/logout", "{}").await);
            store.mend();
        }
        answers.push(browser.post_json("/api/auth/logout", "{}").await);
        answers.push(browser.open("/auth/logout/continue").await);
        let state = state_of(&answers.last().unwrap().text());
        answers.push(browser.open(&format!("/logged-out?state={state}")).await);
        answers.push(browser.open("/logged-out").await);
        answers.push(stale.fetch("/api/session").await);
    }
    answers
}

/// The state in the leaving form.
fn state_of(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="state" value=""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn f3_1_i9_every_cookie_of_every_answer_has_the_attributes_of_its_kind() {
    for (public_url, stem, path, secure) in [
        ("https://app.example", "__Host-exeunt", "/", true),
        (
            "https://app.example/some/app",
            // The beginning of SHA-256 of "/some/app".
            "__Secure-exeunt-bbdef9f1",
            "/some/app",
            true,
        ),
        ("http://localhost:3000", "exeunt", "/", false),
    ] {
        let mut always: BTreeSet<String> = ["HttpOnly", "SameSite=Lax"].map(str::to_owned).into();
        always.insert(format!("Path={path}"));
        if secure {
            always.insert("Secure".to_owned());
        }
        let mut seen = BTreeSet::new();
        for answer in whole_life(public_url).await {
            for line in answer.set_cookies() {
                let (name, value, mut attributes) = parse(&line);
                let kind = name
                    .strip_prefix(stem)
                    .unwrap_or_else(|| panic!("{name} is not ours"));
                let kind = if kind.starts_with("-login-") {
                    "-login-"
                } else {
                    kind
                };
                let lifetime = attributes.iter().find(|one| one.starts_with("Max-Age=")).cloned();
                if let Some(lifetime) = &lifetime {
                    attributes.remove(lifetime);
                }
                assert_eq!(attributes, always, "{line}");
                let removed = value.is_empty();
                let expected = match kind {
                    _ if removed => Some("Max-Age=0"),
                    "" | "-unfinished" => None,
                    "-login-" | "-logout" => Some("Max-Age=600"),
                    "-prompt" => Some("Max-Age=2592000"),
                    _ => panic!("{name} is no kind of ours"),
                };
                assert_eq!(lifetime.as_deref(), expected, "{line}");
                seen.insert((kind.to_owned(), removed));
            }
        }
        for (kind, removed) in [
            ("", false),
            ("", true),
            ("-login-", false),
            ("-login-", true),
            ("-logout", false),
            ("-unfinished", false),
            ("-unfinished", true),
            ("-prompt", false),
            ("-prompt", true),
        ] {
            assert!(
                seen.contains(&(kind.to_owned(), removed)),
                "{public_url}: {kind:?}, removed: {removed}"
            );
        }
    }
}

#[tokio::test]
async fn f3_2_f3_3_i9_with_a_huge_token_the_session_cookie_and_all_headers_stay_small() {
    for public_url in ["https://app.example/some/app", "http://localhost:3000"] {
        let mut sessions = 0;
        for answer in whole_life(public_url).await {
            assert!(answer.status.as_u16() < 500, "{}", answer.text());
            let bytes: usize = answer
                .headers
                .iter()
                .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
                .sum();
            assert!(bytes < 4096, "{bytes} bytes of headers: {:?}", answer.headers);
            for line in answer.set_cookies() {
                let (name, value, _) = parse(&line);
                let is_session = name.ends_with("exeunt") || name.ends_with("exeunt-bbdef9f1");
                if is_session && !value.is_empty() {
                    sessions += 1;
                    assert!(line.len() < 200, "{line}");
                    assert_eq!(value.len(), 43, "256 bits and nothing else");
                }
            }
        }
        assert_eq!(sessions, 2, "one for each sign-in");
    }
}

#[tokio::test]
async fn i9_every_sign_in_has_a_cookie_value_of_its_own() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let (_, first) = browser.session_cookie().unwrap();
    browser.sign_in("/auth/login").await;
    let (_, second) = browser.session_cookie().unwrap();
    assert_ne!(first, second);
    let public_id = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap()[0]
        .public_id
        .clone();
    assert!(!second.contains(&public_id) && !public_id.contains(&second));
}

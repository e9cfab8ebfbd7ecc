//! A refresh whose ID token is about somebody or something else (F5.4, A5.9): it ends the session, and what came with it is
//! revoked.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use exeunt_dev_provider::script::{Object, Script, Signing};
use serde_json::{Value, json};

use super::{
    Issued, LIFE, TOKEN, assert_dead, assert_signed_out, key_of, refreshes, revoked, tokens_of, using_tokens,
    work_off,
};

/// What the provider does after the sign-in.
type Change = Box<dyn Fn(&Script)>;

fn claims(change: impl Fn(&mut Object) + Send + Sync + Clone + 'static) -> Change {
    Box::new(move |script| script.change_id_token_claims(change.clone()))
}

fn set(name: &'static str, value: Value) -> Change {
    claims(move |claims| {
        claims.insert(name.to_owned(), value.clone());
    })
}

fn without(name: &'static str) -> Change {
    claims(move |claims| {
        claims.remove(name);
    })
}

fn mismatches() -> Vec<(&'static str, Change)> {
    vec![
        ("sub", set("sub", json!("grace"))),
        ("iss", set("iss", json!("https://elsewhere.example"))),
        ("aud", set("aud", json!("another-client"))),
        (
            "aud, one that is not trusted",
            claims(|claims| {
                claims.insert("aud".to_owned(), json!(["exeunt-test", "another-client"]));
                claims.remove("azp");
            }),
        ),
        ("nonce", set("nonce", json!("another"))),
        ("auth_time", set("auth_time", json!(1_799_999_000))),
        ("auth_time, no number", set("auth_time", json!("yesterday"))),
        ("azp", set("azp", json!("another-client"))),
        ("azp is gone", without("azp")),
        ("no sub", without("sub")),
        ("no iat", without("iat")),
        ("expired", set("exp", json!(1_700_000_000))),
        ("issued before the sign-in", set("iat", json!(1_700_000_000))),
        ("at_hash", set("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("unsigned", Box::new(|script| script.sign_with(Signing::None))),
        (
            "another's key",
            Box::new(|script| script.sign_with(Signing::StrangerRsa)),
        ),
    ]
}

#[tokio::test]
async fn f5_4_a5_9_a_refreshed_id_token_of_another_ends_the_session_and_the_new_tokens_are_revoked() {
    for (what, change) in mismatches() {
        let app = using_tokens().start().await;
        let mut browser = app.signed_in("ada").await;
        let thief = browser.clone();
        let old = tokens_of(&app, &key_of(&browser)).await;
        app.clock.advance(LIFE);
        change(&app.script());
        let issued = Issued::watch(&app);
        assert_signed_out(&browser.fetch(TOKEN).await, what);
        assert_dead(&app, &thief, what).await;
        assert_eq!(refreshes(&app), 1, "{what}");
        work_off(&app).await;
        let mut expected = issued.tokens();
        assert_eq!(expected.len(), 2, "{what}");
        expected.extend([old.access_token, old.refresh_token.unwrap()]);
        assert_eq!(revoked(&app), expected, "{what}");
    }
}

#[tokio::test]
async fn a5_9_an_id_token_that_came_or_left_an_azp_ends_the_session() {
    let app = using_tokens().start().await;
    app.script().change_id_token_claims(|claims| {
        claims.remove("azp");
    });
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200, "none before, none now");
    app.clock.advance(LIFE);
    app.script().change_id_token_claims(|_| ());
    assert_signed_out(&browser.fetch(TOKEN).await, "none before, one now");
}

#[tokio::test]
async fn a5_9_what_a_refreshed_id_token_may_say_is_accepted() {
    let unchanged: Change = Box::new(|_| ());
    let cases = [
        ("nothing special", unchanged),
        ("no auth_time", without("auth_time")),
        (
            "auth_time with a fraction",
            claims(|claims| {
                let seconds = claims["auth_time"].as_i64().unwrap();
                claims.insert("auth_time".to_owned(), json!(seconds as f64 + 0.5));
            }),
        ),
        (
            "one more audience, azp is ours",
            set("aud", json!(["exeunt-test", "another-client"])),
        ),
        ("a new key", Box::new(|script| script.rotate_keys(false))),
        ("another name", set("name", json!("Ada King"))),
    ];
    for (what, change) in cases {
        let app = using_tokens().start().await;
        let mut browser = app.signed_in("ada").await;
        let old = tokens_of(&app, &key_of(&browser)).await;
        app.clock.advance(LIFE);
        change(&app.script());
        let answer = browser.fetch(TOKEN).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        assert_ne!(
            tokens_of(&app, &key_of(&browser)).await.id_token,
            old.id_token,
            "{what}"
        );
    }
}

#[tokio::test]
async fn a5_9_the_nonce_is_that_of_the_sign_in_also_after_a_refresh_without_one() {
    let app = using_tokens().start().await;
    let mut browser = app.signed_in("ada").await;
    let first = tokens_of(&app, &key_of(&browser)).await;
    let payload = first.id_token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let nonce = claims["nonce"].clone();
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    app.script().change_id_token_claims(move |claims| {
        claims.insert("nonce".to_owned(), nonce.clone());
    });
    app.clock.advance(LIFE);
    assert_eq!(browser.fetch(TOKEN).await.status, 200);
    app.script().change_id_token_claims(|claims| {
        claims.insert("nonce".to_owned(), json!("another"));
    });
    app.clock.advance(LIFE);
    assert_signed_out(&browser.fetch(TOKEN).await, "another nonce");
}

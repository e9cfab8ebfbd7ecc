//! Who signed the ID token: signatures, algorithms, keys and their rotation.

use std::time::Duration;

use exeunt_dev_provider::script::{Answer, Endpoint, Signing};
use serde_json::json;

use super::{
    steps::{UNREACHABLE, UNTRUSTED, assert_fails, assert_works},
    support::App,
};

async fn assert_refused(signing: Signing) {
    let app = App::start().await;
    app.script().sign_with(signing);
    assert_fails(&app, 502, UNTRUSTED).await;
    assert_eq!(app.script().count(Endpoint::Userinfo), 0, "{signing:?}");
}

#[tokio::test]
async fn a5_4_only_the_providers_own_signature_holds() {
    for signing in [
        Signing::None,
        Signing::Corrupted,
        Signing::StrangerRsa,
        Signing::StrangerRsaWithKnownKid,
        Signing::Hs256ClientSecret,
        Signing::Hs256PublicKey,
    ] {
        assert_refused(signing).await;
    }
}

#[tokio::test]
async fn a5_4_another_algorithm_is_refused_though_its_key_is_published() {
    assert_refused(Signing::Es256).await;
}

#[tokio::test]
async fn a5_4_the_operator_may_name_another_algorithm() {
    let app = App::builder()
        .settings(|settings| settings.provider.id_token_alg = Some("ES256".parse().unwrap()))
        .start()
        .await;
    app.script().sign_with(Signing::Es256);
    assert_works(&app).await;
    app.script().sign_with(Signing::Normal);
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 502);
}

#[tokio::test]
async fn b4_a_header_that_claims_another_algorithm_is_refused() {
    for alg in ["none", "HS256", "RS512", "rs256", ""] {
        let app = App::start().await;
        app.script().change_id_token_header(move |header| {
            header.insert("alg".to_owned(), json!(alg));
        });
        assert_fails(&app, 502, UNTRUSTED).await;
    }
}

#[tokio::test]
async fn b4_without_kid_the_only_key_is_used() {
    let app = App::start().await;
    app.script().omit_kid(true);
    app.script().change_jwks(|set| {
        set["keys"]
            .as_array_mut()
            .unwrap()
            .retain(|key| key["kty"] == "RSA");
    });
    assert_works(&app).await;
}

#[tokio::test]
async fn b4_without_kid_each_of_several_keys_is_tried() {
    let app = App::start().await;
    app.script().omit_kid(true);
    app.script().rotate_keys(true);
    assert_works(&app).await;
    app.script().sign_with(Signing::StrangerRsa);
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 502);
}

#[tokio::test]
async fn b5_keys_rotated_just_before_signing_are_fetched() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = browser.sign_in_until_callback("/auth/login").await;
    app.script().rotate_keys(false);
    assert_eq!(browser.open(&callback).await.status, 303);
}

#[tokio::test]
async fn f6_5_keys_rotated_between_two_sign_ins_are_fetched_anew_once() {
    let app = App::start().await;
    let mut earlier = assert_works(&app).await;
    assert_eq!(app.script().count(Endpoint::Jwks), 1);
    app.script().rotate_keys(false);
    assert_works(&app).await;
    assert_works(&app).await;
    assert_eq!(app.script().count(Endpoint::Jwks), 2);
    assert_eq!(
        earlier.fetch("/api/session").await.status,
        200,
        "sessions outlive the key that began them"
    );
}

#[tokio::test]
async fn b5_a_flood_of_unknown_keys_makes_one_refetch() {
    let app = App::start().await;
    app.script().sign_with(Signing::StrangerRsa);
    for _ in 0..5 {
        assert_fails(&app, 502, UNTRUSTED).await;
    }
    assert_eq!(
        app.script().count(Endpoint::Jwks),
        2,
        "the first fetch, and one refetch"
    );
    app.clock.advance(Duration::from_secs(30));
    assert_fails(&app, 502, UNTRUSTED).await;
    assert_eq!(app.script().count(Endpoint::Jwks), 3);
    // The flood does not keep out who is signed in by a known key.
    app.script().sign_with(Signing::Normal);
    assert_works(&app).await;
}

#[tokio::test]
async fn f6_4_an_empty_key_set_signs_nobody_in() {
    let app = App::start().await;
    app.script().change_jwks(|set| {
        set.insert("keys".to_owned(), json!([]));
    });
    assert_fails(&app, 502, UNTRUSTED).await;
}

#[tokio::test]
async fn f6_4_a_key_set_that_is_not_to_be_had_is_told_and_recovers() {
    for answer in [
        Answer::status(500),
        Answer::status(404),
        Answer::body(200, "text/html", "<html></html>"),
        Answer::body(200, "application/json", "{\"keys\":[{"),
        Answer::json(200, &json!({"keys": "none"})),
        Answer::json(200, &json!([])),
        Answer::cut_off("{\"keys\":["),
    ] {
        let app = App::start().await;
        app.script().answer_always(Endpoint::Jwks, answer);
        assert_fails(&app, 502, UNREACHABLE).await;
        assert_fails(&app, 502, UNREACHABLE).await;
        assert_eq!(
            app.script().count(Endpoint::Jwks),
            1,
            "it is not asked again at once"
        );
        app.script().answer_normally(Endpoint::Jwks);
        app.clock.advance(Duration::from_secs(5));
        assert_works(&app).await;
    }
}

#[tokio::test]
async fn f6_4_known_keys_are_used_when_fetching_them_again_fails() {
    let app = App::start().await;
    assert_works(&app).await;
    app.script().answer_always(Endpoint::Jwks, Answer::status(500));
    app.clock.advance(Duration::from_secs(60 * 60));
    assert_works(&app).await;
    assert_works(&app).await;
    assert_eq!(app.script().count(Endpoint::Jwks), 2);
}

#[tokio::test]
async fn f6_4_of_keys_with_one_kid_whichever_verifies_verifies() {
    let app = App::start().await;
    let (script, kid) = (app.script(), app.script().kid());
    let stranger = script.stranger_jwk();
    script.change_jwks(move |set| {
        let mut twin = stranger.clone();
        twin.insert("kid".to_owned(), json!(kid));
        set["keys"].as_array_mut().unwrap().insert(0, twin.into());
    });
    assert_works(&app).await;
    app.script().sign_with(Signing::Corrupted);
    assert_eq!(app.browser().sign_in("/auth/login").await.status, 502);
}

#[tokio::test]
async fn f6_4_keys_of_unknown_kinds_are_skipped() {
    let app = App::start().await;
    app.script().change_jwks(|set| {
        let keys = set["keys"].as_array_mut().unwrap();
        keys.insert(0, json!({"kty": "LATTICE", "kid": "a", "use": "sig", "x": "AA"}));
        keys.insert(
            0,
            json!({"kty": "EC", "kid": "b", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        );
        keys.push(json!({"kid": "c"}));
    });
    assert_works(&app).await;
}

#[tokio::test]
async fn f6_4_ten_thousand_keys_are_refused() {
    let app = App::start().await;
    app.script().change_jwks(|set| {
        let keys = set["keys"].as_array_mut().unwrap();
        keys.extend((0..10_000).map(|n| json!({"kty": "oct", "kid": n.to_string()})));
    });
    assert_fails(&app, 502, UNREACHABLE).await;
}

#[tokio::test]
async fn a_short_rsa_key_is_no_key() {
    let app = App::start().await;
    app.script().change_jwks(|set| {
        for key in set["keys"].as_array_mut().unwrap() {
            if let Some(modulus) = key["n"].as_str() {
                key["n"] = json!(modulus[..171]);
            }
        }
    });
    assert_fails(&app, 502, UNTRUSTED).await;
}

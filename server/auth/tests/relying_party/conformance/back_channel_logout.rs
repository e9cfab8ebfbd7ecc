//! `oidcc-client-back-channel-logout-rp-basic`: the provider posts a logout token while the browser signs out there.

use exeunt_dev_provider::script::{BackChannelDelivery, Object, Script, Signing};
use serde_json::json;

use super::{
    sign_out::{Channel, is_signed_in},
    suite::{Suite, claims_of, header_of},
};

/// A module: the browser signs out, and the logout token, with what `change` makes wrong, must be answered with `status`.
/// A good one ends every session of the provider's session, a bad one ends none.
async fn module(change: impl FnOnce(&Script), status: u16) -> BackChannelDelivery {
    let suite = Suite::start().await;
    suite.register(&[Channel::Back]);
    let mut browser = suite.completes().await;
    let mut bystander = suite.bystander(&browser).await;
    change(&suite.app.script());
    let answer = suite.sign_out(&mut browser).await;
    // It was sent and answered before the browser goes on, and after the app ended its own session.
    let mut deliveries = suite.app.script().back_channel_deliveries();
    assert_eq!(deliveries.len(), 1);
    let delivery = deliveries.remove(0);
    assert_eq!(
        delivery.status.map(|answered| answered.as_u16()),
        Some(status),
        "{}",
        delivery.body
    );
    assert_eq!(delivery.cache_control.as_deref(), Some("no-store"));
    assert_eq!(is_signed_in(&mut bystander).await, status != 200);
    assert_eq!(answer.status, 303);
    suite
        .return_from(&mut browser, &answer.location(), "returned")
        .await;
    delivery
}

/// A module whose token is wrong in its claims.
async fn claims_refused(change: impl Fn(&mut Object) + Send + Sync + 'static) {
    module(|script| script.change_logout_token_claims(change), 400).await;
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout() {
    let delivery = module(|_| (), 200).await;
    // What was sent is what the suite sends.
    let form: Vec<(String, String)> = url::form_urlencoded::parse(delivery.form.as_bytes())
        .into_owned()
        .collect();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["logout_token", "ignored_parameter"]);
    let header = header_of(&delivery.token);
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].is_string());
    assert_eq!(header.get("typ"), None);
    let claims = claims_of(&delivery.token);
    assert!(claims["ignored_claim"].is_string());
    assert!(claims["aud"].is_string(), "no list");
    assert_eq!(
        claims["exp"].as_i64().unwrap(),
        claims["iat"].as_i64().unwrap() + 120
    );
    assert_eq!(claims.get("nonce"), None);
    let sid = claims["sid"].as_str().unwrap();
    assert!(sid.len() >= 20 && sid.contains(['+', '&', '%', '"']), "{sid}");
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_alg_none() {
    let delivery = module(
        |script| {
            script.sign_logout_tokens_with(Signing::None);
        },
        400,
    )
    .await;
    assert_eq!(header_of(&delivery.token), json!({"alg": "none"}));
    assert!(delivery.token.ends_with('.'), "an empty signature");
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_no_event() {
    claims_refused(|claims| {
        claims.remove("events").unwrap();
    })
    .await;
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_wrong_event() {
    claims_refused(|claims| claims["events"] = json!({"http://schemas.openid.net/event/foobar": {}})).await;
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_with_nonce() {
    claims_refused(|claims| {
        claims.insert("nonce".to_owned(), "2n9v8a7s6d".into());
    })
    .await;
}

/// Validly signed, by a key that is in the key set, but not in the way that was agreed on.
#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_wrong_alg() {
    let delivery = module(|script| script.sign_logout_tokens_with(Signing::Es256), 400).await;
    assert_eq!(header_of(&delivery.token)["alg"], "ES256");
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_wrong_aud() {
    claims_refused(|claims| spoil(claims, "aud")).await;
}

#[tokio::test]
async fn oidcc_client_test_rp_backchannel_rpinitlogout_wrong_iss() {
    claims_refused(|claims| spoil(claims, "iss")).await;
}

fn spoil(claims: &mut Object, name: &str) {
    claims[name] = format!("{}INVALID", claims[name].as_str().unwrap()).into();
}

//! C2: Keycloak, and before version 18.

use exeunt_dev_provider::script::Product;
use serde_json::{Value, json};

use super::{AtProduct, with_addresses};
use crate::relying_party::{CLIENT_ID, LOGGED_OUT, part};

#[tokio::test]
async fn c2_1_redirect_uri_is_an_error_and_before_18_it_is_the_parameter() {
    let request = [("redirect_uri", LOGGED_OUT)];
    let new = AtProduct::signed_in(Product::Keycloak).await;
    new.is_refused(&request, "Invalid parameter: redirect_uri").await;
    let old = AtProduct::signed_in(Product::KeycloakBefore18).await;
    old.provider.set_frontchannel_logout_uri(None);
    old.is_refused(
        &[("redirect_uri", "http://localhost:3000/")],
        "Invalid redirect uri",
    )
    .await;
    assert_eq!(old.log_out(&request).await.location().as_str(), LOGGED_OUT);
    assert!(!old.is_signed_in());
}

#[tokio::test]
async fn c2_2_a_return_address_needs_a_hint_or_a_client() {
    let at = AtProduct::signed_in(Product::Keycloak).await;
    let back = ("post_logout_redirect_uri", LOGGED_OUT);
    at.is_refused(&[back], "Missing parameters: id_token_hint").await;
    at.is_refused(
        &[("id_token_hint", at.id_token()), ("client_id", "other"), back],
        "client_id",
    )
    .await;
    let page = at.log_out(&[("client_id", CLIENT_ID), back]).await;
    assert!(page.body.contains("Do you want to sign out?"));
    assert!(at.is_signed_in());
    // Frames come first, because it has a front channel.
    let page = at.log_out(&[("id_token_hint", at.id_token()), back]).await;
    assert!(page.body.contains(&format!(
        "<a id=\"next\" class=\"action primary\" href=\"{LOGGED_OUT}\">"
    )));
    assert!(!at.is_signed_in());
    let again = at.log_out(&[("client_id", CLIENT_ID), back]).await;
    assert_eq!(again.location().as_str(), LOGGED_OUT, "without a session at once");
}

#[tokio::test]
async fn c2_4_what_its_logout_tokens_lack() {
    let token = async |product, session_required| {
        let at = AtProduct::signed_in(product).await;
        let mut client = with_addresses();
        client.backchannel_logout_session_required = session_required;
        at.provider.set_clients(vec![client]);
        let script = at.provider.script();
        script.end_sessions_of("ada").await;
        let token = script.back_channel_deliveries()[0].token.clone();
        (part(&token, 0), part(&token, 1))
    };
    let (header, claims) = token(Product::Keycloak, true).await;
    assert_eq!(header["typ"], "logout+jwt");
    assert!(claims["sid"].is_string() && claims["exp"].is_i64());
    let (_, claims) = token(Product::Keycloak, false).await;
    assert_eq!((&claims["sid"], &claims["sub"]), (&Value::Null, &json!("ada")));
    let (header, claims) = token(Product::KeycloakBefore18, true).await;
    assert_eq!((&header["typ"], &claims["exp"]), (&json!("JWT"), &Value::Null));
    assert!(claims["sid"].is_string());
}

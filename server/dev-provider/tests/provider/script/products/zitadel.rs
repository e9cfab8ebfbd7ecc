//! C1: Zitadel.

use exeunt_dev_provider::script::{BackChannel, Product};
use serde_json::json;

use super::AtProduct;
use crate::relying_party::{CLIENT_ID, LOGGED_OUT, part};

#[tokio::test]
async fn c1_12_the_id_token_has_further_audiences_and_azp() {
    let at = AtProduct::signed_in(Product::Zitadel).await;
    let claims = at.claims();
    assert_eq!(claims["aud"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&claims["aud"][0], &claims["azp"]),
        (&json!(CLIENT_ID), &json!(CLIENT_ID))
    );
    assert!(at.logout_path().ends_with("/oidc/v1/end_session"));
}

#[tokio::test]
async fn c1_10_logout_tokens_come_late_and_in_its_own_form() {
    let at = AtProduct::signed_in(Product::Zitadel).await;
    let script = at.provider.script();
    let answer = at
        .log_out(&[
            ("id_token_hint", at.id_token()),
            ("post_logout_redirect_uri", LOGGED_OUT),
            ("state", "s"),
        ])
        .await;
    assert_eq!(answer.returned("state").as_deref(), Some("s"));
    assert_eq!(script.back_channel_deliveries(), [], "it is queued");
    let delivered = script.deliver_queued().await;
    let (header, claims) = (part(&delivered[0].token, 0), part(&delivered[0].token, 1));
    assert_eq!(
        (&header["typ"], &claims["aud"]),
        (&json!("JWT"), &json!([CLIENT_ID]))
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
}

#[tokio::test]
async fn a_test_may_have_them_at_once() {
    let at = AtProduct::signed_in(Product::Zitadel).await;
    let script = at.provider.script();
    script.back_channel(BackChannel::Synchronous);
    at.log_out(&[("id_token_hint", at.id_token())]).await;
    assert_eq!(script.back_channel_deliveries().len(), 1);
}

#[tokio::test]
async fn c1_4_c1_5_wrong_parameters() {
    let at = AtProduct::signed_in(Product::Zitadel).await;
    let hint = ("id_token_hint", at.id_token());
    at.is_refused(&[hint, ("client_id", "other")], "client_id").await;
    at.is_refused(
        &[hint, ("post_logout_redirect_uri", "http://localhost:3000/")],
        "post_logout_redirect_uri",
    )
    .await;
    let stranded = at.log_out(&[("post_logout_redirect_uri", LOGGED_OUT)]).await;
    stranded.is_page_without_redirect(200);
}

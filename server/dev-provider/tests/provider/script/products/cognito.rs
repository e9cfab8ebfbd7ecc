//! C7: Cognito.

use exeunt_dev_provider::script::Product;

use super::AtProduct;
use crate::relying_party::{CLIENT_ID, LOGGED_OUT};

#[tokio::test]
async fn c7_1_client_and_logout_uri_end_the_session_and_no_state_returns() {
    let at = AtProduct::signed_in(Product::Cognito).await;
    let request = [
        ("client_id", CLIENT_ID),
        ("logout_uri", LOGGED_OUT),
        ("state", "s"),
    ];
    assert_eq!(at.log_out(&request).await.location().as_str(), LOGGED_OUT);
    assert!(!at.is_signed_in());
}

#[tokio::test]
async fn c7_2_the_standards_parameters_are_errors() {
    let at = AtProduct::signed_in(Product::Cognito).await;
    let back = ("post_logout_redirect_uri", LOGGED_OUT);
    let hint = ("id_token_hint", at.id_token());
    at.is_refused(&[hint, back], "Missing required parameter client_id")
        .await;
    let without_uri = "Required String parameter 'redirect_uri' is not present";
    at.is_refused(&[hint, back, ("client_id", CLIENT_ID)], without_uri)
        .await;
    let client = ("client_id", CLIENT_ID);
    at.is_refused(&[client, ("logout_uri", "http://localhost:3000/")], "logout_uri")
        .await;
    at.is_refused(
        &[("client_id", "unknown"), ("logout_uri", LOGGED_OUT)],
        "client_id",
    )
    .await;
}

#[tokio::test]
async fn a_post_is_not_taken() {
    let at = AtProduct::signed_in(Product::Cognito).await;
    let form = [("client_id", CLIENT_ID), ("logout_uri", LOGGED_OUT)];
    let answer = at.browser.post(&at.logout_path(), &form, &[]).await;
    answer.is_page_without_redirect(405);
    assert!(at.is_signed_in());
}

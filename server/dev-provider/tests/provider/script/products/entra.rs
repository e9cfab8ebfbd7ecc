//! C5: Entra ID.

use exeunt_dev_provider::script::Product;

use super::{AtProduct, FRONT_CHANNEL};
use crate::relying_party::{CALLBACK, CLIENT_ID, LOGGED_OUT};

#[tokio::test]
async fn c5_2_logout_hint_and_not_an_id_token_saves_the_question() {
    let at = AtProduct::signed_in(Product::Entra).await;
    let back = ("post_logout_redirect_uri", CALLBACK);
    let claims = at.claims();
    let hint = claims["login_hint"].as_str().unwrap();
    assert!(hint != "ada" && hint != "ada@example.com");
    for unsure in [
        ("id_token_hint", at.id_token()),
        ("logout_hint", "ada@example.com"),
        ("client_id", CLIENT_ID),
    ] {
        let page = at.log_out(&[unsure, back]).await;
        assert!(page.body.contains("Do you want to sign out?"), "{unsure:?}");
        assert!(at.is_signed_in());
    }
    let page = at.log_out(&[("logout_hint", hint), back, ("state", "s")]).await;
    assert!(
        page.body.contains(&format!("href=\"{CALLBACK}?state=s\"")),
        "{}",
        page.body
    );
    assert!(!at.is_signed_in());
}

#[tokio::test]
async fn c5_1_only_a_redirect_uri_is_returned_to() {
    let at = AtProduct::signed_in(Product::Entra).await;
    let claims = at.claims();
    let hint = ("logout_hint", claims["login_hint"].as_str().unwrap());
    let page = at
        .log_out(&[hint, ("post_logout_redirect_uri", LOGGED_OUT)])
        .await;
    page.is_page_without_redirect(200);
    assert!(page.body.contains("You are signed out") && !page.body.contains("logged-out"));
}

#[tokio::test]
async fn c5_3_frames_get_sid_without_iss() {
    let at = AtProduct::signed_in(Product::Entra).await;
    let frames = at
        .provider
        .script()
        .front_channel_uris(&at.browser.cookie().unwrap());
    let sid = at.claims()["sid"].as_str().unwrap().to_owned();
    assert_eq!(frames, [format!("{FRONT_CHANNEL}?sid={sid}")]);
}

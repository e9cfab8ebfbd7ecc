//! C6: Google.

use exeunt_dev_provider::script::Product;

use super::AtProduct;
use crate::relying_party::{basic, text};

#[tokio::test]
async fn c6_1_there_is_no_logout_and_revocation_takes_everything() {
    let at = AtProduct::signed_in(Product::Google).await;
    assert_eq!(at.provider.end_session_endpoint(), None);
    assert_eq!(at.browser.get("/end_session", &[]).await.status, 404);
    let form = [("token", text(&at.tokens, "access_token"))];
    let headers = [("authorization", &*basic())];
    let answer = at
        .browser
        .post(&at.path("revocation_endpoint"), &form, &headers)
        .await;
    assert_eq!(answer.status, 200);
    let script = at.provider.script();
    assert!(script.is_revoked(text(&at.tokens, "refresh_token")));
    assert!(at.is_signed_in(), "the session at the provider goes on");
}

#[tokio::test]
async fn prompt_login_is_refused_with_a_page_and_select_account_is_not() {
    let at = AtProduct::signed_in(Product::Google).await;
    for refused in ["login", "select_account login"] {
        at.authorize(&[("prompt", refused)])
            .await
            .is_page_without_redirect(400);
    }
    let answer = at.authorize(&[("prompt", "select_account")]).await;
    assert!(answer.returned("code").is_some());
}

//! Revocation.

use crate::relying_party::{basic, provider, refresh, text, tokens};

#[tokio::test]
async fn a_revoked_refresh_token_is_good_for_nothing() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    let token = text(&tokens, "refresh_token");
    let authorization = basic();
    let headers = [("authorization", authorization.as_str())];
    let form = [("token", token), ("token_type_hint", "access_token")];
    assert_eq!(browser.post("/revoke", &form, &headers).await.status, 200);
    assert_eq!(refresh(&browser, token).await.json()["error"], "invalid_grant");
    assert_eq!(
        browser.post("/revoke", &form, &headers).await.status,
        200,
        "a second time is no error"
    );
}

#[tokio::test]
async fn revoking_an_access_token_leaves_the_refresh_token() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    let headers = [("authorization", &*basic())];
    assert_eq!(
        browser
            .post("/revoke", &[("token", text(&tokens, "access_token"))], &headers)
            .await
            .status,
        200
    );
    assert_eq!(
        refresh(&browser, text(&tokens, "refresh_token")).await.status,
        200
    );
}

#[tokio::test]
async fn revocation_wants_a_client_and_a_token() {
    let browser = provider();
    let tokens = tokens(&browser, "ada").await;
    let token = text(&tokens, "refresh_token");
    let anonymous = browser.post("/revoke", &[("token", token)], &[]).await;
    assert_eq!(
        (anonymous.status.as_u16(), anonymous.json()["error"].as_str()),
        (401, Some("invalid_client"))
    );
    assert_eq!(
        browser
            .post("/revoke", &[], &[("authorization", &basic())])
            .await
            .json()["error"],
        "invalid_request"
    );
    assert_eq!(refresh(&browser, token).await.status, 200);
}

//! C3: Auth0.

use exeunt_dev_provider::script::Product;
use url::Url;

use super::{AtProduct, builder};
use crate::browser::Answered;
use crate::relying_party::{CLIENT_ID, LOGGED_OUT};

async fn legacy(at: &AtProduct, request: &[(&str, &str)]) -> Answered {
    let endpoint = at.provider.legacy_logout_endpoint().unwrap();
    at.browser
        .get(Url::parse(&endpoint).unwrap().path(), request)
        .await
}

#[tokio::test]
async fn c3_4_the_issuer_has_a_trailing_slash_and_discovery_may_name_the_logout() {
    let at = AtProduct::signed_in(Product::Auth0).await;
    assert_eq!(at.provider.issuer(), format!("{}/", at.provider.origin()));
    assert_eq!(at.metadata.get("end_session_endpoint"), None);
    let named = builder().product(Product::Auth0).end_session_in_discovery(true);
    let at = AtProduct::started(named).await;
    assert_eq!(
        at.metadata["end_session_endpoint"],
        format!("{}/oidc/logout", at.provider.origin())
    );
}

#[tokio::test]
async fn c3_1_oidc_logout_takes_a_hint_or_a_client_and_a_sid() {
    let back = ("post_logout_redirect_uri", LOGGED_OUT);
    let at = AtProduct::signed_in(Product::Auth0).await;
    let answer = at
        .log_out(&[("id_token_hint", at.id_token()), back, ("state", "s")])
        .await;
    assert_eq!(answer.returned("state").as_deref(), Some("s"));
    assert!(!at.is_signed_in());

    let at = AtProduct::signed_in(Product::Auth0).await;
    let claims = at.claims();
    for wrong in ["random", "ada@example.com"] {
        let page = at
            .log_out(&[("client_id", CLIENT_ID), ("logout_hint", wrong), back])
            .await;
        assert!(page.body.contains("Do you want to sign out?"), "{wrong}");
        assert!(at.is_signed_in());
    }
    let sid = ("logout_hint", claims["sid"].as_str().unwrap());
    let answer = at.log_out(&[("client_id", CLIENT_ID), sid, back]).await;
    assert_eq!(answer.location().as_str(), LOGGED_OUT);
    assert!(!at.is_signed_in());
}

#[tokio::test]
async fn c3_2_v2_logout_returns_to_the_clients_addresses_only() {
    let at = AtProduct::signed_in(Product::Auth0).await;
    for wrong in [
        vec![("client_id", CLIENT_ID), ("returnTo", "https://evil.example/")],
        vec![("client_id", "unknown"), ("returnTo", LOGGED_OUT)],
        vec![("returnTo", LOGGED_OUT)],
    ] {
        legacy(&at, &wrong).await.is_page_without_redirect(400);
        assert!(at.is_signed_in(), "{wrong:?}");
    }
    let with_query = "http://localhost:3000/logged-out?state=s1";
    let answer = legacy(
        &at,
        &[
            ("client_id", CLIENT_ID),
            ("returnTo", with_query),
            ("state", "no"),
        ],
    )
    .await;
    assert_eq!(answer.location().as_str(), with_query);
    assert!(!at.is_signed_in());
    let first = legacy(
        &at,
        &[("client_id", CLIENT_ID), ("post_logout_redirect_uri", "ignored")],
    )
    .await;
    assert_eq!(
        first.location().as_str(),
        LOGGED_OUT,
        "the first address that is registered"
    );
}

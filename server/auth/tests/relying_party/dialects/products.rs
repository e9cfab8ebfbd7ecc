//! Sign-in and sign-out at each product as it is documented to behave: it accepts what the app sends, its session is over,
//! and the receipt says what is known of it.

use std::time::Duration;

use exeunt::config::Dialect;
use exeunt_dev_provider::script::{Endpoint, Product};

use super::support::{App, Browser};

const LEAVE: &str = "/auth/logout/continue";

/// An app at this product. `named`: the dialect where the product cannot be recognised at a loopback address.
async fn at(product: Product, named: Dialect) -> App {
    let app = App::builder()
        .provider(move |provider| {
            provider
                .product(product)
                .end_session_in_discovery(product != Product::Google)
        })
        .settings(move |settings| settings.provider.dialect = named)
        .start()
        .await;
    // Entra returns to redirect URIs alone.
    app.provider
        .set_redirect_uris([app.exeunt.redirect_uri(), app.exeunt.post_logout_redirect_uri()]);
    app
}

fn is_signed_in_there(app: &App, browser: &Browser) -> bool {
    let script = app.script();
    browser
        .provider_cookies
        .values()
        .any(|cookie| script.has_session(cookie))
}

/// Signs out here; the address at the provider, if there is one.
async fn sign_out(browser: &mut Browser) -> Option<String> {
    let answer = browser.post_json("/api/auth/logout", "{}").await.json();
    assert_eq!(answer["success"], true, "{answer}");
    answer["front_channel_logout_url"].as_str().map(str::to_owned)
}

/// What the receipt says of the provider's session.
async fn provider_session(browser: &mut Browser) -> String {
    let receipt = browser.fetch("/api/auth/receipt").await.json();
    let lines = receipt["layers"].as_array().unwrap();
    let line = lines.iter().find(|line| line["layer"] == "provider_session");
    line.unwrap()["status"].as_str().unwrap().to_owned()
}

/// The whole way at a product: out, there, back.
async fn signs_out_at(product: Product, named: Dialect, expected: Dialect, status: &str) {
    let app = at(product, named).await;
    let mut browser = app.signed_in("ada").await;
    let metadata = app.exeunt.provider().metadata().await.unwrap();
    assert_eq!(metadata.dialect.dialect(), expected, "{product:?}");
    assert!(is_signed_in_there(&app, &browser), "{product:?}");
    // Long enough for the ID token to have expired, as it usually has when people sign out.
    app.clock.advance(Duration::from_secs(20 * 60));
    let url = sign_out(&mut browser).await.unwrap();
    let answer = browser.visit_provider(&url).await;
    assert_eq!(answer.status, 303, "{product:?}: {}", answer.text());
    assert!(!is_signed_in_there(&app, &browser), "{product:?}");
    let back = answer.location();
    assert!(
        back.starts_with(&app.exeunt.post_logout_redirect_uri()),
        "{product:?}: {back}"
    );
    browser.open(&browser.path_here(&back)).await;
    assert_eq!(provider_session(&mut browser).await, status, "{product:?}");
    let prompts = browser.cookies.contains_key("exeunt-prompt");
    assert_eq!(prompts, status != "returned", "{product:?}");
}

#[tokio::test]
async fn the_standard_is_spoken() {
    signs_out_at(Product::Standard, Dialect::Auto, Dialect::Standard, "returned").await;
}

#[tokio::test]
async fn c1_zitadel_is_recognised_and_signs_out() {
    signs_out_at(Product::Zitadel, Dialect::Auto, Dialect::Zitadel, "returned").await;
}

#[tokio::test]
async fn c2_keycloak_is_recognised_and_signs_out() {
    signs_out_at(Product::Keycloak, Dialect::Auto, Dialect::Keycloak, "returned").await;
}

#[tokio::test]
async fn c2_1_keycloak_before_18_signs_out_and_never_tells() {
    let legacy = Dialect::KeycloakLegacy;
    signs_out_at(Product::KeycloakBefore18, legacy, legacy, "unconfirmed").await;
}

#[tokio::test]
async fn c2_1_keycloak_refuses_the_words_of_its_past() {
    let app = at(Product::Keycloak, Dialect::KeycloakLegacy).await;
    let mut browser = app.signed_in("ada").await;
    let url = sign_out(&mut browser).await.unwrap();
    assert_eq!(browser.visit_provider(&url).await.status, 400);
}

#[tokio::test]
async fn c3_1_auth0_is_recognised_and_signs_out() {
    signs_out_at(Product::Auth0, Dialect::Auto, Dialect::Auth0, "returned").await;
}

#[tokio::test]
async fn c3_1_the_older_logout_of_auth0_is_recognised_and_signs_out() {
    let app = at(Product::Auth0, Dialect::Auto).await;
    let endpoint = app.provider.legacy_logout_endpoint().unwrap();
    app.script().change_discovery(move |document| {
        document.insert("end_session_endpoint".to_owned(), endpoint.clone().into());
    });
    let mut browser = app.signed_in("ada").await;
    let metadata = app.exeunt.provider().metadata().await.unwrap();
    assert_eq!(metadata.dialect.dialect(), Dialect::Auth0Legacy);
    let url = sign_out(&mut browser).await.unwrap();
    let answer = browser.visit_provider(&url).await;
    assert_eq!(
        answer.location(),
        app.exeunt.post_logout_redirect_uri(),
        "{}",
        answer.text()
    );
    assert!(!is_signed_in_there(&app, &browser));
    browser.open("/logged-out").await;
    assert_eq!(provider_session(&mut browser).await, "unconfirmed");
}

#[tokio::test]
async fn c5_2_entra_knows_the_person_by_the_claim_login_hint() {
    signs_out_at(Product::Entra, Dialect::Entra, Dialect::Entra, "returned").await;
}

#[tokio::test]
async fn c7_1_cognito_signs_out_and_never_tells() {
    signs_out_at(
        Product::Cognito,
        Dialect::Cognito,
        Dialect::Cognito,
        "unconfirmed",
    )
    .await;
}

#[tokio::test]
async fn c7_2_in_the_words_of_the_standard_cognito_answers_with_an_error() {
    let app = at(Product::Cognito, Dialect::Standard).await;
    let mut browser = app.signed_in("ada").await;
    let url = sign_out(&mut browser).await.unwrap();
    assert_eq!(browser.visit_provider(&url).await.status, 400);
    assert!(is_signed_in_there(&app, &browser));
}

#[tokio::test]
async fn c6_1_i4_google_is_not_said_to_be_left_and_is_asked_for_the_account_next_time() {
    let app = at(Product::Google, Dialect::Google).await;
    let mut browser = app.signed_in("ada").await;
    assert_eq!(sign_out(&mut browser).await, None);
    assert_eq!(browser.open(LEAVE).await.location(), "/logged-out");
    assert_eq!(provider_session(&mut browser).await, "cannot_be_ended");
    assert!(is_signed_in_there(&app, &browser), "and that is the truth");
    app.clock.advance(Duration::from_secs(1));
    // With prompt=login it would have answered with an error page.
    let answer = browser.sign_in("/auth/login").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let asked = app.script().last_request(Endpoint::Authorize).unwrap();
    assert_eq!(asked.parameter("prompt").as_deref(), Some("select_account"));
}

/// The address on the page from which the browser leaves.
async fn leaving(browser: &mut Browser) -> String {
    let page = browser.open(LEAVE).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let (_, rest) = text.split_once("http-equiv=\"refresh\"").unwrap();
    let (_, rest) = rest.split_once("url=").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

#[tokio::test]
async fn f4_19_where_expired_hints_are_refused_the_first_retry_goes_without() {
    for product in [
        Product::Standard,
        Product::Zitadel,
        Product::Keycloak,
        Product::Auth0,
    ] {
        let app = at(product, Dialect::Auto).await;
        app.script().strict_exp_hint(true);
        let mut browser = app.signed_in("ada").await;
        app.clock.advance(Duration::from_secs(20 * 60));
        let url = sign_out(&mut browser).await.unwrap();
        assert_eq!(browser.visit_provider(&url).await.status, 400, "{product:?}");
        let retry = leaving(&mut browser).await;
        assert_eq!(provider_session(&mut browser).await, "unconfirmed", "{product:?}");
        assert!(!retry.contains("id_token_hint"), "{product:?}: {retry}");
        let page = browser.visit_provider(&retry).await;
        // It cannot know whom to sign out, and asks.
        assert_eq!(page.status, 200, "{product:?}: {}", page.text());
        assert!(page.text().contains("Do you want to sign out?"), "{product:?}");
    }
}

#[tokio::test]
async fn f4_19_c13_3_a_provider_known_to_refuse_them_is_not_shown_an_expired_hint_at_all() {
    let app = at(Product::Standard, Dialect::Rauthy).await;
    app.script().strict_exp_hint(true);
    let mut browser = app.signed_in("ada").await;
    app.clock.advance(Duration::from_secs(20 * 60));
    let url = sign_out(&mut browser).await.unwrap();
    let page = browser.visit_provider(&url).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Do you want to sign out?"));
}

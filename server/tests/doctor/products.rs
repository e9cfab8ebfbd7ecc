//! What the doctor says of each product when everything is registered as it should be.

use exeunt_dev_provider::script::Product;
use server::doctor::Verdict;

#[cfg(unix)]
use crate::cluster::Cluster;
use crate::practice::{HERE, Practice, assert_only_wrong, finding};

async fn at(product: Product) -> Practice {
    let practice = Practice::with(move |builder| {
        builder
            .product(product)
            .end_session_in_discovery(product != Product::Google)
    })
    .await;
    // Entra returns to redirect URIs alone.
    practice
        .provider
        .set_redirect_uris([format!("{HERE}/auth/callback"), format!("{HERE}/logged-out")]);
    practice
}

#[tokio::test]
async fn at_no_product_is_something_wrong() {
    for (product, dialect, expected) in [
        (Product::Standard, "auto", Verdict::Ok),
        (Product::Zitadel, "auto", Verdict::Ok),
        (Product::Keycloak, "auto", Verdict::Ok),
        (Product::KeycloakBefore18, "keycloak-legacy", Verdict::Ok),
        (Product::Auth0, "auto", Verdict::Ok),
        (Product::Entra, "entra", Verdict::Ok),
        (Product::Cognito, "cognito", Verdict::Ok),
        (Product::Google, "google", Verdict::Warning),
    ] {
        let report = at(product).await.examine(&[("EXEUNT_DIALECT", dialect)]).await;
        assert!(!report.is_wrong(), "{product:?}: {report}");
        assert_eq!(
            finding(&report, "end_session_endpoint").verdict,
            expected,
            "{product:?}: {report}"
        );
        for check in ["authorization_endpoint", "token_endpoint"] {
            assert_eq!(
                finding(&report, check).verdict,
                Verdict::Ok,
                "{product:?}: {report}"
            );
        }
    }
}

#[tokio::test]
async fn c2_1_the_wrong_dialect_is_suspected() {
    let practice = at(Product::Keycloak).await;
    let report = practice.examine(&[("EXEUNT_DIALECT", "keycloak-legacy")]).await;
    assert_only_wrong(
        &report,
        "end_session_endpoint",
        "EXEUNT_DIALECT may be wrong (it is keycloak-legacy now)",
    );
}

#[tokio::test]
async fn c7_2_where_nothing_is_taken_the_dialect_is_suspected_too() {
    let practice = at(Product::Cognito).await;
    let report = practice.examine(&[("EXEUNT_DIALECT", "standard")]).await;
    let finding = finding(&report, "end_session_endpoint");
    assert_eq!(finding.verdict, Verdict::Warning, "{report}");
    assert!(
        finding.mend.as_ref().unwrap().contains("EXEUNT_DIALECT"),
        "{report}"
    );
}

#[tokio::test]
async fn c6_an_address_that_cognito_refuses_is_wrong() {
    let practice = at(Product::Cognito).await;
    practice
        .provider
        .set_post_logout_redirect_uris([format!("{HERE}/somewhere-else")]);
    practice
        .provider
        .set_redirect_uris([format!("{HERE}/auth/callback")]);
    let report = practice.examine(&[("EXEUNT_DIALECT", "cognito")]).await;
    assert_only_wrong(&report, "end_session_endpoint", "Register http");
}

#[tokio::test]
async fn an_algorithm_that_the_provider_does_not_list_is_wrong() {
    let practice = at(Product::Standard).await;
    practice.provider.script().change_discovery(|metadata| {
        metadata.insert(
            "id_token_signing_alg_values_supported".to_owned(),
            serde_json::json!(["RS256"]),
        );
    });
    let report = practice.examine(&[("EXEUNT_ID_TOKEN_ALG", "ES256")]).await;
    let finding = finding(&report, "discovery");
    assert_eq!(finding.verdict, Verdict::Wrong, "{report}");
    assert!(finding.seen.contains("lists only RS256"), "{report}");
}

#[tokio::test]
async fn settings_that_do_nothing_at_this_provider_are_told() {
    let practice = at(Product::Standard).await;
    practice.provider.script().change_discovery(|metadata| {
        metadata.remove("check_session_iframe");
        metadata.remove("backchannel_logout_supported");
        metadata.insert("frontchannel_logout_supported".to_owned(), true.into());
    });
    let report = practice
        .examine(&[
            ("EXEUNT_SESSION_MANAGEMENT", "true"),
            ("EXEUNT_FRONT_CHANNEL_LOGOUT", "off"),
            ("EXEUNT_END_SESSION_ENDPOINT", "https://id.example/logout"),
        ])
        .await;
    for (check, word) in [
        ("session_management", "check_session_iframe"),
        ("logout_notification", "is off"),
        ("end_session_setting", "not used"),
    ] {
        let finding = finding(&report, check);
        assert_eq!(finding.verdict, Verdict::Warning, "{report}");
        assert!(finding.seen.contains(word), "{report}");
    }
}

#[tokio::test]
async fn looking_leaves_nothing_on_the_disk() {
    let practice = at(Product::Standard).await;
    let place = practice.place.path().join("not/yet/there");
    let store = format!("sqlite:{}", place.join("x.sqlite").display());
    let report = practice.examine(&[("EXEUNT_STORE", &store)]).await;
    assert_eq!(finding(&report, "store").verdict, Verdict::Ok, "{report}");
    assert!(!place.exists());
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_wrong() {
    let practice = at(Product::Standard).await;
    // A directory stands where the file should.
    let store = format!("sqlite:{}", practice.place.path().display());
    let report = practice.examine(&[("EXEUNT_STORE", &store)]).await;
    assert_only_wrong(&report, "store", "run the doctor as the same");
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_is_looked_at_and_nothing_is_made_in_it() {
    let practice = at(Product::Standard).await;
    let cluster = Cluster::start("");
    let address = cluster
        .address("not_yet")
        .replace("owner@", "owner:correct-horse@");
    for _ in 0..2 {
        let report = practice.examine(&[("EXEUNT_STORE", &address)]).await;
        let finding = finding(&report, "store");
        assert_eq!(finding.verdict, Verdict::Ok, "{report}");
        assert!(finding.seen.contains("makes its schema not_yet"), "{report}");
    }
    cluster.stop();
    let report = practice.examine(&[("EXEUNT_STORE", &address)]).await;
    assert_only_wrong(&report, "store", "EXEUNT_STORE");
    let shown = format!("{report} {}", report.to_json());
    assert!(shown.contains("cannot be reached"), "{report}");
    assert!(
        !shown.contains("correct-horse") && !shown.contains("owner"),
        "{report}"
    );
}

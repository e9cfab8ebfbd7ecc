//! `GET /api/auth/login-url`: where a client sends the person to sign in.

use super::support::App;

#[tokio::test]
async fn i7_a_path_and_an_address_of_ours_are_kept_and_anything_foreign_becomes_the_first_page() {
    let app = App::builder()
        .public_url("https://app.example/some/app")
        .start()
        .await;
    let mut browser = app.browser();
    for (wanted, return_to) in [
        ("/account?tab=2", "%2Faccount%3Ftab%3D2"),
        ("https%3A%2F%2Fapp.example%2Fsome%2Fapp%2Faccount", "%2Faccount"),
        ("https%3A%2F%2Fapp.example%2Felsewhere", "%2F"),
        ("https%3A%2F%2Fevil.example%2Faccount", "%2F"),
        ("https%3A%2F%2Fapp.example%40evil.example%2Fsome%2Fapp", "%2F"),
        ("%2F%2Fevil.example%2F", "%2F"),
        ("%2F%5Cevil.example%2F", "%2F"),
        ("javascript%3Aalert(1)", "%2F"),
        ("%2Faccount%0D%0ASet-Cookie%3A%20a%3Db", "%2F"),
        ("", "%2F"),
    ] {
        let answer = browser
            .fetch(&format!("/api/auth/login-url?redirect_uri={wanted}"))
            .await;
        assert_eq!(answer.status, 200, "{wanted}: {}", answer.text());
        assert_eq!(
            answer.json(),
            serde_json::json!({
                "login_url": format!("https://app.example/some/app/auth/login?return_to={return_to}")
            }),
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn without_redirect_uri_it_is_422() {
    let app = App::start().await;
    for query in ["", "?other=1"] {
        let answer = app.browser().fetch(&format!("/api/auth/login-url{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
        assert_eq!(answer.json()["detail"]["error"], "missing_parameter");
    }
}

//! What a provider may offer as its end-session endpoint (F4.14, F4.16, invariant I8).

use exeunt_dev_provider::script::{Endpoint, ScriptedProviderBuilder};

use super::{
    detail, living, provider_url, receipt, sign_out, status,
    support::{App, every_store},
};

#[tokio::test]
async fn f4_14_a_provider_without_one_is_said_to_be_still_signed_in() {
    for named in every_store() {
        let app = App::builder()
            .store(named.store.clone())
            .provider(ScriptedProviderBuilder::without_end_session)
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        let body = sign_out(&mut browser, "browser").await.json();
        assert_eq!(body["success"], true, "{}", named.name);
        assert_eq!(body.get("front_channel_logout_url"), None, "{}", named.name);
        assert_eq!(
            status(&body["receipt"], "provider_session").unwrap(),
            "cannot_be_ended",
            "{}",
            named.name
        );
        assert!(
            detail(&body["receipt"], "provider_session").contains("still signed in"),
            "{body}"
        );
        assert!(
            browser.cookies.contains_key("exeunt-prompt"),
            "the next login prompts"
        );
        assert_eq!(
            browser.open("/auth/logout/continue").await.location(),
            "/logged-out"
        );
        // A state out of nowhere does not turn it into something better.
        browser.open("/logged-out?state=").await;
        assert_eq!(
            status(&receipt(&mut browser).await, "provider_session").unwrap(),
            "cannot_be_ended"
        );
    }
}

#[tokio::test]
async fn f4_14_a_form_without_scripts_stays_with_us() {
    let app = App::builder()
        .provider(ScriptedProviderBuilder::without_end_session)
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    assert_eq!(
        browser.submit("/api/auth/logout", "").await.location(),
        "/logged-out"
    );
    assert_eq!(living(&app, "ada").await, 0);
}

#[tokio::test]
async fn f4_14_i8_an_address_that_the_operator_names_is_used_where_discovery_has_none() {
    let app = App::builder()
        .provider(ScriptedProviderBuilder::without_end_session)
        .settings(|settings| {
            settings.provider.end_session_endpoint = Some("https://op.example/bye?x=1".parse().unwrap());
        })
        .start()
        .await;
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    assert!(
        url.starts_with("https://op.example/bye?x=1&id_token_hint="),
        "{url}"
    );
}

#[tokio::test]
async fn f4_16_a_query_of_its_own_is_kept() {
    let app = App::start().await;
    app.script().change_discovery(|document| {
        let endpoint = document["end_session_endpoint"].as_str().unwrap().to_owned();
        document.insert(
            "end_session_endpoint".to_owned(),
            format!("{endpoint}?tenant=a%20b&x=1").into(),
        );
    });
    let mut browser = app.signed_in("ada").await;
    let url = provider_url(&sign_out(&mut browser, "browser").await);
    assert_eq!(url.matches('?').count(), 1, "{url}");
    let back = browser.visit_provider(&url).await;
    assert_eq!(back.status, 303, "{}", back.text());
    let request = app.script().last_request(Endpoint::EndSession).unwrap();
    assert_eq!(request.parameter("tenant").unwrap(), "a b");
    assert_eq!(request.parameter("x").unwrap(), "1");
    assert!(request.parameter("id_token_hint").is_some());
    browser.open(&browser.path_here(&back.location())).await;
    assert_eq!(
        status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );
}

#[tokio::test]
async fn f4_16_i8_an_address_that_may_not_be_used_is_refused_with_the_whole_discovery() {
    for endpoint in [
        "https://op.example/end#fragment",
        "/end",
        "end",
        "http://op.example/end",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://op.example@evil.example/",
        "https://user:secret@op.example/end",
    ] {
        let app = App::start().await;
        app.script().change_discovery(move |document| {
            document.insert("end_session_endpoint".to_owned(), endpoint.into());
        });
        let answer = app.browser().open("/auth/login").await;
        assert_eq!(answer.status, 502, "{endpoint}");
        assert_eq!(answer.header("location"), None, "{endpoint}");
        assert!(!answer.text().contains("evil"), "{endpoint}");
    }
}

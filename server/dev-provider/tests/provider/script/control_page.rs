//! The page that ends sessions as an administrator would.

use exeunt_dev_provider::script::{InProcess, ScriptedProvider};

use super::builder;
use crate::browser::Browser;
use crate::relying_party::{CLIENT_ID, client, part, sign_in};

async fn two_people() -> (ScriptedProvider, Browser, Browser) {
    let client = client()
        .backchannel_logout("http://localhost:3000/auth/backchannel-logout")
        .frontchannel_logout("http://localhost:3000/auth/frontchannel-logout");
    let provider = builder().clients(vec![client]).start().await;
    // It answers 404 to everything: an application that cannot be told must not keep the session alive.
    let deliver = InProcess::router(axum::Router::new());
    provider.script().deliver_back_channel_to(deliver);
    let (ada, grace) = (Browser::new(provider.router()), Browser::new(provider.router()));
    sign_in(&ada, "ada").await;
    sign_in(&grace, "grace").await;
    (provider, ada, grace)
}

#[tokio::test]
async fn it_lists_who_is_signed_in_where_and_shows_no_cookie() {
    let (_provider, ada, grace) = two_people().await;
    let page = ada.get("/sessions", &[]).await;
    page.is_page_without_redirect(200);
    assert!(ada.get("/", &[]).await.body.contains("href=\"/sessions\""));
    for text in ["Ada Example", "Grace Sample", CLIENT_ID, "End this session"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(page.body.matches(">this browser<").count(), 1);
    for browser in [&ada, &grace] {
        assert!(!page.body.contains(&browser.cookie().unwrap()));
    }
    assert!(!page.body.contains("<script"));
}

#[tokio::test]
async fn a_button_ends_one_session_and_tells_the_applications() {
    let (provider, ada, grace) = two_people().await;
    let script = provider.script();
    let sid = script.sid(&grace.cookie().unwrap()).unwrap();
    let answer = ada.submit("/sessions/end", &[("sid", &sid)]).await;
    assert_eq!(answer.location().path(), "/sessions");
    assert!(!script.has_session(&grace.cookie().unwrap()));
    assert!(script.has_session(&ada.cookie().unwrap()));
    let told = script.back_channel_deliveries();
    assert_eq!(
        (told.len(), part(&told[0].token, 1)["sid"].as_str()),
        (1, Some(&*sid))
    );
}

#[tokio::test]
async fn another_ends_all_of_the_person() {
    let (provider, ada, grace) = two_people().await;
    let script = provider.script();
    let phone = Browser::new(provider.router());
    sign_in(&phone, "grace").await;
    ada.submit("/sessions/end", &[("sub", "grace")]).await;
    assert!(script.sessions_of("grace").is_empty());
    assert_eq!(script.sessions_of("ada").len(), 1);
    assert_eq!(script.back_channel_deliveries().len(), 2);
    assert!(
        grace.cookie().is_some(),
        "only its owner's browser is there to remove it"
    );
}

#[tokio::test]
async fn the_end_of_ones_own_session_shows_the_frames_and_removes_the_cookie() {
    let (provider, ada, _) = two_people().await;
    let sid = provider.script().sid(&ada.cookie().unwrap()).unwrap();
    let page = ada.submit("/sessions/end", &[("sid", &sid)]).await;
    page.is_page_without_redirect(200);
    assert!(
        page.body
            .contains("<iframe hidden src=\"http://localhost:3000/auth/frontchannel-logout?iss=")
    );
    assert!(
        page.body
            .contains("<a id=\"next\" class=\"action primary\" href=\"/sessions\">")
    );
    assert_eq!(ada.cookie(), None);
}

#[tokio::test]
async fn no_form_from_elsewhere_ends_anything() {
    let (provider, ada, _) = two_people().await;
    for headers in [
        vec![],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "http://localhost:3000")],
    ] {
        let answer = ada.post("/sessions/end", &[("sub", "ada")], &headers).await;
        answer.is_page_without_redirect(403);
    }
    assert_eq!(ada.get("/sessions/end", &[("sub", "ada")]).await.status, 405);
    assert_eq!(provider.script().sessions_of("ada").len(), 1);
}

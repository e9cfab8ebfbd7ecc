//! Front-channel logout: a page with a frame for each relying party.

use exeunt_dev_provider::Client;
use exeunt_dev_provider::script::ScriptedProvider;
use url::form_urlencoded::byte_serialize;

use super::builder;
use crate::browser::{Answered, Browser};
use crate::relying_party::{CALLBACK, CLIENT_ID, LOGGED_OUT, authorize, client, sign_in, text, tokens};

const URI: &str = "http://localhost:3000/auth/frontchannel-logout?tenant=1";
const ELSEWHERE: &str = "http://localhost:4000/signed-out";

async fn registered() -> (ScriptedProvider, Browser) {
    let mut plain = Client::new("plain", None).redirect_uri("http://localhost:4000/callback");
    plain.frontchannel_logout_uri = Some(ELSEWHERE.to_owned());
    let without = Client::new("without", None).redirect_uri(CALLBACK);
    let clients = vec![client().frontchannel_logout(URI), plain, without];
    let provider = builder().clients(clients).start().await;
    let browser = Browser::new(provider.router());
    (provider, browser)
}

async fn log_out(browser: &Browser, more: &[(&str, &str)]) -> Answered {
    let id_token = text(&tokens(browser, "ada").await, "id_token").to_owned();
    let mut request = vec![("id_token_hint", id_token.as_str())];
    request.extend_from_slice(more);
    browser.get("/end_session", &request).await
}

fn frames(page: &Answered) -> Vec<String> {
    let parts = page.body.split("<iframe hidden src=\"").skip(1);
    parts
        .map(|part| part.split_once('"').unwrap().0.replace("&amp;", "&"))
        .collect()
}

#[tokio::test]
async fn the_page_loads_the_address_with_iss_and_sid_and_goes_on() {
    let (provider, browser) = registered().await;
    provider.script().special_sid(true);
    let page = log_out(
        &browser,
        &[("post_logout_redirect_uri", LOGGED_OUT), ("state", "a&b")],
    )
    .await;
    page.is_page_without_redirect(200);
    assert_eq!(browser.cookie(), None);
    let frames = frames(&page);
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let begin = format!("{URI}&iss={}&sid=", encode(&provider.issuer()));
    assert_eq!(frames.len(), 1, "{frames:?}");
    let sid = frames[0].strip_prefix(&begin).unwrap();
    assert!(sid.contains("%2F%2B%26%3D%3F%23%2522%22%5C%27%3C%3E"), "{sid}");
    let next = "http://localhost:3000/logged-out?from=op&amp;state=a%26b";
    assert!(
        page.body.contains(&format!(
            "<meta http-equiv=\"refresh\" content=\"5; url={next}\">"
        )),
        "{}",
        page.body
    );
    assert!(page.body.contains(&format!(
        "<a id=\"next\" class=\"action primary\" href=\"{next}\">"
    )));
}

#[tokio::test]
async fn each_client_of_the_session_has_a_frame_and_the_policy_allows_no_other() {
    let (_provider, browser) = registered().await;
    sign_in(&browser, "ada").await;
    for (client_id, redirect_uri) in [("plain", "http://localhost:4000/callback"), ("without", CALLBACK)] {
        let request = [("client_id", client_id), ("redirect_uri", redirect_uri)];
        assert!(authorize(&browser, &request).await.returned("code").is_some());
    }
    let page = browser.get("/end_session", &[("client_id", CLIENT_ID)]).await;
    let form = [("request", &*page.form_request()), ("choice", "sign-out")];
    let page = browser.submit("/end_session/choice", &form).await;
    page.is_page_without_redirect(200);
    let frames = frames(&page);
    assert!(frames.len() == 2 && frames[0].starts_with(URI), "{frames:?}");
    assert_eq!(frames[1], ELSEWHERE, "without session_required nothing is added");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("; frame-src http://localhost:3000 http://localhost:4000; form-action"),
        "{policy}"
    );
    assert!(
        page.body.contains("You are signed out") && !page.body.contains("<script"),
        "a logout that returns nowhere needs no script: {}",
        page.body
    );
}

#[tokio::test]
async fn without_a_session_or_an_address_it_redirects_as_ever() {
    let (provider, browser) = registered().await;
    let request = [("client_id", CLIENT_ID), ("post_logout_redirect_uri", LOGGED_OUT)];
    let answer = browser.get("/end_session", &request).await;
    assert_eq!(answer.location().as_str(), LOGGED_OUT);
    provider.set_frontchannel_logout_uri(None);
    let answer = log_out(&browser, &[("post_logout_redirect_uri", LOGGED_OUT)]).await;
    assert_eq!(answer.location().as_str(), LOGGED_OUT);
}

#[tokio::test]
async fn the_script_tells_and_changes_the_addresses() {
    let (provider, browser) = registered().await;
    let script = provider.script();
    sign_in(&browser, "ada").await;
    let cookie = browser.cookie().unwrap();
    script.change_front_channel(|parameters| parameters.retain(|(name, _)| name == "sid"));
    let uris = script.front_channel_uris(&cookie);
    assert_eq!(uris, [format!("{URI}&sid={}", script.sid(&cookie).unwrap())]);
    assert!(script.has_session(&cookie), "asking ends nothing");
    assert!(script.front_channel_uris("unknown").is_empty());
}

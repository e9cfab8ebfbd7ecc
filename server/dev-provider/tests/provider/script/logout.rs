//! Logout, otherwise.

use exeunt_dev_provider::script::{Endpoint, ScriptedProvider};

use super::scripted;
use crate::browser::{Answered, Browser};
use crate::relying_party::{LOGGED_OUT, text, tokens};

async fn log_out(provider: &ScriptedProvider, browser: &Browser) -> Answered {
    let hint = text(&tokens(browser, "ada").await, "id_token").to_owned();
    provider.script().advance_clock(3_600);
    let request = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", "s1"),
    ];
    browser.get("/end_session", &request).await
}

#[tokio::test]
async fn it_can_ask_even_with_a_good_hint() {
    let (provider, browser) = scripted().await;
    provider.script().ask_at_logout(true);
    let page = log_out(&provider, &browser).await;
    page.is_page_without_redirect(200);
    assert!(provider.script().has_session(&browser.cookie().unwrap()));
    let form = [("request", &*page.form_request()), ("choice", "stay")];
    let answer = browser.submit("/end_session/choice", &form).await;
    assert_eq!(answer.returned("state").as_deref(), Some("s1"));
    assert!(provider.script().has_session(&browser.cookie().unwrap()));
}

#[tokio::test]
async fn it_can_refuse_expired_hints() {
    let (provider, browser) = scripted().await;
    provider.script().strict_exp_hint(true);
    log_out(&provider, &browser).await.is_page_without_redirect(400);
    assert!(provider.script().has_session(&browser.cookie().unwrap()));
}

#[tokio::test]
async fn it_can_return_a_wrong_state_or_none() {
    let (provider, browser) = scripted().await;
    provider
        .script()
        .change_end_session_return(|parameters| parameters[0].1.push_str("_INVALID"));
    assert_eq!(
        log_out(&provider, &browser).await.returned("state").as_deref(),
        Some("s1_INVALID")
    );
    provider.script().change_end_session_return(Vec::clear);
    assert_eq!(log_out(&provider, &browser).await.location().as_str(), LOGGED_OUT);
}

#[tokio::test]
async fn it_can_return_through_another_origin() {
    let (provider, browser) = scripted().await;
    let other = provider.origin().replace("127.0.0.1", "localhost");
    provider.script().end_session_hop(Some(&other));
    let hop = log_out(&provider, &browser).await.location();
    assert!(
        hop.as_str()
            .starts_with(&format!("{other}/end_session/return?request=")),
        "{hop}"
    );
    assert_eq!(browser.cookie(), None, "the session ended before the hop");
    let id = hop.query_pairs().next().unwrap().1.into_owned();
    let answer = browser.get(hop.path(), &[("request", &id)]).await;
    assert_eq!(answer.returned("state").as_deref(), Some("s1"));
    browser
        .get(hop.path(), &[("request", &id)])
        .await
        .is_page_without_redirect(400);
    assert_eq!(provider.script().count(Endpoint::EndSession), 1);
}

//! `oidcc-client-front-channel-logout-rp-basic`: the provider's page loads our address in a frame. The second module is one of
//! `oidcc-client-logout-test-plan`.

use super::{
    frames::{self, FramesPage},
    sign_out::{Channel, is_signed_in},
    suite::Suite,
};

#[tokio::test]
async fn oidcc_client_test_rp_frontchannel_rpinitlogout() {
    let suite = Suite::start().await;
    suite.register(&[Channel::Front]);
    let mut browser = suite.completes().await;
    let mut bystander = suite.bystander(&browser).await;
    let page = FramesPage::of(&suite.sign_out(&mut browser).await);
    let query: Vec<(String, String)> = url::Url::parse(&page.frame)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["iss", "sid"], "the session is named");
    assert!(is_signed_in(&mut bystander).await, "nobody was told yet");
    page.load(&suite).await;
    assert!(!is_signed_in(&mut bystander).await);
    suite.return_from(&mut browser, &page.next, "returned").await;
}

#[tokio::test]
async fn oidcc_client_test_rp_frontchannel_opinitlogout() {
    let suite = Suite::start().await;
    suite.register(&[Channel::Front]);
    let mut browser = suite.completes().await;
    let sso = browser.provider_cookies[exeunt_dev_provider::SSO_COOKIE].clone();
    let addresses = suite.app.script().front_channel_uris(&sso);
    assert_eq!(addresses.len(), 1);
    suite.app.script().end_session(&sso);
    assert!(is_signed_in(&mut browser).await, "nobody was told yet");
    frames::load(&suite, &addresses[0]).await;
    assert!(!is_signed_in(&mut browser).await);
}

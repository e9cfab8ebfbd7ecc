//! `oidcc-client-rp-initiated-logout-rp-basic`: a sign-out that begins at the relying party.

use super::{
    frames::FramesPage,
    sign_out::{Channel, is_signed_in},
    suite::Suite,
};

/// The suite sends by every channel that is registered: here by both.
#[tokio::test]
async fn oidcc_client_test_rp_init_logout() {
    let suite = Suite::start().await;
    suite.register(&[Channel::Back, Channel::Front]);
    let mut browser = suite.completes().await;
    let mut bystander = suite.bystander(&browser).await;
    let page = FramesPage::of(&suite.sign_out(&mut browser).await);
    let deliveries = suite.app.script().back_channel_deliveries();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].status.map(|status| status.as_u16()), Some(200));
    page.load(&suite).await;
    assert!(!is_signed_in(&mut bystander).await);
    suite.return_from(&mut browser, &page.next, "returned").await;
}

/// Changes, or drops, the `state` that the provider returns.
async fn returning_state(change: impl Fn(&str) -> Option<String> + Send + Sync + 'static) {
    let suite = Suite::start().await;
    suite.register(&[Channel::Back]);
    let mut browser = suite.completes().await;
    suite.app.script().change_end_session_return(move |parameters| {
        let (name, state) = parameters.pop().unwrap();
        assert_eq!((name.as_str(), parameters.len()), ("state", 0));
        parameters.extend(change(&state).map(|state| (name, state)));
    });
    let answer = suite.sign_out(&mut browser).await;
    assert_eq!(answer.status, 303);
    // Nothing is concluded from a state that is not the one that was sent.
    suite
        .return_from(&mut browser, &answer.location(), "unconfirmed")
        .await;
}

#[tokio::test]
async fn oidcc_client_test_rp_init_logout_other_state() {
    returning_state(|state| Some(format!("{state}_INVALID"))).await;
}

#[tokio::test]
async fn oidcc_client_test_rp_init_logout_no_state() {
    returning_state(|_| None).await;
}

//! A login that is under way when its browser's session is ended from another.

use super::{LIST, delete, id_of, is_signed_in, list, support::App};

#[tokio::test]
async fn i2_a_login_under_way_in_the_ended_browser_does_not_bring_it_back() {
    let app = App::start().await;
    let mut here = app.signed_in("ada").await;
    let mut there = app.signed_in("ada").await;
    let callback = there.sign_in_until_callback("/auth/login").await;
    let id = id_of(&mut there).await;
    assert_eq!(delete(&mut here, &id).await.status, 204);
    let answer = there.open(&callback).await;
    assert_ne!(answer.status, 303, "{}", answer.text());
    assert!(!is_signed_in(&there).await);
    // One that begins afterwards does.
    app.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(there.sign_in("/auth/login").await.status, 303);
    assert!(is_signed_in(&there).await && is_signed_in(&here).await);
}

/// A session that this very browser lost its cookie of has the same provider session: to end it must not refuse a login
/// here.
#[tokio::test]
async fn ending_a_session_of_ones_own_provider_session_refuses_no_login_here() {
    let app = App::start().await;
    let mut here = app.signed_in("ada").await;
    let orphan = id_of(&mut here).await;
    here.cookies.clear();
    assert_eq!(here.sign_in("/auth/login").await.status, 303);
    let told = list(&mut here).await;
    assert_eq!(told["sessions"].as_array().unwrap().len(), 2, "{told}");
    let sids = app
        .store
        .list(&app.provider.issuer(), "ada", app.now())
        .await
        .unwrap();
    assert_eq!(sids[0].sid, sids[1].sid, "one provider session");

    let mut other_tab = here.clone();
    let callback = other_tab.sign_in_until_callback("/auth/login").await;
    assert_eq!(delete(&mut here, &orphan).await.status, 204);
    let answer = other_tab.open(&callback).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(is_signed_in(&other_tab).await);
    assert_eq!(other_tab.fetch(LIST).await.status, 200);
}

//! The way through that works.

use super::support::App;

#[tokio::test]
async fn a_person_signs_in_and_is_known_afterwards() {
    let app = App::start().await;
    let mut browser = app.browser();
    let answer = browser.sign_in("/auth/login?return_to=/account").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.location(), "/account");
    let session = browser.fetch("/api/session").await;
    assert_eq!(session.status, 200, "{}", session.text());
    assert_eq!(session.json()["user_id"], "ada");
}

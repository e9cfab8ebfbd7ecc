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

#[tokio::test]
async fn i7_a_person_comes_back_to_the_place_in_the_page_and_never_to_another_origin() {
    let app = App::start().await;
    for (return_to, place) in [
        ("/account%3Ftab%3D1%23letter", "/account?tab=1#letter"),
        ("/account%23//evil.example", "/account#//evil.example"),
        ("https://evil.example%23@localhost:3000/account", "/"),
        ("//evil.example%23/account", "/"),
        ("/account%23a%0d%0aSet-Cookie:x", "/"),
    ] {
        let login = format!("/auth/login?return_to={return_to}");
        let answer = app.browser().sign_in(&login).await;
        assert_eq!((answer.status.as_u16(), &*answer.location()), (303, place));
    }
}

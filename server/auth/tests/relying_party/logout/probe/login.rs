//! A probe is no login: it touches none and tells nobody anything.

use exeunt::session::SessionToken;

use super::{
    MILLISECOND, answer_to, app, parameter, probing, returned,
    support::{Browser, Logs, every_store},
};

#[tokio::test]
async fn i19_it_uses_up_no_login_that_is_under_way() {
    let app = app().await;
    let (mut browser, question) = returned(&app, true).await;
    let login = browser.sign_in_until_callback("/auth/login").await;
    let callback = answer_to(&mut browser, &question).await;
    let attempts = |browser: &Browser| {
        browser
            .cookies
            .keys()
            .filter(|name| name.starts_with("exeunt-login-"))
            .count()
    };
    assert_eq!(attempts(&browser), 1);
    browser.open(&callback).await;
    assert_eq!(attempts(&browser), 1);
    app.clock.advance(MILLISECOND);
    assert_eq!(browser.open(&login).await.status, 303);
    assert_eq!(browser.fetch("/api/session").await.status, 200);
}

#[tokio::test]
async fn i2_i19_an_answer_after_a_new_login_leaves_that_session_alone() {
    for named in every_store() {
        let app = probing(&named).await;
        let (mut browser, question) = returned(&app, false).await;
        let callback = answer_to(&mut browser, &question).await;
        app.clock.advance(MILLISECOND);
        assert_eq!(browser.sign_in("/auth/login").await.status, 303);
        let (_, raw) = browser.session_cookie().unwrap();
        let answer = browser.open(&callback).await;
        assert_eq!(answer.location(), "/logged-out", "{}", named.name);
        assert_eq!(answer.set_cookies(), Vec::<String>::new(), "{}", named.name);
        let key = SessionToken::parse(&raw).unwrap().key();
        assert!(
            app.store.load(&key, app.now()).await.unwrap().is_some(),
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn i16_no_line_of_the_log_holds_its_state_or_a_code() {
    let app = app().await;
    let (logs, guard) = Logs::capture();
    let (mut browser, question) = returned(&app, false).await;
    let callback = answer_to(&mut browser, &question).await;
    browser.open(&format!("{callback}&iss=x")).await;
    browser.open(&callback).await;
    drop(guard);
    let address = format!("http://localhost{callback}");
    let state = parameter(&address, "state").unwrap();
    let code = parameter(&address, "code").unwrap();
    let text = logs.text();
    assert!(text.contains("the answer to a probe is not used"), "{text}");
    for line in text.lines().filter(|line| line.contains(" exeunt::")) {
        for secret in [&code, &state, &state["probe.".len()..]] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

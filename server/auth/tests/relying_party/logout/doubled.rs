//! A double click and two tabs (F4.5).

use super::{
    living, receipt, sign_out,
    support::{App, every_store},
};

#[tokio::test]
async fn f4_5_two_presses_at_once_both_succeed_and_one_leaves_for_the_provider() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        let (mut one, mut two) = (browser.clone(), browser);
        let (first, second) = tokio::join!(
            tokio::spawn(async move { sign_out(&mut one, "browser").await }),
            tokio::spawn(async move { sign_out(&mut two, "browser").await }),
        );
        let answers = [first.unwrap(), second.unwrap()];
        let mut leaving = 0;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{}", named.name);
            assert_eq!(answer.json()["success"], true, "{}", named.name);
            leaving += usize::from(answer.json().get("front_channel_logout_url").is_some());
        }
        assert_eq!(leaving, 1, "{}", named.name);
        assert_eq!(living(&app, "ada").await, 0, "{}", named.name);
    }
}

#[tokio::test]
async fn f4_5_a_second_press_does_not_lose_what_the_first_one_left() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let first = sign_out(&mut browser, "browser").await.json();
    let second = sign_out(&mut browser, "browser").await;
    assert_eq!(second.json()["success"], true);
    assert!(
        !second
            .set_cookies()
            .iter()
            .any(|cookie| cookie.starts_with("exeunt-logout=")),
        "{:?}",
        second.set_cookies()
    );
    assert_eq!(receipt(&mut browser).await, first["receipt"]);
    let url = first["front_channel_logout_url"].as_str().unwrap();
    let back = browser.visit_provider(url).await.location();
    browser.open(&browser.path_here(&back)).await;
    assert_eq!(
        super::status(&receipt(&mut browser).await, "provider_session").unwrap(),
        "returned"
    );
}

#[tokio::test]
async fn f4_5_two_forms_at_once_both_get_a_page_of_ours() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let browser = app.signed_in("ada").await;
        let (mut one, mut two) = (browser.clone(), browser);
        let (first, second) = tokio::join!(
            one.submit("/api/auth/logout", ""),
            two.submit("/api/auth/logout", "")
        );
        let mut locations = [first.location(), second.location()];
        locations.sort_unstable();
        assert_eq!(
            locations,
            ["/auth/logout/continue", "/logged-out"],
            "{}",
            named.name
        );
    }
}

#[tokio::test]
async fn f4_6_f4_27_i19_another_tab_gets_401_and_no_redirect_to_a_login() {
    let app = App::start().await;
    let mut browser = app.signed_in("ada").await;
    let mut tab = browser.clone();
    sign_out(&mut browser, "browser").await;
    let answer = tab.fetch("/api/session").await;
    assert_eq!(answer.status, 401);
    for path in ["/account", "/", "/logged-out"] {
        let answer = browser.open(path).await;
        assert_eq!(
            answer.header("location"),
            None,
            "{path}: the app starts no login by itself"
        );
    }
}

//! Whatever a page was told (F7.11), by a message of another page of the origin or by cookies that one planted: it asks the
//! server, and the server answers from what it knows.

use exeunt::logout::view::logged_out_view;
use exeunt_dev_provider::script::Endpoint;

use super::{
    stored,
    support::{App, Browser, every_store},
};

/// Cookies that an app on the same origin may plant, as if a sign-out were under way or over.
fn plant(browser: &mut Browser) {
    for name in ["exeunt-logout", "exeunt-unfinished", "exeunt-prompt"] {
        browser.cookies.insert(name.to_owned(), "logged-out".to_owned());
    }
}

#[tokio::test]
async fn f7_11_i4_a_page_that_was_told_of_a_sign_out_that_was_none_learns_that_the_session_lives() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let before = stored(&app, &browser).await.unwrap();
        plant(&mut browser);
        let asked = app.script().count(Endpoint::Authorize);
        let view = logged_out_view(&app.exeunt, &browser.headers()).await.unwrap();
        assert!(view.signed_in, "{}", named.name);
        assert!(!view.unfinished && !view.ended_by_provider && !view.ran_out);
        assert_eq!(view.receipt, None, "{}", named.name);
        assert_eq!((view.provider_tries_left, view.can_probe), (0, false));
        assert_eq!(browser.fetch("/api/session").await.status, 200);
        assert_eq!(browser.fetch("/api/auth/receipt").await.status, 404);
        for path in [
            "/logged-out",
            "/logged-out?state=logged-out",
            "/auth/logout/continue",
            "/auth/logout/probe",
            "/auth/callback?state=probe.logged-out&error=login_required",
        ] {
            let answer = browser.clone().fetch(path).await;
            assert!(answer.status.as_u16() < 400, "{path}: {}", answer.status);
        }
        assert_eq!(stored(&app, &browser).await.unwrap(), before, "{}", named.name);
        assert_eq!(app.script().count(Endpoint::Authorize), asked);
    }
}

#[tokio::test]
async fn f7_11_i2_a_page_that_was_told_of_a_session_that_is_over_gets_none() {
    for named in every_store() {
        let app = App::builder().store(named.store.clone()).start().await;
        let mut browser = app.signed_in("ada").await;
        let told = browser.clone();
        browser.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
        for path in ["/api/session", "/account"] {
            assert_eq!(
                told.clone().fetch(path).await.status,
                401,
                "{path}, {}",
                named.name
            );
        }
        let answer = told.clone().post_json("/api/auth/extend", "{}").await;
        assert_eq!(answer.status, 401, "{}", named.name);
        let view = logged_out_view(&app.exeunt, &told.headers()).await.unwrap();
        assert!(!view.signed_in, "{}", named.name);
    }
}

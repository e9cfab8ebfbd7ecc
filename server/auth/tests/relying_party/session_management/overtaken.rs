//! A silent check that a sign-out overtakes.

use exeunt_dev_provider::script::Endpoint;

use super::{check_path, watching};
use crate::support::{App, FailingStore, every_store};

#[tokio::test]
async fn i02_a_sign_out_between_the_new_record_and_the_end_of_the_old_one_leaves_neither() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = watching(App::builder().store(store.clone())).await;
        let mut browser = app.signed_in("ada").await;
        let mut tab = browser.clone();
        let path = check_path(&app, &browser).await;
        let gate = store.hold_take();
        let checking = tokio::spawn(async move {
            let answer = browser.sign_in(&path).await;
            (browser, answer)
        });
        gate.entered.notified().await;
        let out = tab.post_json("/api/auth/logout", r#"{"scope":"app"}"#).await;
        assert_eq!(out.json()["success"], true, "{}", named.name);
        gate.go_on.notify_one();
        let (browser, answer) = checking.await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &*answer.location()),
            (303, "/logged-out"),
            "{}",
            named.name
        );
        let sets_a_session = answer
            .set_cookies()
            .iter()
            .any(|cookie| cookie.starts_with("exeunt=") && !cookie.starts_with("exeunt=;"));
        assert!(!sets_a_session, "{}: {:?}", named.name, answer.set_cookies());
        assert_eq!(browser.clone().fetch("/api/session").await.status, 401);
        assert_eq!(tab.fetch("/api/session").await.status, 401);
        let iss = app.provider.issuer();
        assert!(app.store.list(&iss, "ada", app.now()).await.unwrap().is_empty());
        assert!(app.script().count(Endpoint::Token) >= 2, "it had got so far");
    }
}

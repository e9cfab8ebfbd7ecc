//! A provider that revokes the whole grant with any of its tokens: then the last session alone revokes (dialects).

use std::time::Duration;

use exeunt::{
    config::Dialect,
    logout::outbox::{Progress, Step},
};

use super::{
    Given, both, entry, entry_id, lines, progress, revoked, sign_out, sorted,
    support::{App, NamedStore, every_store},
    work,
};

async fn grant_wide(named: &NamedStore) -> (App, Given) {
    let app = App::builder()
        .store(named.store.clone())
        .settings(|settings| settings.provider.dialect = Dialect::Google)
        .start()
        .await;
    let given = Given::watch(&app);
    (app, given)
}

#[tokio::test]
async fn i4_while_the_person_has_another_session_the_tokens_are_kept_and_the_receipt_says_so() {
    for named in every_store() {
        let (app, _) = grant_wide(&named).await;
        let mut first = app.signed_in("ada").await;
        let mut second = app.signed_in("ada").await;
        app.signed_in("grace").await;
        let id = entry_id(&first);
        let answer = sign_out(&mut first).await;
        assert_eq!(lines(&answer.json()["receipt"]), both("kept"), "{}", named.name);
        assert_eq!(revoked(&app), Vec::<String>::new(), "{}", named.name);
        assert_eq!(second.fetch("/api/session").await.status, 200, "{}", named.name);
        assert_eq!(progress(&app, &id).await, Progress::both(Step::KeptForOthers));
        assert_eq!(entry(&app, &id).await.sealed, b"", "our copy is deleted");
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(work(&app).await, 0, "{}: it is over", named.name);
    }
}

#[tokio::test]
async fn the_last_session_of_a_person_revokes() {
    for named in every_store() {
        let (app, given) = grant_wide(&named).await;
        let mut first = app.signed_in("ada").await;
        let mut second = app.signed_in("ada").await;
        app.signed_in("grace").await;
        sign_out(&mut first).await;
        let answer = sign_out(&mut second).await;
        assert_eq!(lines(&answer.json()["receipt"]), both("ended"), "{}", named.name);
        assert_eq!(revoked(&app), given.tokens()[2..4], "{}", named.name);
    }
}

#[tokio::test]
async fn f4_25_everywhere_revokes_there_too() {
    for named in every_store() {
        let (app, given) = grant_wide(&named).await;
        app.signed_in("ada").await;
        let mut second = app.signed_in("ada").await;
        let answer = second
            .post_json("/api/auth/logout", r#"{"scope":"everywhere"}"#)
            .await;
        assert_eq!(lines(&answer.json()["receipt"]), both("ended"), "{}", named.name);
        assert_eq!(work(&app).await, 1);
        assert_eq!(sorted(revoked(&app)), sorted(given.tokens()), "{}", named.name);
    }
}

#[tokio::test]
async fn i4_where_nothing_can_be_revoked_whatever_the_metadata_says_nothing_is_tried() {
    for named in every_store() {
        let app = App::builder()
            .store(named.store.clone())
            .settings(|settings| settings.provider.dialect = Dialect::Entra)
            .start()
            .await;
        let mut browser = app.signed_in("ada").await;
        let answer = sign_out(&mut browser).await;
        assert_eq!(
            lines(&answer.json()["receipt"]),
            both("cannot_be_ended"),
            "{}",
            named.name
        );
        assert_eq!(revoked(&app), Vec::<String>::new());
    }
}

//! What waits in the outbox outlasts a restart.

use std::{path::Path, sync::Arc};

use exeunt::store::{SqliteStore, Store, sqlite::SqliteSettings};
use exeunt_dev_provider::script::{Answer as Fault, Endpoint};

use super::{App, Given, both, entry_id, lines_now, progress, revoked, sign_out, work};

fn open(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path, SqliteSettings::default()).unwrap())
}

#[tokio::test]
async fn f4_11_what_was_to_be_tried_again_is_tried_again_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let given = Given::watch(&app);
    let mut browser = app.signed_in("ada").await;
    let id = entry_id(&browser);
    app.script()
        .answer_always(Endpoint::Revocation, Fault::status(500));
    sign_out(&mut browser).await;
    let cookies = browser.cookies.clone();
    drop(browser);
    let app = app.restarted(|| open(&path));
    app.script().answer_normally(Endpoint::Revocation);
    app.script().clear_requests();
    assert!(!progress(&app, &id).await.is_over());
    app.clock.advance(super::FIRST_WAIT);
    assert_eq!(work(&app).await, 1);
    assert_eq!(revoked(&app), given.tokens());
    let mut browser = app.browser();
    browser.cookies = cookies;
    assert_eq!(lines_now(&mut browser).await, both("ended"));
}

#[tokio::test]
async fn f4_11_an_end_whose_process_died_before_the_first_try_is_done_by_the_next_one() {
    use exeunt::{
        audit::Caller,
        logout::{Ending, Reason, ending},
        store::{MarkRule, Selector},
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let app = App::builder().store(open(&path)).start().await;
    let given = Given::watch(&app);
    let browser = app.signed_in("ada").await;
    let selector = Selector::Subject {
        iss: app.provider.issuer(),
        sub: "ada".to_owned(),
        started_by: None,
    };
    let ending = Ending::new(selector, MarkRule::Subject, Reason::Operator, Caller::none());
    ending::carry_out(&app.exeunt, ending).await.unwrap();
    drop(browser);
    assert_eq!(revoked(&app), Vec::<String>::new());
    let app = app.restarted(|| open(&path));
    assert_eq!(work(&app).await, 1);
    assert_eq!(revoked(&app), given.tokens());
}

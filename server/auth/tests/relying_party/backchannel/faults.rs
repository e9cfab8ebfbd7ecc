//! The store fails: nothing claims success, and nothing is used up.

use std::sync::Arc;

use exeunt::store::{MemoryStore, SqliteStore, sqlite::SqliteSettings};

use super::{
    steps::{assert_accepted, assert_failed, is_alive, publish, send},
    support::{App, Browser, Call, FailingStore, every_store},
    token::Desk,
};

async fn alive(app: &App, browsers: &[Browser]) -> usize {
    let mut count = 0;
    for browser in browsers {
        count += usize::from(is_alive(app, browser).await);
    }
    count
}

#[tokio::test]
async fn f1_44_a_store_that_is_down_is_a_400_and_the_same_token_works_later() {
    for call in [Call::TakeMany, Call::List, Call::Any] {
        let store = FailingStore::new(Arc::new(MemoryStore::new()));
        let app = App::builder().store(store.clone()).start().await;
        publish(&app);
        let browser = app.signed_in("ada").await;
        let raw = Desk::of(&app, &browser).await.token().sign();
        store.fail(&[call]);
        assert_failed(&app, &raw).await;
        assert_failed(&app, &raw).await;
        store.mend();
        assert!(is_alive(&app, &browser).await, "{call:?}");
        assert_accepted(&app, &raw).await;
        assert!(
            !is_alive(&app, &browser).await,
            "{call:?}: its jti was not used up"
        );
    }
}

#[tokio::test]
async fn f1_45_of_several_sessions_all_end_or_none() {
    for named in every_store() {
        let store = FailingStore::new(named.store.clone());
        let app = App::builder().store(store.clone()).start().await;
        publish(&app);
        let mut browsers = Vec::new();
        for _ in 0..3 {
            browsers.push(app.signed_in("ada").await);
        }
        let raw = Desk::about_nobody(&app).token().without("sid").sign();
        store.fail(&[Call::TakeMany]);
        assert_failed(&app, &raw).await;
        store.mend();
        assert_eq!(
            alive(&app, &browsers).await,
            3,
            "{}: one step ends them, or does not",
            named.name
        );
        assert_accepted(&app, &raw).await;
        assert_eq!(alive(&app, &browsers).await, 0, "{}", named.name);
    }
}

/// The second of three rows cannot be queued: not even the first may have gone.
#[tokio::test]
async fn f1_45_a_fault_in_the_middle_of_the_step_undoes_all_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let store = Arc::new(SqliteStore::open(&path, SqliteSettings::default()).unwrap());
    let app = App::builder().store(store).start().await;
    publish(&app);
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(app.signed_in("ada").await);
    }
    let raw = Desk::about_nobody(&app).token().without("sid").sign();
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "CREATE TRIGGER second BEFORE INSERT ON outbox WHEN (SELECT count(*) FROM outbox) = 1
         BEGIN SELECT RAISE(ABORT, 'out of order'); END",
    )
    .unwrap();
    assert_failed(&app, &raw).await;
    assert_eq!(alive(&app, &browsers).await, 3);
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        file.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("outbox"), count("mark")), (0, 0));
    let jtis = "claim WHERE purpose = 'logout_token'";
    assert_eq!(count(jtis), 0);
    file.execute_batch("DROP TRIGGER second").unwrap();
    assert_accepted(&app, &raw).await;
    assert_eq!(alive(&app, &browsers).await, 0);
    assert_eq!((count("outbox"), count(jtis)), (3, 1));
}

#[tokio::test]
async fn f1_44_a_failed_answer_does_not_tell_who_is_here() {
    let store = FailingStore::new(Arc::new(MemoryStore::new()));
    let app = App::builder().store(store.clone()).start().await;
    publish(&app);
    let browser = app.signed_in("ada").await;
    let known = Desk::of(&app, &browser).await.token().sign();
    let unknown = Desk::about_nobody(&app).token().claim("jti", "other").sign();
    store.fail(&[Call::Any]);
    assert_eq!(send(&app, &known).await.text(), send(&app, &unknown).await.text());
}

//! A login in flight and an end, held in the middle of their work and let go in the worst order.

use exeunt::store::{
    Begun, Change, MarkRule, NewSid, Selector, SessionRow, Store, Take, Taken,
    suite::fixture::{IDLE, MILLISECOND, NOW, begun, person_of, row, sid_of},
};
use futures::FutureExt as _;
use tokio::task::JoinHandle;

use super::*;

struct Stage {
    store: Arc<dyn Store>,
    beside: tokio_postgres::Client,
    schema: String,
}

impl Stage {
    async fn new() -> Self {
        let cluster = Cluster::shared();
        let url = cluster.url();
        Self {
            store: Arc::new(open(&url).await),
            beside: beside(cluster, &url).await,
            schema: url.schema().to_owned(),
        }
    }

    /// Another that stands in the way of the same store.
    async fn second(&self) -> Self {
        let beside = Cluster::shared().connect().await;
        let path = format!("SET search_path TO {}", self.schema);
        beside.batch_execute(&path).await.unwrap();
        Self {
            store: Arc::clone(&self.store),
            beside,
            schema: self.schema.clone(),
        }
    }

    async fn run(&self, sql: &str) {
        self.beside.batch_execute(sql).await.unwrap();
    }

    async fn stands_still(&self, times: u32) {
        until(&self.beside, &waiting(&self.schema, "", times)).await;
    }

    /// Until so many wait for a lock of ours.
    async fn waits(&self, times: u32) {
        until(&self.beside, &waiting(&self.schema, "advisory", times)).await;
    }

    fn begin(&self, row: SessionRow) -> JoinHandle<Begun> {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move { store.begin(row, NOW + MILLISECOND).await.unwrap() })
    }

    fn take(&self, selector: Selector, marks: MarkRule) -> JoinHandle<Taken> {
        let (store, take) = (Arc::clone(&self.store), Take::new(selector, marks));
        tokio::spawn(async move { store.take(&take, NOW + MILLISECOND).await.unwrap() })
    }

    /// Holds every login with this public id after it has looked at the marks and before its row is there.
    async fn hold_logins(&self, public_id: &str) {
        self.run(&format!(
            "BEGIN; INSERT INTO session (key, public_id, iss, sub, created_at, last_used_at, idle_expires_at, \
             absolute_expires_at, login_started_at, device, identity, tokens) \
             VALUES ('in the way', '{public_id}', '', '', 0, 0, 0, 0, 0, '', '', '')"
        ))
        .await;
    }

    /// Holds every take that marks after it has removed its rows and before its marks are there.
    async fn hold_takes(&self) {
        self.run("BEGIN; LOCK TABLE mark IN SHARE MODE").await;
    }

    async fn let_go(&self) {
        self.run("ROLLBACK").await;
    }
}

fn in_flight(number: u32, of: &SessionRow) -> SessionRow {
    SessionRow {
        iss: of.iss.clone(),
        sub: of.sub.clone(),
        sid: of.sid.clone(),
        ..row(number)
    }
}

/// No mark is there yet that could be locked: the take waits for a login that has looked already, and finds its session.
#[tokio::test(flavor = "multi_thread")]
async fn i02_a_login_that_has_looked_at_the_marks_is_waited_for() {
    for (selector, rule) in [
        (person_of(&row(1)), MarkRule::Subject),
        (sid_of(&row(1)), MarkRule::Sid),
    ] {
        let stage = Stage::new().await;
        stage.hold_logins(&row(1).public_id).await;
        let begin = stage.begin(row(1));
        stage.stands_still(1).await;
        let take = stage.take(selector, rule);
        stage.waits(1).await;
        stage.let_go().await;
        assert_eq!(begin.await.unwrap(), Begun::Created);
        assert_eq!(take.await.unwrap().rows, [row(1)]);
        assert_eq!(stage.store.load(&row(1).key, NOW).await.unwrap(), None);
    }
}

/// The other way round: a login waits for an end that is under way, and finds its mark. Also where the take knew only from the
/// row it found whom it would mark.
#[tokio::test(flavor = "multi_thread")]
async fn i02_a_login_waits_for_an_end_that_is_under_way() {
    let known = row(1);
    for (selector, rule) in [
        (person_of(&known), MarkRule::Subject),
        (sid_of(&known), MarkRule::Sid),
        (sid_of(&known), MarkRule::SidOfTaken),
        (Selector::Key(known.key), MarkRule::Subject),
        (Selector::Key(known.key), MarkRule::Sid),
        (person_of(&known), MarkRule::Sid),
    ] {
        let stage = Stage::new().await;
        begun(&stage.store, row(1)).await;
        stage.hold_takes().await;
        let take = stage.take(selector.clone(), rule);
        stage.stands_still(1).await;
        let begin = stage.begin(in_flight(2, &known));
        tokio::pin!(begin);
        tokio::select! {
            () = stage.waits(1) => {}
            begun = &mut begin => panic!("{selector:?} {rule:?}: the login did not wait: {begun:?}"),
        }
        stage.let_go().await;
        assert_eq!(take.await.unwrap().rows, [row(1)], "{selector:?} {rule:?}");
        assert_eq!(begin.await.unwrap(), Begun::Refused, "{selector:?} {rule:?}");
    }
}

/// Ends of different people, and logins of others, go on while one is held.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_to_do_with_an_end_does_not_wait_for_it() {
    let stage = Stage::new().await;
    for number in [1, 2] {
        begun(&stage.store, row(number)).await;
    }
    stage.hold_takes().await;
    let held = stage.take(person_of(&row(1)), MarkRule::Subject);
    stage.stands_still(1).await;
    let other = tokio::time::timeout(PATIENCE, stage.begin(row(3))).await;
    assert_eq!(other.unwrap().unwrap(), Begun::Created);
    let other = tokio::time::timeout(PATIENCE, stage.take(person_of(&row(2)), MarkRule::None)).await;
    assert_eq!(other.unwrap().unwrap().rows, [row(2)]);
    assert!(held.now_or_never().is_none(), "it was let go too early to tell");
    stage.let_go().await;
}

/// The row gets another sid between the look and the lock: its mark is locked like any other before it is written.
#[tokio::test(flavor = "multi_thread")]
async fn i02_a_sid_that_changes_under_a_take_is_locked_too() {
    let stage = Stage::new().await;
    let old = begun(&stage.store, row(1)).await;
    stage
        .run("BEGIN; UPDATE session SET sid = 'newer', former_sid = sid, former_until = 0")
        .await;
    let take = stage.take(Selector::Key(old.key), MarkRule::Sid);
    stage.stands_still(1).await;
    // Another stands in the way of a login with the sid that is to come, which has looked at the marks.
    let second = stage.second().await;
    second.hold_logins(&row(2).public_id).await;
    let begin = stage.begin(SessionRow {
        sid: Some("newer".into()),
        ..row(2)
    });
    stage.stands_still(2).await;
    stage.run("COMMIT").await;
    tokio::pin!(take);
    tokio::select! {
        () = stage.waits(1) => {}
        taken = &mut take => panic!("the take did not wait for the login: {taken:?}"),
    }
    second.let_go().await;
    assert_eq!(begin.await.unwrap(), Begun::Created, "it was there first");
    let rows = take.await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].sid.as_deref(), Some("newer"));
    let late = SessionRow {
        sid: Some("newer".into()),
        ..row(3)
    };
    assert_eq!(stage.begin(late).await.unwrap(), Begun::Refused);
}

/// More marks than are locked one by one.
#[tokio::test(flavor = "multi_thread")]
async fn i02_an_end_with_very_many_marks_keeps_logins_out_all_the_same() {
    let stage = Stage::new().await;
    let all: Vec<SessionRow> = (0..90)
        .map(|number| SessionRow {
            sub: "one person".into(),
            ..row(number)
        })
        .collect();
    for row in &all {
        begun(&stage.store, row.clone()).await;
    }
    stage.hold_takes().await;
    let take = stage.take(person_of(&all[0]), MarkRule::Sid);
    stage.stands_still(1).await;
    let begins: Vec<_> = (0..90)
        .map(|number| {
            stage.begin(SessionRow {
                sid: row(number).sid,
                ..row(number + 100)
            })
        })
        .collect();
    stage.waits(1).await;
    stage.let_go().await;
    assert_eq!(take.await.unwrap().rows.len(), 90);
    for begin in begins {
        assert_eq!(begin.await.unwrap(), Begun::Refused);
    }
}

/// Every take locks its rows in the order of their keys, whatever order they lie in: two that reach the same rows by different ways
/// do not wait for each other in a circle.
#[tokio::test(flavor = "multi_thread")]
async fn rows_are_locked_in_the_order_of_their_keys() {
    let stage = Stage::new().await;
    let mut rows: Vec<SessionRow> = (0..2)
        .map(|number| SessionRow {
            sub: "one person".into(),
            ..row(number)
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.key));
    for row in &rows {
        begun(&stage.store, row.clone()).await;
    }
    stage
        .run("BEGIN; SELECT key FROM session ORDER BY key LIMIT 1 FOR UPDATE")
        .await;
    let take = stage.take(person_of(&rows[0]), MarkRule::None);
    stage.stands_still(1).await;
    // It waits for the first one, and has not got the second one yet.
    stage
        .run("SELECT key FROM session ORDER BY key DESC LIMIT 1 FOR UPDATE NOWAIT")
        .await;
    stage.let_go().await;
    assert_eq!(take.await.unwrap().rows.len(), 2);
}

/// Takes that reach the same rows by different ways, while their sids change and others log in: nobody waits in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn takes_that_overlap_get_each_session_once_and_none_fails() {
    let stage = Stage::new().await;
    for round in 0..6 {
        let base = round * 100;
        let rows: Vec<SessionRow> = (0..24)
            .map(|number| SessionRow {
                sub: format!("person-{round}-{}", number % 2),
                sid: Some(format!("sid-{round}-{}", number % 3)),
                ..row(base + number)
            })
            .collect();
        for row in &rows {
            begun(&stage.store, row.clone()).await;
        }
        let mut takes = Vec::new();
        for row in &rows[..6] {
            for rule in [MarkRule::Subject, MarkRule::Sid, MarkRule::SidOfTaken] {
                takes.push(stage.take(person_of(row), rule));
                takes.push(stage.take(sid_of(row), rule));
                takes.push(stage.take(Selector::Key(row.key), rule));
            }
        }
        let begins: Vec<_> = (0..12)
            .map(|number| stage.begin(in_flight(base + 50 + number, &rows[number as usize])))
            .collect();
        let changes: Vec<_> = rows
            .iter()
            .map(|row| {
                let (store, key) = (Arc::clone(&stage.store), row.key);
                let sid = Some(NewSid {
                    sid: format!("newer-{round}"),
                    former_until: NOW + IDLE,
                    asked_at: NOW,
                });
                let change = Change {
                    sid,
                    ..Change::default()
                };
                tokio::spawn(async move { store.update(&key, change, NOW).await.unwrap() })
            })
            .collect();
        let mut keys = Vec::new();
        for take in takes {
            keys.extend(take.await.unwrap().rows.into_iter().map(|row| row.key));
        }
        let mut created = 0;
        for begin in begins {
            created += usize::from(begin.await.unwrap() == Begun::Created);
        }
        for change in changes {
            change.await.unwrap();
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "a session was returned twice");
        assert_eq!(count, 24 + created, "a session was left or lost");
    }
}

//! Several processes on one file, and such as are killed.

use super::*;

/// How the operator's command, another process, reaches the tabs of a running server.
#[tokio::test]
async fn an_end_by_another_process_is_seen_by_who_follows_the_ends() {
    let directory = directory();
    let server = open(&file(&directory));
    server.begin(row(1), NOW).await.unwrap();
    let place = server.last_end().await.unwrap();
    let operator = open(&file(&directory));
    let take = queueing(Selector::Key(row(1).key));
    assert_eq!(operator.take(&take, NOW).await.unwrap().rows, [row(1)]);
    let seen = server.ends_after(place, 9).await.unwrap();
    assert_eq!(seen.iter().map(|end| end.key).collect::<Vec<_>>(), [row(1).key]);
}

/// As the operator's command and the server on one file are.
#[tokio::test]
async fn i02_two_stores_on_one_file_see_what_the_other_ended() {
    let directory = directory();
    let (here, there) = (open(&file(&directory)), open(&file(&directory)));
    for number in 0..20 {
        let row = row(number);
        here.begin(row.clone(), NOW).await.unwrap();
        assert_eq!(there.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            rows_of(&there, person_of(&row), MarkRule::Subject).await,
            std::slice::from_ref(&row)
        );
        assert_eq!(here.load(&row.key, NOW).await.unwrap(), None);
        assert!(!here.touch(&row.key, NOW + IDLE, NOW).await.unwrap());
        let change = Change {
            tokens: Some(row.tokens.clone()),
            ..Change::default()
        };
        assert!(!here.update(&row.key, change, NOW).await.unwrap());
        assert_eq!(here.begin(row, NOW).await.unwrap(), Begun::Refused);
    }
}

/// So that what the operator's command leaves is in the file itself, and a copy of that is whole.
#[tokio::test]
async fn a_store_that_is_closed_beside_another_empties_the_log() {
    let directory = directory();
    let path = file(&directory);
    let (stays, goes) = (open(&path), open(&path));
    goes.begin(row(1), NOW).await.unwrap();
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    drop(goes);
    assert_eq!(fs::metadata(&log).unwrap().len(), 0);
    assert!(stays.load(&row(1).key, NOW).await.unwrap().is_some());
}

/// The same, with both at work at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i02_of_two_stores_on_one_file_neither_revives_what_the_other_takes() {
    let directory = directory();
    let (here, there) = (Arc::new(open(&file(&directory))), open(&file(&directory)));
    for number in 0..20 {
        let row = row(number);
        here.begin(row.clone(), NOW).await.unwrap();
        let updates: Vec<_> = (0..20)
            .map(|_| {
                let (here, row) = (Arc::clone(&here), row.clone());
                let change = Change {
                    tokens: Some(row.tokens),
                    ..Change::default()
                };
                tokio::spawn(async move { here.update(&row.key, change, NOW).await.unwrap() })
            })
            .collect();
        assert_eq!(rows_of(&there, sid_of(&row), MarkRule::Sid).await.len(), 1);
        for update in updates {
            update.await.unwrap();
        }
        assert_eq!(here.load(&row.key, NOW).await.unwrap(), None, "round {number}");
        assert_eq!(there.load(&row.key, NOW).await.unwrap(), None, "round {number}");
    }
}

/// Two processes that start at once on no file yet, many times over.
#[test]
fn many_may_create_the_file_at_once() {
    for _ in 0..5 {
        let directory = directory();
        let path = file(&directory);
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| drop(open(&path)));
            }
        });
    }
}

/// A process that is killed leaves the file and its log as they are; what was acknowledged is in them.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let directory = directory();
    let store = Arc::new(open(&file(&directory)));
    let writes: Vec<_> = (0..400)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.begin(row(number), NOW).await.map(|_| number) })
        })
        .collect();
    let mut acknowledged = Vec::new();
    for write in writes.into_iter().take(300) {
        acknowledged.push(write.await.unwrap().unwrap());
    }

    // The log first would miss what a checkpoint moves meanwhile; none happens before a thousand pages. The shared
    // memory file is left out, as it is not on the disk after a power cut.
    let copy = directory.path().join("copy.db");
    fs::copy(file(&directory), &copy).unwrap();
    fs::copy(
        directory.path().join("sessions.db-wal"),
        directory.path().join("copy.db-wal"),
    )
    .unwrap();

    let copy = open(&copy);
    for number in acknowledged {
        let row = row(number);
        assert_eq!(
            copy.load(&row.key, NOW).await.unwrap(),
            Some(row.head()),
            "session {number} is lost"
        );
    }
}

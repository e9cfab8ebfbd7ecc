//! What must hold whichever of two comes first. Each case runs many rounds with everything let loose at once.

use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};

use super::fixture::{IDLE, MILLISECOND, NOW, begun, person_of, public_id_of, row, rows_of, sid_of};
use crate::store::{Begun, Change, MarkRule, Selector, SessionRow, Store, StoreError};

const ROUNDS: u32 = 30;

/// Runs all at once: none begins before each is ready.
pub(super) async fn at_once<T, F>(futures: impl IntoIterator<Item = F, IntoIter: ExactSizeIterator>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let futures = futures.into_iter();
    let barrier = Arc::new(Barrier::new(futures.len()));
    let mut tasks = JoinSet::new();
    for future in futures {
        let barrier = Arc::clone(&barrier);
        tasks.spawn(async move {
            barrier.wait().await;
            future.await
        });
    }
    tasks.join_all().await
}

enum Act {
    Touch,
    Update,
    Take(Selector),
}

/// I2: fifty requests in flight that write what they read, and one sign-out in their midst.
pub async fn i02_no_update_or_touch_revives_a_session_that_is_taken(store: Arc<dyn Store>) {
    for number in 0..ROUNDS {
        let row = begun(&store, row(number)).await;
        let selectors = [
            Selector::Key(row.key),
            sid_of(&row),
            person_of(&row),
            public_id_of(&row, &row),
        ];
        let selector = selectors.into_iter().cycle().nth(number as usize).unwrap();
        let mut acts: Vec<_> = (0..50)
            .map(|act| if act % 2 == 0 { Act::Touch } else { Act::Update })
            .collect();
        acts.insert((number as usize * 7) % 50, Act::Take(selector));

        let returned = at_once(acts.into_iter().map(|act| {
            let (store, row) = (Arc::clone(&store), row.clone());
            async move {
                match act {
                    Act::Touch => {
                        store.touch(&row.key, NOW + IDLE, NOW).await.unwrap();
                        0
                    }
                    Act::Update => {
                        let change = Change {
                            identity: Some(row.identity),
                            tokens: Some(row.tokens),
                            data: Some(b"written late".to_vec()),
                            ..Change::default()
                        };
                        store.update(&row.key, change, NOW).await.unwrap();
                        0
                    }
                    Act::Take(selector) => rows_of(&store, &selector, MarkRule::Sid, NOW).await.len(),
                }
            }
        }))
        .await;

        assert_eq!(
            returned.iter().sum::<usize>(),
            1,
            "round {number}: the take returned the row"
        );
        assert_eq!(
            store.load(&row.key, NOW).await.unwrap(),
            None,
            "round {number}: it lives again"
        );
        assert_eq!(
            store.list(&row.iss, &row.sub, NOW).await.unwrap(),
            [],
            "round {number}: it is listed"
        );
        let again = rows_of(&store, &Selector::Key(row.key), MarkRule::None, NOW).await;
        assert_eq!(again, [], "round {number}: something of it was left");
    }
}

/// I2: either the row was there and was taken, or its begin was refused. A living row whose attempt began before the
/// mark must never be seen.
pub async fn i02_a_login_in_flight_never_outlives_sign_out_everywhere(store: Arc<dyn Store>) {
    enum Did {
        Begin(Begun),
        Take(Vec<SessionRow>),
    }
    let (mut created, mut refused) = (0, 0);
    for number in 0..ROUNDS * 4 {
        let row = row(number);
        let by_sid = number % 2 == 0;
        let acts: [bool; 2] = if number % 4 < 2 {
            [true, false]
        } else {
            [false, true]
        };
        let did = at_once(acts.into_iter().map(|begins| {
            let (store, row) = (Arc::clone(&store), row.clone());
            async move {
                let (selector, rule) = if by_sid {
                    (sid_of(&row), MarkRule::Sid)
                } else {
                    (person_of(&row), MarkRule::Subject)
                };
                if begins {
                    Did::Begin(store.begin(row, NOW + MILLISECOND).await.unwrap())
                } else {
                    Did::Take(rows_of(&store, &selector, rule, NOW + MILLISECOND).await)
                }
            }
        }))
        .await;

        let mut was_begun = None;
        let mut was_taken = 0;
        for did in did {
            match did {
                Did::Begin(begun) => was_begun = Some(begun),
                Did::Take(rows) => was_taken = rows.len(),
            }
        }
        match was_begun {
            Some(Begun::Created) => {
                created += 1;
                assert_eq!(was_taken, 1, "round {number}: created, so the take found it");
            }
            Some(Begun::Refused) => {
                refused += 1;
                assert_eq!(
                    was_taken, 0,
                    "round {number}: refused, so there was nothing to take"
                );
            }
            None => unreachable!("one of the two begins"),
        }
        assert_eq!(
            store.load(&row.key, NOW + MILLISECOND).await.unwrap(),
            None,
            "round {number}: it lives"
        );
    }
    assert_eq!(created + refused, ROUNDS * 4);
}

/// Twelve takes by every selector: its tokens are revoked once, and one receipt speaks of it.
pub async fn racing_takes_return_a_session_once(store: Arc<dyn Store>) {
    for number in 0..ROUNDS {
        let row = begun(&store, row(number)).await;
        let selectors = [
            Selector::Key(row.key),
            sid_of(&row),
            person_of(&row),
            public_id_of(&row, &row),
        ];
        let takes: Vec<_> = selectors.into_iter().cycle().take(12).collect();
        let taken = at_once(takes.into_iter().map(|selector| {
            let store = Arc::clone(&store);
            async move { rows_of(&store, &selector, MarkRule::Subject, NOW).await }
        }))
        .await;
        assert_eq!(taken.concat(), [row], "round {number}");
    }
}

/// The others are told so.
pub async fn racing_begins_with_one_key_create_one_session(store: Arc<dyn Store>) {
    for number in 0..ROUNDS {
        let row = row(number);
        let begun = at_once((0..8).map(|_| {
            let (store, row) = (Arc::clone(&store), row.clone());
            async move { store.begin(row, NOW).await }
        }))
        .await;
        let created = begun
            .iter()
            .filter(|begun| matches!(begun, Ok(Begun::Created)))
            .count();
        let duplicates = begun
            .iter()
            .filter(|begun| matches!(begun, Err(StoreError::Duplicate)))
            .count();
        assert_eq!((created, duplicates), (1, 7), "round {number}: {begun:?}");
        let rows = rows_of(&store, &person_of(&row), MarkRule::None, NOW).await;
        assert_eq!(rows, [row], "round {number}");
    }
}

/// A refresh writes tokens while the app writes its data and a page view extends: nothing of it is lost.
pub async fn racing_updates_of_different_parts_both_last(store: Arc<dyn Store>) {
    for number in 0..ROUNDS {
        let row = begun(&store, row(number)).await;
        let changes = [
            Some(Change {
                identity: Some(b"i".to_vec()),
                ..Change::default()
            }),
            Some(Change {
                tokens: Some(b"t".to_vec()),
                ..Change::default()
            }),
            Some(Change {
                data: Some(b"d".to_vec()),
                ..Change::default()
            }),
            None,
        ];
        let changed = at_once(changes.into_iter().map(|change| {
            let (store, key) = (Arc::clone(&store), row.key);
            async move {
                match change {
                    Some(change) => store.update(&key, change, NOW).await.unwrap(),
                    None => store
                        .touch(&key, NOW + IDLE * 2, NOW + MILLISECOND)
                        .await
                        .unwrap(),
                }
            }
        }))
        .await;
        assert_eq!(changed, [true; 4]);
        let expected = SessionRow {
            identity: b"i".to_vec(),
            tokens: b"t".to_vec(),
            data: Some(b"d".to_vec()),
            idle_expires_at: NOW + IDLE * 2,
            last_used_at: NOW + MILLISECOND,
            ..row
        };
        let rows = rows_of(&store, &Selector::Key(expected.key), MarkRule::None, NOW).await;
        assert_eq!(rows, [expected], "round {number}");
    }
}

//! What a take notes down of the sessions that it removes.

use std::sync::Arc;

use super::{
    fixture::{ABSOLUTE, IDLE, MILLISECOND, NOW, begun, person_of, row, sid_of},
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{
        Change, EXPIRED, EndRecord, Farewell, MarkRule, Once, RETENTION, Selector, SessionKey, SessionRow,
        Store, Take, Taken,
    },
};

/// Long after everything else in a test.
fn kept_until() -> Timestamp {
    NOW + ABSOLUTE + ABSOLUTE
}

fn farewell() -> Farewell {
    Farewell {
        reason: "of the test".into(),
        kept_until: kept_until(),
    }
}

fn noting(selector: Selector) -> Take {
    Take::new(selector, MarkRule::None).noting(farewell())
}

async fn end(store: &Arc<dyn Store>, row: &SessionRow, now: Timestamp) {
    let taken = store.take(&noting(Selector::Key(row.key)), now).await.unwrap();
    assert_eq!(taken.rows.len(), 1);
}

fn keys(ends: &[EndRecord]) -> Vec<SessionKey> {
    ends.iter().map(|end| end.key).collect()
}

/// One of each row, there when the take returns, alike however it is read.
pub async fn a_take_notes_each_end_down_in_the_same_step(store: Arc<dyn Store>) {
    let before = store.last_end().await.unwrap();
    let first = begun(&store, row(1)).await;
    let second = SessionRow {
        sub: first.sub.clone(),
        ..row(2)
    };
    let second = begun(&store, second).await;
    begun(&store, row(3)).await;
    assert_eq!(store.load_end(&first.key, NOW).await.unwrap(), None);

    let now = NOW + MILLISECOND;
    let taken = store.take(&noting(person_of(&first)), now).await.unwrap();
    assert_eq!(taken.rows.len(), 2);
    for row in [&first, &second] {
        let record = store.load_end(&row.key, now).await.unwrap().unwrap();
        let expected = EndRecord {
            seq: record.seq,
            key: row.key,
            public_id: row.public_id.clone(),
            iss: row.iss.clone(),
            sub: row.sub.clone(),
            created_at: row.created_at,
            ended_at: now,
            reason: "of the test".into(),
            device: row.device.clone(),
            kept_until: kept_until(),
        };
        assert_eq!(record, expected);
    }
    let mut listed = store.list_ends(&first.iss, &first.sub, 9, now).await.unwrap();
    let followed = store.ends_after(before, 9).await.unwrap();
    listed.reverse();
    assert_eq!(followed, listed, "and of nobody else");
    assert_eq!(followed.len(), 2);
}

/// Neither unasked, nor of a session that is not there.
pub async fn a_take_notes_nothing_down_unasked_or_without_a_session(store: Arc<dyn Store>) {
    let (unasked, unknown) = (begun(&store, row(1)).await, row(2));
    let take = Take::new(Selector::Key(unasked.key), MarkRule::None);
    assert_eq!(store.take(&take, NOW).await.unwrap().rows.len(), 1);
    let take = noting(Selector::Key(unknown.key));
    assert_eq!(store.take(&take, NOW).await.unwrap(), Taken::default());
    assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
}

/// A logout token that is delivered twice tells of one end.
pub async fn a_repeated_take_notes_nothing_down(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let take = noting(sid_of(&first)).once(Once {
        purpose: "logout token",
        id: [1; 32],
        until: NOW + IDLE,
    });
    assert_eq!(store.take(&take, NOW).await.unwrap().rows.len(), 1);
    let again = SessionRow {
        sid: first.sid.clone(),
        ..row(2)
    };
    let again = begun(&store, again).await;
    assert!(store.take(&take, NOW).await.unwrap().repeated);
    assert_eq!(keys(&store.ends_after(0, 9).await.unwrap()), [first.key]);
    assert_eq!(store.load_end(&again.key, NOW).await.unwrap(), None);
}

/// It ended at its limit, and because of it, whoever took it away.
pub async fn what_had_run_out_ended_then(store: Arc<dyn Store>) {
    let (soon, late) = (begun(&store, row(1)).await, begun(&store, row(2)).await);
    end(&store, &soon, NOW + IDLE + MILLISECOND).await;
    let now = NOW + IDLE + RETENTION;
    let take = noting(Selector::Expired { limit: 9 });
    assert_eq!(store.take(&take, now).await.unwrap().rows.len(), 1);
    for row in [soon, late] {
        let record = store.load_end(&row.key, now).await.unwrap().unwrap();
        assert_eq!((record.ended_at, record.reason.as_str()), (NOW + IDLE, EXPIRED));
    }
}

/// A page at a time, none twice, none left out.
pub async fn ends_are_followed_in_the_order_in_which_they_came(store: Arc<dyn Store>) {
    let mut expected = Vec::new();
    let start = store.last_end().await.unwrap();
    for number in [3, 1, 2] {
        let row = begun(&store, row(number)).await;
        // The clock may stand still, and even go back.
        end(&store, &row, NOW).await;
        expected.push(row.key);
    }
    let mut place = start;
    for key in expected {
        let page = store.ends_after(place, 1).await.unwrap();
        assert_eq!(keys(&page), [key]);
        assert!(page[0].seq > place);
        place = page[0].seq;
    }
    assert_eq!(store.ends_after(place, 9).await.unwrap(), []);
    assert_eq!(store.last_end().await.unwrap(), place);
}

/// Whoever stood at the last end before a sweep misses none that comes after it.
pub async fn a_place_is_never_given_twice(store: Arc<dyn Store>) {
    let (first, second) = (begun(&store, row(1)).await, begun(&store, row(2)).await);
    end(&store, &first, NOW).await;
    let place = store.last_end().await.unwrap();
    store.sweep(kept_until()).await.unwrap();
    assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
    assert!(store.last_end().await.unwrap() <= place);
    end(&store, &second, NOW).await;
    assert_eq!(keys(&store.ends_after(place, 9).await.unwrap()), [second.key]);
}

/// The newest first, so many at most, of this person at this issuer and nobody else.
pub async fn the_list_of_ends_is_of_one_person_newest_first(store: Arc<dyn Store>) {
    let of = |number, iss: &str, sub: &str| SessionRow {
        iss: iss.into(),
        sub: sub.into(),
        ..row(number)
    };
    let person = row(0);
    let mine = |number| of(number, &person.iss, &person.sub);
    let mut ended = Vec::new();
    for number in [1, 2, 3] {
        let row = begun(&store, mine(number)).await;
        end(&store, &row, NOW + MILLISECOND * number).await;
        ended.push(row.key);
    }
    for other in [
        of(4, "https://other.example", &person.sub),
        of(5, &person.iss, "somebody else"),
    ] {
        let row = begun(&store, other).await;
        end(&store, &row, NOW).await;
    }
    ended.reverse();
    let list = |limit| store.list_ends(&person.iss, &person.sub, limit, NOW);
    assert_eq!(keys(&list(9).await.unwrap()), ended);
    assert_eq!(keys(&list(2).await.unwrap()), ended[..2]);
    assert_eq!(list(0).await.unwrap(), []);
}

/// Whether it was swept already or not.
pub async fn an_end_record_is_read_until_its_time(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    end(&store, &row, NOW).await;
    let read = async |now| {
        let listed = store.list_ends(&row.iss, &row.sub, 9, now).await.unwrap();
        let loaded = store.load_end(&row.key, now).await.unwrap();
        assert_eq!(listed, Vec::from_iter(loaded.clone()));
        loaded.is_some()
    };
    let last = kept_until() - MILLISECOND;
    assert_eq!(store.sweep(last).await.unwrap(), 0);
    assert!(read(last).await);
    assert!(!read(kept_until()).await);
    assert_eq!(store.sweep(kept_until()).await.unwrap(), 1);
    assert_eq!(store.ends_after(0, 9).await.unwrap(), []);
}

/// Nothing that is noted down brings a session back, or lets anybody find, change or end it again.
pub async fn i02_an_end_record_revives_nothing(store: Arc<dyn Store>) {
    let row = SessionRow {
        data: Some(b"of the app".to_vec()),
        ..row(1)
    };
    let row = begun(&store, row).await;
    let living = store.walk(None, 9).await.unwrap().sessions.remove(0);
    end(&store, &row, NOW).await;

    assert_eq!(store.load(&row.key, NOW).await.unwrap(), None);
    assert_eq!(store.load_tokens(&row.key, NOW).await.unwrap(), None);
    assert_eq!(store.load_data(&row.key, NOW).await.unwrap(), None);
    assert_eq!(store.list(&row.iss, &row.sub, NOW).await.unwrap(), []);
    let sid = row.sid.clone().unwrap();
    assert_eq!(store.list_by_sid(&row.iss, &sid, NOW).await.unwrap(), []);
    assert_eq!(store.walk(None, 9).await.unwrap().sessions, []);
    assert_eq!(store.census(NOW).await.unwrap().sessions, 0);

    assert!(!store.touch(&row.key, NOW + IDLE, NOW).await.unwrap());
    for change in [
        Change {
            tokens: Some(b"new".to_vec()),
            ..Change::default()
        },
        Change {
            data: Some(b"new".to_vec()),
            ..Change::default()
        },
        Change {
            identity: Some(b"new".to_vec()),
            tokens: Some(b"new".to_vec()),
            ..Change::default()
        },
    ] {
        assert!(!store.update(&row.key, change, NOW).await.unwrap());
    }
    assert!(!store.reseal(&living, &living).await.unwrap());
    for selector in [
        Selector::Key(row.key),
        person_of(&row),
        sid_of(&row),
        Selector::PublicId {
            public_id: row.public_id.clone(),
            whose: None,
        },
    ] {
        let taken = store.take(&noting(selector), NOW).await.unwrap();
        assert_eq!(taken, Taken::default());
    }
    let long_after = NOW + ABSOLUTE + RETENTION;
    let swept = store
        .take(&noting(Selector::Expired { limit: 9 }), long_after)
        .await
        .unwrap();
    assert_eq!(swept, Taken::default());
    assert_eq!(store.ends_after(0, 9).await.unwrap().len(), 1);
}

/// Whoever follows the ends while others add to them meets each once.
pub async fn of_racing_ends_none_escapes_who_follows_them(store: Arc<dyn Store>) {
    let mut rows = Vec::new();
    for number in 0..40 {
        rows.push(begun(&store, row(number)).await);
    }
    let ending = at_once(rows.iter().map(|row| {
        let (store, take) = (Arc::clone(&store), noting(Selector::Key(row.key)));
        async move { store.take(&take, NOW).await.unwrap() }
    }));
    let following = async {
        let (mut place, mut seen) = (0, Vec::new());
        while seen.len() < rows.len() {
            for end in store.ends_after(place, 7).await.unwrap() {
                place = end.seq;
                seen.push(end.key);
            }
            tokio::task::yield_now().await;
        }
        seen
    };
    let (_, mut seen) = tokio::join!(ending, following);
    seen.sort_unstable();
    let mut expected: Vec<_> = rows.iter().map(|row| row.key).collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

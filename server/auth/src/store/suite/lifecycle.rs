//! A session from its begin to its limits.

use std::{sync::Arc, time::Duration};

use super::fixture::{ABSOLUTE, IDLE, MILLISECOND, NOW, begun, person_of, row, taken};
use crate::store::{Change, RETENTION, Selector, SessionRow, Store, StoreError};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// All 256 bytes, an empty value, and tokens larger than a page of any database.
pub async fn a_begun_session_is_loaded_byte_for_byte(store: Arc<dyn Store>) {
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let full = SessionRow {
        device: every_byte.clone(),
        identity: every_byte.clone(),
        tokens: every_byte.repeat(80),
        data: Some(Vec::new()),
        ..row(1)
    };
    let plain = SessionRow {
        sid: None,
        identity: Vec::new(),
        tokens: Vec::new(),
        data: None,
        ..row(2)
    };
    for row in [begun(&store, full).await, begun(&store, plain).await] {
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            store.load_tokens(&row.key, NOW).await.unwrap().as_ref(),
            Some(&row.tokens)
        );
        assert_eq!(
            store.load_data(&row.key, NOW).await.unwrap(),
            Some(row.data.clone())
        );
    }
    let unknown = row(3).key;
    assert_eq!(store.load(&unknown, NOW).await.unwrap(), None);
    assert_eq!(store.load_tokens(&unknown, NOW).await.unwrap(), None);
    assert_eq!(store.load_data(&unknown, NOW).await.unwrap(), None);
}

/// The session that is there stays as it is.
pub async fn a_second_begin_with_a_key_or_public_id_is_refused(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let same_key = SessionRow {
        key: first.key,
        ..row(2)
    };
    let same_public_id = SessionRow {
        public_id: first.public_id.clone(),
        ..row(3)
    };
    for duplicate in [same_key, same_public_id] {
        let answer = store.begin(duplicate, NOW).await;
        assert!(matches!(answer, Err(StoreError::Duplicate)), "{answer:?}");
    }
    assert_eq!(store.load(&first.key, NOW).await.unwrap(), Some(first.head()));
    assert_eq!(
        store.load(&row(3).key, NOW).await.unwrap(),
        None,
        "the refused row was not written"
    );
    assert_eq!(
        taken(&store, &person_of(&row(2)), NOW).await,
        [],
        "nor was its index entry"
    );
}

/// Exactly at the limit it is dead.
pub async fn a_session_is_dead_from_its_idle_limit_on(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let limit = row.idle_expires_at;
    assert!(store.load(&row.key, limit - MILLISECOND).await.unwrap().is_some());
    assert_eq!(store.load(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.load_tokens(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.load_data(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.list(&row.iss, &row.sub, limit).await.unwrap(), []);
}

/// As of the moment before its limit an expired session is still told, until a take removes it.
pub async fn an_expired_session_is_told_as_of_a_moment_before(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let limit = row.idle_expires_at;
    assert_eq!(store.load(&row.key, limit).await.unwrap(), None);
    let before = limit - MILLISECOND;
    assert_eq!(store.load(&row.key, before).await.unwrap(), Some(row.head()));
    let last = before + RETENTION;
    assert_eq!(taken(&store, &Selector::Key(row.key), last).await.len(), 1);
    assert_eq!(store.load(&row.key, before).await.unwrap(), None);
}

/// The same for the other limit, however far off the idle one is.
pub async fn a_session_is_dead_from_its_absolute_limit_on(store: Arc<dyn Store>) {
    let row = SessionRow {
        idle_expires_at: NOW + ABSOLUTE * 2,
        ..row(1)
    };
    let row = begun(&store, row).await;
    let limit = row.absolute_expires_at;
    assert!(store.load(&row.key, limit - MILLISECOND).await.unwrap().is_some());
    assert_eq!(store.load(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.load_tokens(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.load_data(&row.key, limit).await.unwrap(), None);
    assert_eq!(store.list(&row.iss, &row.sub, limit).await.unwrap(), []);
    assert!(!store.touch(&row.key, limit + IDLE, limit).await.unwrap());
}

/// The idle limit moves, the absolute one caps it and stays.
pub async fn touch_extends_within_the_absolute_limit(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let later = NOW + IDLE - MILLISECOND;
    assert!(store.touch(&row.key, later + IDLE, later).await.unwrap());
    let extended = store.load(&row.key, later).await.unwrap().unwrap();
    assert_eq!(extended.idle_expires_at, later + IDLE);
    assert_eq!(extended.last_used_at, later);
    let same = |head: &crate::store::SessionHead| (head.created_at, head.absolute_expires_at);
    assert_eq!(same(&extended), same(&row.head()), "nothing else moves");

    assert!(
        store
            .touch(&row.key, row.absolute_expires_at + HOUR, later)
            .await
            .unwrap()
    );
    let capped = store.load(&row.key, later).await.unwrap().unwrap();
    assert_eq!(capped.idle_expires_at, row.absolute_expires_at);
    assert_eq!(store.load(&row.key, row.absolute_expires_at).await.unwrap(), None);
}

/// Of two touches the later limit wins, whichever comes last.
pub async fn touch_never_shortens(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let (early, late) = (NOW + MILLISECOND, NOW + MILLISECOND * 2);
    assert!(store.touch(&row.key, late + IDLE, late).await.unwrap());
    assert!(store.touch(&row.key, early + IDLE, early).await.unwrap());
    let head = store.load(&row.key, late).await.unwrap().unwrap();
    assert_eq!((head.idle_expires_at, head.last_used_at), (late + IDLE, late));
}

/// Not what expired, not what was never there.
pub async fn touch_does_not_revive(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let dead = row.idle_expires_at;
    assert!(!store.touch(&row.key, dead + IDLE, dead).await.unwrap());
    assert_eq!(store.load(&row.key, dead).await.unwrap(), None);
    let unknown = super::fixture::row(2).key;
    assert!(!store.touch(&unknown, NOW + IDLE, NOW).await.unwrap());
    assert_eq!(store.load(&unknown, NOW).await.unwrap(), None);
}

/// Each part by itself, all together, and none.
pub async fn update_writes_only_what_is_given(store: Arc<dyn Store>) {
    let mut row = begun(&store, row(1)).await;
    let none = Change::default();
    let identity = Change {
        identity: Some(b"new identity".to_vec()),
        ..Change::default()
    };
    let tokens = Change {
        tokens: Some(b"new tokens".to_vec()),
        ..Change::default()
    };
    let data = Change {
        data: Some(Vec::new()),
        ..Change::default()
    };
    let all = Change {
        identity: Some(Vec::new()),
        tokens: Some(Vec::new()),
        data: Some(b"new data".to_vec()),
        ..Change::default()
    };
    for change in [none, identity, tokens, data, all] {
        assert!(
            store.update(&row.key, change.clone(), NOW).await.unwrap(),
            "{change:?}"
        );
        row.identity = change.identity.unwrap_or(row.identity);
        row.tokens = change.tokens.unwrap_or(row.tokens);
        row.data = change.data.or(row.data);
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            store.load_tokens(&row.key, NOW).await.unwrap().as_ref(),
            Some(&row.tokens)
        );
        assert_eq!(
            store.load_data(&row.key, NOW).await.unwrap(),
            Some(row.data.clone())
        );
    }
}

/// As when the provider says how long its session lasts. A touch goes no further from then on.
pub async fn the_absolute_limit_is_lowered_and_never_raised(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let at_most = |moment| Change {
        absolute_at_most: Some(moment),
        ..Change::default()
    };
    let limits = async || {
        let head = store.load(&row.key, NOW).await.unwrap().unwrap();
        (head.idle_expires_at, head.absolute_expires_at)
    };
    let lower = NOW + IDLE * 2;
    for (moment, expected) in [
        (
            row.absolute_expires_at + MILLISECOND,
            (NOW + IDLE, NOW + ABSOLUTE),
        ),
        (lower, (NOW + IDLE, lower)),
        (lower + MILLISECOND, (NOW + IDLE, lower)),
        (NOW + IDLE / 2, (NOW + IDLE / 2, NOW + IDLE / 2)),
    ] {
        assert!(store.update(&row.key, at_most(moment), NOW).await.unwrap());
        assert_eq!(limits().await, expected, "at most {moment:?}");
    }
    let limit = NOW + IDLE / 2;
    assert!(store.touch(&row.key, NOW + ABSOLUTE, NOW).await.unwrap());
    assert!(
        store.load(&row.key, limit - MILLISECOND).await.unwrap().is_some(),
        "it ended before its limit"
    );
    assert_eq!(store.load(&row.key, limit).await.unwrap(), None);
    let expired = Selector::Expired { limit: 9 };
    let last = limit + RETENTION - MILLISECOND;
    assert_eq!(taken(&store, &expired, last).await, []);
    assert_eq!(
        taken(&store, &expired, limit + RETENTION).await,
        [row.key],
        "what finds the expired knows the new limit"
    );
}

/// Not what expired, not what was never there; and a dead row is not changed either.
pub async fn update_does_not_revive_or_create(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let change = || Change {
        tokens: Some(b"too late".to_vec()),
        ..Change::default()
    };
    assert!(
        !store
            .update(&row.key, change(), row.idle_expires_at)
            .await
            .unwrap()
    );
    assert_eq!(
        store.load_tokens(&row.key, NOW).await.unwrap().as_ref(),
        Some(&row.tokens)
    );
    let unknown = super::fixture::row(2).key;
    assert!(!store.update(&unknown, change(), NOW).await.unwrap());
    assert_eq!(store.load(&unknown, NOW).await.unwrap(), None);
}

/// Not another person's, not the same subject's at another issuer, not what is dead.
pub async fn the_list_holds_one_persons_living_sessions_newest_first(store: Arc<dyn Store>) {
    let person = row(0);
    let theirs = |number, age: u32| SessionRow {
        sub: person.sub.clone(),
        created_at: NOW - MILLISECOND * age,
        ..row(number)
    };
    let middle = begun(&store, theirs(1, 2000)).await;
    let newest = begun(&store, theirs(2, 1)).await;
    let oldest = begun(&store, theirs(3, 9_000_000)).await;
    begun(
        &store,
        SessionRow {
            idle_expires_at: NOW,
            ..theirs(4, 3)
        },
    )
    .await;
    begun(
        &store,
        SessionRow {
            iss: "https://other.example".into(),
            ..theirs(5, 3)
        },
    )
    .await;
    begun(&store, row(6)).await;
    let listed = store.list(&person.iss, &person.sub, NOW).await.unwrap();
    assert_eq!(listed, [newest.head(), middle.head(), oldest.head()]);
    assert_eq!(store.list(&person.iss, "nobody", NOW).await.unwrap(), []);
}

/// An hour back: everybody is still there, and ends when the clock comes by again. An hour on: who is idle is dead.
pub async fn a_clock_that_jumps_an_hour_does_no_harm(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let back = NOW - HOUR;
    assert_eq!(store.load(&row.key, back).await.unwrap(), Some(row.head()));
    assert!(store.touch(&row.key, back + IDLE, back).await.unwrap());
    let head = store.load(&row.key, NOW + IDLE - MILLISECOND).await.unwrap();
    assert_eq!(
        head,
        Some(row.head()),
        "a clock put right again finds the session as it was"
    );
    assert_eq!(
        store.load(&row.key, NOW + IDLE).await.unwrap(),
        None,
        "and its end as well"
    );

    let on = NOW + HOUR;
    assert_eq!(store.load(&row.key, on).await.unwrap(), None);
    assert!(!store.touch(&row.key, on + IDLE, on).await.unwrap());
    assert_eq!(store.list(&row.iss, &row.sub, on).await.unwrap(), []);

    assert_eq!(
        taken(&store, &Selector::Expired { limit: 9 }, back).await,
        [],
        "nothing is past its time an hour ago"
    );
    assert_eq!(taken(&store, &person_of(&row), back).await, [row.key]);
}

/// And goes on working.
pub async fn a_working_store_answers_a_ping(store: Arc<dyn Store>) {
    store.ping().await.unwrap();
    begun(&store, row(1)).await;
    store.ping().await.unwrap();
}

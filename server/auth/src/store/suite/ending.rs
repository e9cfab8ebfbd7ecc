//! Taking sessions out of the store: what ends them.

use std::sync::Arc;

use super::fixture::{
    IDLE, MILLISECOND, NOW, begun, person_of, public_id_of, row, rows_of, sid_of, sorted, taken,
};
use crate::store::{Change, MarkRule, RETENTION, Selector, SessionRow, Store};

/// With tokens and data, as it stands after its changes: the caller revokes with them.
pub async fn take_by_key_returns_the_whole_row(store: Arc<dyn Store>) {
    let mut row = begun(&store, row(1)).await;
    let other = begun(&store, super::fixture::row(2)).await;
    let (tokens, data) = (b"refreshed".to_vec(), b"of the app".to_vec());
    let change = Change {
        identity: None,
        tokens: Some(tokens.clone()),
        data: Some(data.clone()),
        ..Change::default()
    };
    assert!(store.update(&row.key, change, NOW).await.unwrap());
    assert!(
        store
            .touch(&row.key, NOW + IDLE * 2, NOW + MILLISECOND)
            .await
            .unwrap()
    );
    row = SessionRow {
        tokens,
        data: Some(data),
        last_used_at: NOW + MILLISECOND,
        idle_expires_at: NOW + IDLE * 2,
        ..row
    };
    let taken = rows_of(&store, &Selector::Key(row.key), MarkRule::Sid, NOW).await;
    assert_eq!(taken, [row]);
    assert!(
        store.load(&other.key, NOW).await.unwrap().is_some(),
        "no other session is concerned"
    );
}

/// Also of different people, should a provider do that; not the one without a sid.
pub async fn take_by_sid_takes_all_sessions_of_that_provider_session(store: Arc<dyn Store>) {
    let shared = row(1).sid;
    let first = begun(&store, row(1)).await;
    let second = begun(
        &store,
        SessionRow {
            sid: shared,
            ..row(2)
        },
    )
    .await;
    let without = begun(
        &store,
        SessionRow {
            sid: None,
            sub: first.sub.clone(),
            ..row(3)
        },
    )
    .await;
    let keys = taken(&store, &sid_of(&first), NOW).await;
    assert_eq!(keys, sorted([first.key, second.key]));
    assert_eq!(taken(&store, &sid_of(&first), NOW).await, []);
    assert_eq!(
        taken(&store, &sid_of(&without), NOW).await,
        [],
        "no sid is not the empty sid"
    );
    assert!(store.load(&without.key, NOW).await.unwrap().is_some());
}

/// With and without a sid, and nobody else's.
pub async fn take_by_subject_takes_all_sessions_of_that_person(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let second = begun(
        &store,
        SessionRow {
            sub: first.sub.clone(),
            sid: None,
            ..row(2)
        },
    )
    .await;
    let other = begun(&store, row(3)).await;
    let keys = taken(&store, &person_of(&first), NOW).await;
    assert_eq!(keys, sorted([first.key, second.key]));
    assert_eq!(taken(&store, &person_of(&first), NOW).await, []);
    assert!(store.load(&other.key, NOW).await.unwrap().is_some());
}

/// Another person's id, or the same subject's at another issuer, gives nothing and ends nothing.
pub async fn take_by_public_id_takes_only_ones_own(store: Arc<dyn Store>) {
    let mine = begun(&store, row(1)).await;
    let also_mine = begun(
        &store,
        SessionRow {
            sub: mine.sub.clone(),
            ..row(2)
        },
    )
    .await;
    let foreign = row(3);
    let namesake = SessionRow {
        iss: "https://other.example".into(),
        ..mine.clone()
    };
    for owner in [&foreign, &namesake] {
        assert_eq!(taken(&store, &public_id_of(&mine, owner), NOW).await, []);
    }
    assert_eq!(store.load(&mine.key, NOW).await.unwrap(), Some(mine.head()));
    assert_eq!(
        taken(&store, &public_id_of(&foreign, &mine), NOW).await,
        [],
        "an unknown id"
    );
    assert_eq!(taken(&store, &public_id_of(&mine, &mine), NOW).await, [mine.key]);
    assert!(
        store.load(&also_mine.key, NOW).await.unwrap().is_some(),
        "the person's other session lives"
    );
}

/// I2, I3: it cannot be loaded, listed, touched, changed or taken, and no attempt at it brings it back.
pub async fn what_was_taken_is_gone_for_every_method(store: Arc<dyn Store>) {
    for (number, selector) in (0..).zip([
        |row: &SessionRow| Selector::Key(row.key),
        |row: &SessionRow| sid_of(row),
        |row: &SessionRow| person_of(row),
        |row: &SessionRow| public_id_of(row, row),
    ]) {
        let row = begun(&store, row(number)).await;
        let rows = rows_of(&store, &selector(&row), MarkRule::Subject, NOW).await;
        assert_eq!(rows, std::slice::from_ref(&row));
        let all = Change {
            identity: Some(row.identity.clone()),
            tokens: Some(row.tokens.clone()),
            data: Some(Vec::new()),
            ..Change::default()
        };
        assert!(!store.update(&row.key, all, NOW).await.unwrap());
        assert!(!store.touch(&row.key, NOW + IDLE, NOW).await.unwrap());
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), None);
        assert_eq!(store.load_tokens(&row.key, NOW).await.unwrap(), None);
        assert_eq!(store.load_data(&row.key, NOW).await.unwrap(), None);
        assert_eq!(store.list(&row.iss, &row.sub, NOW).await.unwrap(), []);
        for again in [
            Selector::Key(row.key),
            sid_of(&row),
            person_of(&row),
            public_id_of(&row, &row),
        ] {
            assert_eq!(taken(&store, &again, NOW).await, [], "{again:?}");
        }
    }
}

/// Within the retention the row is returned, once; from its end on it is left to the take of what expired.
pub async fn an_expired_session_is_takeable_for_a_while(store: Arc<dyn Store>) {
    let idle = begun(&store, row(1)).await;
    let absolute = SessionRow {
        idle_expires_at: NOW + IDLE * 9,
        absolute_expires_at: NOW + IDLE,
        ..row(2)
    };
    let absolute = begun(&store, absolute).await;
    let last = NOW + IDLE + RETENTION - MILLISECOND;
    for row in [&idle, &absolute] {
        assert_eq!(
            rows_of(&store, &person_of(row), MarkRule::None, last).await,
            std::slice::from_ref(row)
        );
    }
    let late = begun(&store, row(3)).await;
    for selector in [
        Selector::Key(late.key),
        sid_of(&late),
        person_of(&late),
        public_id_of(&late, &late),
    ] {
        let keys = taken(&store, &selector, last + MILLISECOND).await;
        assert_eq!(keys, [], "{selector:?}");
    }
    let expired = Selector::Expired { limit: 9 };
    assert_eq!(
        rows_of(&store, &expired, MarkRule::None, last + MILLISECOND).await,
        [late]
    );
}

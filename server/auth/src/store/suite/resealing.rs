//! Going over all sessions, and sealing them anew.

use std::{collections::BTreeMap, sync::Arc};

use super::fixture::{ABSOLUTE, IDLE, MILLISECOND, NOW, begun, person_of, row, taken};
use crate::store::{Change, SealedColumns, SessionKey, SessionRow, Store};

/// All that a walk in small steps comes by, by key.
async fn walked(store: &Arc<dyn Store>) -> BTreeMap<SessionKey, SealedColumns> {
    let mut found = BTreeMap::new();
    let mut from = None;
    loop {
        let walked = store.walk(from.as_ref(), 2).await.unwrap();
        found.extend(walked.sessions.into_iter().map(|sealed| (sealed.key, sealed)));
        match walked.next {
            Some(next) => from = Some(next),
            None => return found,
        }
    }
}

fn sealed(row: &SessionRow) -> SealedColumns {
    SealedColumns {
        key: row.key,
        device: row.device.clone(),
        identity: row.identity.clone(),
        tokens: row.tokens.clone(),
        data: row.data.clone(),
    }
}

fn anew(before: &SealedColumns) -> SealedColumns {
    let more = |bytes: &Vec<u8>| [&**bytes, b" anew"].concat();
    SealedColumns {
        key: before.key,
        device: more(&before.device),
        identity: more(&before.identity),
        tokens: more(&before.tokens),
        data: before.data.as_ref().map(more),
    }
}

/// An empty store is walked over too; then every session, with all that is sealed in it.
pub async fn a_walk_comes_by_every_session(store: Arc<dyn Store>) {
    assert_eq!(walked(&store).await, BTreeMap::new());
    let mut expected = BTreeMap::new();
    for number in 0..7 {
        let mut row = row(number);
        row.data = (number % 2 == 0).then(|| vec![7; 3]);
        let row = begun(&store, row).await;
        expected.insert(row.key, sealed(&row));
    }
    assert_eq!(walked(&store).await, expected);
}

/// What goes on beside it hides no session that stays.
pub async fn a_walk_misses_nothing_while_others_come_and_go(store: Arc<dyn Store>) {
    let mut staying = Vec::new();
    for number in 0..40 {
        staying.push(begun(&store, row(number)).await.key);
    }
    let mut seen = Vec::new();
    let mut from = None;
    let mut number = 100;
    loop {
        let walked = store.walk(from.as_ref(), 3).await.unwrap();
        seen.extend(walked.sessions.into_iter().map(|sealed| sealed.key));
        let coming = begun(&store, row(number)).await;
        taken(&store, &person_of(&coming), NOW).await;
        number += 1;
        match walked.next {
            Some(next) if number < 1000 => from = Some(next),
            _ => break,
        }
    }
    for key in staying {
        assert!(seen.contains(&key), "{key:?} was passed over");
    }
}

/// Sealed columns change and nothing else: neither limits nor index.
pub async fn what_is_sealed_anew_is_read_back_and_the_rest_stays(store: Arc<dyn Store>) {
    let mut first = row(1);
    first.data = Some(vec![1]);
    let first = begun(&store, first).await;
    let second = begun(&store, row(2)).await;
    let after = anew(&sealed(&first));
    assert!(store.reseal(&sealed(&first), &after).await.unwrap());
    let expected = SessionRow {
        device: after.device.clone(),
        identity: after.identity.clone(),
        tokens: after.tokens.clone(),
        data: after.data.clone(),
        ..first.clone()
    };
    assert_eq!(store.load(&first.key, NOW).await.unwrap(), Some(expected.head()));
    assert_eq!(
        store.load_tokens(&first.key, NOW).await.unwrap(),
        Some(after.tokens)
    );
    assert_eq!(store.load_data(&first.key, NOW).await.unwrap(), Some(after.data));
    assert_eq!(store.load(&second.key, NOW).await.unwrap(), Some(second.head()));
    assert_eq!(taken(&store, &person_of(&first), NOW).await, [first.key]);
}

/// Tokens that were refreshed meanwhile are not put back, and no column is written alone.
pub async fn nothing_is_sealed_anew_over_a_change(store: Arc<dyn Store>) {
    let mut begun_row = row(1);
    begun_row.data = Some(vec![1]);
    let begun_row = begun(&store, begun_row).await;
    let before = sealed(&begun_row);
    let changes = [
        Change {
            identity: Some(vec![9]),
            ..Change::default()
        },
        Change {
            tokens: Some(vec![9]),
            ..Change::default()
        },
        Change {
            data: Some(vec![9]),
            ..Change::default()
        },
    ];
    for change in changes {
        let before = walked(&store).await.remove(&before.key).unwrap();
        assert!(store.update(&before.key, change, NOW).await.unwrap());
        let between = walked(&store).await.remove(&before.key).unwrap();
        assert_ne!(before, between);
        assert!(!store.reseal(&before, &anew(&before)).await.unwrap());
        assert_eq!(walked(&store).await.remove(&before.key), Some(between));
    }
    let now = walked(&store).await.remove(&before.key).unwrap();
    let other_device = SealedColumns {
        device: vec![9],
        ..now.clone()
    };
    assert!(!store.reseal(&other_device, &anew(&now)).await.unwrap());
    let without_data = SealedColumns {
        data: None,
        ..now.clone()
    };
    assert!(!store.reseal(&without_data, &anew(&now)).await.unwrap());
    assert!(store.reseal(&now, &anew(&now)).await.unwrap());
}

/// A dead session stays dead, whoever seals what it was anew.
pub async fn i02_sealing_anew_revives_nothing(store: Arc<dyn Store>) {
    let ended = begun(&store, row(1)).await;
    taken(&store, &person_of(&ended), NOW).await;
    assert!(
        !store
            .reseal(&sealed(&ended), &anew(&sealed(&ended)))
            .await
            .unwrap()
    );
    assert_eq!(store.load(&ended.key, NOW).await.unwrap(), None);

    let expired = begun(&store, row(2)).await;
    let later = NOW + IDLE;
    assert!(
        store
            .reseal(&sealed(&expired), &anew(&sealed(&expired)))
            .await
            .unwrap()
    );
    assert_eq!(store.load(&expired.key, later).await.unwrap(), None);
    assert!(
        later + MILLISECOND < NOW + ABSOLUTE,
        "it was its idle limit that ended it"
    );
}

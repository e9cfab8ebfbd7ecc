//! What a take does beside removing sessions: it queues their tokens, and it acts once.

use std::sync::Arc;

use super::{
    fixture::{IDLE, MILLISECOND, NOW, begun, person_of, row, sid_of, sorted},
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{
        Begun, Change, MARK_LIFETIME, MarkRule, Once, OutboxEntry, OutboxId, Queue, RETENTION, Selector,
        SessionRow, Store, Take, Taken,
    },
};

fn queue(due_at: Timestamp) -> Queue {
    Queue {
        reason: "of the test".into(),
        due_at,
    }
}

fn once(id: u8) -> Once {
    Once {
        purpose: "logout token",
        id: [id; 32],
        until: NOW + IDLE,
    }
}

async fn outbox(store: &Arc<dyn Store>, row: &SessionRow) -> Option<OutboxEntry> {
    store.load_outbox(&OutboxId(row.key.0)).await.unwrap()
}

/// One entry of each row, of its tokens as they stood, there when the take returns; nothing of what was not taken.
pub async fn a_take_queues_the_tokens_of_each_row_in_the_same_step(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let second = SessionRow {
        sub: first.sub.clone(),
        tokens: vec![7; 9000],
        ..row(2)
    };
    let second = begun(&store, second).await;
    let other = begun(&store, row(3)).await;
    let refreshed = Change {
        tokens: Some(b"refreshed".to_vec()),
        ..Change::default()
    };
    assert!(store.update(&first.key, refreshed, NOW).await.unwrap());
    assert_eq!(outbox(&store, &first).await, None);

    let (now, due_at) = (NOW + MILLISECOND, NOW + IDLE);
    let take = Take::new(person_of(&first), MarkRule::Subject).queueing(queue(due_at));
    let Taken { rows, repeated } = store.take(&take, now).await.unwrap();
    assert_eq!(
        sorted(rows.iter().map(|row| row.key)),
        sorted([first.key, second.key])
    );
    assert!(!repeated);
    for (row, sealed) in [(&first, b"refreshed".to_vec()), (&second, second.tokens.clone())] {
        let expected = OutboxEntry {
            id: OutboxId(row.key.0),
            iss: row.iss.clone(),
            sub: row.sub.clone(),
            reason: "of the test".into(),
            sealed,
            progress: String::new(),
            created_at: now,
            due_at,
            attempts: 0,
            leased_until: None,
            kept_until: None,
        };
        assert_eq!(outbox(&store, row).await, Some(expected));
    }
    assert_eq!(outbox(&store, &other).await, None);
}

/// The replacement of a session where nothing can be revoked, and an end that finds nobody.
pub async fn a_take_queues_nothing_unasked_or_without_a_session(store: Arc<dyn Store>) {
    let (unasked, unknown) = (begun(&store, row(1)).await, row(2));
    let take = Take::new(Selector::Key(unasked.key), MarkRule::Sid);
    let taken = store.take(&take, NOW).await.unwrap();
    assert_eq!(taken.rows, std::slice::from_ref(&unasked));
    let take = Take::new(Selector::Key(unknown.key), MarkRule::Sid).queueing(queue(NOW));
    assert_eq!(store.take(&take, NOW).await.unwrap(), Taken::default());
    for row in [unasked, unknown] {
        assert_eq!(outbox(&store, &row).await, None);
    }
}

/// Its tokens may outlive it for a long time.
pub async fn a_take_of_what_expired_queues_too(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let now = NOW + IDLE + RETENTION;
    let take = Take::new(Selector::Expired { limit: 9 }, MarkRule::None).queueing(queue(now));
    let taken = store.take(&take, now).await.unwrap();
    assert_eq!(taken.rows, std::slice::from_ref(&row));
    let entry = outbox(&store, &row).await.unwrap();
    assert_eq!((entry.sealed, entry.created_at), (row.tokens, now));
}

/// A logout token that is delivered twice ends nobody who signed in again, and refuses nobody who is about to.
pub async fn a_repeated_take_does_nothing_at_all(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let take = Take::new(sid_of(&first), MarkRule::Sid)
        .queueing(queue(NOW))
        .once(once(1));
    let taken = store.take(&take, NOW).await.unwrap();
    assert_eq!((taken.rows.len(), taken.repeated), (1, false));

    let later = NOW + MILLISECOND * 2;
    let signed_in = |number, login_started_at| SessionRow {
        sid: first.sid.clone(),
        login_started_at,
        ..row(number)
    };
    let again = begun(&store, signed_in(2, NOW + MILLISECOND)).await;
    let repeated = store.take(&take, later).await.unwrap();
    assert_eq!((repeated.rows.len(), repeated.repeated), (0, true));
    assert_eq!(store.load(&again.key, later).await.unwrap(), Some(again.head()));
    assert_eq!(outbox(&store, &again).await, None);
    let about_to = signed_in(3, later);
    assert_eq!(
        store.begin(about_to, later).await.unwrap(),
        Begun::Created,
        "the repetition left a mark"
    );

    let other = take.clone().once(once(2));
    assert_eq!(store.take(&other, later).await.unwrap().rows.len(), 2);
}

/// Until its time, and whichever of the two was first; also if the take found nothing.
pub async fn what_is_done_once_is_a_claim(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let of = |id| Take::new(Selector::Key(row.key), MarkRule::None).once(once(id));
    let Once { purpose, until, .. } = once(1);
    assert!(store.claim(purpose, &[1; 32], until, NOW).await.unwrap());
    assert!(store.take(&of(1), NOW).await.unwrap().repeated);
    let taken = store.take(&of(2), NOW).await.unwrap();
    assert_eq!((taken.rows.len(), taken.repeated), (1, false));
    assert!(!store.claim(purpose, &[2; 32], until, NOW).await.unwrap());
    assert_eq!(store.take(&of(3), NOW).await.unwrap(), Taken::default());
    assert!(store.take(&of(3), until - MILLISECOND).await.unwrap().repeated);
    assert!(!store.take(&of(3), until).await.unwrap().repeated);
}

/// The marks too stand at the moment of the one that acted.
pub async fn of_racing_takes_that_act_once_exactly_one_does(store: Arc<dyn Store>) {
    for number in 0..20 {
        let row = begun(&store, row(number)).await;
        let id = u8::try_from(number).unwrap();
        let takes = at_once((0..8).map(|_| {
            let store = Arc::clone(&store);
            let take = Take::new(sid_of(&row), MarkRule::Sid)
                .queueing(queue(NOW))
                .once(once(id));
            async move { store.take(&take, NOW).await.unwrap() }
        }))
        .await;
        let (repeated, acted): (Vec<_>, Vec<_>) = takes.into_iter().partition(|taken| taken.repeated);
        assert_eq!((repeated.len(), acted.len()), (7, 1), "round {number}");
        assert_eq!(acted[0].rows, [row], "round {number}");
        assert!(repeated.iter().all(|taken| taken.rows.is_empty()));
    }
    let swept = store.sweep(NOW + IDLE + MARK_LIFETIME).await.unwrap();
    assert_eq!(swept, 40, "twenty marks and twenty claims");
}

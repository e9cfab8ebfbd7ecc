//! Which sessions a take reaches: conditions beside the sid, the subject and the public id, and what expired.

use std::sync::Arc;

use super::{
    fixture::{IDLE, MILLISECOND, NOW, begun, person_of, row, rows_of, sid_of, sorted, taken},
    races::at_once,
};
use crate::{
    clock::Timestamp,
    store::{Begun, MARK_LIFETIME, MarkRule, RETENTION, Selector, SessionRow, SidSubject, Store},
};

/// A session of the person of `row(0)` whose login began then.
fn started(number: u32, login_started_at: Timestamp) -> SessionRow {
    SessionRow {
        sub: row(0).sub,
        login_started_at,
        ..row(number)
    }
}

fn started_by(moment: Timestamp) -> Selector {
    Selector::Subject {
        iss: row(0).iss,
        sub: row(0).sub,
        started_by: Some(moment),
    }
}

/// What was sent long ago and came late ends what there was then. A login that began after it goes on, one that began
/// before it is refused, whenever it ends.
pub async fn started_by_spares_later_logins_and_its_mark_stands_at_that_moment(store: Arc<dyn Store>) {
    let sent = NOW - IDLE;
    let before = begun(&store, started(1, sent - MILLISECOND)).await;
    let at_it = begun(&store, started(2, sent)).await;
    let after = begun(&store, started(3, sent + MILLISECOND)).await;
    let other = SessionRow {
        login_started_at: sent,
        ..row(9)
    };
    let other = begun(&store, other).await;
    let rows = rows_of(&store, &started_by(sent), MarkRule::Subject, NOW).await;
    assert_eq!(
        sorted(rows.iter().map(|row| row.key)),
        sorted([before.key, at_it.key])
    );
    for living in [after, other] {
        assert_eq!(store.load(&living.key, NOW).await.unwrap(), Some(living.head()));
    }
    for (number, login, expected) in [
        (4, sent, Begun::Refused),
        (5, sent + MILLISECOND, Begun::Created),
        (6, NOW, Begun::Created),
    ] {
        let begun = store.begin(started(number, login), NOW).await.unwrap();
        assert_eq!(begun, expected, "a login of {login:?}");
    }
}

/// A moment that lies ahead (their clock) refuses nobody who begins after the take.
pub async fn started_by_does_not_mark_the_future(store: Arc<dyn Store>) {
    rows_of(&store, &started_by(NOW + IDLE), MarkRule::Subject, NOW).await;
    let at_it = store.begin(started(1, NOW), NOW).await.unwrap();
    let later = NOW + MILLISECOND;
    let after = store.begin(started(2, later), later).await.unwrap();
    assert_eq!((at_it, after), (Begun::Refused, Begun::Created));
}

/// Its lifetime is counted from the take, so it outlasts every login that was under way then.
pub async fn a_mark_of_the_past_is_kept_as_long_as_any(store: Arc<dyn Store>) {
    let sent = NOW - MARK_LIFETIME;
    rows_of(&store, &started_by(sent), MarkRule::Subject, NOW).await;
    let end = NOW + MARK_LIFETIME;
    for sweeps in [false, true] {
        if sweeps {
            store.sweep(end - MILLISECOND).await.unwrap();
        }
        let begun = store.begin(started(1, sent), end - MILLISECOND).await.unwrap();
        assert_eq!(begun, Begun::Refused, "swept: {sweeps}");
    }
    assert_eq!(store.begin(started(1, sent), end).await.unwrap(), Begun::Created);
}

/// A logout token that names both means the sessions that have both.
pub async fn a_take_by_sid_and_subject_needs_both(store: Arc<dyn Store>) {
    let meant = begun(&store, row(1)).await;
    let other_person = SessionRow {
        sid: meant.sid.clone(),
        ..row(2)
    };
    let other_sid = SessionRow {
        sub: meant.sub.clone(),
        ..row(3)
    };
    let (other_person, other_sid) = (begun(&store, other_person).await, begun(&store, other_sid).await);
    let of = |sid: &SessionRow, person: &SessionRow| Selector::Sid {
        iss: sid.iss.clone(),
        sid: sid.sid.clone().unwrap(),
        sub: Some(SidSubject {
            sub: person.sub.clone(),
            nameless_started_by: None,
        }),
    };
    assert_eq!(taken(&store, &of(&meant, &row(4)), NOW).await, [], "nobody");
    assert_eq!(taken(&store, &of(&meant, &meant), NOW).await, [meant.key]);
    for living in [&other_person, &other_sid] {
        assert_eq!(store.load(&living.key, NOW).await.unwrap(), Some(living.head()));
    }
    assert_eq!(
        taken(&store, &sid_of(&meant), NOW).await,
        [other_person.key],
        "without a subject: whosever"
    );
}

/// The sessions of which nothing but the person is known go in the same step. Not those of another sid, not those of
/// another person or issuer, and not those whose login began later.
pub async fn a_take_by_sid_and_subject_reaches_the_nameless_that_began_by_then(store: Arc<dyn Store>) {
    let sent = NOW - IDLE;
    let nameless = |number: u32, login_started_at: Timestamp| SessionRow {
        sid: None,
        ..started(number, login_started_at)
    };
    let with_sid = begun(&store, started(1, NOW)).await;
    let before = begun(&store, nameless(2, sent - MILLISECOND)).await;
    let at_it = begun(&store, nameless(3, sent)).await;
    let spared = [
        nameless(4, sent + MILLISECOND),
        SessionRow {
            sub: row(9).sub,
            ..nameless(5, sent)
        },
        SessionRow {
            iss: "https://other.example".into(),
            ..nameless(6, sent)
        },
        started(7, sent),
    ];
    for row in &spared {
        begun(&store, row.clone()).await;
    }
    let of = |nameless_started_by| Selector::Sid {
        iss: row(0).iss,
        sid: with_sid.sid.clone().unwrap(),
        sub: Some(SidSubject {
            sub: row(0).sub,
            nameless_started_by,
        }),
    };
    assert_eq!(taken(&store, &of(None), NOW).await, [with_sid.key], "unasked");
    assert_eq!(
        taken(&store, &of(Some(sent)), NOW).await,
        sorted([before.key, at_it.key])
    );
    for row in &spared {
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
    }
}

/// The operator's way.
pub async fn a_take_by_public_id_alone_takes_whosever_it_is(store: Arc<dyn Store>) {
    let (meant, other) = (begun(&store, row(1)).await, begun(&store, row(2)).await);
    let by = |public_id: &str| Selector::PublicId {
        public_id: public_id.into(),
        whose: None,
    };
    let unknown = row(3).public_id;
    assert_eq!(taken(&store, &by(&unknown), NOW).await, []);
    let rows = rows_of(&store, &by(&meant.public_id), MarkRule::Subject, NOW).await;
    assert_eq!(rows, std::slice::from_ref(&meant));
    assert_eq!(store.load(&other.key, NOW).await.unwrap(), Some(other.head()));
    let again = SessionRow { sid: None, ..meant };
    assert_eq!(
        store.begin(again, NOW).await.unwrap(),
        Begun::Refused,
        "the mark of its person"
    );
}

/// Past the retention and no earlier, so many as asked for, whichever of the two limits it was.
pub async fn what_expired_is_taken_oldest_first_and_so_many_at_most(store: Arc<dyn Store>) {
    let now = NOW + IDLE * 2;
    let ended = |number: u32, ago: u32| SessionRow {
        idle_expires_at: now - RETENTION - MILLISECOND * ago,
        ..row(number)
    };
    let absolute = SessionRow {
        idle_expires_at: now + IDLE,
        absolute_expires_at: now - RETENTION - MILLISECOND * 20,
        ..row(3)
    };
    let newest = begun(&store, ended(1, 0)).await;
    let oldest = begun(&store, ended(2, 30)).await;
    let middle = begun(&store, absolute).await;
    let takeable = SessionRow {
        idle_expires_at: now - RETENTION + MILLISECOND,
        ..row(4)
    };
    begun(&store, takeable).await;
    let expired = |limit| Selector::Expired { limit };
    assert_eq!(rows_of(&store, &expired(0), MarkRule::None, now).await, []);
    assert_eq!(
        rows_of(&store, &expired(2), MarkRule::None, now).await,
        [oldest, middle]
    );
    assert_eq!(
        rows_of(&store, &expired(2), MarkRule::None, now).await,
        std::slice::from_ref(&newest)
    );
    assert_eq!(rows_of(&store, &expired(2), MarkRule::None, now).await, []);
    let person = person_of(&newest);
    assert_eq!(
        taken(&store, &person, NOW).await,
        [],
        "removed, not only returned"
    );
}

/// Two workers on one store: each session ends once.
pub async fn racing_takes_of_what_expired_return_a_session_once(store: Arc<dyn Store>) {
    let mut all = Vec::new();
    for number in 0..40 {
        all.push(begun(&store, row(number)).await.key);
    }
    let now = NOW + IDLE + RETENTION;
    let takes = at_once((0..8).map(|_| {
        let store = Arc::clone(&store);
        async move {
            let expired = Selector::Expired { limit: 7 };
            taken(&store, &expired, now).await
        }
    }))
    .await;
    assert!(takes.iter().all(|keys| keys.len() <= 7), "{takes:?}");
    assert_eq!(sorted(takes.concat()), sorted(all));
}

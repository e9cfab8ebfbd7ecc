//! A provider that changes the sid of a session, and the sid that it had before.

use std::sync::Arc;

use super::fixture::{IDLE, MILLISECOND, NOW, begun, row, rows_of, sid_of, sorted, taken};
use crate::{
    clock::Timestamp,
    store::{
        Begun, Change, FormerSid, MarkRule, NewSid, Selector, SessionHead, SessionRow, SidSubject, Store,
    },
};

/// How long a former sid is good.
const UNTIL: fn() -> Timestamp = || NOW + IDLE / 2;

fn by_sid(sid: &str) -> Selector {
    Selector::Sid {
        iss: row(0).iss,
        sid: sid.into(),
        sub: None,
    }
}

/// Gives the session another sid, as a refreshed ID token does.
async fn renamed(store: &Arc<dyn Store>, row: SessionRow, sid: &str) -> SessionRow {
    let change = Change {
        sid: Some(NewSid {
            sid: sid.into(),
            former_until: UNTIL(),
            asked_at: NOW,
        }),
        ..Change::default()
    };
    assert!(store.update(&row.key, change, NOW).await.unwrap());
    SessionRow {
        former_sid: row.sid.map(|sid| FormerSid { sid, until: UNTIL() }),
        sid: Some(sid.into()),
        ..row
    }
}

async fn listed(store: &Arc<dyn Store>, sid: &str, now: Timestamp) -> Vec<SessionHead> {
    store.list_by_sid(&row(0).iss, sid, now).await.unwrap()
}

/// Not those of another sid, not the same sid at another issuer, not what is dead, not one without a sid.
pub async fn the_list_by_sid_holds_one_provider_sessions_living_ones_newest_first(store: Arc<dyn Store>) {
    let with = |number, age: u32| SessionRow {
        sid: Some("shared".into()),
        created_at: NOW - MILLISECOND * age,
        ..row(number)
    };
    let middle = begun(&store, with(1, 2000)).await;
    let newest = begun(&store, with(2, 1)).await;
    let oldest = begun(&store, with(3, 9_000_000)).await;
    let dead = SessionRow {
        idle_expires_at: NOW,
        ..with(4, 3)
    };
    let elsewhere = SessionRow {
        iss: "https://other.example".into(),
        ..with(5, 3)
    };
    let without = SessionRow { sid: None, ..row(6) };
    for row in [dead, elsewhere, without, row(7)] {
        begun(&store, row).await;
    }
    assert_eq!(
        listed(&store, "shared", NOW).await,
        [newest.head(), middle.head(), oldest.head()]
    );
    assert_eq!(listed(&store, "", NOW).await, []);
}

/// Both name it until the former one's time is over; then only the new one does.
pub async fn a_former_sid_names_its_session_until_its_time(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let former = row.sid.clone().unwrap();
    let row = renamed(&store, row, "newer").await;
    let last = UNTIL() - MILLISECOND;
    for (sid, now, is_there) in [
        (former.as_str(), NOW, true),
        (&former, last, true),
        (&former, UNTIL(), false),
        ("newer", NOW, true),
        ("newer", UNTIL(), true),
    ] {
        let expected = if is_there { vec![row.head()] } else { Vec::new() };
        assert_eq!(listed(&store, sid, now).await, expected, "{sid} at {now:?}");
    }
    assert_eq!(taken(&store, &by_sid(&former), UNTIL()).await, []);
    assert_eq!(
        rows_of(&store, &by_sid(&former), MarkRule::None, last).await,
        std::slice::from_ref(&row)
    );
    assert_eq!(
        taken(&store, &by_sid("newer"), last).await,
        [],
        "it was one session"
    );
}

/// The take that ends it by its new sid returns it once and leaves nothing under the former one.
pub async fn a_session_with_a_former_sid_is_taken_once(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let former = first.sid.clone().unwrap();
    let first = renamed(&store, first, "newer").await;
    let holder = SessionRow {
        sid: Some(former.clone()),
        ..row(2)
    };
    let holder = begun(&store, holder).await;
    let heads = listed(&store, &former, NOW).await;
    assert_eq!(
        sorted(heads.iter().map(|head| head.key)),
        sorted([first.key, holder.key])
    );
    assert_eq!(
        taken(&store, &by_sid(&former), NOW).await,
        sorted([first.key, holder.key])
    );
    for sid in [former.as_str(), "newer"] {
        assert_eq!(taken(&store, &by_sid(sid), NOW).await, [], "{sid}");
        assert_eq!(listed(&store, sid, NOW).await, [], "{sid}");
    }
}

/// A logout token that names the person too does not reach another person's session by its former sid.
pub async fn a_former_sid_with_a_subject_needs_both(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let former = row.sid.clone().unwrap();
    let row = renamed(&store, row, "newer").await;
    let of = |sub: &str| Selector::Sid {
        iss: row.iss.clone(),
        sid: former.clone(),
        sub: Some(SidSubject {
            sub: sub.into(),
            nameless_started_by: None,
        }),
    };
    assert_eq!(taken(&store, &of("somebody else"), NOW).await, []);
    assert_eq!(taken(&store, &of(&row.sub), NOW).await, [row.key]);
}

/// Each refresh tells the sid again: that must not make the new one the former one.
pub async fn the_same_sid_again_keeps_the_former_one(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    let former = row.sid.clone().unwrap();
    let row = renamed(&store, row, "newer").await;
    renamed(&store, row.clone(), "newer").await;
    assert_eq!(
        rows_of(&store, &by_sid(&former), MarkRule::None, NOW).await,
        [row]
    );
}

/// One former sid is kept, the last; a session that had none has none.
pub async fn a_second_new_sid_replaces_the_former_one(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let oldest = first.sid.clone().unwrap();
    let first = renamed(&store, first, "second").await;
    let first = renamed(&store, first, "third").await;
    let without = begun(&store, SessionRow { sid: None, ..row(2) }).await;
    let without = renamed(&store, without, "its first").await;
    assert_eq!(listed(&store, &oldest, NOW).await, []);
    assert_eq!(listed(&store, "second", NOW).await, [first.head()]);
    assert_eq!(
        rows_of(&store, &by_sid("third"), MarkRule::None, NOW).await,
        [first]
    );
    assert_eq!(
        rows_of(&store, &by_sid("its first"), MarkRule::None, NOW).await,
        [without]
    );
}

/// A dead one gets no new name.
pub async fn a_new_sid_does_not_revive(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    assert_eq!(taken(&store, &sid_of(&row), NOW).await, [row.key]);
    let change = Change {
        sid: Some(NewSid {
            sid: "newer".into(),
            former_until: UNTIL(),
            asked_at: NOW,
        }),
        ..Change::default()
    };
    assert!(!store.update(&row.key, change, NOW).await.unwrap());
    for sid in [row.sid.as_deref().unwrap(), "newer"] {
        assert_eq!(listed(&store, sid, NOW).await, []);
        assert_eq!(taken(&store, &by_sid(sid), NOW).await, []);
    }
}

/// The provider ended the session that it had just renamed, before the row said how it is called now. What began since is another.
pub async fn a_new_sid_that_ended_since_it_was_asked_for_changes_nothing(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    assert_eq!(
        rows_of(&store, &by_sid("newer"), MarkRule::Sid, NOW).await,
        [],
        "it is not known by that name yet"
    );
    let renaming = |asked_at| Change {
        tokens: Some(b"newer".to_vec()),
        sid: Some(NewSid {
            sid: "newer".into(),
            former_until: UNTIL(),
            asked_at,
        }),
        ..Change::default()
    };
    for asked_at in [NOW - MILLISECOND, NOW] {
        assert!(!store.update(&row.key, renaming(asked_at), NOW).await.unwrap());
        assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        assert_eq!(
            store.load_tokens(&row.key, NOW).await.unwrap(),
            Some(row.tokens.clone())
        );
    }
    let later = renaming(NOW + MILLISECOND);
    assert!(store.update(&row.key, later, NOW).await.unwrap());
    assert_eq!(listed(&store, "newer", NOW).await.len(), 1);
    // The sid that it has is no new one.
    assert!(store.update(&row.key, renaming(NOW), NOW).await.unwrap());
}

/// A login in flight may still carry it; one that comes when its time is over does not.
pub async fn an_end_marks_a_former_sid_until_its_time(store: Arc<dyn Store>) {
    for (number, now, expected) in [
        (1, UNTIL() - MILLISECOND, Begun::Refused),
        (2, UNTIL(), Begun::Created),
    ] {
        let row = begun(&store, row(number)).await;
        let renamed = renamed(&store, row.clone(), &format!("newer-{number}")).await;
        let by_key = Selector::Key(row.key);
        assert_eq!(rows_of(&store, &by_key, MarkRule::Sid, now).await.len(), 1);
        let in_flight = |sid: Option<String>, public_id: &str| SessionRow {
            sid,
            public_id: public_id.into(),
            former_sid: None,
            ..row.clone()
        };
        let current = store.begin(in_flight(renamed.sid, "current"), now).await.unwrap();
        assert_eq!(current, Begun::Refused, "the sid that it had, at {now:?}");
        let former = store
            .begin(in_flight(row.sid.clone(), "former"), now)
            .await
            .unwrap();
        assert_eq!(former, expected, "the former sid, at {now:?}");
        taken(&store, &by_key, NOW).await;
    }
}

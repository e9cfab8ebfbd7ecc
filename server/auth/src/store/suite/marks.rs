//! Not-before marks: a login that was under way when its person was signed out begins no session.

use std::sync::Arc;

use super::fixture::{MILLISECOND, NOW, begun, person_of, public_id_of, row, rows_of, sid_of};
use crate::{
    clock::Timestamp,
    store::{Begun, MARK_LIFETIME, MarkRule, Selector, SessionRow, Store},
};

async fn begin(store: &Arc<dyn Store>, row: &SessionRow, attempt: Timestamp, now: Timestamp) -> Begun {
    let row = SessionRow {
        login_started_at: attempt,
        ..row.clone()
    };
    store.begin(row, now).await.unwrap()
}

async fn take(store: &Arc<dyn Store>, selector: &Selector, rule: MarkRule, now: Timestamp) -> usize {
    rows_of(store, selector, rule, now).await.len()
}

/// In the same millisecond too; one millisecond later it goes through, in the same second.
pub async fn a_login_that_began_at_or_before_the_mark_is_refused(store: Arc<dyn Store>) {
    let later = NOW + MILLISECOND * 2;
    for (number, selector, rule) in [
        (1, person_of(&row(1)), MarkRule::Subject),
        (2, sid_of(&row(2)), MarkRule::Sid),
    ] {
        let row = begun(&store, row(number)).await;
        assert_eq!(take(&store, &selector, rule, NOW).await, 1);
        assert_eq!(
            begin(&store, &row, NOW - MILLISECOND, later).await,
            Begun::Refused,
            "{rule:?}"
        );
        assert_eq!(
            begin(&store, &row, NOW, later).await,
            Begun::Refused,
            "{rule:?}: same millisecond"
        );
        assert_eq!(
            begin(&store, &row, NOW + MILLISECOND, later).await,
            Begun::Created,
            "{rule:?}"
        );
    }
}

/// The login may be the person's only one.
pub async fn a_mark_stands_even_if_no_session_was_there(store: Arc<dyn Store>) {
    let (by_sid, by_subject, by_id) = (row(1), row(2), row(3));
    assert_eq!(take(&store, &sid_of(&by_sid), MarkRule::Sid, NOW).await, 0);
    assert_eq!(
        take(&store, &person_of(&by_subject), MarkRule::Subject, NOW).await,
        0
    );
    assert_eq!(
        take(&store, &public_id_of(&by_id, &by_id), MarkRule::Subject, NOW).await,
        0
    );
    for row in [by_sid, by_subject, by_id] {
        assert_eq!(begin(&store, &row, NOW, NOW).await, Begun::Refused, "{row:?}");
    }
}

/// Neither row nor index entry: a later login of the same key goes through.
pub async fn a_refused_begin_writes_nothing(store: Arc<dyn Store>) {
    let row = row(1);
    take(&store, &person_of(&row), MarkRule::Subject, NOW).await;
    assert_eq!(begin(&store, &row, NOW, NOW).await, Begun::Refused);
    assert_eq!(store.load(&row.key, NOW).await.unwrap(), None);
    for selector in [
        Selector::Key(row.key),
        person_of(&row),
        sid_of(&row),
        public_id_of(&row, &row),
    ] {
        assert_eq!(
            take(&store, &selector, MarkRule::None, NOW).await,
            0,
            "{selector:?}"
        );
    }
    assert_eq!(
        begin(&store, &row, NOW + MILLISECOND, NOW + MILLISECOND).await,
        Begun::Created
    );
}

/// As at the replacement of an old session by a login, which is itself that old an attempt.
pub async fn the_rule_none_writes_no_mark(store: Arc<dyn Store>) {
    let row = begun(&store, row(1)).await;
    for selector in [
        Selector::Key(row.key),
        person_of(&row),
        sid_of(&row),
        public_id_of(&row, &row),
    ] {
        take(&store, &selector, MarkRule::None, NOW).await;
    }
    assert_eq!(begin(&store, &row, NOW - MILLISECOND, NOW).await, Begun::Created);
}

/// Not the person's other provider sessions, not one without a sid, not the same sid elsewhere.
pub async fn a_sid_mark_refuses_that_sid_only(store: Arc<dyn Store>) {
    let marked = begun(&store, row(1)).await;
    assert_eq!(
        take(&store, &Selector::Key(marked.key), MarkRule::Sid, NOW).await,
        1
    );
    let person = || SessionRow {
        sub: marked.sub.clone(),
        ..row(2)
    };
    let without_sid = SessionRow {
        sid: None,
        sub: marked.sub.clone(),
        ..row(3)
    };
    let elsewhere = SessionRow {
        iss: "https://other.example".into(),
        sid: marked.sid.clone(),
        ..row(4)
    };
    for free in [person(), without_sid, elsewhere] {
        assert_eq!(begin(&store, &free, NOW, NOW).await, Begun::Created, "{free:?}");
    }
    assert_eq!(begin(&store, &marked, NOW, NOW).await, Begun::Refused);
    let another_person = SessionRow {
        sid: marked.sid.clone(),
        ..row(5)
    };
    assert_eq!(
        begin(&store, &another_person, NOW, NOW).await,
        Begun::Refused,
        "the sid is what counts"
    );
}

/// With any sid and with none; not another person, not the same subject elsewhere, not a sid of that name.
pub async fn a_subject_mark_refuses_that_person_only(store: Arc<dyn Store>) {
    let marked = begun(&store, row(1)).await;
    assert_eq!(
        take(&store, &Selector::Key(marked.key), MarkRule::Subject, NOW).await,
        1
    );
    let same_sid = SessionRow {
        sid: marked.sid.clone(),
        ..row(2)
    };
    let elsewhere = SessionRow {
        iss: "https://other.example".into(),
        sub: marked.sub.clone(),
        ..row(3)
    };
    let named_alike = SessionRow {
        sid: Some(marked.sub.clone()),
        ..row(4)
    };
    for free in [same_sid, elsewhere, named_alike] {
        assert_eq!(begin(&store, &free, NOW, NOW).await, Begun::Created, "{free:?}");
    }
    let without_sid = SessionRow {
        sid: None,
        sub: marked.sub.clone(),
        ..row(5)
    };
    let other_sid = SessionRow {
        sub: marked.sub.clone(),
        ..row(6)
    };
    for refused in [marked, without_sid, other_sid] {
        assert_eq!(
            begin(&store, &refused, NOW, NOW).await,
            Begun::Refused,
            "{refused:?}"
        );
    }
}

/// Whoever asks proves nothing: a sid that nobody has leaves nothing behind.
pub async fn the_rule_sid_of_taken_marks_only_what_was_found(store: Arc<dyn Store>) {
    let (unknown, known) = (row(1), begun(&store, row(2)).await);
    assert_eq!(
        take(&store, &sid_of(&unknown), MarkRule::SidOfTaken, NOW).await,
        0
    );
    assert_eq!(take(&store, &sid_of(&known), MarkRule::SidOfTaken, NOW).await, 1);
    assert_eq!(begin(&store, &unknown, NOW, NOW).await, Begun::Created);
    assert_eq!(begin(&store, &known, NOW, NOW).await, Begun::Refused);
}

/// Whatever they were selected by.
pub async fn every_row_taken_leaves_its_mark(store: Arc<dyn Store>) {
    let first = begun(&store, row(1)).await;
    let second = begun(
        &store,
        SessionRow {
            sub: first.sub.clone(),
            ..row(2)
        },
    )
    .await;
    let by_subject = person_of(&first);
    assert_eq!(take(&store, &by_subject, MarkRule::Sid, NOW).await, 2);
    for row in [&first, &second] {
        assert_eq!(
            begin(&store, row, NOW, NOW).await,
            Begun::Refused,
            "sid {:?}",
            row.sid
        );
    }
    let third = begun(&store, row(3)).await;
    let fourth = begun(
        &store,
        SessionRow {
            sid: third.sid.clone(),
            ..row(4)
        },
    )
    .await;
    assert_eq!(take(&store, &sid_of(&third), MarkRule::Subject, NOW).await, 2);
    for person in [&third, &fourth] {
        let other_sid = SessionRow {
            sub: person.sub.clone(),
            ..row(5)
        };
        assert_eq!(
            begin(&store, &other_sid, NOW, NOW).await,
            Begun::Refused,
            "{:?}",
            person.sub
        );
    }
}

/// A take by a clock that lags, or by one that was set back, does not open the way for what an earlier one refused.
pub async fn a_newer_mark_replaces_an_older_one_never_the_reverse(store: Arc<dyn Store>) {
    let row = row(1);
    let person = person_of(&row);
    for moment in [NOW, NOW - MILLISECOND * 3_600_000, NOW + MILLISECOND * 5] {
        take(&store, &person, MarkRule::Subject, moment).await;
        let newest = NOW.max(moment);
        assert_eq!(
            begin(&store, &row, newest, newest).await,
            Begun::Refused,
            "after {moment:?}"
        );
    }
    let last = NOW + MILLISECOND * 5;
    let end = last + MARK_LIFETIME;
    assert_eq!(
        begin(&store, &row, last, end - MILLISECOND).await,
        Begun::Refused,
        "its lifetime is newer too"
    );
    assert_eq!(
        begin(&store, &row, last + MILLISECOND, end - MILLISECOND).await,
        Begun::Created
    );
}

/// No attempt lives that long, so nothing is lost by forgetting it.
pub async fn a_mark_counts_for_its_lifetime_only(store: Arc<dyn Store>) {
    let row = row(1);
    take(&store, &person_of(&row), MarkRule::Subject, NOW).await;
    take(&store, &sid_of(&row), MarkRule::Sid, NOW).await;
    let end = NOW + MARK_LIFETIME;
    assert_eq!(begin(&store, &row, NOW, end - MILLISECOND).await, Begun::Refused);
    store.sweep(end - MILLISECOND).await.unwrap();
    assert_eq!(
        begin(&store, &row, NOW, end - MILLISECOND).await,
        Begun::Refused,
        "not swept before its time"
    );
    assert_eq!(begin(&store, &row, NOW, end).await, Begun::Created);
}

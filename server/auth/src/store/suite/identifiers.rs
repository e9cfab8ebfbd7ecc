//! Issuers, subjects and sids are compared as they are: no folding, no patterns, no joining.

use std::sync::Arc;

use super::fixture::{ISSUER, NOW, begun, person_of, row, sid_of, taken};
use crate::store::{SessionRow, Store};

/// A sid is made of visible characters (RFC 6749's VSCHAR and more in practice): quotes, signs of every query language.
const AWKWARD: &str = r#"a b"%+&=\~<>'`;:{}*?[]_|--/**/$1"#;

/// Loaded as it was begun, and taken by it.
pub async fn a_sid_may_hold_any_visible_character(store: Arc<dyn Store>) {
    let awkward = SessionRow {
        sid: Some(AWKWARD.into()),
        sub: AWKWARD.into(),
        ..row(1)
    };
    let awkward = begun(&store, awkward).await;
    let plain = begun(&store, row(2)).await;
    assert_eq!(store.load(&awkward.key, NOW).await.unwrap(), Some(awkward.head()));
    assert_eq!(store.list(ISSUER, AWKWARD, NOW).await.unwrap(), [awkward.head()]);
    assert_eq!(taken(&store, &sid_of(&awkward), NOW).await, [awkward.key]);
    assert!(
        store.load(&plain.key, NOW).await.unwrap().is_some(),
        "no other session is concerned"
    );
}

/// Two providers may use the same sid.
pub async fn a_sid_is_unique_only_with_its_issuer(store: Arc<dyn Store>) {
    let here = begun(&store, row(1)).await;
    let there = SessionRow {
        iss: "https://other.example".into(),
        sid: here.sid.clone(),
        sub: here.sub.clone(),
        ..row(2)
    };
    let there = begun(&store, there).await;
    assert_eq!(taken(&store, &sid_of(&here), NOW).await, [here.key]);
    assert_eq!(store.load(&there.key, NOW).await.unwrap(), Some(there.head()));
    assert_eq!(taken(&store, &person_of(&here), NOW).await, []);
    assert_eq!(taken(&store, &person_of(&there), NOW).await, [there.key]);
}

/// Neither case nor blanks are folded, and no character is a wildcard.
pub async fn identifiers_are_compared_byte_for_byte(store: Arc<dyn Store>) {
    let alike = [
        "Alice",
        "alice",
        "alice ",
        " alice",
        "al%",
        "al_ce",
        "al*",
        "alic\u{e9}",
        "alice\u{301}",
    ];
    let mut rows = Vec::new();
    for (number, name) in (0..).zip(alike) {
        let row = SessionRow {
            sub: name.into(),
            sid: Some(name.into()),
            ..row(number)
        };
        rows.push(begun(&store, row).await);
    }
    for row in &rows {
        assert_eq!(
            store.list(ISSUER, &row.sub, NOW).await.unwrap(),
            [row.head()],
            "{:?}",
            row.sub
        );
    }
    let (by_sid, by_subject) = rows.split_at(4);
    for row in by_sid {
        assert_eq!(taken(&store, &sid_of(row), NOW).await, [row.key], "{:?}", row.sid);
    }
    for row in by_subject {
        assert_eq!(
            taken(&store, &person_of(row), NOW).await,
            [row.key],
            "{:?}",
            row.sub
        );
    }
}

/// Whatever a store puts between issuer and identifier to make one key of them may stand in either.
pub async fn issuer_and_identifier_do_not_run_together(store: Arc<dyn Store>) {
    let mut rows = Vec::new();
    for (number, between) in (0..).zip([":", "/", "|", "#", "\n", ""]) {
        for (number, iss, rest) in [
            (
                number * 2,
                "https://op.example".to_owned(),
                format!("a{between}b"),
            ),
            (
                number * 2 + 1,
                format!("https://op.example{between}a"),
                "b".to_owned(),
            ),
        ] {
            let row = SessionRow {
                iss,
                sub: rest.clone(),
                sid: Some(rest),
                ..row(number)
            };
            rows.push(begun(&store, row).await);
        }
    }
    for row in rows {
        assert_eq!(store.list(&row.iss, &row.sub, NOW).await.unwrap(), [row.head()]);
        assert_eq!(taken(&store, &sid_of(&row), NOW).await, [row.key], "{row:?}");
    }
}

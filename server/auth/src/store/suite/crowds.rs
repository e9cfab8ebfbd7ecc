//! One person with very many sessions: a store may take its time with what belongs to their ends, and with nothing else.

use std::sync::Arc;

use super::fixture::{ABSOLUTE, IDLE, MILLISECOND, NOW, begun, person_of, row, sorted};
use crate::store::{Farewell, MarkRule, OutboxId, Queue, Selector, SessionRow, Store, Take};

const REASON: &str = "of the test";

fn of_one_person(numbers: std::ops::Range<u32>) -> impl Iterator<Item = SessionRow> {
    numbers.map(|number| SessionRow {
        sub: "of many".into(),
        data: Some(format!("data {number}").into()),
        ..row(number)
    })
}

fn ending(selector: Selector) -> Take {
    Take::new(selector, MarkRule::Subject)
        .noting(Farewell {
            reason: REASON.into(),
            kept_until: NOW + ABSOLUTE + ABSOLUTE,
        })
        .queueing(Queue {
            reason: REASON.into(),
            due_at: NOW + IDLE,
        })
        .heads_only()
}

/// Dead at once, all of them; and when the store has been swept, at the latest, each has its record and its tokens wait.
pub async fn a_take_of_very_many_ends_each_and_forgets_nobodys_tokens(store: Arc<dyn Store>) {
    let mut rows = Vec::new();
    for row in of_one_person(0..600) {
        rows.push(begun(&store, row).await);
    }
    let other = begun(&store, row(1_000)).await;
    let before = store.last_end().await.unwrap();
    let now = NOW + MILLISECOND;
    let taken = store.take(&ending(person_of(&rows[0])), now).await.unwrap();
    assert_eq!(
        sorted(taken.rows.iter().map(|row| row.key)),
        sorted(rows.iter().map(|row| row.key))
    );
    for row in &rows {
        assert_eq!(store.load(&row.key, now).await.unwrap(), None);
        assert!(!store.touch(&row.key, NOW + ABSOLUTE, now).await.unwrap());
        let end = store.load_end(&row.key, now).await.unwrap().unwrap();
        assert_eq!((end.ended_at, end.reason.as_str()), (now, REASON));
    }
    assert_eq!(store.census(now).await.unwrap().sessions, 1);

    store.sweep(now).await.unwrap();
    for row in &rows {
        let entry = store.load_outbox(&OutboxId(row.key.0)).await.unwrap().unwrap();
        assert_eq!(
            (entry.sealed, entry.created_at, entry.due_at),
            (row.tokens.clone(), now, NOW + IDLE)
        );
    }
    let ends = store.ends_after(before, 999).await.unwrap();
    assert_eq!(
        sorted(ends.iter().map(|end| end.key)),
        sorted(rows.iter().map(|row| row.key))
    );
    assert!(store.load(&other.key, now).await.unwrap().is_some());
}

/// What it leaves behind is whole all the same.
pub async fn a_take_of_heads_returns_all_but_tokens_and_data(store: Arc<dyn Store>) {
    for row in of_one_person(0..3) {
        let row = begun(&store, row).await;
        let one = Take {
            marks: MarkRule::None,
            ..ending(Selector::Key(row.key))
        };
        let taken = store.take(&one, NOW).await.unwrap();
        assert_eq!(taken.rows.len(), 1);
        let one = &taken.rows[0];
        assert!(one.tokens.is_empty() || one.tokens == row.tokens);
        assert!(one.data.is_none() || one.data == row.data);
        let head = |row: &SessionRow| SessionRow {
            tokens: Vec::new(),
            data: None,
            ..row.clone()
        };
        assert_eq!(head(one), head(&row));
        let entry = store.load_outbox(&OutboxId(row.key.0)).await.unwrap().unwrap();
        assert_eq!(entry.sealed, row.tokens);
    }
}

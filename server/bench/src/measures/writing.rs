//! What the store itself writes in a second, without the server: the step that begins a session, and the step that ends one with
//! its marks, its tokens queued and its end noted down. Each is durable before its answer.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use exeunt::{
    clock::{Clock as _, SystemClock},
    store::{Begun, Farewell, MarkRule, Queue, Selector, Store, Take},
};

use crate::{
    Fault,
    book::Book,
    field::Field,
    people::{self, Whose},
    plan::Plan,
};

/// So many callers wait at the same time.
const AT_ONCE: usize = 512;

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    let Some(store) = field.store.clone() else {
        return Ok(());
    };
    for _ in 0..plan.runs {
        let first = field.reserve(plan.writes);
        let numbers = first..first + plan.writes;
        let mut rows = Vec::new();
        for number in numbers.clone() {
            rows.push(field.people.row(number, Whose::OwnPerson)?);
        }
        let rows = Arc::new(Mutex::new(rows));
        let begins = at_once(plan.writes, {
            let store = Arc::clone(&store);
            move |_| {
                let (store, row) = (
                    Arc::clone(&store),
                    rows.lock().unwrap_or_else(PoisonError::into_inner).pop(),
                );
                async move {
                    let row = row.ok_or_else(|| Fault::new("no row is left"))?;
                    Ok(store.begin(row, SystemClock.now()).await? == Begun::Created)
                }
            }
        })
        .await?;
        let takes = at_once(plan.writes, {
            let store = Arc::clone(&store);
            move |turn| take(Arc::clone(&store), numbers.start + turn)
        })
        .await?;
        let mut note = |measure, value| book.note(&field.name, field.sessions, measure, "/s", value);
        note("sessions begun in the store", begins);
        note("sessions ended in the store", takes);
    }
    Ok(())
}

async fn take(store: Arc<dyn Store>, number: u64) -> Result<bool, Fault> {
    let now = SystemClock.now();
    let reason = || "logout".to_owned();
    let take = Take::new(Selector::Key(people::token(number)?.key()), MarkRule::Sid)
        .queueing(Queue {
            reason: reason(),
            // Nobody works on them: there is no server, and no provider that knows them.
            due_at: now + Duration::from_secs(24 * 60 * 60),
        })
        .noting(Farewell {
            reason: reason(),
            kept_until: now + Duration::from_secs(24 * 60 * 60),
        });
    Ok(store.take(&take, now).await?.rows.len() == 1)
}

/// How often a second.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
async fn at_once<F>(times: u64, step: impl Fn(u64) -> F + Send + Sync + 'static) -> Result<f64, Fault>
where
    F: Future<Output = Result<bool, Fault>> + Send + 'static,
{
    let (next, step) = (Arc::new(AtomicU64::new(0)), Arc::new(step));
    let begun = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (next, step) = (Arc::clone(&next), Arc::clone(&step));
        callers.spawn(async move {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if turn >= times {
                    return Ok::<_, Fault>(());
                }
                if !step(turn).await? {
                    return Err(Fault::new("the store did something else"));
                }
            }
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(times as f64 / begun.elapsed().as_secs_f64())
}

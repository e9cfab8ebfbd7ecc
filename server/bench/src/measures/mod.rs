//! What is measured, one concern a file.

use std::time::Duration;

use exeunt_dev_provider::script::Endpoint;

use crate::{
    Fault,
    book::Book,
    field::Field,
    plan::{Part, Plan},
};

mod crowd;
mod ending;
mod reading;
mod sign_in;
mod silence;
mod space;
mod starting;
mod writing;

/// Measures what the plan has of one store, at all sizes.
///
/// # Errors
///
/// If something answers otherwise than it must: then nothing was measured.
pub(crate) async fn all(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    for size in &plan.sizes {
        let is_largest = plan.sizes.last() == Some(size);
        if field.store.is_none() {
            field.serve().await?;
            field.sessions = 0;
            field.grow_to(*size).await?;
        } else {
            field.grow_to(*size).await?;
            // Where few are, an engine's own files are most of it.
            if is_largest && plan.has(Part::Starting) {
                space::measure(field, book)?;
            }
            if plan.has(Part::Writing) {
                writing::measure(field, plan, book).await?;
            }
            field.serve().await?;
        }
        reading::warm_up(field, plan).await?;
        for _ in 0..plan.runs {
            if plan.has(Part::Reading) {
                reading::measure(field, plan, book).await?;
            }
            if plan.has(Part::Ending) {
                ending::measure(field, plan, book).await?;
            }
            if plan.has(Part::SignIn) {
                sign_in::measure(field, plan, book).await?;
            }
        }
        if plan.has(Part::Starting) {
            starting::memory(field, book)?;
        }
        if plan.has(Part::Silence) {
            silence::measure(field, plan, book).await?;
        }
        if is_largest && plan.has(Part::Crowd) {
            crowd::measure(field, plan, book).await?;
        }
        if is_largest && plan.has(Part::Starting) {
            starting::measure(field, plan, book).await?;
        }
        field.close().await?;
    }
    Ok(())
}

/// Until the provider is asked nothing any more: the tokens of what was ended are revoked.
async fn quiet(field: &Field) {
    let script = field.provider.script();
    let mut before = usize::MAX;
    loop {
        let now = script.count(Endpoint::Revocation);
        if now == before {
            script.clear_requests();
            return;
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

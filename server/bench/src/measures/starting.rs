//! From the start of the process until it is ready, and what it takes of memory.

use crate::{Fault, book::Book, field::Field, plan::Plan};

pub(super) fn memory(field: &Field, book: &mut Book) -> Result<(), Fault> {
    let memory = field.server()?.memory()?;
    book.note(
        &field.name,
        field.sessions,
        "anonymous resident memory",
        "MB",
        megabytes(memory),
    );
    Ok(())
}

pub(super) async fn measure(field: &mut Field, plan: &Plan, book: &mut Book) -> Result<(), Fault> {
    if field.store.is_none() {
        // It begins with nothing.
        return Ok(());
    }
    for _ in 0..plan.runs {
        field.close().await?;
        field.serve().await?;
        let ready = field.server()?.ready_after.as_secs_f64() * 1000.0;
        book.note(&field.name, field.sessions, "start until ready", "ms", ready);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "megabytes")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

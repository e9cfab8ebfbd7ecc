//! What a session takes of the store's space, with its index and all that goes with it.

use crate::{Fault, book::Book, field::Field};

#[expect(clippy::cast_precision_loss, reason = "bytes of a session")]
pub(super) fn measure(field: &Field, book: &mut Book) -> Result<(), Fault> {
    if let Some(bytes) = field.space.bytes()? {
        let each = bytes as f64 / field.sessions as f64;
        book.note(&field.name, field.sessions, "space of a session", "bytes", each);
    }
    Ok(())
}

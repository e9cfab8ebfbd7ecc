//! What a walk over all sessions gives.

use super::{record::Malformed, rows};
use crate::store::{Place, SealedColumns, Walked};

/// Key, record, tokens, and data behind a plus sign.
pub(super) type Found = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// The engine's cursor is the place; it is zero at the end.
pub(super) fn walked(next: Vec<u8>, found: &[Found]) -> Result<Walked, Malformed> {
    Ok(Walked {
        sessions: found.iter().map(sealed).collect::<Result<_, _>>()?,
        next: (next != b"0").then_some(Place(next)),
    })
}

fn sealed((key, record, tokens, data): &Found) -> Result<SealedColumns, Malformed> {
    let data = data.strip_prefix(b"+").map(<[u8]>::to_vec);
    let row = rows::session_row(key, record, tokens.clone(), data)?;
    Ok(SealedColumns {
        key: row.key,
        device: row.device,
        identity: row.identity,
        tokens: row.tokens,
        data: row.data,
    })
}

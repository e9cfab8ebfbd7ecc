//! A session that goes on after a silent check: a new record, as every login begins one (invariant I11), with what the person
//! would miss otherwise.

use crate::{
    Exeunt,
    login::error::CallbackError,
    session::{
        LiveSession,
        record::{self, Column},
    },
    store::SessionRow,
};

/// Hands on the app's own data and the limits: no person did anything here, so neither limit moves (invariant I12).
pub(crate) async fn go_on(
    exeunt: &Exeunt,
    row: &mut SessionRow,
    former: &LiveSession,
) -> Result<(), CallbackError> {
    let head = &former.head;
    row.absolute_expires_at = row.absolute_expires_at.min(head.absolute_expires_at);
    row.idle_expires_at = head.idle_expires_at.min(row.absolute_expires_at);
    row.last_used_at = head.last_used_at;
    if let Some(Some(sealed)) = exeunt.store().load_data(&head.key, exeunt.now()).await? {
        let data: serde_json::Value =
            record::open_column(exeunt.keyring(), &head.key, Column::Data, &sealed)?;
        row.data = Some(record::seal_column(
            exeunt.keyring(),
            &row.key,
            Column::Data,
            &data,
            exeunt.random(),
        )?);
    }
    Ok(())
}

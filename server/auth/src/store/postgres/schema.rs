//! The schema of the tables, and how an older one becomes the present one.

use std::time::Duration;

use tokio_postgres::{Client, Transaction, error::SqlState};

use super::{
    connections::session,
    error::{Fault, OLDEST, OpenError},
    locks,
};

/// What [`PostgresStore::look`](super::PostgresStore::look) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The database answers, and the schema is empty or not there.
    Nothing,
    /// A store.
    Store,
}

/// In order; the table `exeunt_schema` says how many the schema has been through. One that was released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_store.sql"),
    include_str!("migrations/0002_outbox_age.sql"),
];

/// How long a start waits for another instance that is bringing the schema up, or for a lock of somebody else.
const PATIENCE: Duration = Duration::from_secs(60);

const FACTS: &str = "SELECT current_setting('server_version_num')::int, current_setting('server_version'), \
    current_setting('server_encoding')";
const NAMESPACE: &str = "SELECT oid FROM pg_namespace WHERE nspname = $1";
/// Whether it is ours, and whether anything is in it.
const CONTENT: &str = "SELECT coalesce(bool_or(relname = 'exeunt_schema'), false), count(*) > 0 FROM pg_class \
    JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1";

/// Brings the schema to the present version, creates it if it is not there. Of several that start at once one does it, and the
/// others find it done.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), OpenError> {
    let engine = |error: tokio_postgres::Error| fault(schema, &error);
    check_server(client).await?;
    client
        .batch_execute(&session(schema, PATIENCE))
        .await
        .map_err(engine)?;
    let transaction = client.transaction().await.map_err(engine)?;
    let lock = locks::number(schema, &["migrations"]);
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&lock])
        .await
        .map_err(engine)?;
    let done = match version(&transaction, schema).await? {
        Some(done) => usize::try_from(done).unwrap_or(0),
        None => {
            create(&transaction, schema).await.map_err(engine)?;
            0
        }
    };
    let missing = MIGRATIONS.get(done..).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    for migration in missing {
        transaction.batch_execute(migration).await.map_err(engine)?;
    }
    transaction
        .execute("UPDATE exeunt_schema SET version = $1", &[&newest()])
        .await
        .map_err(engine)?;
    transaction.commit().await.map_err(engine)
}

async fn check_server(client: &Client) -> Result<(), OpenError> {
    let engine = |error: tokio_postgres::Error| OpenError::Engine(Fault::from(&error));
    let facts = client.query_one(FACTS, &[]).await.map_err(engine)?;
    let number: i32 = facts.try_get(0).map_err(engine)?;
    let encoding: String = facts.try_get(2).map_err(engine)?;
    if number < OLDEST * 10_000 {
        let found = facts.try_get(1).map_err(engine)?;
        return Err(OpenError::TooOld { found });
    }
    if encoding != "UTF8" {
        return Err(OpenError::Encoding { found: encoding });
    }
    Ok(())
}

/// Whether there is a store in the schema, which this program could open.
pub(super) async fn look(client: &mut Client, schema: &str) -> Result<Found, OpenError> {
    let engine = |error: tokio_postgres::Error| fault(schema, &error);
    check_server(client).await?;
    let transaction = client.transaction().await.map_err(engine)?;
    Ok(match version(&transaction, schema).await? {
        None => Found::Nothing,
        Some(_) => Found::Store,
    })
}

/// How many migrations the schema has been through. None if there is nothing in it, or it is not there.
async fn version(transaction: &Transaction<'_>, schema: &str) -> Result<Option<i64>, OpenError> {
    let engine = |error: tokio_postgres::Error| fault(schema, &error);
    let content = transaction.query_one(CONTENT, &[&schema]).await.map_err(engine)?;
    let (is_ours, is_filled): (bool, bool) = (
        content.try_get(0).map_err(engine)?,
        content.try_get(1).map_err(engine)?,
    );
    if !is_ours {
        let schema = schema.to_owned();
        return if is_filled {
            Err(OpenError::Foreign { schema })
        } else {
            Ok(None)
        };
    }
    let found = transaction
        .query_one(&format!("SELECT version FROM \"{schema}\".exeunt_schema"), &[])
        .await
        .and_then(|row| row.try_get(0))
        .map_err(engine)?;
    if found > newest() {
        return Err(OpenError::Newer {
            schema: schema.to_owned(),
            found,
            known: newest(),
        });
    }
    Ok(Some(found))
}

/// An empty schema that has been through no migration.
async fn create(transaction: &Transaction<'_>, schema: &str) -> Result<(), tokio_postgres::Error> {
    // Asked first: who may not create a schema may not even say so of one that exists.
    if transaction.query_opt(NAMESPACE, &[&schema]).await?.is_none() {
        transaction
            .batch_execute(&format!("CREATE SCHEMA \"{schema}\""))
            .await?;
    }
    transaction
        .batch_execute(
            "CREATE TABLE exeunt_schema (version bigint NOT NULL); \
             INSERT INTO exeunt_schema (version) VALUES (0)",
        )
        .await
}

/// The version this program brings a schema to.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn fault(schema: &str, error: &tokio_postgres::Error) -> OpenError {
    let fault = Fault::from(error);
    if fault.is(&SqlState::INSUFFICIENT_PRIVILEGE) {
        let schema = schema.to_owned();
        OpenError::Denied { schema, fault }
    } else if fault.is(&SqlState::LOCK_NOT_AVAILABLE) || fault.is(&SqlState::QUERY_CANCELED) {
        OpenError::Timeout(PATIENCE)
    } else {
        OpenError::Engine(fault)
    }
}

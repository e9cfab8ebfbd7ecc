//! The connections that answer calls: so many at most, each call within its time, none handed on in an unknown state.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Transaction,
};
use futures::future::BoxFuture;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tokio_postgres::{Config, IsolationLevel, Row, types::ToSql};

use super::{
    PostgresSettings,
    error::{Failure, Fault},
    tls::Tls,
};
use crate::{config::PostgresUrl, store::StoreError};

/// A connection, with the statements that it has prepared.
pub(super) type Client = deadpool_postgres::ClientWrapper;

/// The parameters of a statement.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

#[derive(Debug, thiserror::Error)]
#[error("{0} calls are waiting for the database already")]
struct Full(usize);

/// A pool of connections.
pub(super) struct Connections {
    pool: Pool,
    /// Calls under way and waiting.
    places: Semaphore,
    queue_capacity: usize,
    call_timeout: Duration,
}

impl Connections {
    /// Connects to nothing yet.
    pub(super) fn new(url: &PostgresUrl, tls: Tls, settings: &PostgresSettings) -> Result<Self, Fault> {
        let recycling = ManagerConfig {
            // One that is known to be closed is not handed out. One that is not known to be shows it at its next call.
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config(url, settings.call_timeout), tls, recycling);
        let session = session(url.schema(), settings.call_timeout);
        let begin = Hook::async_fn(move |client: &mut Client, _| {
            let session = session.clone();
            Box::pin(async move { client.batch_execute(&session).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager)
            .max_size(settings.connections.get())
            .post_create(begin)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Fault::new(error.to_string()))?;
        let queue_capacity = settings.queue_capacity.get();
        Ok(Self {
            pool,
            places: Semaphore::new(queue_capacity.saturating_add(settings.connections.get())),
            queue_capacity,
            call_timeout: settings.call_timeout,
        })
    }

    /// Does `work` on a connection of its own, and waits for it.
    ///
    /// The work goes on when its caller goes away: a request that is given up neither leaves a sign-out half asked for nor
    /// costs a connection.
    pub(super) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl for<'a> FnOnce(&'a mut Client) -> BoxFuture<'a, Result<T, Failure>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connections = Arc::clone(self);
        let call = tokio::spawn(async move {
            let Ok(_place) = connections.places.try_acquire() else {
                return Err(StoreError::backend(Full(connections.queue_capacity)));
            };
            let deadline = Instant::now() + connections.call_timeout;
            let answer = timeout_at(deadline, connections.lend(work)).await;
            answer
                .unwrap_or(Err(Failure::Late))
                .map_err(|failure| failure.into_store_error(connections.call_timeout))
        });
        call.await.unwrap_or_else(|ended| Err(StoreError::backend(ended)))
    }

    async fn lend<T>(
        &self,
        work: impl for<'a> FnOnce(&'a mut Client) -> BoxFuture<'a, Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut lent = Lent(Some(self.pool.get().await?));
        let Some(client) = &mut lent.0 else {
            return Err(Failure::Late);
        };
        let answer = work(client).await?;
        lent.give_back();
        Ok(answer)
    }
}

/// A connection that is closed, not handed on, unless its work came to a good end: after a fault, or when its time was over,
/// nobody knows in which state it is. The server rolls back what was under way on it.
struct Lent(Option<Object>);

impl Lent {
    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// Where to connect, and how soon a machine that is gone without a word is noticed: so soon that there is time for the next host
/// within the call.
pub(super) fn config(url: &PostgresUrl, call_timeout: Duration) -> Config {
    let mut config = url.config().clone();
    let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(u32::MAX);
    config
        .connect_timeout(call_timeout / hosts.saturating_add(1))
        .tcp_user_timeout(call_timeout)
        .keepalives_idle(Duration::from_secs(15))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3);
    config
}

/// What is set on every connection, whatever the server, the database or the user have for a default.
pub(super) fn session(schema: &str, call_timeout: Duration) -> String {
    let limit = call_timeout.as_millis().max(1);
    format!(
        // What a caller was told has happened must survive a power cut. `remote_apply` promises more than `on`, all others
        // less.
        "SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') <> 'remote_apply'; \
         SET search_path TO \"{schema}\", pg_temp; \
         SET default_transaction_isolation TO 'read committed'; \
         SET statement_timeout TO {limit}; \
         SET lock_timeout TO {limit}; \
         SET idle_in_transaction_session_timeout TO {limit}; \
         SET jit TO off; \
         SET client_min_messages TO warning"
    )
}

/// Begins a transaction in which each statement sees what was committed before it. Dropped, it is rolled back.
pub(super) async fn transaction(client: &mut Client) -> Result<Transaction<'_>, Failure> {
    let isolation = client
        .build_transaction()
        .isolation_level(IsolationLevel::ReadCommitted);
    Ok(isolation.start().await?)
}

/// Something that statements run on: a connection, each in a transaction of its own, or a transaction.
pub(super) trait Statements {
    async fn rows(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>, Failure>;
    async fn count(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64, Failure>;

    async fn row(&self, sql: &str, parameters: Parameters<'_>) -> Result<Option<Row>, Failure> {
        Ok(self.rows(sql, parameters).await?.pop())
    }
}

impl Statements for Client {
    async fn rows(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.prepare_cached(sql).await?;
        Ok(self.query(&statement, parameters).await?)
    }

    async fn count(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64, Failure> {
        let statement = self.prepare_cached(sql).await?;
        Ok(self.execute(&statement, parameters).await?)
    }
}

impl Statements for Transaction<'_> {
    async fn rows(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.prepare_cached(sql).await?;
        Ok(self.query(&statement, parameters).await?)
    }

    async fn count(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64, Failure> {
        let statement = self.prepare_cached(sql).await?;
        Ok(self.execute(&statement, parameters).await?)
    }
}

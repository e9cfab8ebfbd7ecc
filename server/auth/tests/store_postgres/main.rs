//! The PostgreSQL store passes the suite, over one instance and over two at once, and keeps what only a server can promise.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what fails here is the store under test"
)]

mod bulk;
mod cluster;
mod ends;
mod faults;
mod former_schemas;
mod hosts;
mod locks;
mod opening;
mod outages;
mod tls;
mod two_instances;

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use exeunt::{
    config::PostgresUrl,
    store::{
        Farewell, MarkRule, PostgresStore, Queue, Selector, Take,
        postgres::PostgresSettings,
        suite::fixture::{IDLE, NOW},
    },
};

use self::cluster::Cluster;

exeunt::store_test_suite!(|| async { open(&Cluster::shared().url()).await });

/// Longer than anything takes that is not stuck.
const PATIENCE: Duration = Duration::from_secs(60);

async fn open(url: &PostgresUrl) -> PostgresStore {
    let settings = PostgresSettings {
        call_timeout: PATIENCE,
        ..PostgresSettings::default()
    };
    open_with(url, settings).await
}

async fn open_with(url: &PostgresUrl, settings: PostgresSettings) -> PostgresStore {
    PostgresStore::open(url, settings).await.expect("the store opens")
}

/// With one connection and a short time for each call.
async fn open_impatient(url: &PostgresUrl) -> Arc<PostgresStore> {
    let settings = PostgresSettings {
        connections: NonZeroUsize::MIN,
        queue_capacity: NonZeroUsize::MIN,
        call_timeout: IMPATIENCE,
    };
    Arc::new(open_with(url, settings).await)
}

/// Enough for what is not stuck, even on a busy machine.
const IMPATIENCE: Duration = Duration::from_secs(3);

/// A take with everything that may belong to one.
fn whole(selector: Selector, marks: MarkRule) -> Take {
    Take::new(selector, marks)
        .queueing(Queue {
            reason: "of the test".into(),
            due_at: NOW,
        })
        .noting(Farewell {
            reason: "of the test".into(),
            kept_until: NOW + IDLE,
        })
}

/// A connection of the test's own that looks into the store's schema and stands in its way.
async fn beside(cluster: &Cluster, url: &PostgresUrl) -> tokio_postgres::Client {
    let client = cluster.connect().await;
    let path = format!("SET search_path TO {}", url.schema());
    client.batch_execute(&path).await.unwrap();
    client
}

/// Asks until the answer is yes.
async fn until(client: &tokio_postgres::Client, question: &str) {
    let asked = async {
        // Within a transaction the server would tell the same again and again.
        while client
            .execute("SELECT pg_stat_clear_snapshot()", &[])
            .await
            .is_ok()
            && !client.query_one(question, &[]).await.unwrap().get::<_, bool>(0)
        {
            tokio::task::yield_now().await;
        }
    };
    let answered = tokio::time::timeout(PATIENCE, asked).await;
    assert!(answered.is_ok(), "it does not come to: {question}");
}

/// Whether so many statements of the stores with this schema wait for a lock of this kind; of any if it is empty.
fn waiting(schema: &str, kind: &str, times: u32) -> String {
    format!(
        "SELECT count(*) >= {times} FROM pg_stat_activity WHERE application_name = '{schema}' \
         AND wait_event_type = 'Lock' AND '{kind}' IN ('', wait_event)"
    )
}

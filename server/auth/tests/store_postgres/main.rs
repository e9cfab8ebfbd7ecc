//! The PostgreSQL store passes the suite, over one instance and over two at once, and keeps what only a server can promise.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what fails here is the store under test"
)]

mod cluster;
mod two_instances;

use exeunt::store::{PostgresStore, postgres::PostgresSettings};

use self::cluster::Cluster;

exeunt::store_test_suite!(|| async { open(Cluster::shared()).await });

/// A store in a schema of its own.
async fn open(cluster: &Cluster) -> PostgresStore {
    PostgresStore::open(&cluster.url(), PostgresSettings::default())
        .await
        .expect("the store opens")
}

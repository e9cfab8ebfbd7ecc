//! Schemas that an earlier version made go on.

use exeunt::store::{Store as _, suite::fixture::row};

use super::*;

const FIRST: &str = include_str!("../../src/store/postgres/migrations/0001_store.sql");
const ROW: &str = "INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, \
    absolute_expires_at, login_started_at, device, identity, tokens, data) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Instances of the new version, rolled out together: one brings the schema up, and everybody stays signed in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schema_of_the_first_version_keeps_its_sessions_while_several_bring_it_up() {
    let cluster = Cluster::shared();
    let url = cluster.url();
    let owner = cluster.connect().await;
    owner
        .batch_execute(&format!("CREATE SCHEMA {}", url.schema()))
        .await
        .unwrap();
    let beside = beside(cluster, &url).await;
    beside.batch_execute(FIRST).await.unwrap();
    beside
        .batch_execute(
            "CREATE TABLE exeunt_schema (version bigint NOT NULL); INSERT INTO exeunt_schema (version) VALUES (1)",
        )
        .await
        .unwrap();
    let rows = [row(1), row(2)];
    for row in &rows {
        beside
            .execute(
                ROW,
                &[
                    &&row.key.0[..],
                    &row.public_id,
                    &row.iss,
                    &row.sub,
                    &row.sid,
                    &row.created_at.millis(),
                    &row.last_used_at.millis(),
                    &row.idle_expires_at.millis(),
                    &row.absolute_expires_at.millis(),
                    &row.login_started_at.millis(),
                    &row.device,
                    &row.identity,
                    &row.tokens,
                    &row.data,
                ],
            )
            .await
            .unwrap();
    }

    let opening: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await })
        })
        .collect();
    for opened in opening {
        let store = opened.await.unwrap();
        for row in &rows {
            assert_eq!(store.load(&row.key, NOW).await.unwrap(), Some(row.head()));
        }
    }
    let (version, indexes): (i64, i64) = {
        let found = beside
            .query_one(
                "SELECT (SELECT version FROM exeunt_schema), \
                 (SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'outbox_by_age')",
                &[],
            )
            .await
            .unwrap();
        (found.get(0), found.get(1))
    };
    assert_eq!((version, indexes), (2, 1));
}

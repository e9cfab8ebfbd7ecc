//! The plans SQLite makes for our statements: what a call costs must not grow with the sessions of other people (I14).

use rusqlite::Connection;

use super::{census, ends, marks, open, outbox, pending, resealing, sessions, sweep};

/// A file with our schema and some rows. The planner knows no statistics, as in a store that is at work.
fn filled() -> (tempfile::TempDir, Connection) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.db");
    let connection = open::for_writing(&path, std::time::Duration::from_secs(5)).unwrap();
    connection
        .execute_batch(
            "CREATE TEMP VIEW numbers AS
             WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
             SELECT n FROM number;
             INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at,
                                  absolute_expires_at, login_started_at, former_sid, former_until, device, identity, tokens)
             SELECT randomblob(32), n, 'https://op.example', n % 500, n % 1000, n, n, n, n, n, n % 900, n, x'00', x'00', x'00'
             FROM numbers;
             INSERT INTO outbox (id, created_at, due_at, attempts, iss, sub, reason, progress, sealed)
             SELECT randomblob(32), n, n, 0, 'https://op.example', n % 500, 'logout', '', x'00'
             FROM numbers;
             INSERT INTO end_record (key, public_id, iss, sub, created_at, ended_at, reason, device, kept_until)
             SELECT randomblob(32), n, 'https://op.example', n % 500, n, n, 'logout', x'00', n
             FROM numbers;",
        )
        .unwrap();
    (directory, connection)
}

/// What the rows are found by. Whether the index also covers what is read is SQLite's affair.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let lines = statement
        .raw_query()
        .mapped(|row| row.get(3))
        .collect::<Result<Vec<String>, _>>();
    lines
        .unwrap()
        .into_iter()
        .map(|line| line.replace("COVERING ", ""))
        .collect()
}

#[test]
fn every_statement_reaches_its_rows_through_an_index() {
    let (_directory, connection) = filled();
    let by_key = "SEARCH session USING INDEX sqlite_autoindex_session_1 (key=?)";
    let by_subject = "SEARCH session USING INDEX session_by_subject (iss=? AND sub=?)";
    let by_sid = "SEARCH session USING INDEX session_by_sid (iss=? AND sid=?)";
    let by_former_sid = "SEARCH session USING INDEX session_by_former_sid (iss=? AND former_sid=?)";
    let by_id = "SEARCH outbox USING INDEX sqlite_autoindex_outbox_1 (id=?)";
    let claim = "SEARCH claim USING PRIMARY KEY (purpose=? AND id=?)";
    let expected = [
        (sessions::LOAD, by_key),
        (sessions::LOAD_TOKENS, by_key),
        (sessions::LOAD_DATA, by_key),
        (sessions::TOUCH, by_key),
        (sessions::UPDATE, by_key),
        (sessions::TAKE_KEY, by_key),
        (resealing::RESEAL, by_key),
        (
            resealing::WALK,
            "SEARCH session USING INDEX sqlite_autoindex_session_1 (key>?)",
        ),
        (sessions::LIST, by_subject),
        (sessions::TAKE_SUBJECT, by_subject),
        (sessions::TAKE_NAMELESS, by_subject),
        (sessions::LIST_BY_SID, by_sid),
        (sessions::LIST_BY_SID, by_former_sid),
        (sessions::TAKE_SID, by_sid),
        (sessions::TAKE_FORMER_SID, by_former_sid),
        (
            sessions::TAKE_PUBLIC_ID,
            "SEARCH session USING INDEX sqlite_autoindex_session_2 (public_id=?)",
        ),
        (
            sessions::TAKE_EXPIRED,
            "SEARCH session USING INDEX session_by_end (ends_at<?)",
        ),
        (outbox::LOAD, by_id),
        (outbox::LEASE_ONE, by_id),
        (outbox::TRY_AGAIN, by_id),
        (outbox::END, by_id),
        (
            outbox::LEASE_DUE,
            "SEARCH outbox USING INDEX outbox_by_due (due_at<?)",
        ),
        (
            census::COUNT,
            "SEARCH session USING INDEX session_by_end (ends_at<?)",
        ),
        (ends::LAST, "SEARCH end_record"),
        (
            ends::AFTER,
            "SEARCH end_record USING INTEGER PRIMARY KEY (rowid>?)",
        ),
        (
            ends::LIST,
            "SEARCH end_record USING INDEX end_record_by_subject (iss=? AND sub=?)",
        ),
        (
            ends::LOAD,
            "SEARCH end_record USING INDEX end_record_by_key (key=?)",
        ),
        (
            marks::REFUSES,
            "SEARCH mark USING PRIMARY KEY (kind=? AND iss=? AND value=?)",
        ),
        (
            pending::LOAD,
            "SEARCH pending USING INDEX sqlite_autoindex_pending_1 (key=?)",
        ),
        (
            pending::SWAP,
            "SEARCH pending USING INDEX sqlite_autoindex_pending_1 (key=?)",
        ),
        (pending::RELEASE, claim),
        (
            sweep::TABLES[0],
            "SEARCH pending USING INDEX pending_by_expiry (expires_at<?)",
        ),
        (
            sweep::TABLES[1],
            "SEARCH mark USING INDEX mark_by_expiry (expires_at<?)",
        ),
        (
            sweep::TABLES[2],
            "SEARCH claim USING INDEX claim_by_expiry (expires_at<?)",
        ),
        (
            sweep::TABLES[3],
            "SEARCH outbox USING INDEX outbox_by_expiry (kept_until<?)",
        ),
        (
            sweep::TABLES[4],
            "SEARCH end_record USING INDEX end_record_by_expiry (kept_until<?)",
        ),
    ];
    for (sql, search) in expected {
        let plan = plan(&connection, sql);
        assert!(
            plan.iter().any(|line| line == search),
            "{sql}\nexpected: {search}\nplan: {plan:#?}"
        );
    }
}

#[test]
fn no_statement_scans_a_table() {
    let (_directory, connection) = filled();
    let statements = [
        sessions::INSERT,
        sessions::LOAD,
        sessions::LOAD_TOKENS,
        sessions::LOAD_DATA,
        sessions::LIST,
        sessions::LIST_BY_SID,
        sessions::TOUCH,
        sessions::UPDATE,
        sessions::TAKE_KEY,
        sessions::TAKE_SID,
        sessions::TAKE_FORMER_SID,
        sessions::TAKE_NAMELESS,
        sessions::TAKE_SUBJECT,
        sessions::TAKE_PUBLIC_ID,
        sessions::TAKE_EXPIRED,
        outbox::PUT,
        outbox::QUEUE,
        outbox::LOAD,
        outbox::LEASE_ONE,
        outbox::LEASE_DUE,
        outbox::TRY_AGAIN,
        outbox::END,
        ends::NOTE,
        ends::LAST,
        ends::AFTER,
        ends::LIST,
        ends::LOAD,
        marks::REFUSES,
        marks::WRITE,
        pending::PUT,
        pending::LOAD,
        pending::SWAP,
        pending::CLAIM,
        pending::RELEASE,
    ];
    for sql in statements.into_iter().chain(sweep::TABLES) {
        let scans: Vec<_> = plan(&connection, sql)
            .into_iter()
            .filter(|line| line.starts_with("SCAN") && !line.starts_with("SCAN CONSTANT ROW"))
            .collect();
        assert!(scans.is_empty(), "{sql}\nscans: {scans:#?}");
    }
}

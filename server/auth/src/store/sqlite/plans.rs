//! The plans SQLite makes for our statements: what a call costs must not grow with the sessions of other people (I14).

use rusqlite::{Connection, StatementStatus};

use super::{census, ends, marks, open, outbox, pending, person_ends, resealing, sessions, sweep, taking};

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
             INSERT INTO session (id, key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at,
                                  absolute_expires_at, login_started_at, former_sid, former_until, device, identity,
                                  ended_at, reason, kept_until, seq)
             SELECT n, randomblob(32), n, 'https://op.example', n % 500, n % 1000, n, n, n, n, n, n % 900, n, x'00', x'',
                    iif(n % 2, n, NULL), iif(n % 2, 'logout', NULL), iif(n % 2, n, NULL), iif(n % 2, n, NULL)
             FROM numbers;
             INSERT INTO session_tokens (id, tokens) SELECT id, x'00' FROM session;
             INSERT INTO outbox (id, created_at, due_at, attempts, iss, sub, reason, progress, sealed, session_id)
             SELECT randomblob(32), n, n, 0, 'https://op.example', n % 500, 'logout', '', x'', n
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
    let by_subject = "SEARCH session USING INDEX session_by_subject (iss=? AND sub=? AND ended_at=?)";
    let by_subject_up_to =
        "SEARCH session USING INDEX session_by_subject (iss=? AND sub=? AND ended_at=? AND rowid<?)";
    let by_token_id = "SEARCH session_tokens USING INTEGER PRIMARY KEY (rowid=?)";
    let by_token_id_if_there = "SEARCH session_tokens USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN";
    let by_limit = "SEARCH session USING INDEX session_by_limit (ends_at<?)";
    let by_session_id = "SEARCH session USING INTEGER PRIMARY KEY (rowid=?)";
    let by_sid = "SEARCH session USING INDEX session_by_sid (iss=? AND sid=?)";
    let by_former_sid = "SEARCH session USING INDEX session_by_former_sid (iss=? AND former_sid=?)";
    let by_public_id = "SEARCH session USING INDEX sqlite_autoindex_session_2 (public_id=?)";
    let meaning = "SEARCH person_end USING PRIMARY KEY (iss=? AND sub=?)";
    let by_id = "SEARCH outbox USING INDEX sqlite_autoindex_outbox_1 (id=?)";
    let claim = "SEARCH claim USING PRIMARY KEY (purpose=? AND id=?)";
    let expected = [
        (sessions::LOAD, by_key),
        (sessions::LOAD_TOKENS, by_key),
        (sessions::LOAD_TOKENS, by_token_id),
        (sessions::LOAD_DATA, by_key),
        (sessions::LOAD_DATA, by_token_id),
        (sessions::TOUCH, by_key),
        (sessions::UPDATE, by_key),
        (sessions::UPDATE_TOKENS, by_key),
        (sessions::UPDATE_TOKENS, by_token_id),
        (sessions::OF_KEY.head, by_key),
        (sessions::OF_KEY.whole, by_key),
        (sessions::OF_KEY.whole, by_token_id_if_there),
        (resealing::UNCHANGED, by_key),
        (resealing::RESEAL, by_session_id),
        (resealing::RESEAL_TOKENS, by_token_id),
        (
            resealing::WALK,
            "SEARCH session_tokens USING INTEGER PRIMARY KEY (rowid>?)",
        ),
        (resealing::WALK, by_session_id),
        (sessions::FORGET_SID, by_sid),
        (sessions::FORGET_SID, by_session_id),
        (sessions::LIST, by_subject),
        (sessions::OF_SUBJECT.head, by_subject),
        (sessions::OF_SUBJECT.whole, by_subject),
        (sessions::NAMELESS.head, by_subject),
        (sessions::NAMELESS.whole, by_subject),
        (sessions::LIST_BY_SID, by_sid),
        (sessions::LIST_BY_SID, by_former_sid),
        (sessions::OF_SID.head, by_sid),
        (sessions::OF_SID.whole, by_sid),
        (sessions::OF_FORMER_SID.head, by_former_sid),
        (sessions::OF_FORMER_SID.whole, by_former_sid),
        (sessions::OF_PUBLIC_ID.head, by_public_id),
        (sessions::OF_PUBLIC_ID.whole, by_public_id),
        (sessions::EXPIRED.head, by_limit),
        (sessions::EXPIRED.whole, by_limit),
        (taking::REMOVE, by_session_id),
        (taking::REMOVE_TOKENS, by_token_id),
        (taking::WIPE_DATA, by_token_id),
        (outbox::LOAD, by_id),
        (outbox::LEASE_ONE, by_id),
        (outbox::TRY_AGAIN, by_id),
        (outbox::END, by_id),
        (
            outbox::LEASE_DUE,
            "SEARCH outbox USING INDEX outbox_by_due (due_at<?)",
        ),
        (outbox::LOAD, by_token_id),
        (outbox::REMOVE[0], by_id),
        (outbox::REMOVE[0], by_token_id),
        (outbox::REMOVE[1], by_id),
        (outbox::WIPE, by_id),
        (outbox::WIPE, by_token_id),
        (census::COUNT, by_limit),
        (ends::NOTE, by_session_id),
        (ends::AFTER, "SEARCH session USING INDEX session_by_seq (seq>?)"),
        (
            ends::LIST,
            "SEARCH session USING INDEX session_by_subject (iss=? AND sub=? AND ended_at>?)",
        ),
        (ends::LOAD, by_key),
        (ends::LOAD_MEANT, by_key),
        (ends::LOAD_MEANT, meaning),
        (ends::LIST_MEANT, meaning),
        (ends::LIST_MEANT, by_subject_up_to),
        (person_ends::ROWS, by_subject_up_to),
        (person_ends::OVER, meaning),
        (sessions::LOAD, meaning),
        (sessions::TOUCH, meaning),
        (sessions::EXPIRED.whole, meaning),
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
            "SEARCH session USING INDEX session_by_expiry (kept_until<?)",
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

/// To look whether other values deserve another plan costs more than most statements do.
#[test]
fn no_question_is_prepared_anew_for_other_values() {
    let (_directory, connection) = filled();
    for sql in every().into_iter().filter(|sql| sql.starts_with("SELECT")) {
        let mut statement = connection.prepare(sql).unwrap();
        for value in 1..=4 {
            for place in 1..=statement.parameter_count() {
                statement.raw_bind_parameter(place, value).unwrap();
            }
            statement
                .raw_query()
                .mapped(|_row| Ok(()))
                .for_each(|row| row.unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
    }
}

#[test]
fn no_statement_scans_a_table() {
    let (_directory, connection) = filled();
    for sql in every() {
        let scans: Vec<_> = plan(&connection, sql)
            .into_iter()
            .filter(|line| line.starts_with("SCAN") && !line.starts_with("SCAN CONSTANT ROW"))
            .collect();
        assert!(scans.is_empty(), "{sql}\nscans: {scans:#?}");
    }
}

fn every() -> Vec<&'static str> {
    let statements = [
        sessions::INSERT,
        sessions::INSERT_TOKENS,
        sessions::COUNT,
        sessions::LOAD,
        sessions::LOAD_TOKENS,
        sessions::LOAD_DATA,
        sessions::LIST,
        sessions::LIST_BY_SID,
        sessions::TOUCH,
        sessions::UPDATE,
        sessions::UPDATE_TOKENS,
        sessions::OF_KEY.head,
        sessions::OF_KEY.whole,
        sessions::OF_SID.head,
        sessions::OF_SID.whole,
        sessions::OF_FORMER_SID.head,
        sessions::OF_FORMER_SID.whole,
        sessions::NAMELESS.head,
        sessions::NAMELESS.whole,
        sessions::OF_SUBJECT.head,
        sessions::OF_SUBJECT.whole,
        sessions::OF_PUBLIC_ID.head,
        sessions::OF_PUBLIC_ID.whole,
        sessions::EXPIRED.head,
        sessions::EXPIRED.whole,
        outbox::PUT,
        outbox::QUEUE,
        outbox::LOAD,
        outbox::LEASE_ONE,
        outbox::LEASE_DUE,
        outbox::TRY_AGAIN,
        outbox::REMOVE[0],
        outbox::REMOVE[1],
        outbox::WIPE,
        outbox::END,
        taking::REMOVE,
        taking::REMOVE_TOKENS,
        taking::WIPE_DATA,
        resealing::WALK,
        resealing::UNCHANGED,
        resealing::RESEAL,
        resealing::RESEAL_TOKENS,
        sessions::FORGET_SID,
        ends::PLACES,
        ends::NOTE,
        ends::LAST,
        ends::AFTER,
        ends::LIST,
        ends::LOAD,
        ends::LIST_MEANT,
        ends::LOAD_MEANT,
        person_ends::MARK,
        person_ends::ROWS,
        person_ends::OVER,
        marks::REFUSES,
        marks::WRITE,
        pending::PUT,
        pending::LOAD,
        pending::SWAP,
        pending::CLAIM,
        pending::RELEASE,
    ];
    statements.into_iter().chain(sweep::TABLES).collect()
}

/// A row stays when its session ends, and looks as if it lived until an end of very many has come to it: what forgot to ask would
/// find it, and bring it back (I2).
#[test]
fn i02_every_statement_on_sessions_asks_that_they_have_not_ended() {
    let statements = [
        sessions::LOAD,
        sessions::LOAD_TOKENS,
        sessions::LOAD_DATA,
        sessions::LIST,
        sessions::LIST_BY_SID,
        sessions::TOUCH,
        sessions::UPDATE,
        sessions::UPDATE_TOKENS,
        sessions::OF_KEY.head,
        sessions::OF_KEY.whole,
        sessions::OF_SID.head,
        sessions::OF_SID.whole,
        sessions::OF_FORMER_SID.head,
        sessions::OF_FORMER_SID.whole,
        sessions::NAMELESS.head,
        sessions::NAMELESS.whole,
        sessions::OF_SUBJECT.head,
        sessions::OF_SUBJECT.whole,
        sessions::OF_PUBLIC_ID.head,
        sessions::OF_PUBLIC_ID.whole,
        sessions::EXPIRED.head,
        sessions::EXPIRED.whole,
        resealing::WALK,
        resealing::UNCHANGED,
        census::COUNT,
    ];
    for sql in statements {
        let reads: usize = ["FROM session ", "JOIN session ", "UPDATE session "]
            .map(|from| sql.matches(from).count())
            .iter()
            .sum();
        assert!(reads > 0, "{sql}");
        assert_eq!(sql.matches("ended_at IS NULL").count(), reads, "{sql}");
        assert_eq!(sql.matches(person_ends::not_meant!()).count(), reads, "{sql}");
    }
}

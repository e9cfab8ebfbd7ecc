-- The table of sessions anew, with when the login began and the sid that was replaced. Added columns would stand behind the
-- large ones, and every take would follow a row's overflow pages to compare them.
ALTER TABLE session RENAME TO session_before;
CREATE TABLE session (
    key                 BLOB    NOT NULL PRIMARY KEY,
    public_id           TEXT    NOT NULL UNIQUE,
    iss                 TEXT    NOT NULL,
    sub                 TEXT    NOT NULL,
    sid                 TEXT,
    created_at          INTEGER NOT NULL,
    last_used_at        INTEGER NOT NULL,
    idle_expires_at     INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    ends_at             INTEGER NOT NULL GENERATED ALWAYS AS (min(idle_expires_at, absolute_expires_at)) VIRTUAL,
    login_started_at    INTEGER NOT NULL,
    former_sid          TEXT,
    former_until        INTEGER,
    identity            BLOB    NOT NULL,
    tokens              BLOB    NOT NULL,
    data                BLOB,
    CHECK ((former_sid IS NULL) = (former_until IS NULL))
) STRICT;
-- When their logins began was not written down: ten minutes, the lifetime of an attempt, before they ended at the most. An
-- end that reaches back in time ends such a session rather than spare it.
INSERT INTO session (key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                     login_started_at, identity, tokens, data)
    SELECT key, public_id, iss, sub, sid, created_at, last_used_at, idle_expires_at, absolute_expires_at,
           created_at - 600000, identity, tokens, data
    FROM session_before;
DROP TABLE session_before;
CREATE INDEX session_by_subject ON session (iss, sub);
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
CREATE INDEX session_by_former_sid ON session (iss, former_sid) WHERE former_sid IS NOT NULL;
CREATE INDEX session_by_end ON session (ends_at);

-- Remote work that ends left. What tells whether an entry is wanted stands before its large sealed column.
CREATE TABLE outbox (
    id           BLOB    NOT NULL PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    leased_until INTEGER,
    kept_until   INTEGER,
    iss          TEXT    NOT NULL,
    sub          TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    progress     TEXT    NOT NULL,
    sealed       BLOB    NOT NULL
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE kept_until IS NULL;
CREATE INDEX outbox_by_expiry ON outbox (kept_until) WHERE kept_until IS NOT NULL;

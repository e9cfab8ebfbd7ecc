-- An end of very many sessions of one person is certain by one row here; their own rows are dealt with afterwards, piece by
-- piece, and then it goes. Whoever asks for a session asks this table too. It is empty nearly always.
CREATE TABLE person_end (
    iss          TEXT    NOT NULL,
    sub          TEXT    NOT NULL,
    -- Of the sessions that the end found, the one that began last: those that begin afterwards are not meant.
    last_id      INTEGER NOT NULL,
    -- Only those whose login began by then. NULL: all.
    started_by   INTEGER,
    -- Only those that had not run out by then: earlier ones are left to the sweeper.
    expired      INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    kept_until   INTEGER NOT NULL,
    -- How their tokens are queued for revocation. NULL: they are not.
    queue_reason TEXT,
    due_at       INTEGER,
    PRIMARY KEY (iss, sub),
    CHECK ((queue_reason IS NULL) = (due_at IS NULL))
) STRICT, WITHOUT ROWID;

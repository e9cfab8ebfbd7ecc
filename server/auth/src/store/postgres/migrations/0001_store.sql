-- All text is compared byte for byte, whatever the database's own order is. Times are milliseconds since the unix epoch, by
-- the clock of whoever writes: the database's own decides nothing.

-- One row per session, with what the index needs in the same row: no crash can part them.
CREATE TABLE session (
    key                 bytea  NOT NULL PRIMARY KEY,
    public_id           text   COLLATE "C" NOT NULL UNIQUE,
    iss                 text   COLLATE "C" NOT NULL,
    sub                 text   COLLATE "C" NOT NULL,
    sid                 text   COLLATE "C",
    created_at          bigint NOT NULL,
    last_used_at        bigint NOT NULL,
    idle_expires_at     bigint NOT NULL,
    absolute_expires_at bigint NOT NULL,
    ends_at             bigint NOT NULL GENERATED ALWAYS AS (least(idle_expires_at, absolute_expires_at)) STORED,
    login_started_at    bigint NOT NULL,
    former_sid          text   COLLATE "C",
    former_until        bigint,
    device              bytea  NOT NULL,
    identity            bytea  NOT NULL,
    tokens              bytea  NOT NULL,
    data                bytea,
    CHECK ((former_sid IS NULL) = (former_until IS NULL))
);
-- Sealed bytes cannot be compressed; what is large lies beside the row, and reading the rest does not touch it.
ALTER TABLE session ALTER COLUMN tokens SET STORAGE EXTERNAL;
ALTER TABLE session ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX session_by_subject ON session (iss, sub);
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
CREATE INDEX session_by_former_sid ON session (iss, former_sid) WHERE former_sid IS NOT NULL;
CREATE INDEX session_by_end ON session (ends_at, key);

-- Not-before marks, the newest of each. kind: 1 = a sid, 2 = a subject.
CREATE TABLE mark (
    kind       smallint NOT NULL,
    iss        text     COLLATE "C" NOT NULL,
    value      text     COLLATE "C" NOT NULL,
    moment     bigint   NOT NULL,
    expires_at bigint   NOT NULL,
    PRIMARY KEY (iss, value, kind)
);
CREATE INDEX mark_by_expiry ON mark (expires_at);

CREATE TABLE pending (
    key        bytea  NOT NULL PRIMARY KEY,
    expires_at bigint NOT NULL,
    sealed     bytea  NOT NULL
);
ALTER TABLE pending ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX pending_by_expiry ON pending (expires_at);

CREATE TABLE claim (
    purpose    text   COLLATE "C" NOT NULL,
    id         bytea  NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (purpose, id)
);
CREATE INDEX claim_by_expiry ON claim (expires_at);

-- Remote work that ends left.
CREATE TABLE outbox (
    id           bytea  NOT NULL PRIMARY KEY,
    created_at   bigint NOT NULL,
    due_at       bigint NOT NULL,
    attempts     bigint NOT NULL,
    leased_until bigint,
    kept_until   bigint,
    iss          text   COLLATE "C" NOT NULL,
    sub          text   COLLATE "C" NOT NULL,
    reason       text   COLLATE "C" NOT NULL,
    progress     text   COLLATE "C" NOT NULL,
    sealed       bytea  NOT NULL
);
ALTER TABLE outbox ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX outbox_by_due ON outbox (due_at, id) WHERE kept_until IS NULL;
CREATE INDEX outbox_by_expiry ON outbox (kept_until) WHERE kept_until IS NOT NULL;

-- What ended. `id` says in which order it was written, `seq` is its place among all ends. A number is drawn before its row
-- can be seen, and transactions do not become visible in the order in which they drew; so a row gets its place afterwards, by
-- whoever reads, one reader at a time. A place is never given twice, not even after its row has gone.
CREATE TABLE end_record (
    id         bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq        bigint,
    key        bytea  NOT NULL,
    public_id  text   COLLATE "C" NOT NULL,
    iss        text   COLLATE "C" NOT NULL,
    sub        text   COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    ended_at   bigint NOT NULL,
    reason     text   COLLATE "C" NOT NULL,
    device     bytea  NOT NULL,
    kept_until bigint NOT NULL
);
CREATE SEQUENCE end_place;
CREATE UNIQUE INDEX end_record_by_place ON end_record (seq) WHERE seq IS NOT NULL;
CREATE INDEX end_record_without_place ON end_record (id) WHERE seq IS NULL;
CREATE INDEX end_record_by_key ON end_record (key);
CREATE INDEX end_record_by_subject ON end_record (iss, sub, ended_at);
CREATE INDEX end_record_by_expiry ON end_record (kept_until);

-- Written by each ping: a store that cannot write any more (disk full, made read-only) is not ready.
CREATE TABLE probe (
    id    smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    pings bigint   NOT NULL
);
INSERT INTO probe (id, pings) VALUES (1, 0);

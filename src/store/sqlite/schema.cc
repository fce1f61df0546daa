// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/schema.h"

namespace plumbline::sqlite {

namespace {

// "PLMB": says whose file it is (PRAGMA application_id).
constexpr std::int64_t application_id = 0x504c4d42;

// A tip's number is the ledger index of its tip.received entry: one counter, and the other tables grow at their end.
// severity 0 = not decided yet. Enumerations are the on-disk values of model/.
constexpr const char* version_1 = R"sql(
    CREATE TABLE tip (
        number              INTEGER PRIMARY KEY,
        id                  BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        received_hour       INTEGER NOT NULL,
        channel             INTEGER NOT NULL CHECK (channel BETWEEN 1 AND 4),
        category_group      INTEGER NOT NULL CHECK (category_group BETWEEN 1 AND 11),
        is_demo             INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
        state               INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
        severity            INTEGER NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 4),
        deadline            INTEGER,
        queue               TEXT NOT NULL DEFAULT '',
        mailbox_hash        BLOB NOT NULL UNIQUE CHECK (length(mailbox_hash) = 32),
        dedup_key           BLOB CHECK (length(dedup_key) = 32),
        reporter_public_key BLOB NOT NULL,
        receipt             TEXT NOT NULL,
        wrapped_keys        BLOB NOT NULL,
        CHECK ((severity = 0) = (deadline IS NULL))
    );
    CREATE UNIQUE INDEX tip_by_dedup_key ON tip (dedup_key) WHERE dedup_key IS NOT NULL;
    CREATE INDEX tip_undecided ON tip (severity) WHERE severity = 0;
    CREATE INDEX tip_by_deadline ON tip (deadline, received_hour) WHERE severity > 0;
    CREATE INDEX tip_by_severity ON tip (severity DESC, deadline, received_hour) WHERE severity > 0;

    CREATE TABLE part (
        tip           INTEGER NOT NULL REFERENCES tip (number),
        part          INTEGER NOT NULL,
        sealed_bytes  INTEGER NOT NULL,
        sealed_sha256 BLOB NOT NULL CHECK (length(sealed_sha256) = 32),
        sealed        BLOB,
        CHECK (sealed IS NULL OR length(sealed) = sealed_bytes),
        UNIQUE (tip, part)
    );
    CREATE INDEX part_as_blob ON part (sealed_sha256) WHERE sealed IS NULL;

    CREATE TABLE ledger (
        number         INTEGER PRIMARY KEY,
        kind           TEXT NOT NULL,
        day            INTEGER NOT NULL,
        category_group INTEGER NOT NULL CHECK (category_group BETWEEN 1 AND 11),
        leaf           TEXT NOT NULL,
        commitment     BLOB NOT NULL CHECK (length(commitment) = 32),
        tip            INTEGER REFERENCES tip (number),
        opening        BLOB NOT NULL
    );
    CREATE INDEX ledger_of_tip ON ledger (tip) WHERE tip IS NOT NULL;

    CREATE TABLE job (
        number        INTEGER PRIMARY KEY,
        id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        tip           INTEGER NOT NULL REFERENCES tip (number),
        skill         TEXT NOT NULL,
        priority      INTEGER NOT NULL,
        state         INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
        tries         INTEGER NOT NULL DEFAULT 0,
        created_hour  INTEGER NOT NULL,
        fencing_token INTEGER NOT NULL DEFAULT 0,
        worker        TEXT NOT NULL DEFAULT '',
        ready_at      INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX job_of_tip ON job (tip);
    CREATE INDEX job_waiting ON job (skill, priority DESC, created_hour) WHERE state = 1;
    CREATE INDEX job_leased ON job (skill, ready_at) WHERE state = 2;

    CREATE TABLE product (
        tip     INTEGER NOT NULL REFERENCES tip (number),
        name    TEXT NOT NULL,
        version INTEGER NOT NULL,
        sealed  BLOB NOT NULL,
        UNIQUE (tip, name)
    );

    CREATE TABLE message (
        number    INTEGER PRIMARY KEY,
        id        BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        tip       INTEGER NOT NULL REFERENCES tip (number),
        direction INTEGER NOT NULL CHECK (direction IN (1, 2)),
        hour      INTEGER NOT NULL,
        sealed    BLOB NOT NULL
    );
    CREATE INDEX message_of_tip ON message (tip);

    CREATE TABLE staff (
        name          TEXT PRIMARY KEY,
        id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        password_hash TEXT NOT NULL,
        role          TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE lab (
        id             BLOB PRIMARY KEY CHECK (length(id) = 16),
        name           TEXT NOT NULL,
        box_public_key BLOB NOT NULL,
        verify_key     BLOB NOT NULL,
        enrolled       INTEGER NOT NULL,
        is_active      INTEGER NOT NULL CHECK (is_active IN (0, 1))
    ) WITHOUT ROWID;
    CREATE TABLE token (
        token_sha256 BLOB PRIMARY KEY CHECK (length(token_sha256) = 32),
        partner      TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE setting (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    PRAGMA application_id = 0x504c4d42;
    PRAGMA user_version = 1;
)sql";

// The first opening by a person, withdrawals, files of messages, what an entry says of the wait, and counts for each queue
// that triggers keep, so that asking for them walks no tips.
constexpr const char* version_2 = R"sql(
    ALTER TABLE tip ADD COLUMN first_opened_hour INTEGER;
    ALTER TABLE tip ADD COLUMN withdrawn_hour INTEGER;
    UPDATE tip SET first_opened_hour = (SELECT day * 86400000000 FROM ledger WHERE ledger.tip = tip.number AND kind LIKE 'tip.%>opened'
        ORDER BY ledger.number LIMIT 1) WHERE state > 2;
    CREATE INDEX tip_unopened_by_deadline ON tip (deadline) WHERE first_opened_hour IS NULL AND severity > 0;
    CREATE INDEX tip_unopened_by_queue ON tip (queue, received_hour) WHERE first_opened_hour IS NULL;

    ALTER TABLE ledger ADD COLUMN about TEXT NOT NULL DEFAULT '';

    CREATE TABLE message_part (
        message       INTEGER NOT NULL REFERENCES message (number),
        part          INTEGER NOT NULL CHECK (part > 0),
        sealed_bytes  INTEGER NOT NULL,
        sealed_sha256 BLOB NOT NULL CHECK (length(sealed_sha256) = 32),
        sealed        BLOB,
        CHECK (sealed IS NULL OR length(sealed) = sealed_bytes),
        UNIQUE (message, part)
    );
    CREATE INDEX message_part_as_blob ON message_part (sealed_sha256) WHERE sealed IS NULL;

    CREATE TABLE queue_count (
        queue TEXT NOT NULL,
        state INTEGER NOT NULL,
        tips  INTEGER NOT NULL,
        PRIMARY KEY (queue, state)
    ) WITHOUT ROWID;
    INSERT INTO queue_count SELECT queue, state, count(*) FROM tip GROUP BY queue, state;
    CREATE TRIGGER tip_counted AFTER INSERT ON tip BEGIN
        INSERT INTO queue_count VALUES (new.queue, new.state, 1) ON CONFLICT (queue, state) DO UPDATE SET tips = tips + 1;
    END;
    CREATE TRIGGER tip_counted_elsewhere AFTER UPDATE OF state, queue ON tip WHEN old.state <> new.state OR old.queue <> new.queue BEGIN
        UPDATE queue_count SET tips = tips - 1 WHERE queue = old.queue AND state = old.state;
        INSERT INTO queue_count VALUES (new.queue, new.state, 1) ON CONFLICT (queue, state) DO UPDATE SET tips = tips + 1;
    END;

    ALTER TABLE tip ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE repeat (
        number        INTEGER PRIMARY KEY,
        tip           INTEGER NOT NULL REFERENCES tip (number),
        id            BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        hour          INTEGER NOT NULL,
        wrapped_keys  BLOB NOT NULL,
        sealed_bytes  INTEGER NOT NULL,
        sealed_sha256 BLOB NOT NULL CHECK (length(sealed_sha256) = 32),
        sealed        BLOB,
        CHECK (sealed IS NULL OR length(sealed) = sealed_bytes)
    );
    CREATE INDEX repeat_of_tip ON repeat (tip);
    CREATE INDEX repeat_as_blob ON repeat (sealed_sha256) WHERE sealed IS NULL;
    CREATE TABLE delivery (
        delivery_key BLOB PRIMARY KEY CHECK (length(delivery_key) = 32),
        tip          INTEGER NOT NULL REFERENCES tip (number)
    ) WITHOUT ROWID;
    ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT 'tips';
    ALTER TABLE token ADD COLUMN items_per_hour INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE token ADD COLUMN trust INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE token ADD COLUMN silent_after_hours INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE token ADD COLUMN created_hour INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE partner_hour (
        partner TEXT PRIMARY KEY,
        hour    INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- The bits of TipFlag.
    ALTER TABLE tip ADD COLUMN flags INTEGER NOT NULL DEFAULT 0 CHECK (flags BETWEEN 0 AND 255);
    -- One staff member's day.
    CREATE TABLE exposure (
        staff    BLOB NOT NULL CHECK (length(staff) = 16),
        day      INTEGER NOT NULL,
        seconds  INTEGER NOT NULL,
        pictures INTEGER NOT NULL,
        PRIMARY KEY (staff, day)
    ) WITHOUT ROWID;
    PRAGMA user_version = 2;
)sql";

// migrations[n] brings version n to n + 1 and sets user_version. Never edited once released; append only.
constexpr const char* migrations[] = {version_1, version_2};
static_assert(std::size(migrations) == schema_version);

Result<std::int64_t> number_of(Connection& connection, const char* pragma) {
    Query query = TRY(connection.query(pragma));
    if (!TRY(query.step())) return fail(ErrorKind::corrupt, "{} gives nothing", pragma);
    return query.integer(0);
}

Result<void> migrate_inside(Connection& connection) {
    const std::int64_t version = TRY(number_of(connection, "PRAGMA user_version"));
    const std::int64_t application = TRY(number_of(connection, "PRAGMA application_id"));
    const std::int64_t tables = TRY(number_of(connection, "SELECT count(*) FROM sqlite_schema"));
    if (application != application_id && (version != 0 || tables != 0))
        return fail(ErrorKind::unsupported, "this database belongs to another program");
    if (version > schema_version)
        return fail(ErrorKind::unsupported, "the store has version {}, this program knows {}", version, schema_version);
    for (std::int64_t next = version; next < schema_version; ++next) TRY(connection.run_script(migrations[next]));
    return {};
}

}  // namespace

Result<void> migrate(Connection& connection) {
    TRY(connection.run("BEGIN IMMEDIATE"));
    const Result<void> done = migrate_inside(connection);
    if (done) return connection.run("COMMIT");
    const Result<void> rolled_back = connection.run("ROLLBACK");
    (void)rolled_back;
    return done;
}

}  // namespace plumbline::sqlite

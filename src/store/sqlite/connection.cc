// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <thread>

#include "base/check.h"

namespace plumbline::sqlite {

namespace {

ErrorKind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_NOMEM:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL: return ErrorKind::unavailable;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return ErrorKind::busy;
        case SQLITE_CONSTRAINT: return ErrorKind::conflict;
        case SQLITE_TOOBIG: return ErrorKind::too_large;
        default: return ErrorKind::corrupt;
    }
}

// SQLite's messages name tables and columns, never values.
tl::unexpected<Error> database_fault(sqlite3* database, int code) {
    return fail(kind_of(code), "database: {} ({})", sqlite3_errmsg(database), sqlite3_extended_errcode(database));
}

constexpr const char* settings_of_all = R"sql(
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
)sql";
// 4,000 pages between checkpoints keep the second write of a page rare; the file is cut back to 64 MiB after a long reader.
constexpr const char* settings_of_writer = R"sql(
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -32768;
)sql";
constexpr const char* settings_of_reader = R"sql(
    PRAGMA query_only = ON;
    PRAGMA cache_size = -4096;
)sql";

}  // namespace

Query::Query(Query&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<bool> Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return database_fault(database_, code);
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Query::text(int column) const {
    const unsigned char* start = sqlite3_column_text(statement_, column);
    if (start == nullptr) return {};
    const ByteView bytes(reinterpret_cast<const std::byte*>(start), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    return std::string(text_of(bytes));
}
ByteView Query::blob(int column) const {
    const void* start = sqlite3_column_blob(statement_, column);
    if (start == nullptr) return {};
    return {static_cast<const std::byte*>(start), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<void> Query::bind(std::initializer_list<Bound> values, bool copies) {
    CHECK(values.size() == static_cast<std::size_t>(sqlite3_bind_parameter_count(statement_)));
    const sqlite3_destructor_type lifetime = copies ? SQLITE_TRANSIENT : SQLITE_STATIC;
    int place = 0;
    for (const Bound& bound : values) {
        ++place;
        int code = SQLITE_OK;
        if (const auto* integer_value = std::get_if<std::int64_t>(&bound.value())) {
            code = sqlite3_bind_int64(statement_, place, *integer_value);
        } else if (const auto* text_value = std::get_if<std::string_view>(&bound.value())) {
            const char* start = text_value->data() == nullptr ? "" : text_value->data();
            code = sqlite3_bind_text64(statement_, place, start, text_value->size(), lifetime, SQLITE_UTF8);
        } else if (const auto* blob_value = std::get_if<ByteView>(&bound.value())) {
            // An empty blob is a blob, not a null.
            code = blob_value->empty() ? sqlite3_bind_zeroblob(statement_, place, 0)
                                       : sqlite3_bind_blob64(statement_, place, blob_value->data(), blob_value->size(), lifetime);
        } else {
            code = sqlite3_bind_null(statement_, place);
        }
        if (code != SQLITE_OK) return database_fault(database_, code);
    }
    return {};
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
    // Made with our own mode first: the log and its index take the mode of the database file. Only a file that is not there yet is
    // opened here. To close any descriptor of a database drops every POSIX lock that this process holds on it (fcntl(2)), those
    // of SQLite's other connections too; then another process that closes last takes the log for its own, and removes it.
    const int file = ::open(options.path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno != EEXIST) return fail(ErrorKind::unavailable, "opening {}: {}", options.path, std::generic_category().message(errno));
    if (file >= 0) ::close(file);
    sqlite3* database = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(options.path.c_str(), &database, flags, options.vfs);
    if (database == nullptr) return fail(ErrorKind::unavailable, "opening {}: no memory", options.path);
    std::unique_ptr<Connection> connection(new Connection(database));
    if (code != SQLITE_OK) return fail_in(options.path, database_fault(database, code).value());
    if (auto configured = connection->configure(options); !configured) return fail_in(options.path, configured.error());
    return connection;
}

Result<void> Connection::configure(const ConnectionOptions& options) {
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, static_cast<int>(options.busy_milliseconds_max));
    sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    TRY(run_script(settings_of_all));
    if (!options.is_writer) return run_script(settings_of_reader);
    // Two processes that start at once may meet here, and this one pragma does not always wait.
    for (int attempt = 0;; ++attempt) {
        // Most of what a tip adds is products larger than a page of 4 KiB: larger pages mean fewer frames to write and read. Only a new file takes it.
        const auto done = run_script("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL");
        if (done) break;
        if (done.error().kind != ErrorKind::busy || attempt == 100) return fail(done.error());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return run_script(settings_of_writer);
}

Connection::~Connection() {
    for (const auto& entry : statements_) sqlite3_finalize(entry.second);
    sqlite3_close_v2(database_);
}

Result<sqlite3_stmt*> Connection::prepared(const char* sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
        CHECK(!sqlite3_stmt_busy(found->second));
        return found->second;
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return database_fault(database_, code);
    statements_.emplace(sql, statement);
    return statement;
}

Result<Query> Connection::query(const char* sql, std::initializer_list<Bound> values) {
    Query query(database_, TRY(prepared(sql)));
    TRY(query.bind(values, true));
    return query;
}

Result<void> Connection::run(const char* sql, std::initializer_list<Bound> values) {
    Query query(database_, TRY(prepared(sql)));
    TRY(query.bind(values, false));
    while (TRY(query.step())) {
    }
    return {};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(database_); }
bool Connection::is_in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

Result<void> Connection::run_script(const char* sql) {
    const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return database_fault(database_, code);
    return {};
}

}  // namespace plumbline::sqlite

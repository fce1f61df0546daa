// SPDX-License-Identifier: Apache-2.0
// A thin layer on the sqlite3 C API: a connection with our settings, and statements that are prepared once and bound by
// value. Bytes are BLOBs, times are microseconds, enumerations their on-disk numbers.
//
//     auto query = TRY(connection.query("SELECT sealed FROM product WHERE tip = ?1", {number}));
//     while (TRY(query.step())) use(query.blob(0));
//     TRY(connection.run("DELETE FROM setting WHERE name = ?1", {name}));
//
// Errors: a full or failing disk is `unavailable`, a lock that was not given `busy`, a broken constraint `conflict`, a damaged
// file `corrupt`. SQL text is always a literal: the cache goes by its address. One thread at a time.
#pragma once
#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace plumbline::sqlite {

// SQL text in pieces, joined by the compiler: sql<columns, "WHERE id = ?1"> is one literal with one address.
template <std::size_t N>
struct Literal {
    char text[N] = {};
    consteval Literal(const char (&from)[N]) { std::copy_n(from, N, text); }
    static constexpr std::size_t size = N - 1;
};
template <Literal... Parts>
struct JoinedSql {
    static constexpr auto join() {
        std::array<char, (decltype(Parts)::size + ... + 1)> out{};
        std::size_t at = 0;
        ((std::copy_n(Parts.text, decltype(Parts)::size, out.begin() + at), at += decltype(Parts)::size), ...);
        return out;
    }
    static constexpr auto text = join();
};
template <Literal... Parts>
inline constexpr const char* sql = JoinedSql<Parts...>::text.data();

// A value to bind. Texts and bytes are viewed, not owned.
class Bound {
  public:
    Bound(std::nullptr_t) {}
    Bound(std::int64_t value) : value_(value) {}
    Bound(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}
    Bound(int value) : value_(std::int64_t{value}) {}
    Bound(unsigned value) : value_(std::int64_t{value}) {}
    Bound(bool value) : value_(std::int64_t{value}) {}
    Bound(Instant value) : value_(micros_of(value)) {}
    Bound(Day value) : value_(std::int64_t{value.time_since_epoch().count()}) {}
    Bound(std::string_view value) : value_(value) {}
    Bound(const std::string& value) : value_(std::string_view(value)) {}
    Bound(const char* value) : value_(std::string_view(value)) {}
    Bound(ByteView value) : value_(value) {}
    Bound(const Bytes& value) : value_(ByteView(value)) {}
    Bound(const Sha256& value) : value_(ByteView(value.bytes)) {}
    Bound(const std::optional<Sha256>& value) {
        if (value) value_ = ByteView(value->bytes);
    }
    Bound(const std::optional<std::int64_t>& value) {
        if (value) value_ = *value;
    }
    template <class Tag>
    Bound(const Id<Tag>& value) : value_(ByteView(value.bytes())) {}
    template <class Enumeration>
        requires std::is_enum_v<Enumeration>
    Bound(Enumeration value) : value_(static_cast<std::int64_t>(value)) {}

    const auto& value() const { return value_; }

  private:
    std::variant<std::monostate, std::int64_t, std::string_view, ByteView> value_;
};

// One run of a statement; gives the statement back when it goes. Must not outlive its connection.
class Query {
  public:
    Query(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    Result<bool> step();                             // false at the end
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    Instant instant(int column) const { return instant_of(integer(column)); }
    std::string text(int column) const;
    ByteView blob(int column) const;                 // until the next step
    Bytes bytes(int column) const { return to_bytes(blob(column)); }
    template <class Value>
    Result<Value> value(int column) const {          // an Id or a Sha256
        return Value::from_bytes(blob(column));
    }
    template <class Enumeration>
    Enumeration enumeration(int column) const {      // constraints of the table keep it in range
        return static_cast<Enumeration>(integer(column));
    }

  private:
    friend class Connection;
    Result<void> bind(std::initializer_list<Bound> values, bool copies);
    sqlite3* database_;
    sqlite3_stmt* statement_;
};

struct ConnectionOptions {
    std::string path;
    const char* vfs = nullptr;      // nullptr: SQLite's own; tests name one that fails on purpose
    bool is_writer = false;
    unsigned busy_milliseconds_max = 10'000;  // how long to wait for another process's write
};

class Connection {
  public:
    static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    Result<Query> query(const char* sql, std::initializer_list<Bound> values = {});
    Result<void> run(const char* sql, std::initializer_list<Bound> values = {});
    // Rows that the last run() changed.
    std::int64_t changes() const;
    // Statements that are run once, e.g. a migration; not cached.
    Result<void> run_script(const char* sql);
    bool is_in_transaction() const;

  private:
    explicit Connection(sqlite3* database) : database_(database) {}
    Result<sqlite3_stmt*> prepared(const char* sql);
    Result<void> configure(const ConnectionOptions& options);

    sqlite3* database_;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace plumbline::sqlite

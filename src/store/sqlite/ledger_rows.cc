// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/ledger_rows.h"

#include "store/sqlite/tip_rows.h"

namespace plumbline::sqlite {

namespace {

Result<std::vector<StoredEntry>> entries_in(Query query) {
    std::vector<StoredEntry> entries;
    while (TRY(query.step())) {
        StoredEntry stored;
        stored.index = query.count(0);
        stored.entry.kind = query.text(1);
        stored.entry.day = Day(std::chrono::days(query.integer(2)));
        stored.entry.group = query.enumeration<CategoryGroup>(3);
        stored.entry.leaf = query.text(4);
        stored.entry.commitment = TRY(query.value<Sha256>(5));
        stored.opening = query.bytes(6);
        if (!query.is_null(7)) stored.tip = TRY(query.value<TipId>(7));
        stored.entry.about = query.text(8);
        entries.push_back(std::move(stored));
    }
    return entries;
}

constexpr Literal select_entry =
    "SELECT ledger.number, ledger.kind, ledger.day, ledger.category_group, ledger.leaf, ledger.commitment, ledger.opening, "
    "tip.id, ledger.about FROM ledger LEFT JOIN tip ON tip.number = ledger.tip ";

}  // namespace

Result<std::uint64_t> next_ledger_index(Connection& connection) {
    Query query = TRY(connection.query("SELECT coalesce(max(number) + 1, 0) FROM ledger"));
    TRY(query.step());
    return query.count(0);
}

Result<void> insert_entry_at(Connection& connection, std::uint64_t index, std::optional<std::int64_t> tip_number, const NewEntry& entry) {
    return connection.run("INSERT INTO ledger (number, kind, day, category_group, leaf, commitment, tip, opening, about) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                          {index, entry.entry.kind, entry.entry.day, entry.entry.group, entry.entry.leaf, entry.entry.commitment,
                           tip_number, entry.opening, entry.entry.about});
}

Result<void> insert_entry(Connection& connection, const NewEntry& entry) {
    std::optional<std::int64_t> tip_number;
    if (!entry.tip.is_nil()) tip_number = TRY(number_of_tip(connection, entry.tip));
    return insert_entry_at(connection, TRY(next_ledger_index(connection)), tip_number, entry);
}

Result<std::vector<StoredEntry>> entries_from(Connection& connection, std::uint64_t from, std::size_t count_max) {
    // Beyond SQLite's integers there is no entry and no need for a limit.
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    return entries_in(TRY(connection.query(sql<select_entry, "WHERE ledger.number >= ?1 ORDER BY ledger.number LIMIT ?2">,
                                           {std::min(from, most), std::min<std::uint64_t>(count_max, most)})));
}

Result<std::vector<StoredEntry>> entries_of(Connection& connection, TipId tip) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    return entries_in(TRY(connection.query(sql<select_entry, "WHERE ledger.tip = ?1 ORDER BY ledger.number">, {number})));
}

}  // namespace plumbline::sqlite

// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/erase_rows.h"

#include "base/check.h"
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/tip_rows.h"

namespace plumbline::sqlite {

Result<void> move_flag(Connection& connection, const FlagMove& move) {
    CHECK(move.flag != TipFlag::erased);
    const std::int64_t number = TRY(number_of_tip(connection, move.tip));
    const auto bit = static_cast<std::int64_t>(move.flag);
    if (move.is_set) return connection.run("UPDATE tip SET flags = flags | ?2 WHERE number = ?1", {number, bit});
    return connection.run("UPDATE tip SET flags = flags & ~?2 WHERE number = ?1", {number, bit});
}

Result<std::vector<ClosedTip>> closed_tip_rows(Connection& connection, Day until, std::size_t count_max) {
    // state 7 is closed, flag 8 erased. The last entry that closed the tip says the day.
    Query query = TRY(connection.query("SELECT tip.id, max(ledger.number), ledger.day FROM tip JOIN ledger ON ledger.tip = tip.number "
                                       "WHERE tip.state = 7 AND (tip.flags & 8) = 0 AND ledger.kind GLOB 'tip.*>closed' "
                                       "GROUP BY tip.number HAVING ledger.day <= ?1 ORDER BY ledger.day, tip.number LIMIT ?2",
                                       {until, std::min<std::uint64_t>(count_max, std::uint64_t{1} << 62)}));
    std::vector<std::pair<TipId, Day>> found;
    while (TRY(query.step())) found.emplace_back(TRY(query.value<TipId>(0)), Day(std::chrono::days(query.integer(2))));
    std::vector<ClosedTip> tips;
    for (const auto& [id, day] : found) tips.push_back({TRY(tip_by_id(connection, id)), day});
    return tips;
}

namespace {
Result<std::vector<BlobRef>> blobs_of(Connection& connection, std::int64_t number) {
    Query query = TRY(connection.query("SELECT sealed_sha256, sealed_bytes FROM part WHERE tip = ?1 AND sealed IS NULL UNION ALL "
                                       "SELECT message_part.sealed_sha256, message_part.sealed_bytes FROM message_part JOIN message ON message.number = message_part.message "
                                       "WHERE message.tip = ?1 AND message_part.sealed IS NULL UNION ALL "
                                       "SELECT sealed_sha256, sealed_bytes FROM repeat WHERE tip = ?1 AND sealed IS NULL", {number}));
    std::vector<BlobRef> blobs;
    while (TRY(query.step())) blobs.push_back(BlobRef{TRY(query.value<Sha256>(0)), query.count(1)});
    return blobs;
}
}  // namespace

Result<std::vector<BlobRef>> erase_tip_rows(Connection& connection, TipId id, const NewEntry& erased) {
    const std::int64_t number = TRY(number_of_tip(connection, id));
    std::vector<BlobRef> blobs = TRY(blobs_of(connection, number));
    TRY(connection.run("UPDATE tip SET flags = flags | 8, repeats = 0, dedup_key = NULL, reporter_public_key = x'', receipt = '', wrapped_keys = x'' "
                       "WHERE number = ?1 AND state = 7 AND (flags & 12) = 0",
                       {number}));
    if (connection.changes() != 1) return fail(ErrorKind::conflict, "{} is not closed, is held, or is erased already", id.text());
    TRY(connection.run("DELETE FROM part WHERE tip = ?1", {number}));
    TRY(connection.run("DELETE FROM product WHERE tip = ?1", {number}));
    TRY(connection.run("DELETE FROM message_part WHERE message IN (SELECT number FROM message WHERE tip = ?1)", {number}));
    TRY(connection.run("DELETE FROM message WHERE tip = ?1", {number}));
    TRY(connection.run("DELETE FROM repeat WHERE tip = ?1", {number}));
    TRY(connection.run("DELETE FROM delivery WHERE tip = ?1", {number}));
    TRY(connection.run("UPDATE ledger SET opening = x'' WHERE tip = ?1", {number}));
    // 1 waiting, 2 leased, 4 failed.
    TRY(connection.run("UPDATE job SET state = 4 WHERE tip = ?1 AND state IN (1, 2)", {number}));
    NewEntry entry = erased;
    entry.tip = id;
    TRY(insert_entry(connection, entry));
    return blobs;
}

Result<Exposure> add_exposure_row(Connection& connection, StaffId staff, Day day, const Exposure& more) {
    TRY(connection.run("INSERT INTO exposure (staff, day, seconds, pictures) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (staff, day) "
                       "DO UPDATE SET seconds = seconds + excluded.seconds, pictures = pictures + excluded.pictures",
                       {staff, day, more.seconds, more.pictures}));
    Query query = TRY(connection.query("SELECT seconds, pictures FROM exposure WHERE staff = ?1 AND day = ?2", {staff, day}));
    TRY(query.step());
    return Exposure{query.count(0), query.count(1)};
}

}  // namespace plumbline::sqlite

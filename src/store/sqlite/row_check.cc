// SPDX-License-Identifier: Apache-2.0
// The store's own check. SQLite looks at its pages, constraints and references; then what it cannot know is looked at:
// hashes of parts, blobs that rows name, and a ledger without gaps.
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/tip_rows.h"

namespace plumbline::sqlite {

namespace {

constexpr std::size_t problems_max = 1000;

void say(std::vector<std::string>& problems, std::string line) {
    if (problems.size() < problems_max) problems.push_back(std::move(line));
}

template <class OwnerId>
Result<void> check_parts(Connection& connection, const char* statement, Blobs& blobs, std::vector<std::string>& problems) {
    Query query = TRY(connection.query(statement));
    while (TRY(query.step())) {
        const auto owner = query.value<OwnerId>(0);
        const auto hash = query.value<Sha256>(3);
        if (!owner || !hash) {
            say(problems, "a part has no readable id or hash");
            continue;
        }
        const std::string name = fmt::format("{} part {}", owner->text(), query.integer(1));
        if (!query.is_null(4)) {
            if (sha256(query.blob(4)) != *hash) say(problems, name + ": the stored bytes do not have the stored hash");
            continue;
        }
        const auto is_right = blobs.check(BlobRef{*hash, query.count(2)});
        if (!is_right) say(problems, fmt::format("{}: blob {}: {}", name, hash->hex(), is_right.error().message));
        else if (!*is_right) say(problems, fmt::format("{}: blob {} has other bytes than its name says", name, hash->hex()));
    }
    return {};
}

Result<void> check_lines(Connection& connection, const char* statement, std::string_view what, std::vector<std::string>& problems) {
    Query query = TRY(connection.query(statement));
    while (TRY(query.step())) {
        const std::string line = query.text(0);
        if (line != "ok") say(problems, fmt::format("{}: {}", what, line));
    }
    return {};
}

}  // namespace

Result<void> check_rows(Connection& connection, Blobs& blobs, std::vector<std::string>& problems) {
    TRY(check_lines(connection, "PRAGMA integrity_check", "database", problems));
    TRY(check_lines(connection, "SELECT \"table\" || ' row ' || rowid || ' refers to no row of ' || parent FROM pragma_foreign_key_check",
                    "database", problems));
    TRY(check_lines(connection,
                    "SELECT 'no entry ' || (number - 1) FROM ledger AS entry WHERE number > 0 "
                    "AND NOT EXISTS (SELECT 1 FROM ledger WHERE number = entry.number - 1)",
                    "ledger", problems));
    TRY(check_lines(connection,
                    "SELECT 'tip ' || tip.number || ' has no tip.received entry of its own' FROM tip LEFT JOIN ledger "
                    "ON ledger.number = tip.number AND ledger.tip = tip.number AND ledger.kind = 'tip.received' WHERE ledger.number IS NULL",
                    "ledger", problems));
    TRY(check_lines(connection,
                    "SELECT 'tip ' || number || ' has no part 0' FROM tip WHERE (flags & 8) = 0 "
                    "AND NOT EXISTS (SELECT 1 FROM part WHERE part.tip = tip.number AND part.part = 0)",
                    "parts", problems));
    TRY(check_lines(connection,
                    "SELECT 'queue \"' || counted.queue || '\" has ' || counted.tips || ' tips of state ' || counted.state || ', not as counted' "
                    "FROM (SELECT queue, state, count(*) AS tips FROM tip GROUP BY queue, state) AS counted LEFT JOIN queue_count "
                    "ON queue_count.queue = counted.queue AND queue_count.state = counted.state WHERE queue_count.tips IS NOT counted.tips",
                    "counts", problems));
    TRY(check_parts<TipId>(connection,
                           "SELECT tip.id, part.part, part.sealed_bytes, part.sealed_sha256, part.sealed "
                           "FROM part JOIN tip ON tip.number = part.tip ORDER BY part.tip, part.part",
                           blobs, problems));
    TRY(check_lines(connection,
                    "SELECT 'tip ' || number || ' has not as many repeats as counted' FROM tip WHERE repeats <> (SELECT count(*) FROM repeat WHERE repeat.tip = tip.number)",
                    "counts", problems));
    TRY(check_parts<RepeatId>(connection, "SELECT id, 1, sealed_bytes, sealed_sha256, sealed FROM repeat ORDER BY number", blobs, problems));
    return check_parts<MessageId>(connection,
                                  "SELECT message.id, part, sealed_bytes, sealed_sha256, message_part.sealed "
                                  "FROM message_part JOIN message ON message.number = message_part.message ORDER BY message, part",
                                  blobs, problems);
}

}  // namespace plumbline::sqlite

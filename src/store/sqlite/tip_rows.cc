// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/tip_rows.h"

#include <map>

#include "store/sqlite/erase_rows.h"
#include "store/sqlite/job_rows.h"
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/repeat_rows.h"

namespace plumbline::sqlite {

namespace {

constexpr Literal select_tip =
    "SELECT id, received_hour, channel, category_group, is_demo, state, severity, deadline, queue, number, "
    "reporter_public_key, receipt, first_opened_hour, withdrawn_hour, repeats, flags FROM tip ";
// TipFilter as values: -1, '' and 0 match all; a closed tip is state 7, one put aside has the flag 2.
constexpr Literal matching = " AND (?1 = -1 OR state = ?1) AND (?2 = '' OR queue = ?2) AND (?3 = 0 OR state <> 7) "
    "AND (?6 = -1 OR (flags & 2) = ?6) ";
constexpr const char* decided_by_deadline =
    sql<select_tip, "WHERE severity > 0", matching, "ORDER BY deadline, received_hour, number LIMIT ?4 OFFSET ?5">;
constexpr const char* decided_by_severity =
    sql<select_tip, "WHERE severity > 0", matching, "ORDER BY severity DESC, deadline, received_hour, number LIMIT ?4 OFFSET ?5">;
constexpr const char* undecided = sql<select_tip, "WHERE severity = 0", matching, "ORDER BY number LIMIT ?4 OFFSET ?5">;
constexpr const char* count_decided = sql<"SELECT count(*) FROM tip WHERE severity > 0", matching>;

Result<TipHeader> header_from(const Query& query) {
    TipHeader header;
    header.id = TRY(query.value<TipId>(0));
    header.received_hour = query.instant(1);
    header.channel = query.enumeration<TipChannel>(2);
    header.group = query.enumeration<CategoryGroup>(3);
    header.is_demo = query.integer(4) != 0;
    return header;
}

Result<TipRow> tip_row_from(const Query& query) {
    TipRow row;
    row.header = TRY(header_from(query));
    row.state = query.enumeration<TipState>(5);
    if (query.integer(6) != 0)
        row.ranking = Ranking{row.header.id, query.enumeration<Severity>(6), query.instant(7), query.text(8)};
    row.received_index = query.count(9);
    row.reporter_public_key = query.bytes(10);
    row.receipt = query.text(11);
    if (!query.is_null(12)) row.first_opened_hour = query.instant(12);
    if (!query.is_null(13)) row.withdrawn_hour = query.instant(13);
    row.repeats = query.count(14);
    row.flags.bits = static_cast<std::uint8_t>(query.integer(15));
    return row;
}

Result<TipRow> one_tip(Query query) {
    if (!TRY(query.step())) return fail(ErrorKind::not_found, "no such tip");
    return tip_row_from(query);
}

Result<void> append_rows(Query query, std::vector<TipRow>& rows) {
    while (TRY(query.step())) rows.push_back(TRY(tip_row_from(query)));
    return {};
}

std::int64_t state_bound(const TipFilter& filter) { return filter.state ? static_cast<std::int64_t>(*filter.state) : -1; }

Result<void> insert_part(Connection& connection, std::uint64_t tip_number, const SealedPart& part) {
    const auto* inline_bytes = std::get_if<Bytes>(&part.where);
    return connection.run("INSERT INTO part (tip, part, sealed_bytes, sealed_sha256, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
                          {tip_number, part.part, part.sealed_bytes, part.sealed_sha256,
                           inline_bytes != nullptr ? Bound(*inline_bytes) : Bound(nullptr)});
}

Result<Product> product_from(const Query& query, TipId tip) {
    return Product{tip, query.text(0), static_cast<std::uint32_t>(query.integer(1)), query.bytes(2)};
}

Result<void> put_product(Connection& connection, const Product& product) {
    const std::int64_t number = TRY(number_of_tip(connection, product.tip));
    return connection.run("INSERT INTO product (tip, name, version, sealed) VALUES (?1, ?2, ?3, ?4) "
                          "ON CONFLICT (tip, name) DO UPDATE SET version = excluded.version, sealed = excluded.sealed",
                          {number, product.name, product.version, product.sealed});
}

Result<void> move_state(Connection& connection, const StateMove& move) {
    const std::int64_t number = TRY(number_of_tip(connection, move.tip));
    TRY(connection.run("UPDATE tip SET state = ?3 WHERE number = ?1 AND state = ?2", {number, move.from, move.to}));
    if (connection.changes() == 1) return {};
    return fail(ErrorKind::conflict, "{} is not {}", move.tip.text(), name_of(move.from));
}

Result<void> rank(Connection& connection, const Ranking& ranking) {
    const std::int64_t number = TRY(number_of_tip(connection, ranking.tip));
    return connection.run("UPDATE tip SET severity = ?2, deadline = ?3, queue = ?4 WHERE number = ?1",
                          {number, ranking.severity, ranking.deadline, ranking.queue});
}

Result<void> insert_message(Connection& connection, const Message& message) {
    const std::int64_t number = TRY(number_of_tip(connection, message.tip));
    TRY(connection.run("INSERT INTO message (id, tip, direction, hour, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
                       {message.id, number, message.direction, message.hour, message.sealed}));
    for (const SealedPart& part : message.parts) {
        const auto* inline_bytes = std::get_if<Bytes>(&part.where);
        TRY(connection.run("INSERT INTO message_part (message, part, sealed_bytes, sealed_sha256, sealed) "
                           "VALUES ((SELECT number FROM message WHERE id = ?1), ?2, ?3, ?4, ?5)",
                           {message.id, part.part, part.sealed_bytes, part.sealed_sha256, inline_bytes != nullptr ? Bound(*inline_bytes) : Bound(nullptr)}));
    }
    return {};
}

Result<std::vector<SealedPart>> parts_in(Query query) {
    std::vector<SealedPart> parts;
    while (TRY(query.step())) {
        SealedPart part;
        part.part = static_cast<std::uint32_t>(query.integer(0));
        part.sealed_bytes = query.count(1);
        part.sealed_sha256 = TRY(query.value<Sha256>(2));
        if (query.is_null(3)) part.where = BlobRef{part.sealed_sha256, part.sealed_bytes};
        else part.where = query.bytes(3);
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

Result<std::int64_t> number_of_tip(Connection& connection, TipId id) {
    Query query = TRY(connection.query("SELECT number FROM tip WHERE id = ?1", {id}));
    if (!TRY(query.step())) return fail(ErrorKind::not_found, "no tip {}", id.text());
    return query.integer(0);
}

Result<Accepted> insert_tip(Connection& connection, const NewTip& tip) {
    if (tip.delivery_key)
        if (auto known = TRY(known_delivery(connection, *tip.delivery_key))) return *known;
    if (tip.dedup_key) {
        if (auto earlier = TRY(repeat_of_known(connection, tip))) {
            if (tip.delivery_key) TRY(insert_delivery(connection, *tip.delivery_key, static_cast<std::int64_t>(earlier->ledger_index)));
            return *earlier;
        }
    }
    const std::uint64_t index = TRY(next_ledger_index(connection));
    const TipHeader& header = tip.header;
    TRY(connection.run("INSERT INTO tip (number, id, received_hour, channel, category_group, is_demo, state, mailbox_hash, dedup_key, "
                       "reporter_public_key, receipt, wrapped_keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                       {index, header.id, header.received_hour, header.channel, header.group, header.is_demo, TipState::received,
                        tip.mailbox_hash, tip.dedup_key, tip.reporter_public_key, tip.receipt, tip.wrapped_keys}));
    TRY(insert_entry_at(connection, index, static_cast<std::int64_t>(index), tip.received));
    for (const SealedPart& part : tip.parts) TRY(insert_part(connection, index, part));
    TRY(insert_job_of(connection, static_cast<std::int64_t>(index), tip.first_job));
    if (tip.delivery_key) TRY(insert_delivery(connection, *tip.delivery_key, static_cast<std::int64_t>(index)));
    return Accepted{header.id, true, index};
}

Result<TipRow> tip_by_id(Connection& connection, TipId id) {
    return one_tip(TRY(connection.query(sql<select_tip, "WHERE id = ?1">, {id})));
}
Result<TipRow> tip_by_mailbox_hash(Connection& connection, const Sha256& mailbox_hash) {
    return one_tip(TRY(connection.query(sql<select_tip, "WHERE mailbox_hash = ?1">, {mailbox_hash})));
}
Result<TipHeader> header_of_number(Connection& connection, std::int64_t number) {
    Query query = TRY(connection.query(sql<select_tip, "WHERE number = ?1">, {number}));
    if (!TRY(query.step())) return fail(ErrorKind::corrupt, "no tip {}", number);
    return header_from(query);
}

Result<std::vector<TipRow>> tips_matching(Connection& connection, const TipFilter& filter) {
    // A count beyond SQLite's integers means no limit.
    const std::uint64_t count_max = std::min<std::uint64_t>(filter.count_max, std::uint64_t{1} << 62);
    const std::int64_t state = state_bound(filter);
    const std::int64_t aside = !filter.is_aside ? -1 : *filter.is_aside ? 2 : 0;
    std::vector<TipRow> rows;
    TRY(append_rows(TRY(connection.query(filter.by_severity ? decided_by_severity : decided_by_deadline,
                                         {state, filter.queue, filter.only_not_closed, count_max, filter.offset, aside})),
                    rows));
    if (rows.size() >= count_max) return rows;
    std::uint64_t skip = 0;
    if (rows.empty() && filter.offset > 0) {
        Query before = TRY(connection.query(count_decided, {state, filter.queue, filter.only_not_closed, nullptr, nullptr, aside}));
        TRY(before.step());
        skip = filter.offset - before.count(0);
    }
    TRY(append_rows(
        TRY(connection.query(undecided, {state, filter.queue, filter.only_not_closed, count_max - rows.size(), skip, aside})), rows));
    return rows;
}

Result<Bytes> wrapped_keys_of(Connection& connection, TipId id) {
    Query query = TRY(connection.query("SELECT wrapped_keys FROM tip WHERE id = ?1", {id}));
    if (!TRY(query.step())) return fail(ErrorKind::not_found, "no tip {}", id.text());
    return query.bytes(0);
}

Result<std::vector<SealedPart>> parts_of(Connection& connection, TipId id) {
    const std::int64_t number = TRY(number_of_tip(connection, id));
    return parts_in(TRY(connection.query("SELECT part, sealed_bytes, sealed_sha256, sealed FROM part WHERE tip = ?1 ORDER BY part", {number})));
}

Result<bool> is_blob_named(Connection& connection, const Sha256& sealed_sha256) {
    Query query = TRY(connection.query("SELECT 1 FROM part WHERE sealed_sha256 = ?1 AND sealed IS NULL "
                                       "UNION ALL SELECT 1 FROM message_part WHERE sealed_sha256 = ?1 AND sealed IS NULL "
                                       "UNION ALL SELECT 1 FROM repeat WHERE sealed_sha256 = ?1 AND sealed IS NULL",
                                       {sealed_sha256}));
    return query.step();
}

Result<StoreCounts> count_all(Connection& connection) {
    StoreCounts counts;
    Query tips = TRY(connection.query("SELECT count(*), (SELECT count(*) FROM tip WHERE severity = 0) FROM tip"));
    TRY(tips.step());
    counts.tips = tips.count(0);
    counts.processed = counts.tips - tips.count(1);
    Query jobs = TRY(connection.query("SELECT state, count(*) FROM job WHERE skill <> ?1 GROUP BY state", {skill_line}));
    while (TRY(jobs.step())) {
        const auto state = jobs.enumeration<JobState>(0);
        if (state == JobState::waiting) counts.jobs_waiting = jobs.count(1);
        if (state == JobState::done) counts.jobs_done = jobs.count(1);
        if (state == JobState::failed) counts.jobs_failed = jobs.count(1);
    }
    counts.ledger_size = TRY(next_ledger_index(connection));
    return counts;
}

Result<void> apply_change(Connection& connection, const Change& change) {
    for (const Product& product : change.products) TRY(put_product(connection, product));
    for (const StateMove& move : change.moves) TRY(move_state(connection, move));
    for (const Ranking& ranking : change.rankings) TRY(rank(connection, ranking));
    for (const NewEntry& entry : change.entries) TRY(insert_entry(connection, entry));
    for (const NewJob& job : change.jobs) TRY(insert_job_of(connection, TRY(number_of_tip(connection, job.tip)), job));
    for (const Message& message : change.messages) TRY(insert_message(connection, message));
    for (const FirstOpening& opening : change.openings) {
        TRY(connection.run("UPDATE tip SET first_opened_hour = coalesce(first_opened_hour, ?2) WHERE number = ?1 AND deadline IS ?3 AND queue = ?4",
                           {TRY(number_of_tip(connection, opening.tip)), opening.hour, opening.deadline ? Bound(*opening.deadline) : Bound(nullptr), opening.queue}));
        if (connection.changes() != 1) return fail(ErrorKind::conflict, "{} has another deadline or queue by now", opening.tip.text());
    }
    for (const Withdrawal& withdrawal : change.withdrawals) {
        TRY(connection.run("UPDATE tip SET withdrawn_hour = ?2 WHERE number = ?1 AND withdrawn_hour IS NULL",
                           {TRY(number_of_tip(connection, withdrawal.tip)), withdrawal.hour}));
        if (connection.changes() != 1) return fail(ErrorKind::conflict, "{} was withdrawn before", withdrawal.tip.text());
    }
    for (const FlagMove& move : change.flags) TRY(move_flag(connection, move));
    return {};
}

Result<std::optional<Product>> product_named(Connection& connection, TipId tip, std::string_view name) {
    Query query = TRY(connection.query("SELECT name, version, sealed FROM product "
                                       "WHERE tip = (SELECT number FROM tip WHERE id = ?1) AND name = ?2",
                                       {tip, name}));
    if (!TRY(query.step())) return std::optional<Product>();
    return std::optional<Product>(TRY(product_from(query, tip)));
}

Result<std::vector<Product>> all_products_of(Connection& connection, TipId tip) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    Query query = TRY(connection.query("SELECT name, version, sealed FROM product WHERE tip = ?1 ORDER BY name", {number}));
    std::vector<Product> products;
    while (TRY(query.step())) products.push_back(TRY(product_from(query, tip)));
    return products;
}

Result<void> visit_products(Connection& connection, std::string_view name, const std::function<bool(const Product&)>& visit) {
    // CROSS JOIN keeps SQLite from turning the loop round: it walks the tips by id and never sorts.
    Query query = TRY(connection.query("SELECT product.name, product.version, product.sealed, tip.id FROM tip INDEXED BY sqlite_autoindex_tip_1 "
                                       "CROSS JOIN product ON product.tip = tip.number AND product.name = ?1 ORDER BY tip.id",
                                       {name}));
    while (TRY(query.step()))
        if (!visit(TRY(product_from(query, TRY(query.value<TipId>(3)))))) break;
    return {};
}

Result<std::vector<Message>> all_messages_of(Connection& connection, TipId tip) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    Query query = TRY(connection.query("SELECT id, direction, hour, sealed FROM message WHERE tip = ?1 ORDER BY number", {number}));
    std::vector<Message> messages;
    while (TRY(query.step()))
        messages.push_back(Message{TRY(query.value<MessageId>(0)), tip, query.enumeration<MessageDirection>(1), query.instant(2),
                                   query.bytes(3), {}});
    return messages;
}

Result<std::vector<SealedPart>> parts_of_message(Connection& connection, MessageId id) {
    Query message = TRY(connection.query("SELECT number FROM message WHERE id = ?1", {id}));
    if (!TRY(message.step())) return fail(ErrorKind::not_found, "no message {}", id.text());
    return parts_in(TRY(connection.query("SELECT part, sealed_bytes, sealed_sha256, sealed FROM message_part WHERE message = ?1 ORDER BY part", {message.integer(0)})));
}

Result<MessageUse> use_of_messages(Connection& connection, TipId tip) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    Query query = TRY(connection.query("SELECT (SELECT coalesce(sum(length(sealed)), 0) FROM message WHERE tip = ?1) + coalesce(sum(sealed_bytes), 0), count(*) "
                                       "FROM message JOIN message_part ON message_part.message = message.number WHERE message.tip = ?1",
                                       {number}));
    TRY(query.step());
    return MessageUse{query.count(0), query.count(1)};
}

Result<std::vector<QueueCount>> counts_of_queues(Connection& connection, Instant now) {
    std::map<std::string, QueueCount> queues;
    Query states = TRY(connection.query("SELECT queue, state, tips FROM queue_count WHERE tips > 0"));
    while (TRY(states.step())) {
        QueueCount& count = queues[states.text(0)];
        const auto state = static_cast<std::size_t>(states.integer(1));
        if (state < count.states.size()) count.states[state] = states.count(2);
    }
    // What is unopened is what waits: the partial index has these rows alone.
    Query unopened = TRY(connection.query("SELECT queue, count(*), min(received_hour) FROM tip INDEXED BY tip_unopened_by_queue "
                                          "WHERE first_opened_hour IS NULL GROUP BY queue"));
    while (TRY(unopened.step())) {
        QueueCount& count = queues[unopened.text(0)];
        count.unopened = unopened.count(1);
        count.oldest_unopened = unopened.instant(2);
    }
    Query overdue = TRY(connection.query("SELECT queue, count(*) FROM tip INDEXED BY tip_unopened_by_deadline "
                                         "WHERE first_opened_hour IS NULL AND severity > 0 AND deadline < ?1 GROUP BY queue",
                                         {now}));
    while (TRY(overdue.step())) queues[overdue.text(0)].overdue = overdue.count(1);
    std::vector<QueueCount> rows;
    for (auto& [name, count] : queues) {
        count.queue = name;
        rows.push_back(std::move(count));
    }
    return rows;
}

Result<std::vector<TipRow>> unopened_tips_due(Connection& connection, Instant until, std::size_t count_max) {
    std::vector<TipRow> rows;
    TRY(append_rows(TRY(connection.query(sql<select_tip, "INDEXED BY tip_unopened_by_deadline WHERE first_opened_hour IS NULL AND severity > 0 "
                                                         "AND deadline < ?1 ORDER BY deadline, number LIMIT ?2">,
                                         {until, std::min<std::uint64_t>(count_max, std::uint64_t{1} << 62)})),
                    rows));
    return rows;
}

}  // namespace plumbline::sqlite

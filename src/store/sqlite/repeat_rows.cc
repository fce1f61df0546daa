// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/repeat_rows.h"

#include "store/sqlite/tip_rows.h"

namespace plumbline::sqlite {

Result<std::optional<Accepted>> known_delivery(Connection& connection, const Sha256& delivery_key) {
    Query query = TRY(connection.query("SELECT tip.id, tip.number, tip.repeats FROM delivery JOIN tip ON tip.number = delivery.tip WHERE delivery_key = ?1", {delivery_key}));
    if (!TRY(query.step())) return std::optional<Accepted>();
    return std::optional<Accepted>(Accepted{TRY(query.value<TipId>(0)), false, query.count(1), query.count(2), true});
}

Result<void> insert_delivery(Connection& connection, const Sha256& delivery_key, std::int64_t tip_number) {
    return connection.run("INSERT INTO delivery (delivery_key, tip) VALUES (?1, ?2)", {delivery_key, tip_number});
}

Result<std::optional<Accepted>> repeat_of_known(Connection& connection, const NewTip& tip) {
    std::optional<Accepted> accepted;
    {
        Query earlier = TRY(connection.query("SELECT id, number, repeats FROM tip WHERE dedup_key = ?1", {tip.dedup_key}));
        if (!TRY(earlier.step())) return accepted;
        accepted = Accepted{TRY(earlier.value<TipId>(0)), false, earlier.count(1), earlier.count(2), false};
    }
    if (!tip.repeat) return accepted;
    const SealedPart& raw = tip.repeat->raw;
    const auto* inline_bytes = std::get_if<Bytes>(&raw.where);
    TRY(connection.run("INSERT INTO repeat (tip, id, hour, wrapped_keys, sealed_bytes, sealed_sha256, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                       {accepted->ledger_index, tip.repeat->id, tip.repeat->hour, tip.repeat->wrapped_keys, raw.sealed_bytes, raw.sealed_sha256,
                        inline_bytes != nullptr ? Bound(*inline_bytes) : Bound(nullptr)}));
    TRY(connection.run("UPDATE tip SET repeats = repeats + 1 WHERE number = ?1", {accepted->ledger_index}));
    ++accepted->repeats;
    return accepted;
}

Result<std::vector<Repeat>> repeat_rows(Connection& connection, TipId tip, std::size_t offset, std::size_t count_max) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    Query query = TRY(connection.query("SELECT id, hour, wrapped_keys, sealed_bytes, sealed_sha256, sealed FROM repeat WHERE tip = ?1 ORDER BY number LIMIT ?2 OFFSET ?3",
                                       {number, std::min<std::uint64_t>(count_max, std::uint64_t{1} << 62), std::min<std::uint64_t>(offset, std::uint64_t{1} << 62)}));
    std::vector<Repeat> repeats;
    while (TRY(query.step())) {
        Repeat repeat{TRY(query.value<RepeatId>(0)), query.instant(1), query.bytes(2), {}};
        repeat.raw.part = 1;
        repeat.raw.sealed_bytes = query.count(3);
        repeat.raw.sealed_sha256 = TRY(query.value<Sha256>(4));
        if (query.is_null(5)) repeat.raw.where = BlobRef{repeat.raw.sealed_sha256, repeat.raw.sealed_bytes};
        else repeat.raw.where = query.bytes(5);
        repeats.push_back(std::move(repeat));
    }
    return repeats;
}

}  // namespace plumbline::sqlite

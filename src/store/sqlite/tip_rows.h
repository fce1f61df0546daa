// SPDX-License-Identifier: Apache-2.0
// Tips, their parts and their products in tables. Every function runs inside the transaction of its caller.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

// The row number that stands for a tip in the other tables; not_found.
Result<std::int64_t> number_of_tip(Connection& connection, TipId id);

Result<Accepted> insert_tip(Connection& connection, const NewTip& tip);
Result<TipRow> tip_by_id(Connection& connection, TipId id);
Result<TipRow> tip_by_mailbox_hash(Connection& connection, const Sha256& mailbox_hash);
Result<TipHeader> header_of_number(Connection& connection, std::int64_t number);
Result<std::vector<TipRow>> tips_matching(Connection& connection, const TipFilter& filter);
Result<Bytes> wrapped_keys_of(Connection& connection, TipId id);
Result<std::vector<SealedPart>> parts_of(Connection& connection, TipId id);
Result<bool> is_blob_named(Connection& connection, const Sha256& sealed_sha256);
Result<StoreCounts> count_all(Connection& connection);

Result<void> apply_change(Connection& connection, const Change& change);

Result<std::optional<Product>> product_named(Connection& connection, TipId tip, std::string_view name);
Result<std::vector<Product>> all_products_of(Connection& connection, TipId tip);
Result<void> visit_products(Connection& connection, std::string_view name, const std::function<bool(const Product&)>& visit);
Result<std::vector<Message>> all_messages_of(Connection& connection, TipId tip);
Result<std::vector<SealedPart>> parts_of_message(Connection& connection, MessageId id);
Result<MessageUse> use_of_messages(Connection& connection, TipId tip);
Result<std::vector<QueueCount>> counts_of_queues(Connection& connection, Instant now);
Result<std::vector<TipRow>> unopened_tips_due(Connection& connection, Instant until, std::size_t count_max);

// The rows' own check: one line a problem.
Result<void> check_rows(Connection& connection, Blobs& blobs, std::vector<std::string>& problems);

}  // namespace plumbline::sqlite

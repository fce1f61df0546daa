// SPDX-License-Identifier: Apache-2.0
// The part of the suite about the wait for a person, queue counts, withdrawals, and messages with files. Included by
// store_conformance.h.
#pragma once

namespace plumbline::conformance {

TEST_P(StoreConformance, the_first_opening_is_kept_and_no_later_one) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    EXPECT_FALSE(store_->tip(tip)->first_opened_hour.has_value());
    ASSERT_WORKS(store_->apply(Change{.openings = {FirstOpening{tip, hour_number(3)}}}));
    ASSERT_WORKS(store_->apply(Change{.openings = {FirstOpening{tip, hour_number(9)}}}));
    EXPECT_EQ(store_->tip(tip)->first_opened_hour, hour_number(3));
    EXPECT_FAILS(ErrorKind::not_found, store_->apply(Change{.openings = {FirstOpening{id_of<TipId>(7), hour_number(1)}}}));
    // What the entry says of deadline and queue must be so when it is written.
    ASSERT_WORKS(store_->apply(Change{.rankings = {ranking_of(1, Severity::high, 5)}}));
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(Change{.openings = {FirstOpening{tip, hour_number(3)}}}));
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(Change{.openings = {FirstOpening{tip, hour_number(3), hour_number(5), "urgent"}}}));
    ASSERT_WORKS(store_->apply(Change{.openings = {FirstOpening{tip, hour_number(9), hour_number(5), "fraud"}}}));
}

TEST_P(StoreConformance, a_tip_is_withdrawn_once) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.withdrawals = {Withdrawal{tip, hour_number(3)}}}));
    EXPECT_EQ(store_->tip(tip)->withdrawn_hour, hour_number(3));
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(Change{.openings = {FirstOpening{tip, hour_number(4)}}, .withdrawals = {Withdrawal{tip, hour_number(4)}}}));
    EXPECT_FALSE(store_->tip(tip)->first_opened_hour.has_value());
    EXPECT_EQ(store_->tip(tip)->withdrawn_hour, hour_number(3));
}

TEST_P(StoreConformance, queues_are_counted_as_they_change) {
    EXPECT_THAT(*store_->queue_counts(hour_number(0)), IsEmpty());
    ASSERT_NO_FATAL_FAILURE(accept(1, 5));
    const auto count_of = [&](std::string_view queue, Instant now) {
        const auto counts = store_->queue_counts(now);
        for (const QueueCount& count : *counts)
            if (count.queue == queue) return count;
        return QueueCount{};
    };
    const auto state = [](TipState value) { return static_cast<std::size_t>(value); };
    EXPECT_EQ(count_of("", hour_number(0)).states[state(TipState::received)], 5U);
    EXPECT_EQ(count_of("", hour_number(0)).unopened, 5U);
    Change change;
    for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
        change.rankings.push_back(ranking_of(number, Severity::high, static_cast<int>(number), number == 4 ? "urgent" : "fraud"));
        change.moves.push_back(StateMove{id_of<TipId>(number), TipState::received, TipState::decided});
    }
    ASSERT_WORKS(store_->apply(change));
    const QueueCount fraud = count_of("fraud", hour_number(3));
    EXPECT_EQ(fraud.states[state(TipState::decided)], 3U);
    EXPECT_EQ(fraud.unopened, 3U);
    EXPECT_EQ(fraud.overdue, 2U);   // the third's deadline is this hour: not past
    EXPECT_EQ(fraud.oldest_unopened, hour_number(0));
    EXPECT_EQ(count_of("", hour_number(3)).states[state(TipState::received)], 1U);
    ASSERT_WORKS(store_->apply(Change{.moves = {StateMove{id_of<TipId>(1), TipState::decided, TipState::opened}}, .openings = {FirstOpening{id_of<TipId>(1), hour_number(2), hour_number(1), "fraud"}}}));
    EXPECT_EQ(count_of("fraud", hour_number(3)).overdue, 1U);
    EXPECT_EQ(count_of("fraud", hour_number(3)).unopened, 2U);
    EXPECT_EQ(count_of("fraud", hour_number(3)).states[state(TipState::opened)], 1U);
    // Ranked anew, it counts in its new queue alone.
    ASSERT_WORKS(store_->apply(Change{.rankings = {ranking_of(2, Severity::critical, 1, "urgent")}}));
    EXPECT_EQ(count_of("fraud", hour_number(3)).states[state(TipState::decided)], 1U);
    EXPECT_EQ(count_of("urgent", hour_number(3)).states[state(TipState::decided)], 2U);
    EXPECT_FALSE(count_of("urgent", hour_number(0)).overdue);
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_P(StoreConformance, what_falls_due_comes_soonest_first) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 5));
    Change change;
    change.rankings = {ranking_of(1, Severity::low, 9), ranking_of(2, Severity::high, 2), ranking_of(3, Severity::low, 5), ranking_of(4, Severity::low, 1)};
    change.openings = {FirstOpening{id_of<TipId>(4), hour_number(0), hour_number(1), "fraud"}};
    ASSERT_WORKS(store_->apply(change));
    EXPECT_THAT(ids_of(*store_->unopened_due_before(hour_number(6), 10)), ElementsAre(id_of<TipId>(2), id_of<TipId>(3)));
    EXPECT_THAT(ids_of(*store_->unopened_due_before(hour_number(5), 10)), ElementsAre(id_of<TipId>(2)));
    EXPECT_THAT(ids_of(*store_->unopened_due_before(hour_number(99), 1)), ElementsAre(id_of<TipId>(2)));
}

TEST_P(StoreConformance, a_message_keeps_its_files) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 2));
    const TipId tip = id_of<TipId>(1);
    auto writer = std::move(*blobs_->begin());
    ASSERT_WORKS(writer->write(view("a large file")));
    const BlobRef blob = *writer->commit();
    const Bytes small = to_bytes("small");
    Message message{id_of<MessageId>(1), tip, MessageDirection::from_reporter, hour_number(1), to_bytes("sealed"), {}};
    message.parts = {SealedPart{1, small.size(), sha256(small), small}, SealedPart{2, blob.size_bytes, blob.sha256, blob}};
    EXPECT_FALSE(*store_->names_blob(blob.sha256));
    Change twice{.messages = {message, message}};
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(twice));
    EXPECT_FALSE(*store_->names_blob(blob.sha256));
    ASSERT_WORKS(store_->apply(Change{.messages = {message}}));
    EXPECT_TRUE(*store_->names_blob(blob.sha256));
    ASSERT_EQ(store_->messages_of(tip)->size(), 1U);
    EXPECT_TRUE(store_->messages_of(tip)->front().parts.empty());
    const auto parts = store_->message_parts(message.id);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ(std::get<Bytes>((*parts)[0].where), small);
    EXPECT_EQ(std::get<BlobRef>((*parts)[1].where).sha256, blob.sha256);
    EXPECT_EQ((*parts)[1].sealed_bytes, blob.size_bytes);
    EXPECT_EQ(store_->message_use_of(tip)->bytes, 6U + 5U + 12U);
    EXPECT_EQ(store_->message_use_of(tip)->files, 2U);
    EXPECT_EQ(store_->message_use_of(id_of<TipId>(2))->bytes, 0U);
    EXPECT_FAILS(ErrorKind::not_found, store_->message_parts(id_of<MessageId>(9)));
    EXPECT_THAT(*store_->check(), IsEmpty());
    ASSERT_WORKS(blobs_->remove(blob));
    EXPECT_EQ(store_->check()->size(), 1U);
}

TEST_P(StoreConformance, an_entry_keeps_what_it_says_in_public) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    NewEntry entry = entry_for(id_of<TipId>(1), "tip.ranked");
    entry.entry.about = "received=2026-11-23,queue=fraud,due=2026-11-24";
    ASSERT_WORKS(store_->apply(Change{.entries = {entry}}));
    EXPECT_EQ(store_->ledger_entries_of(id_of<TipId>(1))->back().entry, entry.entry);
}

}  // namespace plumbline::conformance

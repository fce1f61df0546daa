// SPDX-License-Identifier: Apache-2.0
// Flags, erasure and exposure: part of store_conformance.h, which includes it.
#pragma once

namespace plumbline::conformance {

inline Change close_of(std::uint64_t number, TipState from = TipState::received) {
    const TipId tip = id_of<TipId>(number);
    return Change{.moves = {{tip, from, TipState::closed}}, .entries = {entry_for(tip, kind_of_change(from, TipState::closed))}};
}

TEST_P(StoreConformance, flags_are_set_and_taken_back) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 3));
    const TipId tip = id_of<TipId>(2);
    EXPECT_EQ(store_->tip(tip)->flags, TipFlags{});
    ASSERT_WORKS(store_->apply(Change{.flags = {{tip, TipFlag::muted, true}, {tip, TipFlag::aside, true}}}));
    EXPECT_TRUE(store_->tip(tip)->flags.has(TipFlag::muted));
    EXPECT_TRUE(store_->tip(tip)->flags.has(TipFlag::aside));
    EXPECT_FALSE(store_->tip(tip)->flags.has(TipFlag::held));
    TipFilter filter;
    filter.is_aside = true;
    EXPECT_THAT(ids_of(*store_->tips(filter)), ElementsAre(tip));
    filter.is_aside = false;
    EXPECT_THAT(ids_of(*store_->tips(filter)), ElementsAre(id_of<TipId>(1), id_of<TipId>(3)));
    ASSERT_WORKS(store_->apply(Change{.flags = {{tip, TipFlag::aside, false}}}));
    EXPECT_EQ(store_->tips(filter)->size(), 3U);
    EXPECT_TRUE(store_->tip(tip)->flags.has(TipFlag::muted));
    // Whole or not at all: the second move is of no tip.
    EXPECT_FAILS(ErrorKind::not_found, store_->apply(Change{.flags = {{tip, TipFlag::held, true}, {id_of<TipId>(99), TipFlag::held, true}}}));
    EXPECT_FALSE(store_->tip(tip)->flags.has(TipFlag::held));
}

TEST_P(StoreConformance, closed_tips_come_with_the_day_of_their_last_closing) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 3));
    const Day day = day_of(hour_number(0));
    ASSERT_WORKS(store_->apply(close_of(1)));
    Change late = close_of(2);
    late.entries[0].entry.day = day + std::chrono::days(10);
    ASSERT_WORKS(store_->apply(late));
    // Closed, opened again, closed later: the later day counts.
    const TipId again = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.moves = {{again, TipState::closed, TipState::opened}}}));
    Change later = close_of(1, TipState::opened);
    later.entries[0].entry.day = day + std::chrono::days(20);
    ASSERT_WORKS(store_->apply(later));
    EXPECT_TRUE(store_->closed_tips(day + std::chrono::days(9), 10)->empty());
    const auto both = *store_->closed_tips(day + std::chrono::days(20), 10);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].row.header.id, id_of<TipId>(2));
    EXPECT_EQ(both[0].closed, day + std::chrono::days(10));
    EXPECT_EQ(both[1].row.header.id, again);
    EXPECT_EQ(store_->closed_tips(day + std::chrono::days(20), 1)->size(), 1U);
}

TEST_P(StoreConformance, erasing_leaves_the_row_and_its_entries) {
    NewTip one = tip_number(1);
    one.dedup_key = sha256(view("the same"));
    const auto blob = blobs_->begin().take();
    ASSERT_WORKS(blob->write(to_bytes("a large part")));
    const BlobRef ref = blob->commit().take();
    one.parts.push_back(SealedPart{1, ref.size_bytes, ref.sha256, ref});
    const TipId tip = one.header.id;
    ASSERT_WORKS(store_->accept_tip(one));
    Message message;
    message.id = id_of<MessageId>(1);
    message.tip = tip;
    message.hour = hour_number(0);
    message.sealed = to_bytes("sealed");
    ASSERT_WORKS(store_->apply(Change{.products = {Product{tip, "evidence", 1, to_bytes("product")}}, .messages = {message}}));
    const NewEntry erased = entry_for(tip, "tip.erased");
    EXPECT_FAILS(ErrorKind::conflict, store_->erase_tip(tip, erased));      // not closed
    ASSERT_WORKS(store_->apply(close_of(1)));
    ASSERT_WORKS(store_->apply(Change{.flags = {{tip, TipFlag::held, true}}}));
    EXPECT_FAILS(ErrorKind::conflict, store_->erase_tip(tip, erased));      // held
    EXPECT_EQ(store_->ledger_size().take(), 2U);
    ASSERT_WORKS(store_->apply(Change{.flags = {{tip, TipFlag::held, false}}}));
    const auto blobs = store_->erase_tip(tip, erased);
    ASSERT_WORKS(blobs);
    EXPECT_THAT(*blobs, ElementsAre(ref));
    EXPECT_FAILS(ErrorKind::conflict, store_->erase_tip(tip, erased));      // once
    ASSERT_WORKS(store_->forget_removed());

    const TipRow row = store_->tip(tip).take();
    EXPECT_TRUE(row.flags.has(TipFlag::erased));
    EXPECT_EQ(row.state, TipState::closed);
    EXPECT_EQ(row.receipt, "");
    EXPECT_TRUE(row.reporter_public_key.empty());
    EXPECT_TRUE(store_->wrapped_keys(tip)->empty());
    EXPECT_TRUE(store_->parts(tip)->empty());
    EXPECT_TRUE(store_->products_of(tip)->empty());
    EXPECT_TRUE(store_->messages_of(tip)->empty());
    EXPECT_FALSE(*store_->names_blob(ref.sha256));
    EXPECT_TRUE(store_->tip_by_mailbox(one.mailbox_hash).has_value());      // its holder is told what became of it
    EXPECT_EQ(store_->jobs_of(tip)->at(0).state, JobState::failed);
    const auto entries = store_->ledger_entries_of(tip).take();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_TRUE(entries[0].opening.empty());
    EXPECT_TRUE(entries[1].opening.empty());
    EXPECT_EQ(entries[0].entry, one.received.entry);
    EXPECT_EQ(entries[2].entry.kind, "tip.erased");
    EXPECT_EQ(entries[2].opening, erased.opening);
    EXPECT_TRUE(store_->closed_tips(day_of(hour_number(48)), 10)->empty());
    ASSERT_WORKS(blobs_->remove(ref));
    EXPECT_THAT(*store_->check(), IsEmpty());
    // What was the same submission is a new one now: nothing of it is left to tell by.
    NewTip again = tip_number(2);
    again.dedup_key = one.dedup_key;
    EXPECT_TRUE(store_->accept_tip(again)->is_new);
}

TEST_P(StoreConformance, exposure_is_summed_by_staff_and_day) {
    const StaffId one = id_of<StaffId>(1);
    const Day day = day_of(hour_number(0));
    EXPECT_EQ(*store_->add_exposure(one, day, {}), Exposure{});
    ASSERT_WORKS(store_->add_exposure(one, day, {30, 2}));
    EXPECT_EQ(*store_->add_exposure(one, day, {15, 1}), (Exposure{45, 3}));
    EXPECT_EQ(*store_->add_exposure(one, day + std::chrono::days(1), {}), Exposure{});
    EXPECT_EQ(*store_->add_exposure(id_of<StaffId>(2), day, {}), Exposure{});
}

}  // namespace plumbline::conformance

// SPDX-License-Identifier: Apache-2.0
// The part of the suite about what machines send: repeats of a report, deliveries that come twice, many tips at once, and partners.
// Included by store_conformance.h.
#pragma once

namespace plumbline::conformance {

inline NewTip report_number(std::uint64_t number, std::string_view says) {
    NewTip tip = tip_number(number);
    tip.header.channel = TipChannel::api;
    tip.dedup_key = sha256(view(says));
    const Bytes raw = to_bytes(fmt::format("raw {}", number));
    tip.repeat = Repeat{id_of<RepeatId>(number), hour_number(static_cast<int>(number)), to_bytes("keys"), SealedPart{1, raw.size(), sha256(raw), raw}};
    return tip;
}

TEST_P(StoreConformance, an_equal_report_is_kept_with_the_first) {
    const auto first = store_->accept_tips({report_number(1, "spam"), report_number(2, "spam"), report_number(3, "scan")});
    ASSERT_WORKS(first);
    ASSERT_EQ(first->size(), 3U);
    EXPECT_TRUE((*first)[0].is_new);
    EXPECT_FALSE((*first)[1].is_new);
    EXPECT_EQ((*first)[1].tip, id_of<TipId>(1));
    EXPECT_EQ((*first)[1].repeats, 1U);
    EXPECT_TRUE((*first)[2].is_new);
    EXPECT_EQ(store_->accept_tip(report_number(4, "spam"))->repeats, 2U);
    EXPECT_EQ(store_->tip(id_of<TipId>(1))->repeats, 2U);
    EXPECT_EQ(store_->tip(id_of<TipId>(3))->repeats, 0U);
    EXPECT_EQ(store_->counts()->tips, 2U);
    EXPECT_EQ(*store_->ledger_size(), 2U);
    const auto repeats = store_->repeats_of(id_of<TipId>(1), 0, 100);
    ASSERT_EQ(repeats->size(), 2U);
    EXPECT_EQ((*repeats)[0].id, id_of<RepeatId>(2));
    EXPECT_EQ((*repeats)[1].hour, hour_number(4));
    EXPECT_EQ(std::get<Bytes>((*repeats)[1].raw.where), to_bytes("raw 4"));
    EXPECT_EQ(store_->repeats_of(id_of<TipId>(1), 1, 100)->size(), 1U);
    EXPECT_FAILS(ErrorKind::not_found, store_->repeats_of(id_of<TipId>(2), 0, 100));
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_P(StoreConformance, a_delivery_counts_once) {
    NewTip tip = report_number(1, "spam");
    tip.delivery_key = sha256(view("mail 1"));
    ASSERT_WORKS(store_->accept_tip(tip));
    NewTip again = report_number(2, "spam");
    again.delivery_key = tip.delivery_key;
    const auto known = store_->accept_tip(again);
    ASSERT_WORKS(known);
    EXPECT_TRUE(known->was_delivered);
    EXPECT_EQ(known->repeats, 0U);
    NewTip other = report_number(3, "spam");
    other.delivery_key = sha256(view("mail 2"));
    EXPECT_FALSE(store_->accept_tip(other)->was_delivered);
    EXPECT_TRUE(store_->accept_tip(other)->was_delivered);
    EXPECT_EQ(store_->tip(id_of<TipId>(1))->repeats, 1U);
}

TEST_P(StoreConformance, many_tips_are_taken_whole_or_not_at_all) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    NewTip same_job = tip_number(3);
    same_job.first_job.id = tip_number(1).first_job.id;
    EXPECT_FAILS(ErrorKind::conflict, store_->accept_tips({tip_number(2), same_job}));
    EXPECT_EQ(store_->counts()->tips, 1U);
    EXPECT_EQ(*store_->ledger_size(), 1U);
    EXPECT_TRUE(store_->accept_tips({})->empty());
}

TEST_P(StoreConformance, a_large_repeat_names_its_blob) {
    ASSERT_WORKS(store_->accept_tip(report_number(1, "spam")));
    auto writer = blobs_->begin().take();
    ASSERT_WORKS(writer->write(view("sealed raw bytes")));
    const BlobRef ref = writer->commit().take();
    NewTip large = report_number(2, "spam");
    large.repeat->raw = SealedPart{1, ref.size_bytes, ref.sha256, ref};
    ASSERT_WORKS(store_->accept_tip(large));
    EXPECT_TRUE(*store_->names_blob(ref.sha256));
    EXPECT_EQ(std::get<BlobRef>(store_->repeats_of(id_of<TipId>(1), 0, 1)->front().raw.where), ref);
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_P(StoreConformance, tokens_and_partners) {
    TokenRow token{sha256(view("a")), "bank", "tips reports", 5000, -3, 24, hour_number(2)};
    ASSERT_WORKS(store_->put_token(token));
    const auto rows = store_->tokens();
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->front().scopes, "tips reports");
    EXPECT_EQ(rows->front().items_per_hour, 5000U);
    EXPECT_EQ(rows->front().trust, -3);
    EXPECT_EQ(rows->front().silent_after_hours, 24U);
    EXPECT_EQ(rows->front().created_hour, hour_number(2));
    ASSERT_WORKS(store_->remove_token(token.token_sha256));
    EXPECT_FAILS(ErrorKind::not_found, store_->remove_token(token.token_sha256));
    EXPECT_TRUE(store_->tokens()->empty());
    ASSERT_WORKS(store_->note_partner("bank", hour_number(5)));
    ASSERT_WORKS(store_->note_partner("bank", hour_number(3)));
    ASSERT_WORKS(store_->note_partner("abuse desk", hour_number(1)));
    const auto hours = store_->partner_hours();
    ASSERT_EQ(hours->size(), 2U);
    EXPECT_EQ((*hours)[0].partner, "abuse desk");
    EXPECT_EQ((*hours)[1].hour, hour_number(5));
}

}  // namespace plumbline::conformance

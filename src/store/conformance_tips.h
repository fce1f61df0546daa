// SPDX-License-Identifier: Apache-2.0
// The conformance suite for tips, products, messages, the ledger and the small tables. Included by store_conformance.h.
#pragma once
#include "store/store_conformance.h"

namespace plumbline::conformance {

TEST_P(StoreConformance, gives_back_what_it_accepted) {
    NewTip tip = tip_number(1);
    tip.header.is_demo = true;
    tip.header.channel = TipChannel::api;
    SealedPart file;
    auto writer = blobs_->begin().take();
    ASSERT_WORKS(writer->write(view("sealed file")));
    const BlobRef ref = writer->commit().take();
    file.part = 1;
    file.sealed_bytes = ref.size_bytes;
    file.sealed_sha256 = ref.sha256;
    file.where = ref;
    tip.parts.push_back(file);
    const auto accepted = store_->accept_tip(tip);
    ASSERT_WORKS(accepted);
    EXPECT_TRUE(accepted->is_new);
    EXPECT_EQ(accepted->tip, tip.header.id);
    EXPECT_EQ(accepted->ledger_index, 0U);

    const auto row = store_->tip(tip.header.id);
    ASSERT_WORKS(row);
    EXPECT_EQ(row->header.id, tip.header.id);
    EXPECT_EQ(row->header.received_hour, tip.header.received_hour);
    EXPECT_EQ(row->header.channel, TipChannel::api);
    EXPECT_EQ(row->header.group, CategoryGroup::fraud);
    EXPECT_TRUE(row->header.is_demo);
    EXPECT_EQ(row->state, TipState::received);
    EXPECT_FALSE(row->ranking.has_value());
    EXPECT_EQ(row->reporter_public_key, tip.reporter_public_key);
    EXPECT_EQ(row->receipt, "receipt 1");
    EXPECT_EQ(store_->tip_by_mailbox(tip.mailbox_hash)->header.id, tip.header.id);
    EXPECT_EQ(*store_->wrapped_keys(tip.header.id), tip.wrapped_keys);
    const auto parts = store_->parts(tip.header.id);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ(std::get<Bytes>((*parts)[0].where), std::get<Bytes>(tip.parts[0].where));
    EXPECT_EQ(std::get<BlobRef>((*parts)[1].where), ref);
    EXPECT_EQ((*parts)[1].part, 1U);
    EXPECT_TRUE(*store_->names_blob(ref.sha256));
    EXPECT_FALSE(*store_->names_blob((*parts)[0].sealed_sha256));
    const auto jobs = store_->jobs_of(tip.header.id);
    ASSERT_EQ(jobs->size(), 1U);
    EXPECT_EQ((*jobs)[0].skill, skill_line);
    EXPECT_EQ((*jobs)[0].state, JobState::waiting);
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_P(StoreConformance, says_not_found) {
    const TipId unknown = id_of<TipId>(99);
    EXPECT_FAILS(ErrorKind::not_found, store_->tip(unknown));
    EXPECT_FAILS(ErrorKind::not_found, store_->tip_by_mailbox(sha256(view("nothing"))));
    EXPECT_FAILS(ErrorKind::not_found, store_->parts(unknown));
    EXPECT_FAILS(ErrorKind::not_found, store_->wrapped_keys(unknown));
    EXPECT_FAILS(ErrorKind::not_found, store_->job(id_of<JobId>(99)));
    EXPECT_FAILS(ErrorKind::not_found, store_->jobs_of(unknown));
    EXPECT_FAILS(ErrorKind::not_found, store_->messages_of(unknown));
    EXPECT_FAILS(ErrorKind::not_found, store_->apply(Change{.products = {Product{unknown, "evidence", 1, {}}}}));
    EXPECT_FALSE(store_->product(unknown, "evidence")->has_value());
    EXPECT_FALSE(store_->setting("nothing")->has_value());
}

TEST_P(StoreConformance, the_same_submission_is_stored_once) {
    NewTip first = tip_number(1);
    first.dedup_key = sha256(view("the same"));
    NewTip second = tip_number(2);
    second.dedup_key = first.dedup_key;
    ASSERT_WORKS(store_->accept_tip(first));
    const auto again = store_->accept_tip(second);
    ASSERT_WORKS(again);
    EXPECT_FALSE(again->is_new);
    EXPECT_EQ(again->tip, first.header.id);
    EXPECT_EQ(store_->counts()->tips, 1U);
    EXPECT_EQ(*store_->ledger_size(), 1U);
    EXPECT_FAILS(ErrorKind::not_found, store_->tip_by_mailbox(second.mailbox_hash));
}

TEST_P(StoreConformance, a_refused_tip_leaves_nothing) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    NewTip same_mailbox = tip_number(2);
    same_mailbox.mailbox_hash = tip_number(1).mailbox_hash;
    EXPECT_FAILS(ErrorKind::conflict, store_->accept_tip(same_mailbox));
    NewTip same_job = tip_number(3);
    same_job.first_job.id = tip_number(1).first_job.id;
    EXPECT_FAILS(ErrorKind::conflict, store_->accept_tip(same_job));
    EXPECT_FAILS(ErrorKind::conflict, store_->accept_tip(tip_number(1)));
    EXPECT_EQ(store_->counts()->tips, 1U);
    EXPECT_EQ(*store_->ledger_size(), 1U);
    EXPECT_FAILS(ErrorKind::not_found, store_->tip(same_job.header.id));
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_P(StoreConformance, the_queue_is_ordered) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 6));
    Change change;
    change.rankings = {ranking_of(1, Severity::low, 5), ranking_of(2, Severity::critical, 9), ranking_of(3, Severity::high, 2, "urgent"),
                       ranking_of(4, Severity::critical, 1)};
    change.moves = {StateMove{id_of<TipId>(4), TipState::received, TipState::closed}};
    ASSERT_WORKS(store_->apply(change));
    const auto id = [](std::uint64_t number) { return id_of<TipId>(number); };
    EXPECT_THAT(ids_of(*store_->tips({})), ElementsAre(id(4), id(3), id(1), id(2), id(5), id(6)));
    EXPECT_THAT(ids_of(*store_->tips({.by_severity = true})), ElementsAre(id(4), id(2), id(3), id(1), id(5), id(6)));
    EXPECT_THAT(ids_of(*store_->tips({.only_not_closed = true})), ElementsAre(id(3), id(1), id(2), id(5), id(6)));
    EXPECT_THAT(ids_of(*store_->tips({.queue = "urgent"})), ElementsAre(id(3)));
    EXPECT_THAT(ids_of(*store_->tips({.state = TipState::closed})), ElementsAre(id(4)));
    for (std::size_t offset = 0; offset <= 7; ++offset) {
        const auto all = ids_of(*store_->tips({}));
        std::vector<TipId> wanted;
        for (std::size_t i = offset; i < all.size() && i < offset + 2; ++i) wanted.push_back(all[i]);
        EXPECT_EQ(ids_of(*store_->tips({.offset = offset, .count_max = 2})), wanted) << offset;
    }
    EXPECT_EQ(store_->tip(id(3))->ranking->queue, "urgent");
    EXPECT_EQ(store_->tip(id(3))->ranking->deadline, hour_number(2));
    EXPECT_EQ(store_->counts()->processed, 4U);
}

TEST_P(StoreConformance, a_change_is_whole_or_not_at_all) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 2));
    const TipId tip = id_of<TipId>(1);
    Change change;
    change.products = {Product{tip, "evidence", 1, to_bytes("new")}};
    change.moves = {StateMove{tip, TipState::received, TipState::decided}};
    change.rankings = {ranking_of(1, Severity::high, 1)};
    change.entries = {entry_for(tip, "tip.received>decided"), entry_for(TipId(), "figures.published")};
    change.jobs = {job_for(tip, 5)};
    change.messages = {Message{id_of<MessageId>(1), tip, MessageDirection::to_reporter, hour_number(1), to_bytes("sealed")}};
    Change broken = change;
    broken.messages.push_back(broken.messages[0]);  // the same id twice: the very last thing fails
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(broken));
    EXPECT_FALSE(store_->product(tip, "evidence")->has_value());
    EXPECT_EQ(store_->tip(tip)->state, TipState::received);
    EXPECT_FALSE(store_->tip(tip)->ranking.has_value());
    EXPECT_EQ(*store_->ledger_size(), 2U);
    EXPECT_EQ(store_->jobs_of(tip)->size(), 1U);
    EXPECT_THAT(*store_->messages_of(tip), IsEmpty());

    ASSERT_WORKS(store_->apply(change));
    EXPECT_EQ((*store_->product(tip, "evidence"))->sealed, to_bytes("new"));
    EXPECT_EQ(store_->tip(tip)->state, TipState::decided);
    EXPECT_EQ(*store_->ledger_size(), 4U);
    EXPECT_EQ(store_->jobs_of(tip)->size(), 2U);
    EXPECT_EQ(store_->messages_of(tip)->size(), 1U);
    EXPECT_EQ(store_->counts()->jobs_waiting, 1U);
    EXPECT_FAILS(ErrorKind::conflict, store_->apply(Change{.moves = {StateMove{tip, TipState::received, TipState::decided}}}));
}

TEST_P(StoreConformance, a_newer_product_replaces) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.products = {Product{tip, "facts", 1, to_bytes("one")}, Product{tip, "decision", 1, to_bytes("d")}}}));
    ASSERT_WORKS(store_->apply(Change{.products = {Product{tip, "facts", 2, to_bytes("two")}}}));
    const auto products = store_->products_of(tip);
    ASSERT_EQ(products->size(), 2U);
    EXPECT_EQ((*products)[0].name, "decision");
    EXPECT_EQ((*products)[1].version, 2U);
    EXPECT_EQ((*products)[1].sealed, to_bytes("two"));
}

TEST_P(StoreConformance, products_come_in_the_order_of_tip_ids) {
    for (const std::uint64_t number : {5U, 2U, 9U, 1U, 7U}) {
        ASSERT_NO_FATAL_FAILURE(accept(number, number));
        const TipId tip = id_of<TipId>(number);
        ASSERT_WORKS(store_->apply(Change{.products = {Product{tip, "facts", 1, to_bytes(tip.text())}, Product{tip, "other", 1, {}}}}));
    }
    std::vector<TipId> seen;
    ASSERT_WORKS(store_->each_product("facts", [&](const Product& product) {
        EXPECT_EQ(product.sealed, to_bytes(product.tip.text()));
        seen.push_back(product.tip);
        return true;
    }));
    EXPECT_THAT(seen, ElementsAre(id_of<TipId>(1), id_of<TipId>(2), id_of<TipId>(5), id_of<TipId>(7), id_of<TipId>(9)));
    std::size_t count = 0;
    ASSERT_WORKS(store_->each_product("facts", [&](const Product&) { return ++count < 2; }));
    EXPECT_EQ(count, 2U);
}

TEST_P(StoreConformance, the_ledger_has_no_gaps_and_keeps_its_order) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 3));
    const TipId tip = id_of<TipId>(2);
    ASSERT_WORKS(store_->apply(Change{.entries = {entry_for(tip, "tip.received>decided"), entry_for(TipId(), "figures.published")}}));
    const auto entries = store_->ledger_entries(0, 100);
    ASSERT_EQ(entries->size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ((*entries)[i].index, i);
    EXPECT_EQ((*entries)[1].entry, entry_for(tip).entry);
    EXPECT_EQ((*entries)[1].tip, tip);
    EXPECT_EQ((*entries)[1].opening, entry_for(tip).opening);
    EXPECT_TRUE((*entries)[4].tip.is_nil());
    const auto some = store_->ledger_entries(3, 1);
    ASSERT_EQ(some->size(), 1U);
    EXPECT_EQ((*some)[0].entry.kind, "tip.received>decided");
    EXPECT_THAT(*store_->ledger_entries(5, 10), IsEmpty());
    EXPECT_EQ(store_->ledger_entries_of(tip)->size(), 2U);
    EXPECT_EQ(store_->counts()->ledger_size, 5U);
}

TEST_P(StoreConformance, messages_come_oldest_first) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    for (const std::uint64_t number : {3U, 1U, 2U}) {
        const auto direction = number == 1 ? MessageDirection::from_reporter : MessageDirection::to_reporter;
        const Message message{id_of<MessageId>(number), tip, direction, hour_number(1), to_bytes(fmt::format("message {}", number))};
        ASSERT_WORKS(store_->apply(Change{.messages = {message}}));
    }
    const auto messages = store_->messages_of(tip);
    ASSERT_EQ(messages->size(), 3U);
    EXPECT_EQ((*messages)[0].id, id_of<MessageId>(3));
    EXPECT_EQ((*messages)[1].direction, MessageDirection::from_reporter);
    EXPECT_EQ((*messages)[2].sealed, to_bytes("message 2"));
}

TEST_P(StoreConformance, small_tables_replace_by_key) {
    ASSERT_WORKS(store_->put_setting("name", "one"));
    ASSERT_WORKS(store_->put_setting("name", "two"));
    EXPECT_EQ(**store_->setting("name"), "two");
    ASSERT_WORKS(store_->put_staff({id_of<StaffId>(1), "desk", "hash", "analyst"}));
    ASSERT_WORKS(store_->put_staff({id_of<StaffId>(1), "desk", "hash 2", "administrator"}));
    ASSERT_EQ(store_->staff()->size(), 1U);
    EXPECT_EQ(store_->staff()->front().password_hash, "hash 2");
    const LabRow lab{id_of<LabId>(1), "Lab", Bytes(32, std::byte{1}), Bytes(32, std::byte{2}), day_of(hour_number(0)), true};
    ASSERT_WORKS(store_->put_lab(lab));
    LabRow stopped = lab;
    stopped.is_active = false;
    ASSERT_WORKS(store_->put_lab(stopped));
    ASSERT_EQ(store_->labs()->size(), 1U);
    EXPECT_FALSE(store_->labs()->front().is_active);
    EXPECT_EQ(store_->labs()->front().enrolled, lab.enrolled);
    EXPECT_EQ(store_->labs()->front().verify_key, lab.verify_key);
    ASSERT_WORKS(store_->put_token({sha256(view("token")), "bank"}));
    ASSERT_EQ(store_->tokens()->size(), 1U);
    EXPECT_EQ(store_->tokens()->front().partner, "bank");
}

TEST_P(StoreConformance, check_names_a_part_with_wrong_bytes_and_a_lost_blob) {
    NewTip wrong = tip_number(1);
    wrong.parts[0].sealed_sha256 = sha256(view("something else"));
    ASSERT_WORKS(store_->accept_tip(wrong));
    NewTip lost = tip_number(2);
    lost.parts[0].where = BlobRef{lost.parts[0].sealed_sha256, lost.parts[0].sealed_bytes};
    ASSERT_WORKS(store_->accept_tip(lost));
    const auto problems = store_->check();
    ASSERT_WORKS(problems);
    EXPECT_THAT(*problems, ElementsAre(testing::HasSubstr(wrong.header.id.text()), testing::HasSubstr(lost.header.id.text())));
}

TEST_P(StoreConformance, eight_threads_accept_at_once) {
    constexpr std::uint64_t threads = 8;
    constexpr std::uint64_t each = 50;
    std::atomic<int> failures{0};
    std::vector<std::thread> workers;
    for (std::uint64_t worker = 0; worker < threads; ++worker)
        workers.emplace_back([this, worker, &failures] {
            for (std::uint64_t i = 0; i < each; ++i) {
                const auto accepted = store_->accept_tip(tip_number(worker * each + i));
                failures += accepted && accepted->is_new ? 0 : 1;
            }
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(store_->counts()->tips, threads * each);
    const auto entries = store_->ledger_entries(0, 1000);
    ASSERT_EQ(entries->size(), threads * each);
    std::set<TipId> tips;
    for (const StoredEntry& entry : *entries) tips.insert(entry.tip);
    EXPECT_EQ(tips.size(), threads * each);
    EXPECT_THAT(*store_->check(), IsEmpty());
}

}  // namespace plumbline::conformance

// SPDX-License-Identifier: Apache-2.0
#include "intake/report_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "intake/intake.h"
#include "ledger/opening.h"
#include "seal/envelope.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "store/memory/memory_store.h"

namespace plumbline::intake {
namespace {
using testing::IsEmpty;
using testing::SizeIs;

Categories categories_of_file() {
    std::ifstream in(PLUMBLINE_SOURCE_DIR "/rules/categories.json");
    std::stringstream text;
    text << in.rdbuf();
    return Categories::from_json(parse_json(text.str()).take()).take();
}

class ReportBatchTest : public testing::Test {
  protected:
    void SetUp() override {
        seal::init_crypto();
        intake_ = Intake::make(*store_, *blobs_, clock_, entropy_, categories_,
                               IntakeKeys{{desk_.public_key, second_.public_key}, signing_.secret, Bytes(32, std::byte{9}), desk_.public_key}, limits_);
    }
    SubmittedReport report(std::string_view raw, std::optional<std::string> bundle = {}, std::optional<std::string> delivery = {}) {
        SubmittedReport made;
        made.content.text = "A partner reports spam. desk@partner.example";
        made.content.category = "nuisance.spam";
        made.contact = "desk@partner.example";
        made.files = {SubmittedFile{"report.json", "application/json", view(raw)}};
        made.bundle_source = std::move(bundle);
        made.delivery_source = std::move(delivery);
        return made;
    }
    Bytes bytes_of(const SealedPart& part) {
        if (const auto* bytes = std::get_if<Bytes>(&part.where)) return *bytes;
        auto reader = blobs_->read(std::get<BlobRef>(part.where)).take();
        Bytes all(part.sealed_bytes);
        EXPECT_EQ(*reader->read(0, all), all.size());
        return all;
    }
    seal::SystemEntropy entropy_;
    FakeClock clock_{instant_from("2026-11-28T15:47:31Z").take()};
    seal::BoxKeys desk_ = seal::make_box_keys(entropy_), second_ = seal::make_box_keys(entropy_);
    seal::SigningKeys signing_ = seal::make_signing_keys(entropy_);
    Categories categories_ = categories_of_file();
    Limits limits_;
    std::unique_ptr<Blobs> blobs_ = Blobs::in_memory();
    std::unique_ptr<Store> store_ = make_memory_store(*blobs_);
    std::unique_ptr<Intake> intake_;
};

TEST_F(ReportBatchTest, each_tip_opens_alone_and_names_its_partner) {
    auto batch = intake_->begin_reports({"bank-a", 7});
    ASSERT_TRUE(batch->add(report("{\"n\":1}")).has_value());
    ASSERT_TRUE(batch->add(report("{\"n\":2}")).has_value());
    EXPECT_EQ(batch->waiting(), 2U);
    EXPECT_EQ(store_->counts()->tips, 0U);
    const auto receipts = batch->commit();
    ASSERT_TRUE(receipts.has_value()) << receipts.error().message;
    ASSERT_THAT(*receipts, SizeIs(2));
    for (std::size_t i = 0; i < 2; ++i) {
        const TipId tip = (*receipts)[i].tip;
        EXPECT_TRUE((*receipts)[i].is_new);
        for (const seal::BoxKeys* keys : {&desk_, &second_}) {
            const auto key = seal::unwrap_tip_key_of(*store_->wrapped_keys(tip), tip, keys->secret);
            ASSERT_TRUE(key.has_value()) << key.error().message;
            const auto parts = store_->parts(tip).take();
            const TipContent content = tip_content_from(parse_json(text_of(seal::open_content(*key, tip, bytes_of(parts[0])).take())).take()).take();
            EXPECT_EQ(content.origin.partner, "bank-a");
            EXPECT_EQ(content.own_values, "desk@partner.example");
            EXPECT_EQ(content.contact, "");
            EXPECT_EQ(text_of(*seal::open_part(*key, tip, 1, bytes_of(parts[1]))), fmt::format("{{\"n\":{}}}", i + 1));
            const StoredEntry entry = store_->ledger_entries_of(tip)->front();
            const auto opening = ledger::opening_from(*seal::open_part(*key, tip, seal::opening_part, entry.opening)).take();
            EXPECT_TRUE(ledger::check_opening(opening, entry.entry).has_value());
        }
        const TipRow row = store_->tip(tip).take();
        EXPECT_THAT(row.reporter_public_key, IsEmpty());
        EXPECT_EQ(seal::verify_receipt(row.receipt, signing_.verify_key)->tip, tip);
    }
    EXPECT_EQ(to_text(store_->tip((*receipts)[0].tip)->header.received_hour), "2026-11-28T15:00:00Z");
}

TEST_F(ReportBatchTest, five_hundred_equal_reports_are_one_tip_and_keep_their_bytes) {
    std::vector<ReportReceipt> all;
    for (int round = 0; round < 5; ++round) {
        auto batch = intake_->begin_reports({round % 2 == 0 ? "bank-a" : "bank-b", 0});
        for (int i = 0; i < 100; ++i) ASSERT_TRUE(batch->add(report(fmt::format("raw {}", round * 100 + i), "messaging/spam\n2026-11-28\n192.0.2.1")).has_value());
        for (const ReportReceipt& receipt : batch->commit().take()) all.push_back(receipt);
    }
    ASSERT_THAT(all, SizeIs(500));
    EXPECT_EQ(store_->counts()->tips, 1U);
    EXPECT_EQ(store_->tip(all.front().tip)->repeats, 499U);
    EXPECT_EQ(all.back().count, 500U);
    const auto repeats = store_->repeats_of(all.front().tip, 0, 1000).take();
    ASSERT_THAT(repeats, SizeIs(499));
    for (std::size_t i = 0; i < repeats.size(); ++i) {
        const TipId id = TipId(repeats[i].id.bytes());
        const auto key = seal::unwrap_tip_key_of(repeats[i].wrapped_keys, id, desk_.secret);
        ASSERT_TRUE(key.has_value()) << key.error().message;
        EXPECT_EQ(text_of(*seal::open_part(*key, id, 1, bytes_of(repeats[i].raw))), fmt::format("raw {}", i + 1));
    }
    EXPECT_THAT(*store_->check(), IsEmpty());
}

TEST_F(ReportBatchTest, large_files_are_blobs_and_unused_ones_go) {
    const std::string large(200'000, 'x');
    auto batch = intake_->begin_reports({"bank-a", 0});
    for (int i = 0; i < 2; ++i) {
        SubmittedReport made = report(large, "same");
        made.files.push_back(SubmittedFile{"sample.bin", "", view(large)});
        ASSERT_TRUE(batch->add(std::move(made)).has_value());
    }
    const auto receipts = batch->commit().take();
    const auto blobs = blobs_->list().take();
    EXPECT_THAT(blobs, SizeIs(3));   // two of the tip, one of the repeat
    for (const BlobRef& ref : blobs) EXPECT_TRUE(*store_->names_blob(ref.sha256));
    EXPECT_FALSE(receipts[1].is_new);
    batch->add(report(large)).take();
    batch.reset();          // never committed
    EXPECT_THAT(blobs_->list().take(), SizeIs(3));
}

TEST_F(ReportBatchTest, a_delivery_counts_once_and_a_bad_report_alone_is_refused) {
    auto batch = intake_->begin_reports({"bank-a", 0});
    ASSERT_TRUE(batch->add(report("mail", "same", "mail 1")).has_value());
    SubmittedReport bad = report("x");
    bad.content.category = "no.such";
    EXPECT_EQ(batch->add(std::move(bad)).error().kind, ErrorKind::invalid);
    ASSERT_TRUE(batch->add(report("mail", "same", "mail 1")).has_value());
    const auto receipts = batch->commit().take();
    ASSERT_THAT(receipts, SizeIs(2));
    EXPECT_TRUE(receipts[1].was_delivered);
    EXPECT_EQ(receipts[1].count, 1U);
}

}  // namespace
}  // namespace plumbline::intake

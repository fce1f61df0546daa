// SPDX-License-Identifier: Apache-2.0
#include "intake/sealed_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "ledger/opening.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/identity.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/test_folder.h"

namespace plumbline::intake {

namespace {

using testing::HasSubstr;

// What a reporter's page makes.
struct Reporter {
    TipId tip;
    seal::TipKey key;
    seal::MailboxKeys mailbox;
    std::vector<Bytes> parts;     // sealed; part 0 is the content
};

class SealedIntakeTest : public testing::Test {
  protected:
    SealedIntakeTest() {
        seal::init_crypto();
        intake_ = SealedIntake::make(*store_, *blobs_, *uploads_, clock_, entropy_, IntakeKeys{{desk_.public_key}, signing_.secret, Bytes(32, std::byte{9}), identity_.public_key}, limits_);
    }
    Reporter reporter(std::string text, const std::vector<std::size_t>& files, std::string_view hour = "2026-11-28T18:00:00Z") {
        IdBytes random;
        entropy_.fill(random);
        Reporter made{TipId::make(instant_from(hour).take(), random), seal::TipKey::random(entropy_), seal::mailbox_keys_of(seal::ReceiptSecret::random(entropy_)), {}};
        TipContent content;
        content.text = std::move(text);
        content.category = "fraud.phishing";
        content.reporter_key = to_base64(made.mailbox.public_key.bytes);
        for (const std::size_t size : files) content.files.push_back({"file", "", size});
        made.parts.push_back(seal::seal_content(made.key, made.tip, view(to_json(content).dump()), entropy_));
        for (std::size_t i = 0; i < files.size(); ++i)
            made.parts.push_back(seal::seal_part(made.key, made.tip, static_cast<std::uint32_t>(i + 1), Bytes(files[i], std::byte{7}), entropy_));
        return made;
    }
    Result<std::string> uploaded(ByteView sealed) {
        const NewUpload upload = TRY(intake_->create_upload(sealed.size()));
        const auto pieces = TRY(intake_->append(upload.secret, 0));
        TRY(pieces->data(sealed));
        TRY(pieces->finish());
        return upload.secret;
    }
    Result<SealedTip> sealed_tip(const Reporter& from) {
        SealedTip tip{from.tip, CategoryGroup::fraud, seal::wrap_tip_key_for(from.key, from.tip, {desk_.public_key}, entropy_), seal::mailbox_id_of(from.mailbox.token), from.mailbox.public_key, {}};
        for (std::uint32_t number = 0; number < from.parts.size(); ++number) {
            SealedTipPart part{number, {}, {}};
            if (number == 0) part.sealed = from.parts[0];
            else part.upload = TRY(uploaded(from.parts[number]));
            tip.parts.push_back(std::move(part));
        }
        return tip;
    }
    Result<SealedReceipt> submit(const Reporter& from) { return intake_->accept(TRY(sealed_tip(from))); }
    Result<Bytes> bytes_of(const SealedPart& part) {
        if (const auto* bytes = std::get_if<Bytes>(&part.where)) return *bytes;
        const auto reader = TRY(blobs_->read(std::get<BlobRef>(part.where)));
        Bytes bytes(reader->size_bytes());
        for (std::size_t at = 0; at < bytes.size();) at += TRY(reader->read(at, std::span(bytes).subspan(at)));
        return bytes;
    }

    TestFolder folder_;
    seal::SystemEntropy entropy_;
    FakeClock clock_{instant_from("2026-11-28T18:47:31Z").take()};
    seal::BoxKeys desk_ = seal::make_box_keys(entropy_);
    seal::BoxKeys identity_ = seal::make_box_keys(entropy_);
    seal::SigningKeys signing_ = seal::make_signing_keys(entropy_);
    Limits limits_;
    std::unique_ptr<Blobs> blobs_ = Blobs::open(folder_.file("blobs")).take();
    std::unique_ptr<Uploads> uploads_ = Uploads::open(folder_.file("blobs/uploads")).take();
    std::unique_ptr<Store> store_ = open_sqlite_store({.path = folder_.file("store.db")}, *blobs_).take();
    std::unique_ptr<SealedIntake> intake_;
};

TEST_F(SealedIntakeTest, the_desk_opens_what_the_reporter_sealed) {
    const Reporter from = reporter("They called.", {1000, 300'000, 0});
    const auto receipt = submit(from);
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_TRUE(receipt->is_new);
    const auto checked = seal::verify_receipt(receipt->proof, signing_.verify_key);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->tip, from.tip);
    EXPECT_EQ(checked->parts, 4U);
    const TipRow row = store_->tip(from.tip).take();
    EXPECT_EQ(to_text(row.header.received_hour), "2026-11-28T18:00:00Z");
    EXPECT_EQ(row.header.group, CategoryGroup::fraud);
    const auto key = seal::unwrap_tip_key_of(store_->wrapped_keys(from.tip).take(), from.tip, desk_.secret);
    ASSERT_TRUE(key);
    const auto parts = store_->parts(from.tip).take();
    ASSERT_EQ(parts.size(), 4U);
    EXPECT_THAT(text_of(seal::open_content(*key, from.tip, bytes_of(parts[0]).take()).take()), HasSubstr("They called."));
    EXPECT_EQ(seal::open_part(*key, from.tip, 2, bytes_of(parts[2]).take()).take(), Bytes(300'000, std::byte{7}));
    EXPECT_TRUE(std::holds_alternative<BlobRef>(parts[2].where));
    // The desk opens the received entry, though intake never had the tip's key.
    const StoredEntry entry = store_->ledger_entries_of(from.tip).take().front();
    const auto opening = ledger::opening_from(seal::open_opening(desk_.secret, from.tip, entry.opening).take()).take();
    EXPECT_EQ(ledger::commitment_of(opening), entry.entry.commitment);
    EXPECT_EQ(uploads_->totals().take().uploads, 0U);
    EXPECT_TRUE(store_->check().take().empty());
}

TEST_F(SealedIntakeTest, handed_in_again_it_gets_the_same_receipt) {
    const Reporter from = reporter("Again.", {500});
    const SealedTip tip = sealed_tip(from).take();
    const auto first = intake_->accept(tip).take();
    const auto second = intake_->accept(tip).take();   // its upload is gone already
    EXPECT_FALSE(second.is_new);
    EXPECT_EQ(second.proof, first.proof);
    EXPECT_EQ(store_->counts().take().tips, 1U);
    Reporter other = reporter("Other.", {});
    other.mailbox = from.mailbox;
    EXPECT_EQ(submit(other).error().kind, ErrorKind::conflict);
    Reporter same_id = reporter("Other.", {});
    SealedTip stolen = sealed_tip(same_id).take();
    stolen.tip = from.tip;
    EXPECT_EQ(intake_->accept(stolen).error().kind, ErrorKind::conflict);
}

TEST_F(SealedIntakeTest, the_id_tells_the_hour_and_no_more) {
    for (const auto& [hour, words] : std::map<std::string, std::string>{{"2026-11-28T18:00:01Z", "finer than the hour"}, {"2026-11-28T21:00:00Z", "not near"}, {"2026-11-01T00:00:00Z", "not near"}}) {
        const auto refused = submit(reporter("x", {}, hour));
        ASSERT_FALSE(refused) << hour;
        EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
        EXPECT_THAT(refused.error().message, HasSubstr(words));
    }
    EXPECT_TRUE(submit(reporter("Begun yesterday, sent today.", {}, "2026-11-27T20:00:00Z")));
    Reporter other = reporter("x", {});
    IdBytes bytes = other.tip.bytes();
    bytes[6] = std::byte{0x40};
    SealedTip tip = sealed_tip(other).take();
    tip.tip = TipId(bytes);
    EXPECT_EQ(intake_->accept(tip).error().kind, ErrorKind::invalid);
}

TEST_F(SealedIntakeTest, what_cannot_be_a_sealed_tip_is_refused) {
    const Reporter from = reporter("x", {100'000, 70'000});
    const auto refused = [&](auto change) {
        SealedTip tip = sealed_tip(from).take();
        change(tip);
        const auto answer = intake_->accept(std::move(tip));
        return answer ? std::string("taken") : answer.error().message;
    };
    EXPECT_THAT(refused([](SealedTip& tip) { tip.wrapped_keys.pop_back(); }), HasSubstr("wrapped_keys"));
    EXPECT_THAT(refused([](SealedTip& tip) { std::swap(tip.parts[1], tip.parts[2]); }), HasSubstr("parts/1"));
    EXPECT_THAT(refused([](SealedTip& tip) { tip.parts[2].upload = tip.parts[1].upload; }), HasSubstr("stands twice"));
    EXPECT_THAT(refused([](SealedTip& tip) { tip.parts.clear(); }), HasSubstr("parts"));
    EXPECT_THAT(refused([](SealedTip& tip) { tip.parts[0].sealed.pop_back(); }), HasSubstr("not padded"));
    EXPECT_THAT(refused([](SealedTip& tip) { tip.parts[0].sealed[0] = std::byte{2}; }), HasSubstr("version"));
    EXPECT_THAT(refused([](SealedTip& tip) { tip.parts[1].upload = "AAAA"; }), HasSubstr("no such upload"));
    EXPECT_EQ(intake_->create_upload(41).error().kind, ErrorKind::invalid);
    EXPECT_EQ(intake_->create_upload(25 + 65'553 + 5).error().kind, ErrorKind::invalid);
    EXPECT_EQ(intake_->create_upload(6ULL << 30).error().kind, ErrorKind::too_large);
    const NewUpload upload = intake_->create_upload(from.parts[1].size()).take();
    EXPECT_FALSE(intake_->append(upload.secret, 0).take()->data(Bytes(10)));   // not of version 1
    EXPECT_EQ(store_->counts().take().tips, 0U);
}

TEST_F(SealedIntakeTest, who_the_reporter_is_comes_as_a_part_of_its_own) {
    const Reporter from = reporter("x", {400});
    SealedTip tip = sealed_tip(from).take();
    tip.parts.push_back({seal::identity_part, {}, seal::seal_identity(from.tip, view(to_json(ReporterIdentity{"jo@example.org"}).dump()), identity_.public_key, entropy_)});
    SealedTip cut = tip;
    cut.parts.back().sealed.pop_back();
    EXPECT_EQ(intake_->accept(cut).error().kind, ErrorKind::invalid);
    ASSERT_TRUE(intake_->accept(tip));
    const auto parts = store_->parts(from.tip).take();
    ASSERT_EQ(parts.back().part, seal::identity_part);
    EXPECT_THAT(text_of(seal::open_identity(from.tip, bytes_of(parts.back()).take(), identity_.secret).take()), HasSubstr("jo@example.org"));
}

TEST_F(SealedIntakeTest, uploads_run_out_and_are_bounded) {
    limits_.uploads_max = 2;
    limits_.upload_hours = 2;
    intake_ = SealedIntake::make(*store_, *blobs_, *uploads_, clock_, entropy_, IntakeKeys{{desk_.public_key}, signing_.secret, Bytes(32, std::byte{9}), identity_.public_key}, limits_);
    const std::string first = intake_->create_upload(1000).take().secret;
    ASSERT_TRUE(intake_->create_upload(1000));
    EXPECT_EQ(intake_->create_upload(1000).error().kind, ErrorKind::busy);
    // The files carry the machine's hour; the intake's clock is put after it.
    const Instant now = std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
    clock_.advance(hour_of(now) + std::chrono::hours(4) - clock_.now());
    EXPECT_TRUE(intake_->create_upload(1000));
    EXPECT_EQ(intake_->progress(first).error().kind, ErrorKind::not_found);
}

// Whoever carries a sealed tip can change what they like of it: the intake sees it, or the desk does.
TEST_F(SealedIntakeTest, ten_thousand_changed_tips_are_all_refused) {
    const Reporter from = reporter("Something happened.", {3000, 70'000});
    SealedTip good = sealed_tip(from).take();
    for (std::uint32_t number = 1; number < good.parts.size(); ++number) good.parts[number] = SealedTipPart{number, {}, from.parts[number]};
    const Reporter other = reporter("Another one.", {3000, 70'000});
    const Bytes other_key = seal::wrap_tip_key_for(other.key, other.tip, {desk_.public_key}, entropy_);
    // What the desk does with it; the structure is checked as the intake checks it.
    const auto opens = [&](const SealedTip& tip) {
        for (const SealedTipPart& part : tip.parts)
            if (part.sealed.empty() || !seal::check_part_form(part.part, part.sealed.front(), part.sealed.size())) return false;
        const auto key = seal::unwrap_tip_key_of(tip.wrapped_keys, tip.tip, desk_.secret);
        if (!key) return false;
        const auto content = seal::open_content(*key, tip.tip, tip.parts[0].sealed);
        if (!content) return false;
        const auto read = tip_content_from(parse_json(text_of(*content)).value_or(Json()));
        if (!read || read->reporter_key != to_base64(tip.reporter_key.bytes) || read->files.size() + 1 != tip.parts.size()) return false;
        for (std::size_t i = 1; i < tip.parts.size(); ++i)
            if (!seal::open_part(*key, tip.tip, static_cast<std::uint32_t>(i), tip.parts[i].sealed)) return false;
        return true;
    };
    ASSERT_TRUE(opens(good));
    std::mt19937 random(20261128);
    const auto below = [&random](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    for (int round = 0; round < 10'000; ++round) {
        SealedTip tip = good;
        SealedTipPart& part = tip.parts[below(tip.parts.size())];
        const std::size_t act = below(10);
        const auto flip = [&](std::span<std::byte> bytes) { bytes[below(bytes.size())] ^= static_cast<std::byte>(1U << below(8)); };
        if (act <= 2) flip(part.sealed);
        if (act == 3) flip(tip.wrapped_keys);
        if (act == 4) part.sealed.resize(below(part.sealed.size()));
        if (act == 5) part.sealed.resize(part.sealed.size() + 1 + below(70'000), std::byte{1});
        if (act == 6) {                                   // chunks or parts in another order
            Bytes& bytes = tip.parts[2].sealed;
            if (below(2) == 0) std::swap(tip.parts[1].sealed, tip.parts[2].sealed);
            else std::rotate(bytes.begin() + 25, bytes.begin() + 25 + 65'553, bytes.end());
        }
        if (act == 7) part.sealed = other.parts[part.part];                          // of another tip
        if (act == 8) tip.wrapped_keys = other_key;                                  // re-keyed
        if (act == 9 && below(2) == 0) {
            IdBytes id = tip.tip.bytes();
            flip(id);
            tip.tip = TipId(id);
        } else if (act == 9) {
            flip(tip.reporter_key.bytes);
        }
        ASSERT_FALSE(opens(tip)) << "round " << round << ", act " << act;
    }
}

}  // namespace

}  // namespace plumbline::intake

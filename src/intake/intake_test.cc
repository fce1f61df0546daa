// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "intake/sweep.h"
#include "ledger/opening.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/identity.h"
#include "seal/mailbox.h"
#include "seal/message.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "seal/words.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/test_folder.h"

namespace plumbline::intake {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
namespace fs = std::filesystem;

Categories test_categories() {
    std::ifstream file(PLUMBLINE_SOURCE_DIR "/rules/categories.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return Categories::from_json(parse_json(text).take()).take();
}
std::string all_bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
TipContent content_of(std::string text) {
    TipContent content;
    content.text = std::move(text);
    content.category = "fraud.phishing";
    return content;
}

// Everything that an intake stands on, over files or in memory.
class IntakeTest : public testing::Test {
  protected:
    void open_files() {
        blobs_ = Blobs::open(folder_.file("blobs")).take();
        store_ = open_sqlite_store({.path = folder_.file("store.db")}, *blobs_).take();
        start();
    }
    void open_memory() {
        blobs_ = Blobs::in_memory();
        store_ = make_memory_store(*blobs_);
        start();
    }
    void start() {
        seal::init_crypto();
        intake_ = Intake::make(*store_, *blobs_, clock_, entropy_, test_categories(),
                               IntakeKeys{{desk_.public_key, second_desk_.public_key}, signing_.secret, Bytes(32, std::byte{9}), identity_.public_key}, limits_);
    }
    Result<Receipt> submit(TipContent content, std::vector<std::string> files = {}, const SubmissionOptions& options = {}) {
        auto writer = TRY(intake_->begin(options));
        for (const std::string& file : files) {
            TRY(writer->begin_file("evidence.bin", "application/octet-stream"));
            for (ByteView rest = view(file); !rest.empty();) {
                const ByteView piece = rest.first(std::min<std::size_t>(rest.size(), 10'000));
                TRY(writer->file_data(piece));
                rest = rest.subspan(piece.size());
            }
            TRY(writer->end_file());
        }
        return writer->finish(std::move(content));
    }
    Result<Bytes> sealed_bytes(const SealedPart& part) {
        if (const auto* bytes = std::get_if<Bytes>(&part.where)) return *bytes;
        const auto reader = TRY(blobs_->read(std::get<BlobRef>(part.where)));
        Bytes bytes(reader->size_bytes());
        for (std::size_t at = 0; at < bytes.size();) at += TRY(reader->read(at, std::span(bytes).subspan(at)));
        return bytes;
    }

    TestFolder folder_;
    seal::SystemEntropy entropy_;
    FakeClock clock_{instant_from("2026-11-23T15:47:31Z").take()};
    seal::BoxKeys desk_ = seal::make_box_keys(entropy_);
    seal::BoxKeys second_desk_ = seal::make_box_keys(entropy_);
    seal::BoxKeys identity_ = seal::make_box_keys(entropy_);
    seal::SigningKeys signing_ = seal::make_signing_keys(entropy_);
    Limits limits_;
    std::unique_ptr<Blobs> blobs_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Intake> intake_;
};

TEST_F(IntakeTest, each_desk_opens_what_was_sent) {
    open_files();
    const std::string small(1000, 's');
    const std::string large(300'000, 'l');
    TipContent content = content_of("They called and said that my account is blocked.");
    content.loss = Money{12345, "EUR"};
    content.contact = "jo@example.org";
    const auto receipt = submit(content, {small, large}, {.channel = TipChannel::api, .partner = "bank"});
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
    EXPECT_TRUE(receipt->is_new);

    const TipRow row = store_->tip(receipt->tip).take();
    EXPECT_EQ(to_text(row.header.received_hour), "2026-11-23T15:00:00Z");
    EXPECT_EQ(row.header.group, CategoryGroup::fraud);
    EXPECT_EQ(row.header.channel, TipChannel::api);
    EXPECT_FALSE(row.header.is_demo);
    EXPECT_EQ(row.receipt, receipt->proof);
    const auto parts = store_->parts(receipt->tip).take();
    ASSERT_THAT(parts, SizeIs(4));
    EXPECT_TRUE(std::holds_alternative<Bytes>(parts[1].where));
    EXPECT_TRUE(std::holds_alternative<BlobRef>(parts[2].where));
    for (const seal::BoxKeys* keys : {&desk_, &second_desk_}) {
        const auto key = seal::unwrap_tip_key_of(store_->wrapped_keys(receipt->tip).take(), receipt->tip, keys->secret);
        ASSERT_TRUE(key.has_value());
        const Bytes plain = seal::open_content(*key, receipt->tip, sealed_bytes(parts[0]).take()).take();
        const TipContent opened = tip_content_from(parse_json(text_of(plain)).take()).take();
        EXPECT_EQ(opened.text, content.text);
        EXPECT_EQ(opened.loss, content.loss);
        EXPECT_EQ(opened.contact, "");  // sealed apart: the desk's keys do not open it
        EXPECT_FALSE(seal::open_identity(receipt->tip, sealed_bytes(parts[3]).take(), keys->secret));
        EXPECT_EQ(opened.origin.partner, "bank");
        ASSERT_THAT(opened.files, SizeIs(2));
        EXPECT_EQ(opened.files[1].name, "evidence.bin");
        EXPECT_EQ(opened.files[1].size_bytes, large.size());
        EXPECT_EQ(seal::open_part(*key, receipt->tip, 1, sealed_bytes(parts[1]).take()).take(), to_bytes(small));
        EXPECT_EQ(seal::open_part(*key, receipt->tip, 2, sealed_bytes(parts[2]).take()).take(), to_bytes(large));
        // The opening of the ledger entry stands under the tip's key and fits.
        const StoredEntry entry = store_->ledger_entries_of(receipt->tip).take().at(0);
        const auto opening = ledger::opening_from(seal::open_part(*key, receipt->tip, seal::opening_part, entry.opening).take()).take();
        EXPECT_TRUE(ledger::check_opening(opening, entry.entry).has_value());
        EXPECT_EQ(to_text(entry.entry.day), "2026-11-23");
    }
    EXPECT_EQ(parts[3].part, seal::identity_part);
    const Bytes named = seal::open_identity(receipt->tip, sealed_bytes(parts[3]).take(), identity_.secret).take();
    EXPECT_EQ(reporter_identity_from(parse_json(text_of(named)).take())->contact, content.contact);
    const seal::BoxKeys stranger = seal::make_box_keys(entropy_);
    EXPECT_FALSE(seal::unwrap_tip_key_of(store_->wrapped_keys(receipt->tip).take(), receipt->tip, stranger.secret));
    const auto checked = seal::verify_receipt(receipt->proof, signing_.verify_key);
    ASSERT_TRUE(checked.has_value()) << checked.error().message;
    EXPECT_EQ(checked->tip, receipt->tip);
    EXPECT_EQ(checked->parts, 4U);
    EXPECT_THAT(store_->check().take(), IsEmpty());
}

TEST_F(IntakeTest, ids_and_times_say_the_hour_and_no_more) {
    open_memory();
    const auto receipt = submit(content_of("something"));
    ASSERT_TRUE(receipt.has_value());
    // The first 48 bits of a UUIDv7 are its milliseconds.
    std::int64_t millis = 0;
    for (int i = 0; i < 6; ++i) millis = millis * 256 + static_cast<std::int64_t>(receipt->tip.bytes()[static_cast<std::size_t>(i)]);
    EXPECT_EQ(millis % 3'600'000, 0);
    const Job job = store_->jobs_of(receipt->tip).take().at(0);
    EXPECT_EQ(job.created_hour, hour_of(clock_.now()));
    EXPECT_EQ(job.skill, skill_line);
    millis = 0;
    for (int i = 0; i < 6; ++i) millis = millis * 256 + static_cast<std::int64_t>(job.id.bytes()[static_cast<std::size_t>(i)]);
    EXPECT_EQ(millis % 3'600'000, 0);
}

TEST_F(IntakeTest, refuses_by_field_and_keeps_nothing) {
    open_files();
    limits_.tip_text_bytes_max = 100;
    limits_.tip_files_max = 2;
    limits_.file_bytes_max = 150'000;
    limits_.tip_bytes_max = 200'000;
    start();
    const auto message_of = [&](TipContent content, std::vector<std::string> files = {}) {
        const auto refused = submit(std::move(content), std::move(files));
        EXPECT_FALSE(refused.has_value());
        return refused ? "" : refused.error().message;
    };
    EXPECT_THAT(message_of(content_of(" \n")), StartsWith("text: "));
    EXPECT_THAT(message_of(content_of("caf\xe9")), StartsWith("text: "));
    EXPECT_THAT(message_of(content_of(std::string(101, 'x'))), AllOf(StartsWith("text: "), HasSubstr("100")));
    TipContent content = content_of("x");
    content.category = "politics.opinion";
    EXPECT_THAT(message_of(content), StartsWith("category: "));
    content = content_of("x");
    content.loss = Money{1, "XXX"};
    EXPECT_THAT(message_of(content), StartsWith("loss.currency: "));
    content.loss = Money{-1, "EUR"};
    EXPECT_THAT(message_of(content), StartsWith("loss.minor_units: "));
    content = content_of("x");
    content.contact = std::string(5000, 'x');
    EXPECT_THAT(message_of(content), StartsWith("contact: "));
    const std::string big(160'000, 'b');
    const std::string middle(120'000, 'm');
    EXPECT_THAT(message_of(content_of("x"), {big}), AllOf(StartsWith("files: "), HasSubstr("150000")));
    EXPECT_THAT(message_of(content_of("x"), {middle, middle}), AllOf(StartsWith("files: "), HasSubstr("200000")));
    EXPECT_THAT(message_of(content_of("x"), {"1", "2", "3"}), AllOf(StartsWith("files: "), HasSubstr("2")));
    EXPECT_THAT(message_of(content_of(std::string(101, 'x')), {middle}), StartsWith("text: "));
    EXPECT_EQ(store_->counts()->tips, 0U);
    EXPECT_THAT(blobs_->list().take(), IsEmpty());
    EXPECT_THAT(intake_->begin({.received = clock_.now()}).error().message, StartsWith("received: "));
    EXPECT_TRUE(submit(content_of(""), {"a file and no text"}).has_value());
}

TEST_F(IntakeTest, names_of_files_are_kept_as_text_only) {
    open_memory();
    limits_.file_name_bytes_max = 8;
    start();
    const auto writer = intake_->begin({}).take();
    ASSERT_TRUE(writer->begin_file("caf\xe9\xe9\xe9\xe9\xe9.txt", "Text/Plain; charset=utf-8").has_value());
    ASSERT_TRUE(writer->end_file().has_value());
    ASSERT_TRUE(writer->begin_file("../../etc/passwd", "no type").has_value());
    ASSERT_TRUE(writer->end_file().has_value());
    const auto receipt = writer->finish(content_of("x"));
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
    EXPECT_EQ(writer->finish(content_of("x")).error().kind, ErrorKind::conflict);
    const auto key = seal::unwrap_tip_key_of(store_->wrapped_keys(receipt->tip).take(), receipt->tip, desk_.secret).take();
    const Bytes plain = seal::open_content(key, receipt->tip, sealed_bytes(store_->parts(receipt->tip).take()[0]).take()).take();
    const TipContent opened = tip_content_from(parse_json(text_of(plain)).take()).take();
    EXPECT_EQ(opened.files[0].name, "caf\xEF\xBF\xBD");
    EXPECT_EQ(opened.files[0].media_type, "text/plain");
    EXPECT_EQ(opened.files[1].name, "../../et");
    EXPECT_EQ(opened.files[1].media_type, "");
    EXPECT_EQ(opened.files[1].size_bytes, 0U);
}

TEST_F(IntakeTest, the_same_submission_twice_is_one_tip) {
    open_files();
    const SubmissionOptions options{.channel = TipChannel::import, .dedup_source = to_bytes("the same mail")};
    const std::string large(200'000, 'l');
    const auto first = submit(content_of("x"), {large}, options);
    const auto second = submit(content_of("x"), {large}, options);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(second->is_new);
    EXPECT_EQ(second->tip, first->tip);
    EXPECT_EQ(second->words, "");
    EXPECT_EQ(second->proof, "");
    EXPECT_EQ(store_->counts()->tips, 1U);
    EXPECT_THAT(blobs_->list().take(), SizeIs(1));  // the second one's is gone again
    EXPECT_THAT(store_->check().take(), IsEmpty());
}

TEST_F(IntakeTest, words_open_the_mailbox_and_messages_go_both_ways) {
    open_memory();
    const Receipt receipt = submit(content_of("x")).take();
    const TipRow row = store_->tip(receipt.tip).take();
    ASSERT_TRUE(intake_->add_message(receipt.words, "I found another letter.").has_value());

    Message answer;
    answer.tip = receipt.tip;
    answer.hour = hour_of(clock_.now());
    answer.id = MessageId::make(answer.hour, IdBytes{});
    const std::string context = fmt::format("message/{}/{}", answer.tip.text(), answer.id.text());
    answer.sealed = seal::seal_to(seal::public_key_from_bytes(row.reporter_public_key).take(), context, view("Thank you."), entropy_);
    Change change;
    change.messages.push_back(answer);
    ASSERT_TRUE(store_->apply(change).has_value());

    const auto mailbox = intake_->open_mailbox(receipt.words);
    ASSERT_TRUE(mailbox.has_value()) << mailbox.error().message;
    EXPECT_EQ(mailbox->tip.header.id, receipt.tip);
    EXPECT_THAT(mailbox->messages, SizeIs(2));
    ASSERT_THAT(mailbox->answers, SizeIs(1));
    EXPECT_EQ(mailbox->answers[0]->text, "Thank you.") << "the first form of a message, which held the text alone";
    const Message& question = mailbox->messages[0];
    EXPECT_EQ(question.direction, MessageDirection::from_reporter);
    const auto opened = seal::open_message(desk_.secret, receipt.tip, question.id, question.sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->text, "I found another letter.");

    EXPECT_EQ(intake_->open_mailbox(seal::words_from(ByteArray<16>{})).error().kind, ErrorKind::not_found);
    EXPECT_EQ(intake_->open_mailbox("no such words at all").error().kind, ErrorKind::invalid);
    EXPECT_EQ(intake_->add_message(seal::words_from(ByteArray<16>{}), "hello").error().kind, ErrorKind::not_found);
    EXPECT_THAT(intake_->add_message(receipt.words, " ").error().message, StartsWith("message: "));
    EXPECT_EQ(intake_->add_message(receipt.words, std::string(20'000, 'x')).error().kind, ErrorKind::too_large);
}

TEST_F(IntakeTest, files_are_added_later_and_read_again) {
    open_files();
    const Receipt receipt = submit(content_of("x")).take();
    const std::string large(300'000, 'l');
    {
        auto dropped = intake_->begin_addition(receipt.words).take();
        ASSERT_TRUE(dropped->begin_file("a", "").has_value());
        ASSERT_TRUE(dropped->file_data(view(large)).has_value());
        ASSERT_TRUE(dropped->end_file().has_value());
    }
    EXPECT_THAT(blobs_->list().take(), IsEmpty());
    auto addition = intake_->begin_addition(receipt.words).take();
    for (const auto& [name, bytes] : {std::pair<std::string, std::string>{"small.txt", "small"}, {"large.bin", large}}) {
        ASSERT_TRUE(addition->begin_file(name, "text/plain").has_value());
        ASSERT_TRUE(addition->file_data(view(bytes)).has_value());
        ASSERT_TRUE(addition->end_file().has_value());
    }
    ASSERT_TRUE(addition->finish("").has_value());
    addition.reset();
    EXPECT_THAT(blobs_->list().take(), SizeIs(1));

    const Message message = store_->messages_of(receipt.tip).take().at(0);
    const MessageContent content = seal::open_message(desk_.secret, receipt.tip, message.id, message.sealed).take();
    ASSERT_THAT(content.files, SizeIs(2));
    EXPECT_EQ(content.files[1].name, "large.bin");
    EXPECT_EQ(content.files[1].size_bytes, large.size());
    const seal::TipKey key = seal::files_key_of(content).take();
    const std::vector<SealedPart> parts = store_->message_parts(message.id).take();
    EXPECT_EQ(text_of(seal::open_part(key, seal::envelope_of(message.id), 1, sealed_bytes(parts[0]).take()).take()), "small");
    EXPECT_EQ(text_of(seal::open_part(key, seal::envelope_of(message.id), 2, sealed_bytes(parts[1]).take()).take()), large);
    EXPECT_FALSE(seal::open_part(key, receipt.tip, 1, sealed_bytes(parts[0]).take()).has_value());

    // The entry commits to both, for the desk alone; the line reads the tip once more.
    const StoredEntry entry = store_->ledger_entries_of(receipt.tip).take().back();
    EXPECT_EQ(entry.entry.kind, "tip.added");
    const auto opening = ledger::opening_from(seal::open_sealed(desk_.secret, reporter_opening_context(receipt.tip), entry.opening).take()).take();
    EXPECT_TRUE(ledger::check_opening(opening, entry.entry).has_value());
    EXPECT_THAT(opening.statement, HasSubstr(seal::manifest_hash({{1, parts[0].sealed_bytes, parts[0].sealed_sha256}, {2, parts[1].sealed_bytes, parts[1].sealed_sha256}}).hex()));
    EXPECT_THAT(store_->jobs_of(receipt.tip).take(), SizeIs(2));
    EXPECT_THAT(store_->check().take(), IsEmpty());
}

TEST_F(IntakeTest, a_mailbox_is_bounded) {
    limits_.mailbox_files_max = 3;
    limits_.mailbox_bytes_max = 1'000'000;
    limits_.mailbox_messages_max = 3;
    open_memory();
    const Receipt receipt = submit(content_of("x")).take();
    const auto add = [&](std::size_t files, std::size_t bytes) -> Result<void> {
        auto addition = TRY(intake_->begin_addition(receipt.words));
        for (std::size_t n = 0; n < files; ++n) {
            TRY(addition->begin_file("a", ""));
            TRY(addition->file_data(Bytes(bytes)));
            TRY(addition->end_file());
        }
        return addition->finish("and a word");
    };
    EXPECT_TRUE(add(2, 1000).has_value());
    EXPECT_EQ(add(2, 1000).error().kind, ErrorKind::too_large);
    EXPECT_EQ(add(1, 999'000).error().kind, ErrorKind::too_large);
    EXPECT_TRUE(add(1, 900'000).has_value());
    EXPECT_TRUE(add(0, 0).has_value());
    EXPECT_EQ(add(0, 0).error().kind, ErrorKind::too_large);
    EXPECT_THAT(blobs_->list().take(), SizeIs(1));
}

TEST_F(IntakeTest, a_tip_is_withdrawn_once_and_the_words_stay_good) {
    open_memory();
    const Receipt receipt = submit(content_of("x")).take();
    ASSERT_TRUE(intake_->withdraw(receipt.words).has_value());
    ASSERT_TRUE(intake_->withdraw(receipt.words).has_value());
    EXPECT_EQ(store_->tip(receipt.tip)->withdrawn_hour, hour_of(clock_.now()));
    EXPECT_EQ(store_->ledger_size().take(), 2U);
    EXPECT_EQ(store_->ledger_entries(1, 1).take()[0].entry.kind, "tip.withdrawn");
    const auto mailbox = intake_->open_mailbox(receipt.words);
    ASSERT_TRUE(mailbox.has_value());
    ASSERT_THAT(mailbox->steps, SizeIs(2));
    EXPECT_EQ(mailbox->steps[1].kind, "tip.withdrawn");
    EXPECT_EQ(store_->parts(receipt.tip)->size(), 1U) << "withdrawing erases nothing: the desk decides";
    EXPECT_EQ(intake_->withdraw(seal::words_from(ByteArray<16>{})).error().kind, ErrorKind::not_found);
}

TEST_F(IntakeTest, nothing_readable_is_in_any_file) {
    open_files();
    const std::string sentence = "CANARY the marked sentence 7f3a91";
    std::string file;
    for (int i = 0; i < 5000; ++i) file += "CANARY the marked file 55d0c2 ";
    TipContent content = content_of(sentence);
    content.contact = "CANARY contact 90aa";
    std::string words;
    for (int i = 0; i < 5; ++i) {
        const auto receipt = submit(content, {file, "CANARY small file"}, {.dedup_source = to_bytes(fmt::format("CANARY source {}", i))});
        ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
        words = receipt->words;
    }
    ASSERT_TRUE(intake_->add_message(words, "CANARY message").has_value());
    const auto look = [&] {
        std::size_t files = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
            if (!entry.is_regular_file()) continue;
            ++files;
            const std::string bytes = all_bytes_of(entry.path());
            EXPECT_EQ(bytes.find("CANARY"), std::string::npos) << entry.path();
            EXPECT_EQ(bytes.find("evidence.bin"), std::string::npos) << entry.path();
            EXPECT_EQ(bytes.find("phishing"), std::string::npos) << entry.path();
            EXPECT_EQ(bytes.find(words), std::string::npos) << entry.path();
        }
        return files;
    };
    EXPECT_GE(look(), 8U);  // the database, its log and index, and five blobs
    intake_.reset();
    store_.reset();
    EXPECT_GE(look(), 6U);
}

TEST_F(IntakeTest, a_writer_that_goes_leaves_nothing) {
    open_files();
    {
        const auto writer = intake_->begin({}).take();
        ASSERT_TRUE(writer->begin_file("big", "").has_value());
        ASSERT_TRUE(writer->file_data(Bytes(500'000, std::byte{1})).has_value());
        ASSERT_TRUE(writer->end_file().has_value());
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder_.file("blobs"))) EXPECT_FALSE(entry.is_regular_file()) << entry.path();
    EXPECT_EQ(store_->counts()->tips, 0U);
}

TEST_F(IntakeTest, what_a_crash_left_is_swept) {
    open_files();
    const Receipt receipt = submit(content_of("x"), {std::string(200'000, 'l')}).take();
    const auto orphan = blobs_->begin().take();  // durable, and then the process was gone
    ASSERT_TRUE(orphan->write(Bytes(100'000, std::byte{3})).has_value());
    ASSERT_TRUE(orphan->commit().has_value());
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_EQ(sweep_orphans(*store_, *blobs_, now).take(), 0U);  // its row may still come
    EXPECT_THAT(blobs_->list().take(), SizeIs(2));
    EXPECT_EQ(sweep_orphans(*store_, *blobs_, now + std::chrono::hours(3)).take(), 1U);
    EXPECT_THAT(blobs_->list().take(), SizeIs(1));
    EXPECT_THAT(store_->check().take(), IsEmpty());
}

// A limit on the size of files is a disk that is full at that byte, for blobs and for the store.
TEST_F(IntakeTest, a_full_disk_is_unavailable_and_nothing_is_half_kept) {
    open_files();
    ASSERT_TRUE(submit(content_of("before"), {std::string(100'000, 'b')}).has_value());
    const auto before = ::signal(SIGXFSZ, SIG_IGN);
    rlimit unlimited{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    std::vector<Result<Receipt>> refused;
    std::size_t accepted = 1;
    for (const rlim_t bytes : {rlim_t{50'000}, rlim_t{150'000}}) {
        rlimit small = unlimited;
        small.rlim_cur = bytes;
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
        for (int i = 0; i < 20; ++i) {
            auto receipt = submit(content_of("during"), {std::string(100'000, 'd'), std::string(30'000, 's')});
            if (receipt) ++accepted;
            else refused.push_back(std::move(receipt));
        }
        ::setrlimit(RLIMIT_FSIZE, &unlimited);
    }
    ::signal(SIGXFSZ, before);
    EXPECT_FALSE(refused.empty());
    for (const auto& receipt : refused) EXPECT_EQ(receipt.error().kind, ErrorKind::unavailable) << receipt.error().message;
    EXPECT_EQ(store_->counts()->tips, accepted);
    EXPECT_THAT(blobs_->list().take(), SizeIs(accepted));
    EXPECT_TRUE(submit(content_of("after"), {std::string(100'000, 'a')}).has_value());
    EXPECT_THAT(store_->check().take(), IsEmpty());
}

TEST_F(IntakeTest, eight_threads_hand_in_at_once) {
    open_files();
    std::atomic<int> failures{0};
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 8; ++worker)
        workers.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                const auto receipt = submit(content_of("one of many"));
                if (!receipt || !store_->tip(receipt->tip)) ++failures;
            }
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(store_->counts()->tips, 1600U);
    EXPECT_EQ(store_->ledger_size().take(), 1600U);
}

TEST_F(IntakeTest, demo_data_says_when_it_came) {
    open_memory();
    const Instant then = instant_from("2026-10-01T10:59:00Z").take();
    const Receipt receipt = submit(content_of("x"), {}, {.channel = TipChannel::demo, .received = then}).take();
    const TipRow row = store_->tip(receipt.tip).take();
    EXPECT_TRUE(row.header.is_demo);
    EXPECT_EQ(to_text(row.header.received_hour), "2026-10-01T10:00:00Z");
    EXPECT_EQ(to_text(store_->ledger_entries(0, 1).take()[0].entry.day), "2026-10-01");
}

}  // namespace
}  // namespace plumbline::intake

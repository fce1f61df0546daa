// SPDX-License-Identifier: Apache-2.0
#include "app/import_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/assets.h"
#include "app/demo_mails.h"
#include "seal/random.h"
#include "store/memory/memory_store.h"
#include "store/test_folder.h"

namespace plumbline::app {

namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ImportCommand : public testing::Test {
  protected:
    void SetUp() override {
        seal::init_crypto();
        intake_ = intake::Intake::make(*store_, *blobs_, clock_, entropy_, built_in_categories().take(),
                                       intake::IntakeKeys{{desk_.public_key}, seal::make_signing_keys(entropy_).secret, Bytes(32, std::byte{1}), desk_.public_key}, Limits());
    }
    std::string write(const std::string& name, std::string_view text) {
        std::ofstream(folder_.file(name), std::ios::binary) << text;
        return folder_.file(name);
    }
    std::string printed(const ImportArguments& arguments, int code) {
        testing::internal::CaptureStdout();
        const auto done = run_import(arguments, *intake_);
        std::fflush(stdout);
        const std::string text = testing::internal::GetCapturedStdout();
        EXPECT_TRUE(done.has_value()) << done.error().message;
        EXPECT_EQ(done.value_or(-1), code) << text;
        return text;
    }
    TestFolder folder_;
    std::unique_ptr<Blobs> blobs_ = Blobs::in_memory();
    std::unique_ptr<Store> store_ = make_memory_store(*blobs_);
    FakeClock clock_{instant_from("2026-11-23T15:47:31Z").take()};
    seal::SystemEntropy entropy_;
    seal::BoxKeys desk_ = seal::make_box_keys(entropy_);
    std::unique_ptr<intake::Intake> intake_;
};

TEST_F(ImportCommand, repeating_doubles_nothing) {
    std::string box;
    for (int i = 0; i < 300; ++i) box += fmt::format("From x@y Thu Aug 22 15:05:07 2002\nSubject: mail {}\n\nbody\n\n", i % 200);
    ImportArguments arguments;
    arguments.paths = {write("a.mbox", box)};
    arguments.category = "nuisance.spam";
    EXPECT_EQ(printed(arguments, 0), "200 taken, 100 already there, 0 refused\n");
    EXPECT_EQ(printed(arguments, 0), "0 taken, 300 already there, 0 refused\n");
    EXPECT_EQ(store_->counts()->tips, 200U);
    EXPECT_EQ(store_->tips({}).take()[0].header.group, CategoryGroup::nuisance);
    EXPECT_EQ(store_->tips({}).take()[0].header.channel, TipChannel::import);
}

TEST_F(ImportCommand, json_lines_name_the_line_and_the_field) {
    ImportArguments arguments;
    arguments.paths = {write("tips.jsonl", "{\"text\":\"They took my money\",\"category\":\"fraud.trade\",\"loss\":{\"minor_units\":1200,\"currency\":\"EUR\"}}\n"
                                           "{\"text\":\"x\",\"category\":\"no.such\"}\n"
                                           "{\"text\":\"x\",\"loss\":{\"minor_units\":1,\"currency\":\"QQQ\"}}\n"
                                           "not json\n"
                                           "{\"text\":\"the last one\"}\n")};
    const std::string text = printed(arguments, 1);
    EXPECT_THAT(text, AllOf(HasSubstr("tips.jsonl:2: /category"), HasSubstr("tips.jsonl:3: /loss"), HasSubstr("tips.jsonl:4: "), HasSubstr("2 taken, 0 already there, 3 refused")));
    arguments.format = "jsonl";
    const std::string lines = printed(arguments, 1);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 6);
    EXPECT_THAT(lines, AllOf(HasSubstr("\"is_new\":false"), HasSubstr("{\"taken\":0,\"already_there\":2,\"refused\":3}")));
    EXPECT_LT(lines.find("jsonl:1\""), lines.find("jsonl:2\""));
    EXPECT_LT(lines.find("jsonl:4\""), lines.find("jsonl:5\""));
}

TEST_F(ImportCommand, a_wrong_call_is_said_before_anything_is_read) {
    ImportArguments arguments;
    arguments.paths = {folder_.file("nothing")};
    EXPECT_EQ(run_import(arguments, *intake_).error().kind, ErrorKind::invalid);
    arguments.paths = {write("a.eml", "Subject: x\n\n")};
    arguments.category = "no.such";
    EXPECT_THAT(run_import(arguments, *intake_).error().message, HasSubstr("--category"));
}

TEST_F(ImportCommand, the_demo_is_400_different_mails_over_sixty_days) {
    const std::string corpus = PLUMBLINE_SHARED_DIR "/data/02-email-spamassassin";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no corpus in " << corpus;
    const auto first = load_demo(*intake_, corpus, clock_.now());
    ASSERT_TRUE(first.has_value()) << first.error().message;
    EXPECT_EQ(first->taken, demo_mails_count);
    EXPECT_EQ(first->already_there, 0U);
    const auto rows = store_->tips({.count_max = 1000}).take();
    ASSERT_EQ(rows.size(), demo_mails_count);
    std::map<CategoryGroup, int> groups;
    std::map<Day, int> days;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_TRUE(rows[i].header.is_demo);
        EXPECT_LE(rows[i].header.received_hour, clock_.now());
        EXPECT_GE(rows[i].header.received_hour, clock_.now() - std::chrono::days(59) - std::chrono::hours(1));
        ++days[day_of(rows[i].header.received_hour)];
        ++groups[rows[i].header.group];
    }
    // Sixty calendar days, none empty, none crowded.
    EXPECT_EQ(days.size(), 60U);
    for (const auto& day : days) EXPECT_LE(day.second, 9) << to_text(day.first);
    EXPECT_EQ(groups[CategoryGroup::other], 100);
    EXPECT_GT(groups[CategoryGroup::fraud], 10);
    EXPECT_GT(groups[CategoryGroup::nuisance], 100);
    clock_.advance(std::chrono::days(3));
    const auto second = load_demo(*intake_, corpus, clock_.now());
    EXPECT_EQ(second->taken, 0U);
    EXPECT_EQ(second->already_there, demo_mails_count);
    EXPECT_EQ(load_demo(*intake_, folder_.path(), clock_.now()).error().kind, ErrorKind::not_found);
}

TEST(DemoCategory, follows_plain_words) {
    EXPECT_EQ(demo_category("spam-1", "I am the next of KIN"), "fraud.advance");
    EXPECT_EQ(demo_category("spam-2", "Please Verify your account"), "fraud.phishing");
    EXPECT_EQ(demo_category("spam-2", "Buy now"), "nuisance.spam");
    EXPECT_EQ(demo_category("easy-ham-1", "the next of kin"), "other.unclassified");
}

}  // namespace
}  // namespace plumbline::app

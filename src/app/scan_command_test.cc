// SPDX-License-Identifier: Apache-2.0
// The scan command over the real sandbox: the same output for any number of jobs, places printed again, faults named.
#include "app/scan_command.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/scan_progress.h"
#include "evidence/wire.h"
#include "examination/detect.h"
#include "examination/linear_bytes.h"

namespace plumbline::app {
namespace {

std::unique_ptr<Sandbox>& sandbox() {
    static std::unique_ptr<Sandbox> instance;
    return instance;
}

struct Outcome {
    int code = -1;
    std::string out;
    std::string talk;
};
Outcome run(const ScanArguments& arguments) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const Result<int> code = run_scan(arguments, *sandbox());
    Outcome outcome;
    outcome.out = ::testing::internal::GetCapturedStdout();
    outcome.talk = ::testing::internal::GetCapturedStderr();
    outcome.code = code ? *code : code.error().kind == ErrorKind::invalid ? 2 : 3;
    return outcome;
}

class ScanCommand : public ::testing::Test {
  protected:
    ScanCommand() : folder_(std::filesystem::temp_directory_path() / ("scan_command_" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_ / "b");
    }
    ~ScanCommand() override { std::filesystem::remove_all(folder_); }
    std::string write(const std::string& name, std::string_view bytes) {
        const std::filesystem::path path = folder_ / name;
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path.string();
    }
    std::filesystem::path folder_;
};

TEST_F(ScanCommand, PrintsOneLineASightingInOrderOfFile) {
    const std::string second = write("b/2.txt", "two@example.com");
    const std::string first = write("a.txt", "one@example.com.");
    ScanArguments arguments;
    arguments.paths = {folder_.string(), first};
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.talk, "");
    EXPECT_EQ(outcome.out.substr(0, outcome.out.find('\n')),
              R"({"kind":"email","value":"one@example.com","text":"one@example.com","file":")" + first + R"(","where":"0","offset":0,"context":"one@example.com."})");
    EXPECT_LT(outcome.out.find(first), outcome.out.find(second));
    EXPECT_EQ(outcome.out.find("one@example.com", outcome.out.find(second)), std::string::npos);
}

TEST_F(ScanCommand, NamesWhatItCouldNotRead) {
    const std::string mail = write("m.eml", "From: a@example.com\nTo: b@example.com\nSubject: x\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\nUEsDBA==#\n");
    ScanArguments arguments;
    arguments.paths = {mail, (folder_ / "absent").string()};
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.talk.find("absent: No such file"), std::string::npos) << outcome.talk;
    EXPECT_NE(outcome.talk.find("base64: ends before its part does"), std::string::npos) << outcome.talk;
    EXPECT_NE(outcome.out.find("b@example.com"), std::string::npos);
    EXPECT_EQ(run(ScanArguments{}).code, 2);
}

TEST_F(ScanCommand, PrintsTheBytesOfAPlace) {
    ScanArguments arguments;
    arguments.paths = {write("m.eml", "From: a@example.com\nTo: b@example.com\nSubject: x\nContent-Transfer-Encoding: base64\n\nd3JpdGUgam9AZXhhbXBsZS5jb20K\n")};
    arguments.print_where = "84-base64-6";
    EXPECT_EQ(run(arguments).out, "jo@example.com");
    arguments.print_where = "84-base64";
    EXPECT_EQ(run(arguments).out, "write jo@example.com\n");
    arguments.print_where = "nowhere";
    EXPECT_EQ(run(arguments).code, 2);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST_F(ScanCommand, GoesOnAfterAStop) {
    std::string mails;
    for (int i = 0; i < 3000; ++i) mails += fmt::format("From a@b.example  Thu Aug 22 12:36:23 2002\nFrom: a{}@example.com\nSubject: x\n\n{}\n\n", i, std::string(static_cast<std::size_t>(i % 300), 'x'));
    ScanArguments arguments;
    arguments.paths = {write("mails", mails), (folder_ / "absent").string()};
    arguments.plan.whole_file_bytes_max = 100'000;
    arguments.plan.stretch_bytes = arguments.plan.mailbox_stretch_bytes = 64 * 1024;
    const std::string whole = run(arguments).out;
    arguments.output = (folder_ / "out").string();
    arguments.stop_after_pieces = 3;
    EXPECT_EQ(run(arguments).code, 3);
    // What a power cut may leave behind the last save is cut off again.
    std::ofstream(arguments.output, std::ios::app) << "half a li";
    arguments.stop_after_pieces.reset();
    EXPECT_EQ(run(arguments).code, 3);   // not without being asked to
    EXPECT_TRUE(std::filesystem::exists(arguments.output + ".state"));
    arguments.resumes = true;
    EXPECT_EQ(run(arguments).code, 3);   // "absent" is still absent
    EXPECT_EQ(read_file(arguments.output), whole);
    EXPECT_NE(read_file(arguments.output + ".unread").find("absent: No such file"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(arguments.output + ".state"));
    EXPECT_EQ(run(arguments).code, 3);   // nothing to go on with
    arguments.resumes = false;
    const Result<int> again = run_scan(arguments, *sandbox());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::conflict);
}

TEST_F(ScanCommand, DoesNotGoOnWithOtherFiles) {
    ScanArguments arguments;
    arguments.paths = {write("a.txt", "a@example.com"), write("b.txt", "b@example.com")};
    arguments.plan.small_files_max = 1;
    arguments.output = (folder_ / "out").string();
    arguments.stop_after_pieces = 1;
    EXPECT_FALSE(run_scan(arguments, *sandbox()));
    write("b.txt", "bb@example.com");
    arguments.resumes = true;
    const Result<int> resumed = run_scan(arguments, *sandbox());
    ASSERT_FALSE(resumed);
    EXPECT_EQ(resumed.error().kind, ErrorKind::conflict);
    EXPECT_NE(resumed.error().message.find("are not those of the scan that was stopped"), std::string::npos);
}

TEST(ScanMeter, SaysTheTimeLeftOnceItHasARate) {
    ScanMeter meter(10'000'000'000);
    const auto start = ScanMeter::Clock::time_point{};
    meter.add(1'000'000, start);
    EXPECT_EQ(meter.line(), "1 MB of 10.0 GB");
    for (int second = 1; second <= 60; ++second) meter.add(100'000'000, start + std::chrono::seconds(second));
    EXPECT_EQ(meter.line(), "6.0 GB of 10.0 GB, 100 MB/s, 39 s left");
    // The rate is of the last half minute.
    for (int second = 61; second <= 100; ++second) meter.add(10'000'000, start + std::chrono::seconds(second));
    EXPECT_EQ(meter.line(), "6.4 GB of 10.0 GB, 10 MB/s, 5 min left");
}

TEST_F(ScanCommand, RealMailsGiveTheSameBytesForAnyJobs) {
    const std::string mails = std::string(PLUMBLINE_SHARED_DIR) + "/data/02-email-spamassassin/spam-1";
    if (!std::filesystem::exists(mails)) GTEST_SKIP() << "no shared data";
    ScanArguments arguments;
    arguments.paths = {mails};
    const Outcome one = run(arguments);
    EXPECT_EQ(one.code, 0) << one.talk.substr(0, 2000);
    EXPECT_GT(one.out.size(), 100'000U);
    for (const unsigned jobs : {2U, 5U}) {
        arguments.jobs = jobs;
        EXPECT_TRUE(run(arguments).out == one.out) << jobs;
    }
}

TEST_F(ScanCommand, HostileFilesKillNoDecoder) {
    ScanArguments arguments;
    for (const char* folder : {"12-hostile", "03-email-parser-cases", "02-email-spamassassin/easy-ham-2"}) {
        const std::string path = std::string(PLUMBLINE_SHARED_DIR) + "/data/" + folder;
        if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data";
        arguments.paths.push_back(path);
    }
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.talk.substr(0, 3000);
    const std::size_t killed = outcome.talk.find("killed");
    EXPECT_EQ(killed, std::string::npos) << outcome.talk.substr(killed < 1000 ? 0 : killed - 1000, 2000);
    // The archive readers work with no file and no further call allowed.
    for (const char* step : {"0-7z:1/", "0-tar:1/", "0-cab:1/", "0-rar:1/", "0-xz", "0-zstd", "0-lz4"})
        EXPECT_NE(outcome.out.find(std::string("\"where\":\"") + step), std::string::npos) << step;
}

}  // namespace
}  // namespace plumbline::app

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    using namespace plumbline;
    auto started = Sandbox::start({{"scan", evidence::scan_in_sandbox}, {"print", evidence::print_in_sandbox}, {"detect", examination::detect_in_sandbox}, {"linear", examination::linear_in_sandbox}}, {}, evidence::prepare_scan);
    if (!started) {
        std::fprintf(stderr, "sandbox: %s\n", started.error().message.c_str());
        return 3;
    }
    app::sandbox() = std::move(*started);
    const int code = RUN_ALL_TESTS();
    app::sandbox().reset();
    return code;
}

// SPDX-License-Identifier: Apache-2.0
// Over the real sandbox, and over one whose decoders die where a test says so.
#include "examination/examination.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "examination/detect.h"
#include "examination/linear_bytes.h"
#include "base/hash.h"
#include "examination/feature_files.h"
#include "examination/print_place.h"

namespace plumbline::examination {
namespace {

std::unique_ptr<Sandbox>& sandbox() {
    static std::unique_ptr<Sandbox> instance = [] {
        SandboxOptions options;
        options.workers = 3;
        auto started = Sandbox::start({{"scan", evidence::scan_in_sandbox}, {"print", evidence::print_in_sandbox}, {"detect", detect_in_sandbox}, {"linear", linear_in_sandbox}}, options, evidence::prepare_scan);
        return std::move(started).value();
    }();
    return instance;
}

// Dies of every input that holds a word.
class Deadly final : public Sandbox {
  public:
    Deadly(Sandbox& inner, std::string word) : inner_(inner), word_(std::move(word)) {}
    Result<Bytes> run(std::string_view task, ByteView input, ByteView parameters) override {
        if (text_of(input).find(word_) != std::string_view::npos) return fail(ErrorKind::corrupt, "decoder killed: test");
        return inner_.run(task, input, parameters);
    }
    Result<Bytes> run_on_range(std::string_view task, int fd, std::uint64_t begin, std::uint64_t bytes_max, ByteView parameters) override {
        std::string bytes(1 << 16, '\0');
        bytes.resize(static_cast<std::size_t>(::pread(fd, bytes.data(), std::min<std::uint64_t>(bytes.size(), bytes_max), static_cast<off_t>(begin))));
        if (task == "scan" && bytes.find(word_) != std::string::npos && bytes_max == UINT64_MAX) return fail(ErrorKind::corrupt, "decoder killed: test");
        return inner_.run_on_range(task, fd, begin, bytes_max, parameters);
    }
    unsigned workers_alive() const override { return inner_.workers_alive(); }
    std::string confinement() const override { return inner_.confinement(); }

  private:
    Sandbox& inner_;
    std::string word_;
};

struct Lines final : PieceSink {
    Rendered render(const Piece& piece) override {
        Rendered rendered;
        evidence::LineBlock lines;
        for (const ExaminedPart& part : piece.parts) {
            if (!part.problem.empty()) rendered.talk.push_back(piece.files[part.file].path + ": " + part.problem);
            if (!part.part) continue;
            lines.start_file(piece.files[part.file].path);
            for (const evidence::SightingView& sighting : part.part->sightings) lines.append(sighting);
        }
        rendered.out.push_back(lines.take({}));
        return rendered;
    }
    Result<void> take(const Work& work, Rendered&& rendered) override {
        EXPECT_EQ(work.number, next++);
        for (const std::string& block : rendered.out) out += block;
        for (std::string& line : rendered.talk) talk.push_back(std::move(line));
        if (fails_at && next == *fails_at) return fail(ErrorKind::unavailable, "enough");
        return {};
    }
    std::uint64_t next = 0;
    std::string out;
    std::vector<std::string> talk;
    std::optional<std::uint64_t> fails_at;
};

class Examination : public ::testing::Test {
  protected:
    Examination() : folder_(std::filesystem::temp_directory_path() / ("examination_" + std::to_string(::getpid()))) { std::filesystem::create_directories(folder_); }
    ~Examination() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, std::string_view bytes) {
        std::ofstream(folder_ / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    std::vector<FileEntry> files() { return files_under({folder_.string()}).value(); }
    std::filesystem::path folder_;
};

std::string mailbox(int mails) {
    std::string out;
    for (int i = 0; i < mails; ++i)
        out += fmt::format("From a{0}@example.com  Thu Aug 22 12:36:23 2002\nFrom: a{0}@example.com\nTo: b{0}@example.org\nSubject: mail {0}\n\nSee http://www.example.net/{0}?x={1}\n\n", i, std::string(static_cast<std::size_t>(i % 700), 'x'));
    return out;
}

ExaminationOptions small_pieces() {
    ExaminationOptions options;
    options.plan.whole_file_bytes_max = 100'000;
    options.plan.stretch_bytes = options.plan.mailbox_stretch_bytes = 64 * 1024;
    options.plan.small_files_max = 3;
    return options;
}

TEST_F(Examination, GivesTheSameForAnyThreadsAndPieces) {
    for (int i = 0; i < 20; ++i) write(fmt::format("{:02}.txt", i), fmt::format("write to jo{}@example.com", i));
    write("mails", mailbox(2000));
    write("zz.txt", "zz@example.com");
    ExaminationOptions options = small_pieces();
    const std::vector<FileEntry> all = files();
    Lines whole;
    options.plan.whole_file_bytes_max = 1 << 30;
    ASSERT_TRUE(examine_files(all, *sandbox(), options, whole));
    EXPECT_GT(whole.out.size(), 500'000U);
    for (const unsigned jobs : {1U, 2U, 5U}) {
        options = small_pieces();
        options.jobs = jobs;
        Lines lines;
        ASSERT_TRUE(examine_files(all, *sandbox(), options, lines));
        EXPECT_GT(lines.next, 10U);
        EXPECT_TRUE(lines.out == whole.out) << jobs;
        EXPECT_TRUE(lines.talk.empty());
    }
}

TEST_F(Examination, GoesOnAtAPiece) {
    write("mails", mailbox(2000));
    ExaminationOptions options = small_pieces();
    Lines whole;
    ASSERT_TRUE(examine_files(files(), *sandbox(), options, whole));
    options.jobs = 2;
    Lines first;
    first.fails_at = 4;
    EXPECT_FALSE(examine_files(files(), *sandbox(), options, first));
    options.first_piece = 4;
    Lines rest;
    rest.next = 4;
    ASSERT_TRUE(examine_files(files(), *sandbox(), options, rest));
    EXPECT_EQ(first.out + rest.out, whole.out);
}

TEST_F(Examination, ADeadDecoderCostsItsOwnFile) {
    write("a.txt", "a@example.com");
    write("b.txt", "b@example.com POISON");
    write("c.txt", "c@example.com");
    write("d.html", "<p>POISON d@example.com</p>" + std::string(80'000, ' ') + "e@example.com");
    Deadly deadly(*sandbox(), "POISON");
    Lines lines;
    ASSERT_TRUE(examine_files(files(), deadly, small_pieces(), lines));
    EXPECT_NE(lines.out.find("a@example.com"), std::string::npos);
    EXPECT_EQ(lines.out.find("\"b@example.com"), std::string::npos);
    EXPECT_NE(lines.out.find("c@example.com"), std::string::npos);
    // What was read whole is read again as it stands.
    EXPECT_NE(lines.out.find("d@example.com"), std::string::npos);
    EXPECT_NE(lines.out.find("e@example.com"), std::string::npos);
    ASSERT_EQ(lines.talk.size(), 2U);
    EXPECT_TRUE(lines.talk[0].ends_with("b.txt: decoder killed: test")) << lines.talk[0];
    EXPECT_TRUE(lines.talk[1].ends_with("d.html: decoder killed: test")) << lines.talk[1];
}

TEST_F(Examination, NamesWhatIsNoFile) {
    std::vector<FileEntry> list = files_under({(folder_ / "absent").string(), folder_.string()}).value();
    ASSERT_EQ(list.size(), 1U);
    Lines lines;
    ASSERT_TRUE(examine_files(list, *sandbox(), {}, lines));
    ASSERT_EQ(lines.talk.size(), 1U);
    EXPECT_TRUE(lines.talk[0].ends_with("absent: No such file or directory"));
}

TEST_F(Examination, AnOpenFileBecomesOnePart) {
    const std::string mails = mailbox(3000);
    const int fd = ::memfd_create("test", MFD_CLOEXEC);
    ASSERT_EQ(::write(fd, mails.data(), mails.size()), static_cast<ssize_t>(mails.size()));
    const auto in_pieces = examine_open_file(fd, "mails", *sandbox(), small_pieces());
    const auto whole = examine_open_file(fd, "mails", *sandbox(), {});
    ::close(fd);
    ASSERT_TRUE(in_pieces && whole);
    EXPECT_EQ(in_pieces->format, "mbox");
    ASSERT_EQ(in_pieces->sightings.size(), whole->sightings.size());
    for (std::size_t i = 0; i < whole->sightings.size(); ++i) EXPECT_EQ(in_pieces->sightings[i].where, whole->sightings[i].where);
}

// Every image of one small ext2 disk, in every container, gives its files and what no file holds.
TEST_F(Examination, ReadsTheFilesOfDiskImages) {
    const std::filesystem::path images = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic/dfvfs";
    if (!std::filesystem::exists(images)) GTEST_SKIP() << "no shared data";
    for (const char* name : {"ext2.E01", "ext2.vhd", "hfsplus.raw"}) {
        const std::vector<FileEntry> list{{(images / name).string(), std::filesystem::file_size(images / name)}};
        ExaminationOptions options;
        Lines whole;
        ASSERT_TRUE(examine_files(list, *sandbox(), options, whole));
        // SHA-256 of passwords.txt, 116 bytes.
        EXPECT_NE(whole.out.find("02a2a6af2f1ecf4720d7d49d640f0d0a269a7ec733e41973bdd34f09dad0e252\",\"text\":\"passwords.txt\""), std::string::npos) << name;
        // The same as a large file, in parts.
        options.plan.whole_file_bytes_max = 1000;
        options.plan.small_file_bytes_max = 1000;
        options.jobs = 3;
        Lines parts;
        ASSERT_TRUE(examine_files(list, *sandbox(), options, parts));
        EXPECT_EQ(parts.out, whole.out) << name;
        const int fd = ::open((images / name).c_str(), O_RDONLY);
        const std::size_t at = whole.out.rfind("\"where\":\"", whole.out.find("passwords.txt\",\"offset\"")) + 9;
        const std::string where = whole.out.substr(at, whole.out.find('"', at) - at);
        const auto printed = print_place(fd, where, *sandbox(), {});
        ASSERT_TRUE(printed) << where << ": " << printed.error().message;
        EXPECT_EQ(sha256(*printed).hex(), "02a2a6af2f1ecf4720d7d49d640f0d0a269a7ec733e41973bdd34f09dad0e252");
        EXPECT_EQ(text_of(print_place(fd, where + "-6+4", *sandbox(), {}).value()), text_of(ByteView(*printed).subspan(6, 4)));
        ::close(fd);
    }
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST_F(Examination, WritesFeatureFilesAndHistograms) {
    write("a.txt", "Jo@example.com jo@example.com http://www.example.net/a\\b 4111 1111 1111 1111");
    const std::filesystem::path out = folder_ / "features";
    const std::vector<FileEntry> one = files_under({(folder_ / "a.txt").string()}).value();
    auto features = FeatureFiles::make(out.string(), "a.txt", false);
    ASSERT_TRUE(features);
    ASSERT_TRUE(examine_files(one, *sandbox(), {}, **features));
    ASSERT_TRUE((*features)->finish());
    const std::string email = read_file(out / "email.txt");
    EXPECT_TRUE(email.starts_with("# BANNER FILE NOT PROVIDED (-b option)\n# BULK_EXTRACTOR-Version: 2.0.0")) << email;
    EXPECT_NE(email.find("# Feature-Recorder: email\n# Filename: a.txt\n# Feature-File-Version: 1.1\n0\tJo@example.com\tJo@example.com jo@"), std::string::npos) << email;
    EXPECT_NE(read_file(out / "email_histogram.txt").find("n=2\tjo@example.com\n"), std::string::npos);
    EXPECT_NE(read_file(out / "email_domain_histogram.txt").find("n=2\t@example.com\n"), std::string::npos);
    EXPECT_NE(read_file(out / "url.txt").find("\\x5Cb"), std::string::npos);
    EXPECT_NE(read_file(out / "url_services.txt").find("n=1\twww.example.net\n"), std::string::npos);
    EXPECT_NE(read_file(out / "ccn.txt").find("\t4111 1111 1111 1111\t"), std::string::npos);
    EXPECT_EQ(FeatureFiles::make(out.string(), "a.txt", false).error().kind, ErrorKind::conflict);
}

}  // namespace
}  // namespace plumbline::examination

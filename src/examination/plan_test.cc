// SPDX-License-Identifier: Apache-2.0
#include "examination/plan.h"

namespace plumbline::examination {
namespace {

std::vector<Work> all_of(Plan plan) {
    std::vector<Work> out;
    while (auto work = plan.next()) out.push_back(*work);
    return out;
}

TEST(Plan, SmallFilesGoTogetherWithinBounds) {
    std::vector<FileEntry> files;
    for (int i = 0; i < 100; ++i) files.push_back({fmt::format("{:03}", i), 10'000});
    const std::vector<Work> works = all_of(Plan(files, {}, [](const FileEntry&) -> Result<std::string> { return "text"; }));
    ASSERT_EQ(works.size(), 2U);
    EXPECT_EQ(works[0].files, 52U);
    EXPECT_EQ(works[0].bytes, 520'000U);
    EXPECT_EQ(works[1].first_file, 52U);
    EXPECT_EQ(works[1].files, 48U);
    EXPECT_EQ(works[1].number, 1U);
}

TEST(Plan, LargeTextGoesInStretchesThatCoverItOnce) {
    const std::vector<FileEntry> files{{"a", 10}, {"b", 9'000'000}, {"c", 9'000'000}, {"d", 100'000}, {"e", 5}};
    const auto format_of = [](const FileEntry& file) -> Result<std::string> { return file.path == "b" ? "mbox" : "zip"; };
    PlanOptions options;
    options.mailbox_stretch_bytes = options.stretch_bytes;
    EXPECT_GT(all_of(Plan(files, {}, format_of)).size(), 7U);
    const std::vector<Work> works = all_of(Plan(files, options, format_of));
    ASSERT_EQ(works.size(), 7U);
    EXPECT_EQ(works[0].kind, WorkKind::small_files);
    std::uint64_t at = 0;
    for (std::size_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(works[i].kind, WorkKind::stretch);
        EXPECT_EQ(works[i].read_as, "mbox");
        EXPECT_EQ(works[i].begin, at);
        at = works[i].end;
    }
    EXPECT_EQ(at, 9'000'000U);
    EXPECT_EQ(works[4].kind, WorkKind::whole_file);
    EXPECT_EQ(works[4].first_file, 2U);
    EXPECT_EQ(works[5].kind, WorkKind::whole_file);
    EXPECT_EQ(works[6].kind, WorkKind::small_files);
    EXPECT_EQ(works[6].number, 6U);
}

TEST(Plan, OnlyAVeryLargePageIsReadAsText) {
    const std::vector<FileEntry> files{{"a", 9'000'000}, {"b", 300ULL << 20}, {"c", 9'000'000}};
    const auto format_of = [](const FileEntry& file) -> Result<std::string> {
        if (file.path == "c") return fail(ErrorKind::unavailable, "gone");
        return "html";
    };
    const std::vector<Work> works = all_of(Plan(files, {}, format_of));
    EXPECT_EQ(works[0].kind, WorkKind::whole_file);
    EXPECT_EQ(works[1].kind, WorkKind::stretch);
    EXPECT_EQ(works[1].read_as, "text");
    EXPECT_EQ(works.back().read_as, "unknown");
}

}  // namespace
}  // namespace plumbline::examination

// SPDX-License-Identifier: Apache-2.0
// Every sample of the published formats, each with what must become of it; prints a table of what did.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "reports/test_readers.h"

namespace plumbline::reports {
namespace {

const std::string standards = PLUMBLINE_SHARED_DIR "/standards/";

const ReportReaders& readers() {
    static const ReportReaders made = readers_for_test(PLUMBLINE_SOURCE_DIR);
    return made;
}

struct Tally {
    std::size_t files = 0, accepted = 0, with_warnings = 0, refused = 0;
    std::map<std::string, std::size_t> warnings;
    std::vector<std::string> names_refused, names_accepted;
};

Tally read_all(const std::string& folder, ReportForm form, const std::string& extension) {
    Tally tally;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == extension) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        ++tally.files;
        const std::string bytes = whole_file(path.string());
        for (const Outcome& outcome : readers().read(form, view(bytes))) {
            if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
                ++tally.refused;
                tally.names_refused.push_back(path.filename().string() + " at \"" + refusal->where + "\": " + refusal->reason);
                EXPECT_FALSE(refusal->reason.empty());
                continue;
            }
            const auto& report = std::get<MachineReport>(outcome);
            ++tally.accepted;
            tally.names_accepted.push_back(path.filename().string());
            tally.with_warnings += !report.warnings.empty();
            for (const Warning& warning : report.warnings) ++tally.warnings[warning.name];
            EXPECT_TRUE(readers().categories().has(report.category)) << path << " " << report.category;
            EXPECT_FALSE(report.summary.empty()) << path;
        }
    }
    return tally;
}

void print(const char* what, const Tally& tally) {
    std::string warnings;
    for (const auto& [name, count] : tally.warnings) warnings += fmt::format(" {}:{}", name, count);
    fmt::print("{:<34} {:>4} files {:>4} accepted {:>4} with warnings {:>4} refused {}\n", what, tally.files, tally.accepted, tally.with_warnings, tally.refused, warnings);
}

#define NEEDS_STANDARDS() \
    if (!std::filesystem::exists(standards)) GTEST_SKIP() << standards << " is not here"

TEST(ReportSamples, Xarf4OfEveryType) {
    NEEDS_STANDARDS();
    const Tally tally = read_all(standards + "xarf-spec/samples/v4", ReportForm::json, ".json");
    print("XARF 4, every type", tally);
    EXPECT_EQ(tally.files, 32U);
    EXPECT_EQ(tally.accepted, 32U) << testing::PrintToString(tally.names_refused);
    // Nothing of the schema is broken: what may be named are placeholders of evidence, and a type that maps to no leaf for certain.
    for (const auto& [name, count] : tally.warnings)
        EXPECT_TRUE(name == "evidence_hash_differs" || name == "evidence_not_base64" || name == "category_by_default" || name == "internal_member") << name;
}

TEST(ReportSamples, Xarf4AsItIsSent) {
    NEEDS_STANDARDS();
    const Tally tally = read_all(standards + "xarf-python/tests/shared/samples/valid/v4", ReportForm::json, ".json");
    print("XARF 4, in the wild", tally);
    EXPECT_EQ(tally.files, 38U);
    EXPECT_EQ(tally.accepted, 38U) << testing::PrintToString(tally.names_refused);
    EXPECT_EQ(tally.with_warnings, 38U);
    EXPECT_EQ(tally.warnings.at("no_sender"), 38U);
    EXPECT_EQ(tally.warnings.at("no_domain"), 38U);
}

TEST(ReportSamples, Xarf4ThatMustBeRefused) {
    NEEDS_STANDARDS();
    const Tally tally = read_all(standards + "xarf-python/tests/shared/samples/invalid", ReportForm::json, ".json");
    print("XARF 4, negative", tally);
    for (const std::string& name : tally.names_refused) fmt::print("    {}\n", name);
    EXPECT_EQ(tally.files, 5U);
    EXPECT_EQ(tally.refused, 5U) << testing::PrintToString(tally.names_accepted);
}

TEST(ReportSamples, OlderXarf) {
    NEEDS_STANDARDS();
    for (const std::string folder : {"xarf-spec/samples/v3", "xarf-python/tests/shared/samples/valid/v3"}) {
        const Tally tally = read_all(standards + folder, ReportForm::json, ".json");
        print(folder.c_str(), tally);
        EXPECT_EQ(tally.files, 4U);
        EXPECT_EQ(tally.accepted, 4U) << testing::PrintToString(tally.names_refused);
        EXPECT_EQ(tally.warnings.at("no_schema"), 4U);
    }
    for (const std::string version : {"alpha", "1", "2", "3"}) {
        const Tally positive = read_all(standards + "abusix-xarf-v3/samples/positive/" + version, ReportForm::json, ".json");
        print(("XARF " + version + ", positive").c_str(), positive);
        EXPECT_GT(positive.files, 10U);
        EXPECT_EQ(positive.accepted, positive.files) << testing::PrintToString(positive.names_refused);
        const Tally negative = read_all(standards + "abusix-xarf-v3/samples/negative/" + version, ReportForm::json, ".json");
        print(("XARF " + version + ", negative").c_str(), negative);
        EXPECT_GT(negative.files, 20U);
        EXPECT_EQ(negative.refused, negative.files) << testing::PrintToString(negative.names_accepted);
    }
}

TEST(ReportSamples, FeedbackReports) {
    NEEDS_STANDARDS();
    const Tally tally = read_all(standards + "arf", ReportForm::mail, ".eml");
    print("ARF", tally);
    EXPECT_EQ(tally.files, 29U);
    EXPECT_EQ(tally.accepted, 29U) << testing::PrintToString(tally.names_refused);
    EXPECT_EQ(tally.warnings.at("no_report_part"), 5U);
}

TEST(ReportSamples, CyberTipline) {
    NEEDS_STANDARDS();
    const Tally tally = read_all(standards + "cybertipline", ReportForm::xml, ".xml");
    print("CyberTipline", tally);
    EXPECT_EQ(tally.accepted, 2U) << testing::PrintToString(tally.names_refused);
}

}  // namespace
}  // namespace plumbline::reports

// SPDX-License-Identifier: Apache-2.0
// Real event logs; damaged ones are those with a byte changed.
#include "formats/evtx/evtx.h"

#include "formats/sqlite/given_for_test.h"

namespace plumbline::formats {
namespace {
namespace fs = std::filesystem;
const fs::path forensic = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic";

TEST(Evtx, RecordsAreXml) {
    const fs::path path = forensic / "evtx/new-user-security.evtx";
    if (!fs::exists(path)) GTEST_SKIP() << "no forensic files here";
    const GivenAgain given = given_by("evtx", file_of(path));
    EXPECT_EQ(given.decoders, std::vector<std::string>{"evtx"});
    EXPECT_TRUE(given.damage.empty());
    EXPECT_NE(given.text.find("<Data Name=\"MemberSid\">S-1-5-21-3463664321-2923530833-3546627382-1000</Data>"), std::string::npos);
    EXPECT_NE(given.text.find("<Computer>IE8Win7</Computer>"), std::string::npos);
}

TEST(Evtx, RealFilesAreReadOrNamed) {
    if (!fs::exists(forensic / "evtx")) GTEST_SKIP() << "no forensic files here";
    std::size_t files = 0;
    std::size_t events = 0;
    std::size_t addresses = 0;
    for (const auto& entry : fs::directory_iterator(forensic / "evtx-attack")) {
        const GivenAgain given = given_by("evtx", file_of(entry.path()));
        EXPECT_TRUE(given.damage.empty()) << entry.path();
        ++files;
        events += times_in(given.text, "<Event xmlns");
        addresses += times_in(given.text, "https://raw.githubusercontent.com/redcanaryco/atomic-red-team/master/atomics/T1117/RegSvr32.sct");
    }
    EXPECT_EQ(files, 60U);
    EXPECT_EQ(events, 1744U);
    EXPECT_EQ(addresses, 4U);
    // Two chunks of this one have lost their mark.
    const GivenAgain given = given_by("evtx", file_of(forensic / "evtx/sample_with_a_bad_chunk_magic.evtx"));
    EXPECT_EQ(std::count(given.damage.begin(), given.damage.end(), "evtx: a chunk without its mark, scanned as it stands"), 2);
    EXPECT_FALSE(given.decoders.empty());
}

TEST(Evtx, DamageIsNamedAndTheBytesAreScanned) {
    const fs::path path = forensic / "evtx/new-user-security.evtx";
    if (!fs::exists(path)) GTEST_SKIP() << "no forensic files here";
    const std::string bytes = file_of(path);
    for (std::size_t at = 4096; at < 4096 + 8000; at += 61) {
        std::string broken = bytes;
        broken[at] = static_cast<char>(broken[at] ^ 0x5a);
        Budget budget;
        GivenAgain given(view(broken));
        given.is_limited = true;
        open_evtx(view(broken), {}, budget, given);
        EXPECT_TRUE(!given.text.empty() || !given.rest.empty());
    }
    for (const std::size_t size : {0UL, 8UL, 4096UL, 4100UL, 4608UL, 5000UL, 40000UL}) {
        Budget budget;
        GivenAgain given(view(bytes).first(size));
        open_evtx(view(bytes).first(size), {}, budget, given);
    }
    Budget budget;
    budget.bytes_out_left = 100;
    GivenAgain given(view(bytes));
    given.is_limited = true;
    open_evtx(view(bytes), {}, budget, given);
    EXPECT_FALSE(given.damage.empty());
}

}  // namespace
}  // namespace plumbline::formats

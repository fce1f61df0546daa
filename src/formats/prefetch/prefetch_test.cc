// SPDX-License-Identifier: Apache-2.0
// Real prefetch files, plain and packed, compared with libscca.
#include "formats/prefetch/prefetch.h"

#include <libscca.h>

#include "formats/memory_file.h"
#include "formats/sqlite/given_for_test.h"

namespace plumbline::formats {
namespace {
namespace fs = std::filesystem;
const fs::path folder = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic/prefetch";

// "File: NAME" for each file, and the count of runs, as libscca reads them.
std::string said_by_peer(const std::string& bytes) {
    std::string out;
    const MemoryFile memory(view(bytes));
    libscca_file_t* file = nullptr;
    libscca_file_initialize(&file, nullptr);
    if (libscca_file_open_file_io_handle(file, memory.handle(), LIBSCCA_OPEN_READ, nullptr) == 1) {
        std::uint32_t runs = 0;
        libscca_file_get_run_count(file, &runs, nullptr);
        out += "Runs: " + std::to_string(runs) + "\n";
        int count = 0;
        libscca_file_get_number_of_filenames(file, &count, nullptr);
        for (int i = 0; i < count; ++i) {
            std::size_t size = 0;
            if (libscca_file_get_utf8_filename_size(file, i, &size, nullptr) != 1 || size == 0) continue;
            std::string name(size, '\0');
            libscca_file_get_utf8_filename(file, i, reinterpret_cast<std::uint8_t*>(name.data()), size, nullptr);
            name.resize(size - 1);
            out += "File: " + name + "\n";
        }
    }
    libscca_file_free(&file, nullptr);
    return out;
}

TEST(Prefetch, RealFilesSayWhatLibsccaSays) {
    if (!fs::exists(folder)) GTEST_SKIP() << "no forensic files here";
    std::size_t read = 0;
    std::size_t packed = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string bytes = file_of(entry.path());
        const std::string_view format = detect(view(bytes), {}).name;
        if (format != "mam" && format != "prefetch") continue;
        ++read;
        packed += format == "mam";
        const GivenAgain given = given_by(format, bytes);
        EXPECT_TRUE(given.damage.empty()) << entry.path() << ": " << given.damage.front();
        const std::string peer = said_by_peer(bytes);
        EXPECT_FALSE(peer.empty());
        EXPECT_NE(given.text.find(peer), std::string::npos) << entry.path() << "\n" << peer.substr(0, 300);
        EXPECT_NE(given.text.find("Volume serial: "), std::string::npos) << entry.path();
    }
    EXPECT_EQ(read, 24U);
    EXPECT_EQ(packed, 2U);
}

TEST(Prefetch, DamageIsNamed) {
    if (!fs::exists(folder)) GTEST_SKIP() << "no forensic files here";
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string bytes = file_of(entry.path());
        const std::string_view format = detect(view(bytes), {}).name;
        if ((format != "mam" && format != "prefetch") || bytes.size() > 20'000) continue;
        for (const std::size_t size : {300UL, 1000UL, bytes.size() / 2, bytes.size() - 40}) {
            Budget budget;
            GivenAgain given(view(bytes).first(std::min(size, bytes.size())));
            detect(given.bytes, {}).open(given.bytes, {}, budget, given);
            EXPECT_FALSE(given.damage.empty()) << entry.path() << " " << size;
        }
        for (std::size_t at = 4; at < bytes.size(); at += 37) {
            std::string broken = bytes;
            broken[at] = static_cast<char>(broken[at] ^ 0xa5);
            Budget budget;
            GivenAgain given(view(broken));
            given.is_limited = true;
            detect(view(broken), {}).open(view(broken), {}, budget, given);
        }
    }
}

}  // namespace
}  // namespace plumbline::formats

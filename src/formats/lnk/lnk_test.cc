// SPDX-License-Identifier: Apache-2.0
// A link made by hand, and real ones, compared with liblnk.
#include "formats/lnk/lnk.h"

#include <liblnk.h>

#include "formats/memory_file.h"
#include "formats/sqlite/given_for_test.h"

namespace plumbline::formats {
namespace {
namespace fs = std::filesystem;
const fs::path forensic = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic";

std::string number(std::uint64_t value, unsigned size) {
    std::string out;
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}
std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) out += {c, '\0'};
    return out;
}
std::string link(std::string_view arguments) {
    using namespace std::string_view_literals;
    std::string out = number(0x4c, 4) + std::string("\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"sv) + number(0x20 | 0x80 | 2, 4) + std::string(52, '\0');
    const std::string network = "\\\\evil.example.com\\share";
    const std::string net = number(20 + network.size() + 1, 4) + number(0, 4) + number(20, 4) + number(0, 8) + network + '\0';
    out += number(28 + net.size() + 1, 4) + number(28, 4) + number(2, 4) + number(0, 8) + number(28, 4) + number(28 + net.size(), 4) + net + '\0';
    out += number(arguments.size(), 2) + wide(arguments);
    std::string machine = "lab-machine";
    machine.resize(16, '\0');
    const std::string droid = std::string(16, '\1') + std::string("\1\2\3\4\5\6\x7\x11\x80\0\x08\0\x27\x12\x34\x56"sv);
    return out + number(0x60, 4) + number(0xa0000003, 4) + number(0x58, 4) + number(0, 4) + machine + droid + droid + number(0, 4);
}

TEST(Lnk, SaysWhereItLeadsAndWhoMadeIt) {
    const std::string bytes = link("-c start http://evil.example.com/a");
    const GivenAgain given = given_by("lnk", bytes);
    EXPECT_TRUE(given.damage.empty());
    EXPECT_EQ(given.text, "Network path: \\\\evil.example.com\\share\nArguments: -c start http://evil.example.com/a\nMachine: lab-machine\nMAC address: 08:00:27:12:34:56\n");
    EXPECT_LE(given.most_given(), 1U);
    for (std::size_t size = 76; size < bytes.size(); ++size) {
        Budget budget;
        GivenAgain cut(view(bytes).first(size));
        open_lnk(view(bytes).first(size), {}, budget, cut);
    }
}

TEST(Lnk, AJumpListGivesItsLinks) {
    using namespace std::string_view_literals;
    const std::string one = link("-a jo@example.com");
    const std::string mark(one.substr(4, 16));
    const std::string bytes = number(2, 4) + number(1, 4) + number(0, 8) + number(2, 4) + number(2, 4) + mark + one + mark + link("second") + std::string("\xab\xfb\xbf\xba"sv);
    const GivenAgain given = given_by("jumplist", bytes);
    ASSERT_EQ(given.windows.size(), 2U);
    EXPECT_EQ(given.windows[0], one);
    EXPECT_NE(given.text.find("Arguments: -a jo@example.com\n"), std::string::npos);
    EXPECT_NE(given.text.find("Arguments: second\n"), std::string::npos);
}

// What liblnk says of one string.
template <class Size, class Get>
std::string said(liblnk_file_t* file, Size size_of, Get get) {
    std::size_t size = 0;
    if (size_of(file, &size, nullptr) != 1 || size < 2) return {};
    std::string out(size, '\0');
    if (get(file, reinterpret_cast<std::uint8_t*>(out.data()), size, nullptr) != 1) return {};
    out.resize(std::min(out.find('\0'), out.size()));
    return out;
}

TEST(Lnk, RealLinksSayWhatLiblnkSays) {
    if (!fs::exists(forensic / "lnk")) GTEST_SKIP() << "no forensic files here";
    std::size_t compared = 0;
    std::size_t machines = 0;
    for (const auto& entry : fs::directory_iterator(forensic / "lnk")) {
        const std::string bytes = file_of(entry.path());
        if (detect(view(bytes), {}).name != "lnk") continue;
        const GivenAgain given = given_by("lnk", bytes);
        EXPECT_TRUE(given.damage.empty()) << entry.path();
        machines += times_in(given.text, "Machine: ");
        const MemoryFile memory(view(bytes));
        liblnk_file_t* file = nullptr;
        ASSERT_EQ(liblnk_file_initialize(&file, nullptr), 1);
        if (liblnk_file_open_file_io_handle(file, memory.handle(), LIBLNK_OPEN_READ, nullptr) == 1) {
            const std::string all[] = {said(file, liblnk_file_get_utf8_local_path_size, liblnk_file_get_utf8_local_path),
                                       said(file, liblnk_file_get_utf8_network_path_size, liblnk_file_get_utf8_network_path),
                                       said(file, liblnk_file_get_utf8_relative_path_size, liblnk_file_get_utf8_relative_path),
                                       said(file, liblnk_file_get_utf8_working_directory_size, liblnk_file_get_utf8_working_directory),
                                       said(file, liblnk_file_get_utf8_command_line_arguments_size, liblnk_file_get_utf8_command_line_arguments),
                                       said(file, liblnk_file_get_utf8_icon_location_size, liblnk_file_get_utf8_icon_location),
                                       said(file, liblnk_file_get_utf8_machine_identifier_size, liblnk_file_get_utf8_machine_identifier)};
            for (const std::string& text : all) {
                EXPECT_NE(given.text.find(text), std::string::npos) << entry.path() << ": " << text;
                compared += !text.empty();
            }
        }
        liblnk_file_free(&file, nullptr);
    }
    EXPECT_EQ(machines, 32U);
    EXPECT_GE(compared, 150U);
}

}  // namespace
}  // namespace plumbline::formats

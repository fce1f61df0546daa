// SPDX-License-Identifier: Apache-2.0
// A hive made by hand (keys, values of each kind of text, a deleted value), damaged hives, and real ones.
#include "formats/registry/registry.h"

#include "formats/sqlite/given_for_test.h"

namespace plumbline::formats {
namespace {
namespace fs = std::filesystem;
constexpr std::uint64_t none = 0xffffffff;

void put(std::string& out, std::size_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}
std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) out += {c, '\0'};
    return out;
}

class Hive {
  public:
    Hive() : bytes_(4096 + 8192, '\0') {
        bytes_.replace(0, 4, "regf");
        bytes_.replace(4096, 4, "hbin");
        put(bytes_, 4096 + 8, 8192, 4);
    }
    // The offset of a new cell, as other cells write it.
    std::uint64_t cell(std::string_view data, bool is_free = false) {
        const std::size_t size = (data.size() + 4 + 7) / 8 * 8;
        const std::uint64_t at = next_;
        put(bytes_, 4096 + at, is_free ? size : std::uint64_t{0} - size, 4);
        bytes_.replace(4096 + at + 4, data.size(), data);
        next_ += size;
        return at;
    }
    std::uint64_t value(std::string_view name, std::uint64_t type, std::string_view data, bool is_free = false) {
        const std::uint64_t data_at = cell(data);
        std::string out(20, '\0');
        out.replace(0, 2, "vk");
        put(out, 2, name.size(), 2);
        put(out, 4, data.size(), 4);
        put(out, 8, data_at, 4);
        put(out, 12, type, 4);
        put(out, 16, 1, 2);
        return cell(out + std::string(name), is_free);
    }
    std::uint64_t key(std::string_view name, std::uint64_t parent, const std::vector<std::uint64_t>& values, bool is_root = false) {
        std::string list;
        for (const std::uint64_t value : values) {
            list.resize(list.size() + 4);
            put(list, list.size() - 4, value, 4);
        }
        const std::uint64_t list_at = values.empty() ? none : cell(list);
        std::string out(76, '\0');
        out.replace(0, 2, "nk");
        put(out, 2, is_root ? 0x24 : 0x20, 2);
        put(out, 16, parent, 4);
        put(out, 36, values.size(), 4);
        put(out, 40, list_at, 4);
        put(out, 48, none, 4);
        put(out, 72, name.size(), 2);
        return cell(out + std::string(name));
    }
    std::string bytes() const {
        std::string out = bytes_;
        put(out, 4096 + next_, 4096 + 4096 - next_, 4);  // the rest is one free cell
        return out;
    }

  private:
    std::string bytes_;
    std::uint64_t next_ = 32;
};

std::string made() {
    Hive hive;
    const std::uint64_t root = hive.key("ROOT", none, {}, true);
    const std::uint64_t software = hive.key("Software", root, {});
    const std::uint64_t run = hive.value("Updater", 1, wide("C:\\x.exe http://evil.example.com/a") + std::string(2, '\0'));
    const std::uint64_t many = hive.value("List", 7, wide("one@example.com") + std::string(2, '\0') + wide("two@example.com") + std::string(4, '\0'));
    const std::uint64_t binary = hive.value("Blob", 3, "\x01\x02 three@example.com \x03");
    hive.key("Run", software, {run, many, binary});
    hive.value("Gone", 1, wide("deleted@example.com") + std::string(2, '\0'), true);
    return hive.bytes();
}

TEST(Registry, KeysAndValuesHaveTheirPaths) {
    const std::string bytes = made();
    const GivenAgain given = given_by("registry", bytes);
    EXPECT_TRUE(given.damage.empty()) << given.damage.front();
    EXPECT_EQ(given.decoders, (std::vector<std::string>{"regf:1", "regf:1/free"}));
    EXPECT_EQ(given.text,
              "ROOT\nROOT\\Software\nROOT\\Software\\Run\n  Updater = C:\\x.exe http://evil.example.com/a\n  List = one@example.com two@example.com\n  Blob = \n"
              "  Gone = deleted@example.com\n");
    EXPECT_TRUE(given.is_in_rest("three@example.com"));
    EXPECT_FALSE(given.is_in_rest(wide("deleted")));
    EXPECT_LE(given.most_given(), 1U);
}

TEST(Registry, DamageLosesNothingElse) {
    const std::string bytes = made();
    for (std::size_t at = 0; at < 4096 + 1200; at += at < 4090 ? 89 : 1) {
        for (const char value : {'\0', '\x08', '\xff'}) {
            std::string broken = bytes;
            broken[at] = value;
            Budget budget;
            GivenAgain given(view(broken));
            given.is_limited = true;
            open_registry(view(broken), {}, budget, given);
            EXPECT_LE(given.most_given(), 1U) << at;
        }
    }
    for (std::size_t size = 4096 + 32; size < bytes.size(); size += 131) {
        Budget budget;
        GivenAgain given(view(bytes).first(size));
        open_registry(view(bytes).first(size), {}, budget, given);
    }
    // A key that is its own parent.
    Hive hive;
    hive.key("Loop", 32, {});
    EXPECT_NE(given_by("registry", hive.bytes()).text.find("Loop\\Loop\n"), std::string::npos);
}

TEST(Registry, RealHivesAreRead) {
    const fs::path folder = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic/plaso";
    if (!fs::exists(folder)) GTEST_SKIP() << "no forensic files here";
    for (const char* name : {"regf__100_sub_keys.hiv", "regf__corrupt_sub_key_list.hiv"}) {
        const GivenAgain given = given_by("registry", file_of(folder / name));
        for (int i = 1; i <= 100; ++i) EXPECT_NE(given.text.find("TestKey\\" + std::to_string(i) + "\n  Value = String\n"), std::string::npos) << name << " " << i;
        EXPECT_LE(given.most_given(), 1U);
    }
}

}  // namespace
}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
#include "formats/disk_image/disk_image.h"

namespace plumbline::formats {

namespace {
constexpr std::uint64_t sector = 512;
constexpr std::uint64_t smallest = 16 * 1024;

bool has_at(ByteView bytes, std::uint64_t at, std::string_view text) {
    return at < bytes.size() && text_of(bytes.subspan(at, std::min<std::uint64_t>(bytes.size() - at, text.size()))) == text;
}
std::uint64_t little(ByteView bytes, std::uint64_t at, unsigned size) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size && at + i < bytes.size(); ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
    return value;
}
bool is_power_of_two(std::uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

bool is_container(ByteView bytes) {
    constexpr std::string_view ewf("EVF\x09\x0d\x0a\xff\x00", 8);
    if (has_at(bytes, 0, ewf) || has_at(bytes, 0, "QFI\xfb") || has_at(bytes, 0, "vhdxfile")) return true;
    if (has_at(bytes, 0, std::string_view("AFF10\r\n\0", 8))) return true;
    if (has_at(bytes, 0, "KDMV") && little(bytes, 4, 4) <= 3) return true;
    if (little(bytes, 64, 4) == 0xbeda107f && has_at(bytes, 0, "<<< ")) return true;  // VDI
    return has_at(bytes, 0, "conectix") || (bytes.size() > sector && has_at(bytes, bytes.size() - sector, "conectix"));
}

// Four entries of 16 bytes at 446; each is empty or has a known state, a type and a length, and one at least is in use.
bool is_partition_table(ByteView bytes) {
    if (!has_at(bytes, 510, "\x55\xaa")) return false;
    bool has_one = false;
    for (std::uint64_t at = 446; at < 510; at += 16) {
        const std::uint64_t state = little(bytes, at, 1);
        const std::uint64_t type = little(bytes, at + 4, 1);
        const std::uint64_t start = little(bytes, at + 8, 4);
        const std::uint64_t length = little(bytes, at + 12, 4);
        if (state != 0 && state != 0x80) return false;
        if (type == 0 && length == 0) continue;
        if (type == 0 || length == 0 || start == 0) return false;
        if (start * sector < bytes.size()) has_one = true;
    }
    return has_one;
}
// A BIOS parameter block: a jump, sizes that are powers of two, one or two FATs or none (NTFS).
bool is_boot_sector(ByteView bytes) {
    if (!has_at(bytes, 510, "\x55\xaa") || (!has_at(bytes, 0, "\xeb") && !has_at(bytes, 0, "\xe9"))) return false;
    if (has_at(bytes, 3, "NTFS    ") || has_at(bytes, 3, "EXFAT   ")) return true;
    const std::uint64_t bytes_a_sector = little(bytes, 11, 2);
    const std::uint64_t fats = little(bytes, 16, 1);
    return is_power_of_two(bytes_a_sector) && bytes_a_sector >= 512 && bytes_a_sector <= 4096 && is_power_of_two(little(bytes, 13, 1)) && (fats == 1 || fats == 2) &&
           little(bytes, 14, 2) > 0 && little(bytes, 21, 1) >= 0xf0;
}
bool is_file_system(ByteView bytes) {
    // ext2-4: magic, a block size of at most 64 KiB, inodes and blocks.
    if (has_at(bytes, 1024 + 56, "\x53\xef") && little(bytes, 1024 + 24, 4) <= 6 && little(bytes, 1024, 4) > 0 && little(bytes, 1024 + 4, 4) > 0) return true;
    // HFS+ and HFSX: big-endian version 4 or 5 behind the mark.
    if (has_at(bytes, 1024, std::string_view("H+\0\4", 4)) || has_at(bytes, 1024, std::string_view("HX\0\5", 4))) return true;
    if (has_at(bytes, 65536 + 64, "_BHRfS_M") || has_at(bytes, 32, "NXSB") || has_at(bytes, 0, std::string_view("XFSB\0", 5))) return true;
    if (has_at(bytes, 0, std::string_view("LUKS\xba\xbe\0", 7)) || has_at(bytes, 3, "-FVE-FS-")) return true;
    // UFS2 and UFS1: the magic of the superblock.
    return little(bytes, 65536 + 1372, 4) == 0x19540119 || little(bytes, 8192 + 1372, 4) == 0x00011954;
}
}  // namespace

bool looks_like_disk_image(ByteView bytes, const Hints&) {
    if (bytes.size() < 1024) return false;
    if (is_container(bytes)) return true;
    if (bytes.size() < smallest) return false;
    if (has_at(bytes, 32769, "CD001")) return false;  // an ISO 9660 image that starts as a disk, too: archives read it
    // An Apple partition map, a BSD label.
    if ((has_at(bytes, 0, "ER") && has_at(bytes, sector, std::string_view("PM\0\0", 4))) || little(bytes, sector, 4) == 0x82564557) return true;
    if (has_at(bytes, sector, "EFI PART") || is_boot_sector(bytes) || is_partition_table(bytes)) return true;
    return is_file_system(bytes);
}

void open_disk_image(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    if (!budget.take_items(1) || !budget.take_steps(bytes.size() / sector)) return visitor.unread(0, "", "disk image: over the budget");
    visitor.later(0, "", "disk");
}

}  // namespace plumbline::formats

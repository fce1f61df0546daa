// SPDX-License-Identifier: Apache-2.0
// Long magics decide at once; boot sectors, whose mark is two bytes, are believed only where their numbers fit together.
#include "disk/looks_like_disk.h"

#include <algorithm>
#include <array>

#include "disk/random_bytes.h"

namespace plumbline::disk {
namespace {

using namespace std::string_view_literals;
constexpr std::uint64_t sector = 512;
constexpr std::uint64_t smallest_disk = 16 * sector;

struct Magic {
    std::size_t at;
    std::string_view bytes;
    std::string_view name;
};
constexpr std::array<Magic, 20> magics{{
    {0, "EVF\x09\x0d\x0a\xff\x00"sv, "ewf"},  {0, "EVF2\x0d\x0a\x81\x00"sv, "ewf"},   {0, "QFI\xfb\x00\x00\x00"sv, "qcow2"},
    {0, "KDMV"sv, "vmdk"},                     {0, "# Disk DescriptorFile"sv, "vmdk"}, {0, "conectix"sv, "vhd"},
    {0, "vhdxfile"sv, "vhdx"},                 {64, "\x7f\x10\xda\xbe"sv, "vdi"},      {0, "AFF10\r\n\0"sv, "aff"},
    {512, "EFI PART"sv, "gpt"},                {4096, "EFI PART"sv, "gpt"},            {65600, "_BHRfS_M"sv, "btrfs"},
    {3, "NTFS    "sv, "ntfs"},                 {3, "EXFAT   "sv, "exfat"},             {3, "-FVE-FS-"sv, "bitlocker"},
    {0, "LUKS\xba\xbe"sv, "luks"},             {32, "NXSB"sv, "apfs"},                 {0, "XFSB\0\0"sv, "xfs"},
    {9564, "\x19\x01\x54\x19"sv, "ufs"},       {66908, "\x19\x01\x54\x19"sv, "ufs"},
}};

bool is_power_of_two(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

bool has_boot_mark(ByteView head) { return has_at(head, 510, "\x55\xaa"sv); }

// Microsoft: FAT32 File System Specification, boot sector.
bool is_fat(ByteView head) {
    const unsigned jump = std::to_integer<unsigned>(head[0]);
    if (!has_boot_mark(head) || (jump != 0xeb && jump != 0xe9)) return false;
    const unsigned bytes = little16(head, 11);
    const unsigned cluster = std::to_integer<unsigned>(head[13]);
    const unsigned tables = std::to_integer<unsigned>(head[16]);
    const unsigned media = std::to_integer<unsigned>(head[21]);
    const bool has_size = little16(head, 19) != 0 || little32(head, 32) != 0;
    return bytes >= 512 && bytes <= 4096 && is_power_of_two(bytes) && is_power_of_two(cluster) && little16(head, 14) != 0 && (tables == 1 || tables == 2) &&
           (media == 0xf0 || media >= 0xf8) && has_size;
}

// Four entries: all plausible, at least one used, none over another, the first within the file.
bool is_partition_table(ByteView head, std::uint64_t size) {
    if (!has_boot_mark(head)) return false;
    std::array<std::pair<std::uint64_t, std::uint64_t>, 4> used{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t at = 446 + i * 16;
        const unsigned active = std::to_integer<unsigned>(head[at]);
        const unsigned type = std::to_integer<unsigned>(head[at + 4]);
        const std::uint64_t start = little32(head, at + 8);
        const std::uint64_t length = little32(head, at + 12);
        if (active != 0 && active != 0x80) return false;
        if (type == 0 && start == 0 && length == 0) continue;
        if (type == 0 || start == 0 || length == 0) return false;
        used[count++] = {start, start + length};
    }
    if (count == 0) return false;
    std::uint64_t first = UINT64_MAX;
    for (std::size_t i = 0; i < count; ++i) {
        first = std::min(first, used[i].first);
        for (std::size_t j = 0; j < i; ++j) {
            if (used[i].first < used[j].second && used[j].first < used[i].second) return false;
        }
    }
    return first * sector < size;
}

// Linux: ext4 superblock at byte 1024.
bool is_ext(ByteView head) {
    if (head.size() < 2048 || little16(head, 1024 + 56) != 0xef53) return false;
    return little32(head, 1024) > 0 && little32(head, 1024 + 4) > 0 && little32(head, 1024 + 24) <= 6 && little32(head, 1024 + 20) <= 1 && little32(head, 1024 + 32) > 0 &&
           little32(head, 1024 + 40) > 0 && little16(head, 1024 + 58) <= 7;
}

// Apple TN1150: volume header at byte 1024.
bool is_hfs(ByteView head) {
    if (head.size() < 2048) return false;
    const bool is_plus = (has_at(head, 1024, "H+\x00\x04"sv) || has_at(head, 1024, "HX\x00\x05"sv)) && is_power_of_two(big32(head, 1024 + 40)) && big32(head, 1024 + 40) >= 512;
    // A wrapper of the older HFS around it.
    return is_plus || (has_at(head, 1024, "BD"sv) && (has_at(head, 1024 + 0x7c, "H+"sv)) && big32(head, 1024 + 20) % 512 == 0);
}

bool is_apple_map(ByteView head) {
    return has_at(head, 0, "ER"sv) && big16(head, 2) >= 512 && is_power_of_two(big16(head, 2)) && has_at(head, big16(head, 2) == 512 ? 512 : 2048, "PM\0\0"sv);
}

bool is_bsd_label(ByteView head) { return little32(head, 512) == 0x82564557 && little32(head, 512 + 132) == 0x82564557; }

}  // namespace

std::string_view looks_like_disk(ByteView head, ByteView tail, std::uint64_t size_bytes) {
    // A disc image that also starts from a stick has a table in front; it is an archive to us.
    if (has_at(head, 32769, "CD001"sv)) return {};
    for (const Magic& magic : magics) {
        if (has_at(head, magic.at, magic.bytes)) return magic.name;
    }
    if (tail.size() >= disk_tail_bytes && has_at(tail, tail.size() - disk_tail_bytes, "conectix")) return "vhd";
    if (tail.size() >= disk_tail_bytes && has_at(tail, tail.size() - disk_tail_bytes, "koly")) return "udif";
    if (head.size() < 1024 || size_bytes < smallest_disk) return {};
    if (is_ext(head)) return "ext";
    if (is_hfs(head)) return "hfs";
    if (is_fat(head)) return "fat";
    if (is_partition_table(head, size_bytes)) return "mbr";
    if (is_apple_map(head)) return "apm";
    if (is_bsd_label(head)) return "bsd";
    return {};
}

}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
// A table of magics. Each is long enough not to be met by chance.
#include "disk/volume_names.h"

#include <array>

namespace plumbline::disk {
namespace {

struct Magic {
    std::size_t at;
    std::string_view bytes;
    std::string_view name;
};
using namespace std::string_view_literals;
constexpr std::array<Magic, 19> magics{{
    {0, "LUKS\xba\xbe"sv, "LUKS (encrypted)"},
    {3, "-FVE-FS-"sv, "BitLocker (encrypted)"},
    {3, "ReFS\0\0\0\0"sv, "ReFS"},
    {32, "NXSB"sv, "APFS"},
    {0, "XFSB"sv, "XFS"},
    {512, "LABELONE"sv, "LVM2"},
    {0, "LABELONE"sv, "LVM2"},
    {4086, "SWAPSPACE2"sv, "Linux swap"},
    {4086, "SWAP-SPACE"sv, "Linux swap"},
    {65588, "ReIsEr2Fs"sv, "ReiserFS"},
    {65588, "ReIsEr3Fs"sv, "ReiserFS"},
    {65588, "ReIsErFs"sv, "ReiserFS"},
    {65536, "ReIsEr4"sv, "Reiser4"},
    {32768, "JFS1"sv, "JFS"},
    {1024, "\x10\x20\xf5\xf2"sv, "F2FS"},
    {0, "hsqs"sv, "SquashFS"},
    {1024, "\xe2\xe1\xf5\xe0"sv, "EROFS"},
    {4096, "\xfc\x4e\x2b\xa9"sv, "Linux RAID"},
    {4120, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"sv, "bcache"},
}};

}  // namespace

std::string name_of_volume(ByteView head) {
    for (const Magic& magic : magics) {
        if (has_at(head, magic.at, magic.bytes)) return std::string(magic.name);
    }
    return {};
}

bool is_btrfs(ByteView head) { return has_at(head, 65600, "_BHRfS_M"); }

}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
#include "disk/volume_names.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace plumbline::disk {
namespace {

std::string name_with(std::size_t at, std::string_view magic) {
    Bytes head(volume_head_bytes);
    std::copy(view(magic).begin(), view(magic).end(), head.begin() + static_cast<std::ptrdiff_t>(at));
    return name_of_volume(head);
}

TEST(VolumeNames, WhatNobodyHereReadsIsNamed) {
    EXPECT_EQ(name_with(0, "LUKS\xba\xbe"), "LUKS (encrypted)");
    EXPECT_EQ(name_with(3, "-FVE-FS-"), "BitLocker (encrypted)");
    EXPECT_EQ(name_with(32, "NXSB"), "APFS");
    EXPECT_EQ(name_with(0, "XFSB"), "XFS");
    EXPECT_EQ(name_with(512, "LABELONE"), "LVM2");
    EXPECT_EQ(name_with(4086, "SWAPSPACE2"), "Linux swap");
}

TEST(VolumeNames, WhatIsReadIsNot) {
    EXPECT_EQ(name_with(3, "NTFS    "), "");
    EXPECT_EQ(name_with(65600, "_BHRfS_M"), "");
    Bytes head(volume_head_bytes);
    EXPECT_FALSE(is_btrfs(head));
    std::copy_n(view("_BHRfS_M").begin(), 8, head.begin() + 65600);
    EXPECT_TRUE(is_btrfs(head));
    EXPECT_EQ(name_of_volume({}), "");
    EXPECT_FALSE(is_btrfs({}));
}

}  // namespace
}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "disk/btrfs/btrfs.h"
#include "disk/ext/ext_recovery.h"
#include "disk/volume_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline::disk;
    const auto bytes = std::as_bytes(std::span(data, size));
    static_cast<void>(name_of_volume(bytes));
    const auto image = bytes_of_memory(bytes);
    ExtRecovery deleted{0, size, 0};
    static_cast<void>(recover_ext(*image, deleted, [](const FileEntry&) { return true; }));
    const auto btrfs = Btrfs::open(*image, 0, size);
    if (btrfs) (*btrfs)->list(0, [](const FileEntry&) { return true; });
    return 0;
}

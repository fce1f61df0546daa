// SPDX-License-Identifier: Apache-2.0
// Where the volumes of an image are: what its partition table says (DOS with extended ones, GPT, BSD, Sun, Mac), or the
// whole image where it has none.
#pragma once
#include <vector>

#include "disk_program/answer.h"
#include "disk_program/tsk_image.h"

namespace plumbline::disk_program {

inline constexpr std::size_t volumes_max = 4096;

struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    std::string partition;  // as in disk::Volume
};
// In the order of the table; cut to the image. Never empty where the image is not.
std::vector<Place> find_volumes(TSK_IMG_INFO& image);

}  // namespace plumbline::disk_program

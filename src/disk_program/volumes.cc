// SPDX-License-Identifier: Apache-2.0
// A partition may hold a table of its own (a BSD label in a DOS partition): one level is looked into.
#include "disk_program/volumes.h"

#include <algorithm>

namespace plumbline::disk_program {
namespace {

void add_partitions(const TSK_VS_INFO& table, std::uint64_t image_bytes, std::vector<Place>& places) {
    for (const TSK_VS_PART_INFO* part = table.part_list; part != nullptr && places.size() < volumes_max; part = part->next) {
        if ((part->flags & TSK_VS_PART_FLAG_ALLOC) == 0) continue;
        if (part->start > image_bytes / table.block_size) continue;
        const std::uint64_t offset = static_cast<std::uint64_t>(table.offset) + part->start * table.block_size;
        if (offset >= image_bytes) continue;
        const std::uint64_t blocks = std::min<std::uint64_t>(part->len, image_bytes / table.block_size + 1);
        Place place;
        place.offset = offset;
        place.size_bytes = std::min<std::uint64_t>(blocks * table.block_size, image_bytes - offset);
        place.partition = part->desc == nullptr ? "" : std::string(part->desc).substr(0, disk::text_bytes_max);
        places.push_back(std::move(place));
    }
}

bool is_bsd(const std::string& words) { return words.find("BSD") != std::string::npos; }

}  // namespace

std::vector<Place> find_volumes(TSK_IMG_INFO& image) {
    const auto image_bytes = static_cast<std::uint64_t>(image.size);
    std::vector<Place> places;
    const TskVolumes table(tsk_vs_open(&image, 0, TSK_VS_TYPE_DETECT));
    tsk_error_reset();
    if (table != nullptr) add_partitions(*table, image_bytes, places);
    const std::vector<Place> outer = places;
    for (const Place& place : outer) {
        if (!is_bsd(place.partition)) continue;
        const TskVolumes inner(tsk_vs_open(&image, place.offset, TSK_VS_TYPE_BSD));
        tsk_error_reset();
        std::vector<Place> found;
        if (inner != nullptr) add_partitions(*inner, image_bytes, found);
        // The label's "c" is the whole disk and its numbers are absolute or not: those seen already are dropped.
        for (Place& place_inside : found) {
            const bool is_known = std::any_of(places.begin(), places.end(), [&](const Place& other) { return other.offset == place_inside.offset; });
            if (!is_known && places.size() < volumes_max) places.push_back(std::move(place_inside));
        }
    }
    if (places.empty() && image_bytes > 0) places.push_back({0, image_bytes, ""});
    return places;
}

}  // namespace plumbline::disk_program

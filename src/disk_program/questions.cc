// SPDX-License-Identifier: Apache-2.0
// Volume by volume. What is known by its magic and read by no one here is named; the rest is tried.
#include "disk_program/questions.h"

#include <algorithm>

#include "disk/btrfs/btrfs.h"
#include "disk/ext/ext_recovery.h"
#include "disk/volume_names.h"
#include "disk_program/tsk_files.h"
#include "disk_program/volumes.h"

namespace plumbline::disk_program {
namespace {

Bytes head_of(disk::RandomBytes& image, const Place& place) {
    const std::uint64_t count = std::min<std::uint64_t>(place.size_bytes, disk::volume_head_bytes);
    auto head = image.bytes(place.offset, count);
    return head ? std::move(*head) : Bytes();
}

struct Listing {
    disk::Linear& linear;
    TSK_IMG_INFO& image;
    Answer& answer;
    std::uint32_t number = 0;
    // A place may hold two file systems, each valid, one hidden behind the other. The second ones come after all places, so
    // that a place has the same number however often the list is asked for.
    std::vector<std::pair<disk::Volume, TskFiles>> others{};
};

// Where the library finds one, that; where it finds none or cannot decide, each kind is tried by itself.
std::vector<TskFiles> open_file_systems(TSK_IMG_INFO& image, std::uint64_t offset) {
    std::vector<TskFiles> found;
    found.emplace_back(tsk_fs_open_img(&image, static_cast<TSK_OFF_T>(offset), TSK_FS_TYPE_DETECT));
    if (found[0] != nullptr) return found;
    found.clear();
    for (const TSK_FS_TYPE_ENUM type : {TSK_FS_TYPE_NTFS_DETECT, TSK_FS_TYPE_FAT_DETECT, TSK_FS_TYPE_EXT_DETECT, TSK_FS_TYPE_FFS_DETECT, TSK_FS_TYPE_HFS_DETECT, TSK_FS_TYPE_ISO9660_DETECT}) {
        TskFiles files(tsk_fs_open_img(&image, static_cast<TSK_OFF_T>(offset), type));
        if (files != nullptr) found.push_back(std::move(files));
    }
    tsk_error_reset();
    return found;
}

void list_file_system(Listing& listing, disk::Volume volume, TSK_FS_INFO& files) {
    volume.file_system = file_system_name(files);
    volume.block_bytes = files.block_size;
    listing.answer.add(volume);
    listing.answer.flush();
    disk::ExtRecovery deleted{volume.offset, volume.size_bytes, listing.number};
    deleted.directories = list_files({files, *listing.linear.bytes, listing.number}, listing.answer);
    if (!TSK_FS_TYPE_ISEXT(files.ftype)) return;
    listing.answer.flush();
    const auto troubles = disk::recover_ext(*listing.linear.bytes, deleted, [&](const disk::FileEntry& file) { return listing.answer.add(file); });
    if (!troubles) return listing.answer.trouble(listing.number, troubles.error().message);
    for (const std::string& trouble : *troubles) listing.answer.trouble(listing.number, trouble);
}

void list_btrfs(Listing& listing, const Place& place, disk::Volume& volume) {
    volume.file_system = "btrfs";
    const auto btrfs = disk::Btrfs::open(*listing.linear.bytes, place.offset, place.size_bytes);
    if (btrfs) {
        volume.label = (*btrfs)->label();
        volume.block_bytes = (*btrfs)->block_bytes();
    }
    listing.answer.add(volume);
    if (!btrfs) return listing.answer.trouble(listing.number, btrfs.error().message);
    (*btrfs)->list(listing.number, [&](const disk::FileEntry& file) { return listing.answer.add(file); });
    if ((*btrfs)->damaged() > 0) listing.answer.trouble(listing.number, fmt::format("btrfs: {} damaged tree nodes", (*btrfs)->damaged()));
}

void list_volume(Listing& listing, const Place& place) {
    disk::Volume volume{place.offset, place.size_bytes, 0, "", "", place.partition, ""};
    const Bytes head = head_of(*listing.linear.bytes, place);
    volume.not_opened = disk::name_of_volume(head);
    if (!volume.not_opened.empty()) {
        listing.answer.add(volume);
        return listing.answer.trouble(listing.number, fmt::format("not opened: {}", volume.not_opened));
    }
    if (disk::is_btrfs(head)) return list_btrfs(listing, place, volume);
    std::vector<TskFiles> found = open_file_systems(listing.image, place.offset);
    if (found.empty()) return listing.answer.add(volume);
    if (found.size() > 1) listing.answer.trouble(UINT32_MAX, fmt::format("{} file systems in one place, at byte {}", found.size(), place.offset));
    list_file_system(listing, volume, *found[0]);
    for (std::size_t i = 1; i < found.size(); ++i) listing.others.emplace_back(volume, std::move(found[i]));
}

void read_btrfs(const disk::Btrfs& btrfs, const disk::ReadItem& item, std::uint32_t number, Answer& answer) {
    const auto done = btrfs.read(item.meta, item.stream, item.size_bytes_max, [&](ByteView bytes) {
        answer.add(disk::Content{number, false, bytes});
        return !answer.is_full();
    });
    if (!done) return answer.trouble(UINT32_MAX, fmt::format("item {}: {}", number, done.error().message));
    answer.add(disk::Content{number, true, {}});
}

}  // namespace

void answer_list(const disk::Request& request, disk::Linear& linear, Answer& answer) {
    const TskImage image = open_image(*linear.bytes);
    if (image == nullptr) return answer.trouble(UINT32_MAX, "the image cannot be opened");
    Listing listing{linear, *image, answer};
    for (const Place& place : find_volumes(*image)) {
        if (answer.is_full()) break;
        if (listing.number < request.volume_first) answer.add(disk::Volume{place.offset, place.size_bytes, 0, "", "", place.partition, ""});
        else list_volume(listing, place);
        answer.flush();
        ++listing.number;
    }
    for (const auto& [volume, files] : listing.others) {
        if (answer.is_full()) break;
        list_file_system(listing, volume, *files);
        ++listing.number;
    }
}

void answer_read(const disk::Request& request, disk::Linear& linear, Answer& answer) {
    const TskImage image = open_image(*linear.bytes);
    if (image == nullptr) return answer.trouble(UINT32_MAX, "the image cannot be opened");
    std::uint64_t opened = UINT64_MAX;
    std::vector<TskFiles> found;
    std::unique_ptr<disk::Btrfs> btrfs;
    for (std::uint32_t i = 0; i < request.items.size() && !answer.is_full(); ++i) {
        const disk::ReadItem& item = request.items[i];
        if (item.volume_offset != opened) {
            opened = item.volume_offset;
            found.clear();
            btrfs.reset();
            const std::uint64_t rest = linear.bytes->size_bytes() - std::min(opened, linear.bytes->size_bytes());
            auto as_btrfs = disk::Btrfs::open(*linear.bytes, opened, rest);
            if (as_btrfs) btrfs = std::move(*as_btrfs);
            else found = open_file_systems(*image, opened);
        }
        if (btrfs != nullptr) {
            read_btrfs(*btrfs, item, i, answer);
            continue;
        }
        const auto reader = std::find_if(found.begin(), found.end(), [&](const TskFiles& files) { return has_file(*files, item); });
        if (reader == found.end()) answer.trouble(UINT32_MAX, fmt::format("item {}: no such file", i));
        else read_file(**reader, item, i, answer);
    }
}

}  // namespace plumbline::disk_program

// SPDX-License-Identifier: Apache-2.0
// One pass over the file trees' leaves, one over what is left behind; then each inode with its names and extents.
#include "disk/btrfs/btrfs.h"

#include <algorithm>
#include <tuple>

#include "disk/btrfs/btrfs_extent.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t items_max = 10'000'000;
constexpr std::uint64_t first_tree = 5;
constexpr std::uint64_t first_subvolume = 256;
constexpr std::uint64_t last_subvolume = UINT64_MAX - 255;
constexpr std::uint64_t top_folder = 256;
constexpr std::uint32_t old_stream = 0x80000000;
constexpr std::uint64_t extent_bytes_max = 128ULL * 1024 * 1024;
constexpr unsigned path_depth_max = 128;
enum ItemType : std::uint8_t { inode_item = 1, inode_reference = 12, directory_index = 96, extent_data = 108, root_item = 132, root_reference = 156 };

bool is_file_tree(std::uint64_t tree) { return tree == first_tree || (tree >= first_subvolume && tree <= last_subvolume); }

std::int64_t seconds(ByteView item, std::size_t at) { return static_cast<std::int64_t>(little64(item, at)); }

}  // namespace

Result<std::unique_ptr<Btrfs>> Btrfs::open(RandomBytes& image, std::uint64_t volume_offset, std::uint64_t volume_bytes) {
    auto volume = stretch_of(image, volume_offset, volume_bytes);
    BtrfsTrees trees = TRY(BtrfsTrees::open(*volume));
    std::unique_ptr<Btrfs> btrfs(new Btrfs(std::move(trees)));
    btrfs->volume_ = std::move(volume);
    btrfs->image_ = &image;
    btrfs->volume_offset_ = volume_offset;
    TRY(btrfs->read_trees());
    return btrfs;
}

Result<void> Btrfs::read_trees() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> roots;
    trees_.walk(trees_.root_tree(), [&](const BtrfsLeaf& leaf) {
        for (const BtrfsItem& item : leaf.items) {
            if (item.key.type == root_item && is_file_tree(item.key.object)) roots.emplace_back(item.key.object, little64(item.data, 176));
            // A reference from the tree above: directory, sequence, length of the name, name.
            if (item.key.type == root_reference && item.data.size() > 18) {
                subvolumes_[item.key.offset] = std::string(text_of(item.data.subspan(18)));
            }
        }
        return true;
    });
    for (const auto& [tree, root] : roots) {
        Files& files = now_[tree];
        trees_.walk(root, [&](const BtrfsLeaf& leaf) {
            take_leaf(leaf, files, false);
            return items_ < items_max;
        });
    }
    for (const auto& [tree, files] : now_) {
        for (const auto& [inode, file] : files) {
            for (const auto& [offset, extent] : file.extents) {
                if (!extent.is_hole) in_use_[extent.place] = std::max(in_use_[extent.place], extent.place + extent.stored);
            }
        }
    }
    trees_.walk_left_behind([&](const BtrfsLeaf& leaf) {
        if (is_file_tree(leaf.owner)) take_leaf(leaf, before_[leaf.owner], true);
        return items_ < items_max;
    });
    if (items_ >= items_max) return fail(ErrorKind::too_large, "btrfs: over {} items", items_max);
    return {};
}

void Btrfs::take_leaf(const BtrfsLeaf& leaf, Files& files, bool is_old) {
    for (const BtrfsItem& item : leaf.items) {
        ++items_;
        if (item.key.type == inode_item) {
            File& file = files[item.key.object];
            // Of several older states the last one in which the file had a name, and a size: it is written with size zero
            // before its bytes are on the disk, and both states may be of one generation.
            const auto rank = [](std::uint64_t size, std::uint64_t generation) { return std::tuple(size > 0, generation, size); };
            const bool is_better = !file.has_inode || rank(little64(item.data, 16), leaf.generation) > rank(file.size_bytes, file.generation);
            if (!is_old || (is_better && little32(item.data, 40) > 0)) take_inode(item, leaf.generation, file);
        } else if (item.key.type == inode_reference && item.data.size() >= 10) {
            File& file = files[item.key.object];
            const std::size_t length = little16(item.data, 8);
            if (length > item.data.size() - 10 || !file.name.empty()) continue;
            file.parent = item.key.offset;
            file.name = std::string(text_of(item.data.subspan(10, length)));
        } else if (item.key.type == extent_data) {
            take_extent(item, leaf.generation, files[item.key.object]);
        }
    }
}

void Btrfs::take_inode(const BtrfsItem& item, std::uint64_t generation, File& file) const {
    if (item.data.size() < 160) return;
    file.has_inode = true;
    file.generation = generation;
    file.size_bytes = little64(item.data, 16);
    file.links = little32(item.data, 40);
    file.mode = little32(item.data, 52);
    file.times = {seconds(item.data, 136), seconds(item.data, 112), seconds(item.data, 124), seconds(item.data, 148)};
}

void Btrfs::take_extent(const BtrfsItem& item, std::uint64_t generation, File& file) const {
    if (item.data.size() < 21) return;
    const auto known = file.extents.find(item.key.offset);
    if (known != file.extents.end() && known->second.generation >= generation) return;
    Extent extent;
    extent.generation = generation;
    extent.file_offset = item.key.offset;
    extent.whole = little64(item.data, 8);
    extent.compression = std::to_integer<std::uint8_t>(item.data[16]);
    const unsigned type = std::to_integer<unsigned>(item.data[20]);
    if (type == 0) {
        extent.place = item.place + 21;
        extent.stored = item.data.size() - 21;
        extent.length = extent.whole;
    } else if (item.data.size() >= 53) {
        const std::uint64_t logical = little64(item.data, 21);
        extent.stored = little64(item.data, 29);
        extent.skipped = little64(item.data, 37);
        extent.length = little64(item.data, 45);
        // Type 2 is space set aside that nothing was written to.
        extent.is_hole = logical == 0 || type == 2;
        const auto place = extent.is_hole ? std::optional<std::uint64_t>(0) : trees_.place_of(logical, extent.stored);
        if (!place || extent.length > UINT64_MAX / 4 || extent.skipped > UINT64_MAX / 4) return;
        extent.place = *place;
    }
    file.extents[item.key.offset] = extent;
}

std::string Btrfs::path_of(std::uint64_t tree, std::uint64_t inode, bool is_old) const {
    std::string path;
    const auto now = now_.find(tree);
    const auto before = before_.find(tree);
    for (unsigned depth = 0; depth < path_depth_max && inode != top_folder; ++depth) {
        const File* file = nullptr;
        if (now != now_.end() && (!is_old || depth > 0) && now->second.contains(inode)) file = &now->second.at(inode);
        if ((file == nullptr || file->name.empty()) && before != before_.end() && before->second.contains(inode)) file = &before->second.at(inode);
        if (file == nullptr || file->name.empty()) break;
        path = path.empty() ? file->name : file->name + "/" + path;
        inode = file->parent;
    }
    const auto subvolume = subvolumes_.find(tree);
    return subvolume == subvolumes_.end() || path.empty() ? path : subvolume->second + "/" + path;
}

bool Btrfs::is_in_use(const Extent& extent) const {
    if (extent.is_hole) return false;
    auto next = in_use_.upper_bound(extent.place);
    if (next != in_use_.end() && next->first < extent.place + extent.stored) return true;
    if (next == in_use_.begin()) return false;
    --next;
    return next->second > extent.place;
}

FileEntry Btrfs::entry_of(std::uint64_t tree, std::uint64_t inode, const File& file, bool is_old) const {
    FileEntry entry;
    entry.meta = inode;
    entry.stream = static_cast<std::uint32_t>(tree & ~static_cast<std::uint64_t>(old_stream)) | (is_old ? old_stream : 0U);
    entry.times = file.times;
    entry.path = path_of(tree, inode, is_old);
    if (entry.path.empty()) {
        entry.path = fmt::format("$Recovered/inode-{}", inode);
        entry.flags |= file_name_is_lost;
    }
    if (is_old) {
        entry.flags |= file_is_deleted;
        entry.found_by = FoundBy::old_tree;
    } else if (file.links == 0) {
        entry.flags |= file_is_deleted;
        entry.found_by = FoundBy::orphan;
    }
    const std::uint32_t type = file.mode & 0xf000U;
    if (type == 0x4000) entry.flags |= file_is_directory;
    else if (type != 0x8000) entry.flags |= file_is_other_type;
    if (type != 0x8000) return entry;
    entry.size_bytes = file.size_bytes;
    const bool is_compressed = std::any_of(file.extents.begin(), file.extents.end(), [](const auto& pair) { return pair.second.compression != 0; });
    const bool is_taken = is_old && std::any_of(file.extents.begin(), file.extents.end(), [this](const auto& pair) { return is_in_use(pair.second); });
    if (is_taken) entry.flags |= file_is_guessed;
    if (is_compressed) entry.flags |= file_is_compressed | file_is_made;
    else add_runs(file, entry);
    return entry;
}

void Btrfs::add_runs(const File& file, FileEntry& entry) const {
    std::uint64_t at = 0;
    std::vector<Run> slack;
    const auto hole_to = [&](std::uint64_t end) {
        if (end <= at) return;
        entry.runs.push_back({0, end - at, RunKind::zero});
        at = end;
    };
    const std::uint64_t image_bytes = image_->size_bytes();
    for (const auto& [offset, extent] : file.extents) {
        if (offset < at || offset >= file.size_bytes) continue;
        hole_to(offset);
        const std::uint64_t length = std::min(extent.length, file.size_bytes - at);
        const std::uint64_t place = volume_offset_ + extent.place + extent.skipped;
        if (extent.is_hole || place > image_bytes || extent.length > image_bytes - place || extent.length > extent.stored - std::min(extent.skipped, extent.stored)) {
            hole_to(at + length);
            continue;
        }
        entry.runs.push_back({place, length, RunKind::bytes});
        at += length;
        if (extent.length > length) slack.push_back({place + length, extent.length - length, RunKind::slack});
    }
    if (entry.runs.empty()) return;
    hole_to(file.size_bytes);
    entry.runs.insert(entry.runs.end(), slack.begin(), slack.end());
}

void Btrfs::list(std::uint32_t volume_number, const std::function<bool(const FileEntry&)>& found) const {
    for (const bool is_old : {false, true}) {
        for (const auto& [tree, files] : is_old ? before_ : now_) {
            const auto now = now_.find(tree);
            for (const auto& [inode, file] : files) {
                if (!file.has_inode || inode <= top_folder || inode > last_subvolume) continue;
                if (is_old && now != now_.end() && now->second.contains(inode)) continue;
                FileEntry entry = entry_of(tree, inode, file, is_old);
                entry.volume = volume_number;
                if (!found(entry)) return;
            }
        }
    }
}

Result<Bytes> Btrfs::content_of(const Extent& extent) const {
    if (extent.is_hole) return Bytes(static_cast<std::size_t>(std::min(extent.length, extent_bytes_max)));
    if (extent.stored > extent_bytes_max || extent.whole > extent_bytes_max) return fail(ErrorKind::corrupt, "btrfs: an extent of {} bytes", extent.whole);
    const Bytes stored = TRY(volume_->bytes(extent.place, extent.stored));
    Bytes whole = TRY(decompress_btrfs(stored, extent.compression, static_cast<std::size_t>(extent.whole)));
    whole.resize(static_cast<std::size_t>(std::max(extent.whole, extent.skipped)));
    whole.erase(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(extent.skipped));
    whole.resize(static_cast<std::size_t>(std::min(extent.length, extent_bytes_max)));
    return whole;
}

Result<void> Btrfs::read(std::uint64_t meta, std::uint32_t stream, std::uint64_t size_bytes_max, const std::function<bool(ByteView)>& take) const {
    const auto& trees = (stream & old_stream) != 0 ? before_ : now_;
    const File* file = nullptr;
    for (const auto& [tree, files] : trees) {
        const bool is_tree = static_cast<std::uint32_t>(tree & ~static_cast<std::uint64_t>(old_stream)) == (stream & ~old_stream);
        if (is_tree && files.contains(meta)) file = &files.at(meta);
    }
    if (file == nullptr) return fail(ErrorKind::not_found, "btrfs: inode {}", meta);
    const std::uint64_t size = std::min(file->size_bytes, size_bytes_max);
    const Bytes zeros(1024 * 1024);
    std::uint64_t at = 0;
    const auto give = [&](ByteView bytes) {
        bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size - at)));
        at += bytes.size();
        return bytes.empty() || take(bytes);
    };
    const auto zeros_to = [&](std::uint64_t end) {
        while (at < end) {
            if (!give(ByteView(zeros).first(static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), end - at))))) return false;
        }
        return true;
    };
    for (const auto& [offset, extent] : file->extents) {
        if (offset < at || offset >= size) continue;
        if (!zeros_to(offset)) return {};
        if (extent.is_hole ? !zeros_to(std::min(size, at + extent.length)) : !give(TRY(content_of(extent)))) return {};
    }
    zeros_to(size);
    return {};
}

}  // namespace plumbline::disk

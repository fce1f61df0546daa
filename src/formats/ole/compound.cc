// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/compound.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/little.h"

namespace plumbline::formats {

namespace {
constexpr std::uint32_t sector_max = 0xfffffffa;  // from here on: marks, not sectors ([MS-CFB] 2.1)
constexpr std::uint32_t no_entry = 0xffffffff;
constexpr std::size_t path_bytes_max = 500;
constexpr std::size_t entry_bytes = 128;

std::string name_of_entry(ByteView row) {
    std::string name;
    const std::uint32_t units = std::min<std::uint32_t>(little16(row, 64), 64) / 2;
    for (std::uint32_t i = 0; i < units; ++i) {
        const std::uint32_t unit = little16(row, 2 * i);
        if (unit == 0) break;
        append_utf8(name, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
    }
    return name;
}
bool equals_any_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}
}  // namespace

bool CompoundFile::read_header() {
    if (bytes_.size() < 1024) return false;
    shift_ = little16(bytes_, 30);
    mini_shift_ = little16(bytes_, 32);
    cutoff_ = little32(bytes_, 56);
    if (shift_ < 7 || shift_ > 16 || mini_shift_ < 4 || mini_shift_ >= shift_) return false;
    const std::uint64_t size = std::uint64_t{1} << shift_;
    // A last sector that is cut short is there as far as it goes.
    sector_count_ = bytes_.size() <= size ? 0 : std::min<std::uint64_t>((bytes_.size() - size + size - 1) >> shift_, sector_max);
    structure_.emplace_back(0, std::min<std::uint64_t>(size, bytes_.size()));
    return sector_count_ > 0;
}

// The header has 109 places of table sectors, the rest stands in a chain of its own (DIFAT).
void CompoundFile::read_fat() {
    const std::uint64_t size = std::uint64_t{1} << shift_;
    const auto add = [&](std::uint32_t sector) {
        if (sector >= sector_max || fat_.size() >= sector_count_) return;
        if (!is_there(sector)) {
            damage_.push_back("ole: a sector of the table is not there");
            fat_.resize(fat_.size() + size / 4, sector_max);
            return;
        }
        const ByteView rows = cut(bytes_, offset_of(sector), size);
        structure_.emplace_back(offset_of(sector), offset_of(sector) + rows.size());
        for (std::uint64_t at = 0; at < size; at += 4) fat_.push_back(at + 4 <= rows.size() ? little32(rows, at) : sector_max);
    };
    for (unsigned i = 0; i < 109; ++i) add(little32(bytes_, 76 + 4 * i));
    std::uint32_t sector = little32(bytes_, 68);
    for (std::uint64_t count = 0; sector < sector_max; ++count) {
        if (!is_there(sector) || count > sector_count_) {
            damage_.push_back(is_there(sector) ? "ole: the list of table sectors goes in a loop" : "ole: a sector of the list of table sectors is not there");
            break;
        }
        const ByteView rows = cut(bytes_, offset_of(sector), size);
        structure_.emplace_back(offset_of(sector), offset_of(sector) + rows.size());
        for (std::uint64_t at = 0; at + 8 <= size; at += 4) add(at + 4 <= rows.size() ? little32(rows, at) : sector_max);
        sector = rows.size() == size ? little32(rows, size - 4) : sector_max;
        if (fat_.size() >= sector_count_) break;
    }
}

std::vector<std::uint32_t> CompoundFile::chain_of_unknown_size(std::uint32_t start, std::string_view what) {
    std::vector<std::uint32_t> out;
    std::vector<bool> seen(fat_.size());
    for (std::uint32_t sector = start; sector < sector_max; sector = fat_[sector]) {
        if (!is_there(sector) || sector >= fat_.size()) {
            damage_.push_back(fmt::format("ole: a sector of {} is not there", what));
            break;
        }
        if (seen[sector]) {
            damage_.push_back(fmt::format("ole: {} goes in a loop", what));
            break;
        }
        seen[sector] = true;
        out.push_back(sector);
    }
    return out;
}

Result<void> CompoundFile::read_directory(Budget& budget) {
    const std::uint64_t size = std::uint64_t{1} << shift_;
    for (const std::uint32_t sector : chain_of_unknown_size(little32(bytes_, 60), "the table of small streams")) {
        const ByteView rows = cut(bytes_, offset_of(sector), size);
        structure_.emplace_back(offset_of(sector), offset_of(sector) + rows.size());
        for (std::uint64_t at = 0; at < size; at += 4) mini_fat_.push_back(at + 4 <= rows.size() ? little32(rows, at) : sector_max);
    }
    for (const std::uint32_t sector : chain_of_unknown_size(little32(bytes_, 48), "the directory")) {
        const ByteView rows = cut(bytes_, offset_of(sector), size);
        structure_.emplace_back(offset_of(sector), offset_of(sector) + rows.size());
        for (std::uint64_t at = 0; at + entry_bytes <= rows.size(); at += entry_bytes) {
            if (entries_.size() >= budget.items_left || !budget.take_steps(entry_bytes)) {
                damage_.push_back("ole: over the budget of items");
                return {};
            }
            const ByteView row = rows.subspan(at, entry_bytes);
            const unsigned type = std::to_integer<unsigned>(row[66]);
            const auto id = static_cast<std::uint32_t>(links_.size());
            links_.push_back({little32(row, 68), little32(row, 72), little32(row, 76)});
            index_of_.push_back(entries_.size());
            if (id > 0 && type != 1 && type != 2) {
                index_of_.back() = no_entry;
                continue;
            }
            CompoundEntry entry;
            entry.id = id;
            entry.is_storage = id == 0 || type == 1;
            entry.name = name_of_entry(row);
            entry.start = little32(row, 116);
            entry.size = little(row, 120, shift_ == 9 ? 4 : 8);
            entries_.push_back(std::move(entry));
        }
    }
    if (entries_.empty()) return fail(ErrorKind::corrupt, "ole: no directory");
    return {};
}

// Walks the tree of each storage; what no walk has met is lost, and kept under that name.
void CompoundFile::name_entries() {
    std::vector<bool> seen(links_.size());
    struct Step {
        std::uint32_t id, parent;
    };
    std::vector<Step> open{{links_[0].child, 0}};
    seen[0] = true;
    bool is_loop = false;
    bool is_wrong = false;
    while (!open.empty()) {
        const Step step = open.back();
        open.pop_back();
        if (step.id == no_entry) continue;
        if (step.id >= links_.size() || index_of_[step.id] == no_entry) {
            is_wrong = true;
            continue;
        }
        if (seen[step.id]) {
            is_loop = true;
            continue;
        }
        seen[step.id] = true;
        CompoundEntry& entry = entries_[index_of_[step.id]];
        const CompoundEntry& parent = entries_[index_of_[step.parent]];
        entry.parent = step.parent;
        entry.path = (step.parent == 0 ? std::string() : parent.path + "/") + entry.name;
        if (entry.path.size() > path_bytes_max) entry.path.resize(path_bytes_max);
        const Links links = links_[step.id];
        open.push_back({links.left, step.parent});
        open.push_back({links.right, step.parent});
        if (entry.is_storage) open.push_back({links.child, step.id});
    }
    if (is_loop) damage_.push_back("ole: the directory tree goes in a loop");
    if (is_wrong) damage_.push_back("ole: the directory tree leads to an entry that is not there");
    for (CompoundEntry& entry : entries_) {
        if (seen[entry.id]) {
            if (entry.id != 0) by_parent_.emplace_back(entry.parent, entry.id);
            continue;
        }
        entry.is_lost = true;
        entry.parent = entry.id;
        entry.path = "lost/" + entry.name;
    }
    std::sort(by_parent_.begin(), by_parent_.end());
}

Result<CompoundFile> CompoundFile::read(ByteView bytes, Budget& budget) {
    CompoundFile file(bytes);
    if (!file.read_header()) return fail(ErrorKind::corrupt, "ole: damaged header");
    if (!budget.take_steps(file.sector_count_ * 8)) return fail(ErrorKind::too_large, "ole: over the budget of steps");
    file.read_fat();
    TRY(file.read_directory(budget));
    file.name_entries();
    const CompoundEntry& root = file.entries_[0];
    if (root.size > 0 && root.start < sector_max) file.mini_sectors_ = file.chain_of_unknown_size(root.start, "the stream of small streams");
    return file;
}

const CompoundEntry* CompoundFile::find(std::uint32_t id) const {
    return id < index_of_.size() && index_of_[id] != no_entry ? &entries_[index_of_[id]] : nullptr;
}

std::vector<const CompoundEntry*> CompoundFile::children(std::uint32_t storage) const {
    std::vector<const CompoundEntry*> out;
    auto row = std::lower_bound(by_parent_.begin(), by_parent_.end(), std::pair<std::uint32_t, std::uint32_t>(storage, 0));
    for (; row != by_parent_.end() && row->first == storage; ++row) out.push_back(find(row->second));
    return out;
}

const CompoundEntry* CompoundFile::find(std::uint32_t storage, std::string_view name) const {
    auto row = std::lower_bound(by_parent_.begin(), by_parent_.end(), std::pair<std::uint32_t, std::uint32_t>(storage, 0));
    for (; row != by_parent_.end() && row->first == storage; ++row)
        if (const CompoundEntry* entry = find(row->second); equals_any_case(entry->name, name)) return entry;
    return nullptr;
}

CompoundStream CompoundFile::stream(const CompoundEntry& entry, Budget& budget) const {
    CompoundStream out;
    const bool is_mini = entry.size < cutoff_;
    const unsigned shift = is_mini ? mini_shift_ : shift_;
    const std::uint64_t size = std::uint64_t{1} << shift;
    const std::vector<std::uint32_t>& table = is_mini ? mini_fat_ : fat_;
    // No more than the file can hold, whatever the entry says.
    const std::uint64_t there = std::min<std::uint64_t>(entry.size, bytes_.size());
    if (!budget.take_bytes(there) || !budget.take_steps(there + 64)) {
        out.damage = "ole: over the budget of decoded bytes";
        return out;
    }
    std::uint32_t sector = entry.start;
    for (std::uint64_t at = 0; at < entry.size;) {
        std::uint64_t source_at = 0;
        if (sector >= table.size()) {
            out.damage = sector >= sector_max ? "ole: the stream ends before its size" : "ole: a sector of the stream is not there";
            break;
        }
        if (is_mini) {
            const std::uint64_t mini_at = static_cast<std::uint64_t>(sector) << mini_shift_;
            const std::uint64_t index = mini_at >> shift_;
            source_at = index < mini_sectors_.size() ? offset_of(mini_sectors_[index]) + (mini_at & ((std::uint64_t{1} << shift_) - 1)) : bytes_.size();
        } else {
            source_at = is_there(sector) ? offset_of(sector) : bytes_.size();
        }
        const ByteView piece = cut(bytes_, source_at, std::min(size, entry.size - at));
        if (piece.empty() || at >= there) {
            out.damage = at >= there ? "ole: the stream is longer than the file" : "ole: a sector of the stream is not there";
            break;
        }
        append(out.bytes, piece);
        if (!out.runs.empty() && out.runs.back().source_at + out.runs.back().size == source_at) out.runs.back().size += piece.size();
        else out.runs.push_back({at, source_at, piece.size()});
        at += piece.size();
        if (piece.size() < size && at < entry.size) {
            out.damage = "ole: cut short";
            break;
        }
        sector = table[sector];
    }
    return out;
}

}  // namespace plumbline::formats

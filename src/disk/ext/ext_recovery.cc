// SPDX-License-Identifier: Apache-2.0
#include "disk/ext/ext_recovery.h"

#include <algorithm>
#include <set>

#include "disk/content_end.h"
#include "disk/ext/ext_free_space.h"
#include "disk/ext/ext_journal.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t small_file_blocks = 12;
constexpr std::size_t chain_blocks_max = 64ULL * 1024 * 1024;
constexpr unsigned path_depth_max = 64;
// Streams that no file system has, so that what is recovered never shares its numbers with what is there.
constexpr std::uint32_t recovered_stream = 0x20000000;

struct OldInode {
    ExtInode inode;
    std::uint32_t sequence = 0;
};

// Reads a file by its blocks, for the look at its end.
class BlockBytes final : public RandomBytes {
  public:
    BlockBytes(RandomBytes& volume, const std::vector<std::uint64_t>& blocks, std::uint32_t block_bytes)
        : volume_(volume), blocks_(blocks), block_bytes_(block_bytes) {}
    std::uint64_t size_bytes() const override { return blocks_.size() * block_bytes_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override {
        while (!out.empty()) {
            const std::uint64_t inside = offset % block_bytes_;
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), block_bytes_ - inside));
            TRY(volume_.read(blocks_[static_cast<std::size_t>(offset / block_bytes_)] * block_bytes_ + inside, out.first(count)));
            out = out.subspan(count);
            offset += count;
        }
        return {};
    }

  private:
    RandomBytes& volume_;
    const std::vector<std::uint64_t>& blocks_;
    std::uint64_t block_bytes_;
};

class Recovery {
  public:
    Recovery(const ExtVolume& volume, RandomBytes& bytes, const ExtRecovery& how, const std::function<bool(const FileEntry&)>& found)
        : volume_(volume), bytes_(bytes), how_(how), found_(found), journal_(ExtJournal::read(volume)), claimed_(static_cast<std::size_t>(volume.blocks())) {}

    std::vector<std::string> run() {
        std::vector<std::string> troubles;
        const FreeSpace space = look_at_free_space(volume_, how_.scan_bytes_max);
        if (space.is_cut) troubles.push_back(fmt::format("deleted files: only {} bytes of free space were looked at", how_.scan_bytes_max));
        for (const auto& [block, copies] : journal_.copies()) {
            for (const JournalCopy& copy : copies) {
                if (const auto names = read_directory_block(journal_.bytes_of(volume_, copy), volume_.inodes())) learn_names(*names);
            }
        }
        for (const DirectoryBlock& directory : space.directories) learn_names(directory);
        from_journal();
        from_chains(space.chains);
        from_heads(space.heads);
        names_alone();
        return troubles;
    }

  private:
    void learn_names(const DirectoryBlock& directory) {
        for (const DirectoryName& name : directory.names) names_.try_emplace(name.inode, Name{directory.itself, name.name, name.is_directory});
    }

    std::string path_of(std::uint32_t inode) const {
        std::string path;
        for (unsigned depth = 0; depth < path_depth_max; ++depth) {
            const auto known = how_.directories.find(inode);
            if (depth > 0 && known != how_.directories.end()) return known->second + "/" + path;
            const auto name = names_.find(inode);
            if (name == names_.end()) break;
            path = path.empty() ? name->second.name : name->second.name + "/" + path;
            if (name->second.parent == 2) return path;
            inode = name->second.parent;
        }
        return path;
    }

    bool is_deleted_now(std::uint32_t number, const ExtInode& before) const {
        const auto now = volume_.inode(number);
        return now && (now->links == 0 || now->deleted != 0 || now->generation != before.generation || !now->is_regular());
    }

    std::map<std::uint32_t, OldInode> old_inodes() const {
        std::map<std::uint32_t, OldInode> found;
        for (const auto& [block, copies] : journal_.copies()) {
            const auto first = volume_.first_inode_in(block);
            if (!first) continue;
            for (const JournalCopy& copy : copies) {
                const Bytes table = journal_.bytes_of(volume_, copy);
                for (std::size_t at = 0; at + volume_.inode_bytes() <= table.size(); at += volume_.inode_bytes()) {
                    const auto number = static_cast<std::uint32_t>(*first + at / volume_.inode_bytes());
                    const ExtInode inode = read_ext_inode(ByteView(table).subspan(at, volume_.inode_bytes()));
                    const bool had_content = inode.is_regular() && inode.links > 0 && inode.size_bytes > 0 && inode.deleted == 0;
                    // Copies come in order: the last with content wins.
                    if (had_content && number <= volume_.inodes()) found[number] = {inode, copy.sequence};
                }
            }
        }
        return found;
    }

    // A block of extents or pointers as it was then: its last copy in the journal that was not emptied yet, else what stands
    // there now.
    Bytes block_then(std::uint64_t block) const {
        const auto copies = journal_.copies().find(block);
        if (copies != journal_.copies().end()) {
            for (auto copy = copies->second.rbegin(); copy != copies->second.rend(); ++copy) {
                Bytes bytes = journal_.bytes_of(volume_, *copy);
                const bool is_emptied = little16(bytes, 0) == 0xf30a ? little16(bytes, 2) == 0 : little32(bytes, 0) == 0;
                if (!is_emptied) return bytes;
            }
        }
        return volume_.block(block);
    }

    FileEntry entry(std::uint64_t size, FoundBy found_by) const {
        FileEntry file;
        file.volume = how_.volume_number;
        file.size_bytes = size;
        file.flags = file_is_deleted;
        file.found_by = found_by;
        file.stream = recovered_stream + static_cast<std::uint32_t>(found_by);
        return file;
    }

    // Runs up to the size, then the slack of the last block.
    void add_runs(FileEntry& file, const std::vector<BlockRun>& blocks) const {
        std::uint64_t left = file.size_bytes;
        for (const BlockRun& run : blocks) {
            const std::uint64_t length = run.count * volume_.block_bytes();
            const std::uint64_t offset = how_.volume_offset + run.first * volume_.block_bytes();
            const std::uint64_t content = std::min(left, length);
            if (content > 0) file.runs.push_back({run.is_hole ? 0 : offset, content, run.is_hole ? RunKind::zero : RunKind::bytes});
            left -= content;
            if (content < length && !run.is_hole) file.runs.push_back({offset + content, length - content, RunKind::slack});
        }
        if (left == 0) return;
        if (file.runs.empty()) return;
        std::erase_if(file.runs, [](const Run& run) { return run.kind == RunKind::slack; });
        file.runs.push_back({0, left, RunKind::zero});
    }

    void from_journal() {
        for (const auto& [number, old] : old_inodes()) {
            if (is_full_ || !is_deleted_now(number, old.inode)) continue;
            FileEntry file = entry(old.inode.size_bytes, FoundBy::journal);
            file.meta = number;
            file.times = {old.inode.modified, old.inode.accessed, old.inode.changed, 0};
            name(file, number);
            const std::uint64_t blocks = (file.size_bytes + volume_.block_bytes() - 1) / volume_.block_bytes();
            const auto runs = volume_.runs_of(old.inode, blocks, [this](std::uint64_t block) { return block_then(block); });
            add_runs(file, runs);
            for (const BlockRun& run : runs) {
                for (std::uint64_t i = 0; i < run.count && !run.is_hole; ++i) {
                    claimed_[static_cast<std::size_t>(run.first + i)] = true;
                    // What stands there now may be another file's.
                    if (!volume_.is_block_free(run.first + i)) file.flags |= file_is_guessed;
                }
            }
            put(file);
        }
    }

    void name(FileEntry& file, std::uint32_t inode) {
        file.path = path_of(inode);
        if (file.path.empty()) {
            file.path = fmt::format("$Recovered/inode-{}", inode);
            file.flags |= file_name_is_lost;
        } else {
            named_.insert(inode);
        }
    }

    void from_chains(const std::vector<Chain>& chains) {
        for (const Chain& chain : chains) {
            const bool is_known = std::any_of(chain.blocks.begin(), chain.blocks.end(), [this](std::uint64_t block) { return is_claimed(block); });
            if (is_full_ || is_known || chain.blocks.empty() || chain.blocks.size() > chain_blocks_max) continue;
            BlockBytes content(bytes_, chain.blocks, volume_.block_bytes());
            put_guessed(chain.blocks, end_of_content(content, volume_.block_bytes()), FoundBy::pointers);
        }
    }

    void put_guessed(const std::vector<std::uint64_t>& blocks, const FoundContent& end, FoundBy found_by) {
        FileEntry file = entry(end.size_bytes, found_by);
        file.flags |= file_is_guessed | file_name_is_lost;
        file.meta = blocks.front();
        file.path = fmt::format("$Recovered/block-{}{}{}", blocks.front(), end.extension.empty() ? "" : ".", end.extension);
        std::vector<BlockRun> runs;
        for (const std::uint64_t block : blocks) {
            if (!runs.empty() && runs.back().first + runs.back().count == block) ++runs.back().count;
            else runs.push_back({block, 1, false});
        }
        add_runs(file, runs);
        for (const std::uint64_t block : blocks) claimed_[static_cast<std::size_t>(block)] = true;
        put(file);
    }

    // Small files: at most twelve blocks, so that no pointer block was needed; one after the other.
    void from_heads(const std::vector<std::uint64_t>& heads) {
        for (const std::uint64_t head : heads) {
            if (is_full_ || is_claimed(head)) continue;
            Bytes bytes;
            std::vector<std::uint64_t> blocks;
            for (std::uint64_t i = 0; i < small_file_blocks; ++i) {
                if (!volume_.is_block_free(head + i) || is_claimed(head + i)) break;
                append(bytes, volume_.block(head + i));
                blocks.push_back(head + i);
            }
            const auto length = length_by_format(bytes);
            if (!length) continue;
            blocks.resize(static_cast<std::size_t>((*length + volume_.block_bytes() - 1) / volume_.block_bytes()));
            put_guessed(blocks, {*length, extension_of(bytes)}, FoundBy::signature);
        }
    }

    // Of deleted directories only: what living ones name is listed by others.
    void names_alone() {
        for (const auto& [inode, name] : names_) {
            const auto now = volume_.inode(inode);
            if (is_full_ || named_.contains(inode) || !now || (now->links > 0 && now->deleted == 0)) continue;
            FileEntry file = entry(0, FoundBy::signature);
            file.meta = inode;
            file.path = path_of(inode);
            if (name.is_directory) file.flags |= file_is_directory;
            put(file);
        }
    }

    bool is_claimed(std::uint64_t block) const { return block < claimed_.size() && claimed_[static_cast<std::size_t>(block)]; }

    void put(const FileEntry& file) {
        if (!found_(file)) is_full_ = true;
    }

    struct Name {
        std::uint32_t parent = 0;
        std::string name;
        bool is_directory = false;
    };
    const ExtVolume& volume_;
    RandomBytes& bytes_;
    const ExtRecovery& how_;
    const std::function<bool(const FileEntry&)>& found_;
    ExtJournal journal_;
    std::map<std::uint32_t, Name> names_;
    std::set<std::uint32_t> named_;
    std::vector<bool> claimed_;  // by block: of a file that was found
    bool is_full_ = false;
};

}  // namespace

Result<std::vector<std::string>> recover_ext(RandomBytes& image, const ExtRecovery& how, const std::function<bool(const FileEntry&)>& found) {
    const auto bytes = stretch_of(image, how.volume_offset, how.volume_bytes);
    const ExtVolume volume = TRY(ExtVolume::open(*bytes));
    return Recovery(volume, *bytes, how, found).run();
}

}  // namespace plumbline::disk

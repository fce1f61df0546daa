// SPDX-License-Identifier: Apache-2.0
#include "ledger/log_files.h"

#include <algorithm>
#include <filesystem>

#include "ledger/files.h"

namespace plumbline::ledger {
namespace {
constexpr std::size_t bundle_bytes_max = merkle::tile_width * (2 + 65535);
}

std::vector<Sha256> BundleContent::leaf_hashes() const {
    std::vector<Sha256> hashes;
    hashes.reserve(entries.size());
    for (const Bytes& entry : entries) hashes.push_back(merkle::leaf_hash(entry));
    return hashes;
}

LogFiles LogFiles::list(const std::string& folder, VerifyReport& report) {
    LogFiles files;
    files.folder_ = folder;
    std::error_code error;
    std::filesystem::recursive_directory_iterator item(folder, error);
    for (; !error && item != std::filesystem::recursive_directory_iterator(); item.increment(error)) {
        std::error_code kind_error;
        const std::filesystem::file_status status = item->symlink_status(kind_error);
        if (std::filesystem::is_directory(status)) continue;
        const std::string path = item->path().lexically_relative(folder).generic_string();
        ++files.count_;
        if (kind_error || !std::filesystem::is_regular_file(status)) {
            report.add({path, {}, {}, "not a plain file"});
            continue;
        }
        if (path == "checkpoint") continue;
        const Result<merkle::TileRef> tile = merkle::tile_from_path(path);
        if (!tile || tile->level >= merkle::tile_levels) {
            report.add({path, {}, {}, "unexpected: a log has no such file"});
            continue;
        }
        merkle::TileRef full = *tile;
        full.width = merkle::tile_width;
        files.widths_[full].push_back(tile->width);
    }
    if (error) report.add({"", {}, {}, fmt::format("{}: {}", folder, error.message())});
    for (auto& [tile, widths] : files.widths_) std::sort(widths.begin(), widths.end());
    return files;
}

const std::vector<unsigned>& LogFiles::widths(bool is_bundle, unsigned level, std::uint64_t index) const {
    static const std::vector<unsigned> none;
    const auto found = widths_.find(merkle::TileRef{is_bundle, level, index, merkle::tile_width});
    return found == widths_.end() ? none : found->second;
}

Result<Bytes> LogFiles::read(const merkle::TileRef& tile) const {
    return read_file(folder_ + "/" + merkle::path_of(tile), tile.is_bundle ? bundle_bytes_max : merkle::tile_bytes + 1);
}

BundleContent LogFiles::bundle(const merkle::TileRef& tile) const {
    BundleContent content;
    const std::string path = merkle::path_of(tile);
    const Result<Bytes> bytes = read(tile);
    if (!bytes) {
        content.problem = Problem{path, {}, {}, bytes.error().message};
        return content;
    }
    const std::uint64_t first = tile.index * merkle::tile_width;
    ByteReader reader(*bytes);
    for (unsigned i = 0; i < tile.width; ++i) {
        const std::size_t offset = bytes->size() - reader.left();
        const Result<std::uint16_t> size = reader.u16();
        const Result<ByteView> entry = size ? reader.take(*size) : Result<ByteView>(tl::unexpected(size.error()));
        if (!entry) {
            content.problem = Problem{path, offset, first + i, fmt::format("the bundle ends inside entry {} of {}", i + 1, tile.width)};
            return content;
        }
        content.entries.push_back(to_bytes(*entry));
        content.offsets.push_back(offset);
    }
    if (reader.left() > 0) {
        content.problem = Problem{path, bytes->size() - reader.left(), {}, fmt::format("{} bytes after the last entry", reader.left())};
    }
    return content;
}

std::vector<Sha256> LogFiles::hashes(const merkle::TileRef& tile, std::optional<Problem>& problem) const {
    const Result<Bytes> bytes = read(tile);
    if (!bytes) {
        problem = Problem{merkle::path_of(tile), {}, {}, bytes.error().message};
        return {};
    }
    Result<std::vector<Sha256>> hashes = merkle::hashes_of_tile(*bytes, tile.width);
    if (!hashes) {
        problem = Problem{merkle::path_of(tile), {}, {}, hashes.error().message};
        return {};
    }
    return std::move(*hashes);
}

}  // namespace plumbline::ledger

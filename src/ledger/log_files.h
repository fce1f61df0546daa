// SPDX-License-Identifier: Apache-2.0
// Which files a log's folder holds, and their contents as they stand. Private to this room.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "ledger/verify.h"
#include "merkle/tiles.h"

namespace plumbline::ledger {

// A bundle as far as it can be read.
struct BundleContent {
    std::vector<Bytes> entries;
    std::vector<std::size_t> offsets;         // of each entry's size field
    std::optional<Problem> problem;           // the first thing that is wrong with its form
    std::vector<Sha256> leaf_hashes() const;
};

class LogFiles {
  public:
    // Lists the folder; what is no file of a log becomes a problem of the report.
    static LogFiles list(const std::string& folder, VerifyReport& report);

    // The widths in which a tile or bundle is there, ascending.
    const std::vector<unsigned>& widths(bool is_bundle, unsigned level, std::uint64_t index) const;
    const std::map<merkle::TileRef, std::vector<unsigned>>& all() const { return widths_; }
    std::size_t count() const { return count_; }
    Result<Bytes> read(const merkle::TileRef& tile) const;
    BundleContent bundle(const merkle::TileRef& tile) const;
    // Hashes, or a problem that names the file.
    std::vector<Sha256> hashes(const merkle::TileRef& tile, std::optional<Problem>& problem) const;

  private:
    std::string folder_;
    std::map<merkle::TileRef, std::vector<unsigned>> widths_;   // key: width 256
    std::size_t count_ = 0;
};

}  // namespace plumbline::ledger

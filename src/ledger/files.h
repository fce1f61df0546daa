// SPDX-License-Identifier: Apache-2.0
// The ledger's files on disk: read whole, written whole. Private to this room; one thread an object.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace plumbline::ledger {

Result<void> make_folders(const std::string& path);                       // 0755: the log is public
Result<Bytes> read_file(const std::string& path, std::size_t bytes_max);  // not_found, too_large, unavailable

// Files that become visible together, as far as a file system can: all are written and synced under other names in `incoming`
// (on the same file system), then renamed in the order of add(), then their folders are synced.
class FileBatch {
  public:
    FileBatch(std::string folder, std::string incoming) : folder_(std::move(folder)), incoming_(std::move(incoming)) {}
    ~FileBatch();                                                         // removes what was not committed
    FileBatch(const FileBatch&) = delete;
    FileBatch& operator=(const FileBatch&) = delete;
    // `modified` is cut to the day: no finer time is kept of an entry.
    Result<void> add(const std::string& path, ByteView bytes, Day modified);
    Result<void> commit();                                                // durable on return

  private:
    struct Waiting {
        std::string temporary;
        std::string target;
    };
    Result<void> write_temporary(const std::string& path, ByteView bytes, Day modified) const;

    std::string folder_;
    std::string incoming_;
    std::vector<Waiting> waiting_;
    std::size_t renamed_ = 0;
};

}  // namespace plumbline::ledger

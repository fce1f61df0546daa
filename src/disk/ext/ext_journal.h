// SPDX-License-Identifier: Apache-2.0
// The journal of ext3 and ext4 (jbd2) as a store of older blocks: what was written to a block, transaction by transaction.
#pragma once
#include <map>
#include <vector>

#include "disk/ext/ext_volume.h"

namespace plumbline::disk {

struct JournalCopy {
    std::uint32_t sequence = 0;     // of its transaction
    std::uint64_t place = 0;        // the volume's block that holds the copy
    bool is_escaped = false;        // its first four bytes were the journal's magic and are stored as zero
};
class ExtJournal {
  public:
    // Empty where the volume has none, or an outside one, or it makes no sense. Transactions that were checkpointed long ago
    // are read too, as long as their blocks were not overwritten.
    static ExtJournal read(const ExtVolume& volume);
    // By block, in the order of the sequence.
    const std::map<std::uint64_t, std::vector<JournalCopy>>& copies() const { return copies_; }
    Bytes bytes_of(const ExtVolume& volume, const JournalCopy& copy) const;

  private:
    std::map<std::uint64_t, std::vector<JournalCopy>> copies_;
};

}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
// What the memory store keeps of a tip and a job, and how it takes back half of a change. Inside store/memory only.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/store.h"

namespace plumbline {

struct TipRecord {
    TipRow row;
    Bytes wrapped_keys;
    std::vector<SealedPart> parts;
    std::map<std::string, Product> products;
    std::vector<Message> messages;
    std::vector<Repeat> repeats;
    std::vector<std::size_t> entries;  // places in the ledger
    std::vector<JobId> jobs;
};
struct JobRecord {
    Job job;
    std::uint64_t number = 0;
    int priority = 0;
    std::uint64_t fencing_token = 0;
    Instant ready_at{};                // retry time while waiting, end of the lease while leased
};

// One line a problem of a part: its bytes do not have its hash, or its blob is not right.
inline void check_part(Blobs& blobs, const std::string& owner, const SealedPart& part, std::vector<std::string>& problems) {
    const std::string name = fmt::format("{} part {}", owner, part.part);
    if (const auto* bytes = std::get_if<Bytes>(&part.where)) {
        if (sha256(*bytes) != part.sealed_sha256) problems.push_back(name + ": the stored bytes do not have the stored hash");
        return;
    }
    const auto is_right = blobs.check(std::get<BlobRef>(part.where));
    if (!is_right) problems.push_back(fmt::format("{}: {}", name, is_right.error().message));
    else if (!*is_right) problems.push_back(name + ": the blob has other bytes than its name says");
}

// Undoes what was noted, last first, unless keep() was called.
class Undo {
  public:
    Undo() = default;
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)();
    }
    void note(std::function<void()> step) { steps_.push_back(std::move(step)); }
    Result<void> keep() {
        steps_.clear();
        return {};
    }

  private:
    std::vector<std::function<void()>> steps_;
};

}  // namespace plumbline

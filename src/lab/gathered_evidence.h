// SPDX-License-Identifier: Apache-2.0
// What a lab keeps of a part that it reads range by range: of each value the first place, bounded by number and bytes, so
// that neither memory nor the finding grows with the part. What is not kept is counted and named.
#pragma once
#include <unordered_set>

#include "base/json.h"
#include "model/indicator.h"

namespace plumbline::lab {

// One thread.
class GatheredEvidence {
  public:
    struct Bounds {
        std::size_t sightings_max = 200'000;
        std::size_t bytes_max = 8 * 1024 * 1024;    // of the sightings as JSON, about: half of what a finding may have
        std::size_t unread_max = 1'000;
        std::size_t text_bytes_max = 256 * 1024;
    };
    explicit GatheredEvidence(const Bounds& bounds) : bounds_(bounds) {}
    void add(PartEvidence&& stretch);
    void note(std::string where, std::string reason);
    const PartEvidence& so_far() const { return all_; }
    PartEvidence take();                            // with what was not kept, in `unread`; once
    Json to_json() const;
    static Result<GatheredEvidence> from_json(const Json& json, const Bounds& bounds);

  private:
    void remember(const Sighting& sighting);
    Bounds bounds_;
    PartEvidence all_;
    std::unordered_set<std::uint64_t> seen_;        // of kept values, by hash
    std::uint64_t bytes_ = 0;
    std::uint64_t again_ = 0;                       // places of values that are kept already
    std::uint64_t left_out_ = 0;
    std::uint64_t unread_left_out_ = 0;
};

}  // namespace plumbline::lab

// SPDX-License-Identifier: Apache-2.0
#include "lab/gathered_evidence.h"

#include "base/utf8.h"

namespace plumbline::lab {
namespace {
constexpr std::size_t bytes_of_row = 120;   // of a sighting's JSON without its texts

std::uint64_t hash_of(const Sighting& sighting) {
    return std::hash<std::string>{}(sighting.value) * 64 + static_cast<std::uint64_t>(sighting.kind);
}
std::uint64_t bytes_of(const Sighting& sighting) {
    return bytes_of_row + sighting.value.size() + sighting.text.size() + sighting.where.size() + sighting.context.size();
}
Result<std::uint64_t> count_at(const Json& json, std::string_view name) {
    const std::int64_t count = TRY(json.integer_at(name));
    if (count < 0) return fail(ErrorKind::corrupt, "{}: below 0", name);
    return static_cast<std::uint64_t>(count);
}
}  // namespace

void GatheredEvidence::remember(const Sighting& sighting) {
    seen_.insert(hash_of(sighting));
    bytes_ += bytes_of(sighting);
}

void GatheredEvidence::add(PartEvidence&& stretch) {
    if (all_.format.empty()) all_.format = stretch.format;
    if (all_.text.size() < bounds_.text_bytes_max) all_.text += utf8_prefix(stretch.text, bounds_.text_bytes_max - all_.text.size());
    for (Sighting& sighting : stretch.sightings) {
        if (seen_.contains(hash_of(sighting))) {
            ++again_;
        } else if (all_.sightings.size() >= bounds_.sightings_max || bytes_ + bytes_of(sighting) > bounds_.bytes_max) {
            ++left_out_;
        } else {
            remember(sighting);
            all_.sightings.push_back(std::move(sighting));
        }
    }
    for (Unread& row : stretch.unread) note(std::move(row.where), std::move(row.reason));
}

void GatheredEvidence::note(std::string where, std::string reason) {
    if (all_.unread.size() < bounds_.unread_max) all_.unread.push_back({std::move(where), std::move(reason)});
    else ++unread_left_out_;
}

PartEvidence GatheredEvidence::take() {
    if (unread_left_out_ > 0) all_.unread.push_back({"0", fmt::format("{} more parts that could not be read", unread_left_out_)});
    if (again_ > 0) all_.unread.push_back({"0", fmt::format("read in ranges, each value listed once: {} more places of the same values", again_)});
    if (left_out_ > 0) all_.unread.push_back({"0", fmt::format("over the limits of a finding: {} sightings of other values are left out", left_out_)});
    return std::move(all_);
}

Json GatheredEvidence::to_json() const {
    Json json = Json::object();
    json.set("evidence", plumbline::to_json(all_));
    json.set("again", again_).set("left_out", left_out_).set("unread_left_out", unread_left_out_);
    return json;
}

Result<GatheredEvidence> GatheredEvidence::from_json(const Json& json, const Bounds& bounds) {
    GatheredEvidence out(bounds);
    out.all_ = TRY(part_evidence_from(*TRY(json.object_at("evidence"))));
    out.again_ = TRY(count_at(json, "again"));
    out.left_out_ = TRY(count_at(json, "left_out"));
    out.unread_left_out_ = TRY(count_at(json, "unread_left_out"));
    for (const Sighting& sighting : out.all_.sightings) out.remember(sighting);
    return out;
}

}  // namespace plumbline::lab

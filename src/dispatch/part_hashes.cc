// SPDX-License-Identifier: Apache-2.0
#include "dispatch/part_hashes.h"

namespace plumbline::dispatch {

Json hashes_json(const Evidence& evidence) {
    Json json = Json::object();
    for (const PartEvidence& part : evidence.parts)
        if (!part.sha256.empty()) json.set(std::to_string(part.part), part.sha256);
    return json;
}

}  // namespace plumbline::dispatch

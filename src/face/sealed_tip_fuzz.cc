// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "face/sealed_tip_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const auto json = parse_json(std::string_view(reinterpret_cast<const char*>(data), size), 64);
    if (!json || !json->is_object()) return 0;
    const auto tip = face::sealed_tip_from(*json);
    if (tip) CHECK(!tip->tip.is_nil() || tip->parts.size() <= size);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "seal/random.h"
#include "seal/signed_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    seal::init_crypto();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto keys = seal::verify_desk_keys(text, day_from("2026-12-01").value());
    // Who signed it cannot be made up: what checks names a desk and stands within its days.
    if (keys) CHECK(!keys->desks.empty() && keys->from <= keys->until);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Hostile bytes as a receipt, a proof and a file of keys, parted by a line of "====".
#include <cstdint>

#include "ledger/offline_check.h"
#include "seal/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    seal::init_crypto();
    constexpr std::string_view line = "====\n";
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    std::string_view parts[3];
    for (std::string_view& part : parts) {
        part = rest.substr(0, rest.find(line));
        rest.remove_prefix(std::min(rest.size(), part.size() + line.size()));
    }
    auto keys = ledger::hotline_keys_from(parts[2]);
    if (!keys) keys = ledger::HotlineKeys{{seal::VerifyKey{}}, {{"", seal::VerifyKey{}}}};
    (void)ledger::check_offline(parts[0], std::nullopt, *keys).has_value();
    (void)ledger::check_offline(parts[0], std::string(parts[1]), *keys).has_value();
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Who a lab is: its id, name and two secret keys, and the texts that hold them (docs/formats/lab_api.md, "Key files").
//
//     const LabKeys keys = make_lab_keys("Lab North", now, entropy);        // at the lab
//     write(lab_keys_text(keys, passphrase, entropy), 0600);
//     print(lab_public_line(keys));                                         // goes to the desk ...
//     store.put_lab(TRY(lab_row_from(line, today)));                        // ... which trusts it
//
// Pure; values; no thread rules.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "dispatch/lab_desk.h"
#include "seal/keys.h"
#include "store/store.h"

namespace plumbline::lab {

struct LabKeys {
    LabId id;
    std::string name;              // 1 to 64 letters of ASCII, no control characters
    seal::SecretKey box;           // evidence is sealed to it
    seal::SigningKey signing;      // requests are signed with it
};

Result<LabKeys> make_lab_keys(std::string_view name, Instant now, Entropy& entropy);   // invalid: the name
Result<std::string> lab_keys_text(const LabKeys& keys, std::optional<std::string_view> passphrase, Entropy& entropy,
                                  seal::PassphraseCost cost = seal::PassphraseCost::moderate());
Result<LabKeys> lab_keys_from(std::string_view text, std::optional<std::string_view> passphrase);

std::string lab_public_line(const LabKeys& keys);             // with its line feed
Result<LabRow> lab_row_from(std::string_view public_line, Day enrolled);
LabRow lab_row_of(const LabKeys& keys, Day enrolled);         // for the lab inside `serve`
dispatch::LabIdentity identity_of(const LabKeys& keys, bool is_in_process);

}  // namespace plumbline::lab

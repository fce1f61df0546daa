// SPDX-License-Identifier: Apache-2.0
// A lab's key file and the public line by which a desk lets it work.
//
// File (mode 0600), three lines: "plumbline-lab/1 ID NAME", then the box key's and the signing key's own lines (docs/formats/keys.md).
// Public line: "plumbline-lab/1 ID NAME BOX_KEY VERIFY_KEY", keys in base64; NAME has no spaces.
#pragma once
#include <string>

#include "base/entropy.h"
#include "seal/keys.h"
#include "store/store.h"

namespace plumbline::app {

struct LabKeys {
    LabId id;
    std::string name;
    seal::SecretKey box;
    seal::SigningKey signing;
};
Result<LabKeys> make_lab_keys(const std::string& name, Entropy& entropy);
Result<std::string> lab_keys_text(const LabKeys& keys, Entropy& entropy);
Result<LabKeys> lab_keys_from(std::string_view text);
std::string lab_public_line(const LabKeys& keys);
Result<LabRow> lab_row_from(std::string_view public_line, Day enrolled);
LabRow lab_row_of(const LabKeys& keys, Day enrolled);

}  // namespace plumbline::app

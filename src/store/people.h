// SPDX-License-Identifier: Apache-2.0
// Rows of the store's small tables: staff, labs, partners.
#pragma once
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/time.h"
#include "model/ids.h"

namespace plumbline {

struct LabRow {
    LabId id;
    std::string name;
    Bytes box_public_key;                    // X25519: evidence is sealed to it
    Bytes verify_key;                        // Ed25519: its requests are signed with it
    Day enrolled;
    bool is_active = true;
};
struct StaffRow {
    StaffId id;
    std::string name;                        // unique
    std::string password_hash;               // Argon2id, in its own text form
    std::string role;                        // "analyst", "administrator"
};
struct TokenRow {
    Sha256 token_sha256;
    std::string partner;
    std::string scopes = "tips";             // "tips", "reports", or both with a space between
    std::uint32_t items_per_hour = 0;        // 0 = no limit
    int trust = 0;                           // -100 to 100: what the line works first; nothing that decides a tip sees it
    std::uint32_t silent_after_hours = 0;    // 0 = the partner may be silent
    Instant created_hour = {};
};
// When something last came from a partner, cut to the hour.
struct PartnerHour {
    std::string partner;
    Instant hour;
};
// How long a staff member looked at pictures on a day, and at how many: theirs to see, nothing of what they were.
struct Exposure {
    std::uint64_t seconds = 0;
    std::uint64_t pictures = 0;
    bool operator==(const Exposure&) const = default;
};

}  // namespace plumbline

// SPDX-License-Identifier: Apache-2.0
// Who a reporter is, for two people and a reason: one asks, another approves, then the one who asked sees it once. Each act is
// a ledger entry (identity.asked, identity.approved, identity.refused, identity.shown) that is durable before the answer is given.
// That it takes two is enforced here, by the program: docs/decisions/0190.
//
// Errors: not_found (no such tip, or it names nobody), invalid ("reason: ..."), denied (the same person), conflict (not in that
// order), unavailable (the desk runs without keys/identity.key). Any thread.
#pragma once
#include <mutex>
#include <optional>

#include "desk/desk.h"

namespace plumbline::desk {

inline constexpr std::chrono::hours identity_asked_max{72};       // then it lapses without an approval
inline constexpr std::chrono::hours identity_approved_max{24};    // then it lapses unseen
inline constexpr unsigned identity_shown_seconds = 600;           // the page hides it again
inline constexpr std::size_t identity_requests_max = 100;         // of one tip

class IdentityDesk {
  public:
    struct Parts {                    // everything outlives it
        Store& store;
        Blobs& blobs;
        vault::TipOpener& opener;
        Clock& clock;
        std::optional<seal::SecretKey> identity_key;
    };
    explicit IdentityDesk(Parts parts) : parts_(std::move(parts)) {}

    // {"is_named":true,"can_open":true,"step":"none|asked|approved","asked_by":"...","reason":"...","may":["ask"],"earlier":[...]}
    Result<Json> state(TipId tip, const Session& who);
    Result<Json> ask(TipId tip, std::string_view reason, const Session& who);
    Result<Json> approve(TipId tip, const Session& who);
    Result<Json> refuse(TipId tip, std::string_view reason, const Session& who);   // also withdraws one's own
    Result<Json> show(TipId tip, const Session& who);                              // {"contact":"...","hide_after_seconds":600}

  private:
    struct Request;
    Result<std::vector<Request>> requests_of(TipId tip);
    Result<void> keep(const TipRow& row, std::vector<Request> requests, std::string kind, Json statement, const Session& who);
    Result<SealedPart> part_of(TipId tip);
    Result<std::string> contact_of(TipId tip);
    std::string step_of(const Request& request) const;
    Json json_of(const std::vector<Request>& requests, const Session& who) const;

    const Parts parts_;
    std::mutex mutex_;                // an act reads, decides and writes as one
};

}  // namespace plumbline::desk

// SPDX-License-Identifier: Apache-2.0
// Who sends, what they may do, and how much: tokens with scopes and a rate. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/store.h"

namespace plumbline::partners {

inline constexpr std::string_view scope_tips = "tips";
inline constexpr std::string_view scope_reports = "reports";
bool has_scope(const TokenRow& token, std::string_view scope);
// "tips", "reports" or "tips reports", in one spelling; invalid: another word, or none.
Result<std::string> scopes_from(std::string_view text);

// The token of "Authorization: Bearer ..."; not_found where there is none.
Result<TokenRow> token_of(Store& store, std::string_view authorization);
// What stands for a partner whose mail comes in without a token: its first one with the scope reports. not_found.
Result<TokenRow> token_of_partner(Store& store, std::string_view partner);

// Counts items by partner and clock hour, in this process alone: a restart begins anew.
class RateCounter {
  public:
    // Takes one item; false where the hour's are used up. A limit of 0 is none.
    bool take(const std::string& partner, std::uint32_t items_per_hour, Instant now);
    bool is_used_up(const std::string& partner, std::uint32_t items_per_hour, Instant now) const;

  private:
    struct Used {
        Instant hour;
        std::uint64_t items = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Used> used_;
};
// Until the next hour begins: what Retry-After says.
std::int64_t seconds_to_next_hour(Instant now);

// A partner from whom nothing came for longer than its token allows.
struct SilentPartner {
    std::string partner;
    std::optional<Instant> last_hour;       // nullopt: never since its token was made
    std::uint32_t silent_after_hours = 0;
    std::int64_t silent_hours = 0;          // since the last, or since the token was made
};
Result<std::vector<SilentPartner>> silent_partners(Store& store, Instant now);   // longest silence first

// {"alarms": [{"kind": "silent_partner", "partner", "last_hour", "silent_hours", "silent_after_hours"}]}, as the desk shows them.
Result<Json> alarms(Store& store, Instant now);

}  // namespace plumbline::partners

// SPDX-License-Identifier: Apache-2.0
// Turns an amount in any currency into a loss band by a table of rounded rates (rules/reference_rates.json). The rates are for
// banding only: two digits, set by the operator, with a date. An amount in a currency that is not in the table has the
// band `unknown`; no amount is ever converted for any other use.
//
//     const ReferenceRates rates = TRY(ReferenceRates::from_json(json));
//     rates.band_of(Money{150'000, "EUR"})       // 1,500 euro: medium
//
// Immutable once read; any thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/json.h"
#include "model/tip.h"
#include "rulebook/facts.h"

namespace plumbline::rulebook {

inline constexpr std::size_t currencies_max = 400;

class ReferenceRates {
  public:
    // `invalid` names the member: a rate under 1 or over rate_max, an unknown currency, bands that do not rise.
    static Result<ReferenceRates> from_json(const Json& json);

    // none for zero, unknown for a negative amount or a currency without a rate. Exact: no floating point, no overflow.
    LossBand band_of(const Money& money) const;
    // The same value in another currency: the minor units just below it and just above (equal where it is exact). For replaying
    // with currencies permuted. nullopt without both rates, for a negative amount, or where it does not fit.
    struct Around {
        std::int64_t below = 0;
        std::int64_t above = 0;
    };
    std::optional<Around> equal_amount(const Money& money, std::string_view currency) const;

    const std::map<std::string, std::int64_t, std::less<>>& units_for_100() const { return units_for_100_; }
    const std::string& as_of() const { return as_of_; }
    std::int64_t medium_from() const { return medium_from_; }          // in reference units, as the next two
    std::int64_t large_from() const { return large_from_; }
    std::int64_t very_large_from() const { return very_large_from_; }

  private:
    std::map<std::string, std::int64_t, std::less<>> units_for_100_;   // units of the currency for 100 reference units
    std::string as_of_;
    std::int64_t medium_from_ = 0, large_from_ = 0, very_large_from_ = 0;
};

}  // namespace plumbline::rulebook

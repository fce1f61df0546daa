// SPDX-License-Identifier: Apache-2.0
// amount = minor / 10^digits units = minor * 100 / (10^digits * units_for_100) reference units. Both sides are multiplied out in
// 128 bits, so a band's edge is exact.
#include "rulebook/reference_rates.h"

#include <limits>

namespace plumbline::rulebook {

namespace {
__extension__ using Wide = __int128;
constexpr std::int64_t rate_max = 1'000'000'000'000;
constexpr std::int64_t band_max = 1'000'000'000'000;

std::int64_t minor_per_unit_of(std::string_view currency) {
    std::int64_t minor = 1;
    for (int i = 0; i < minor_digits_of(currency).value_or(2); ++i) minor *= 10;
    return minor;
}
}  // namespace

Result<ReferenceRates> ReferenceRates::from_json(const Json& json) {
    ReferenceRates rates;
    rates.as_of_ = TRY(json.text_at("as_of"));
    const Json* bands = TRY(json.object_at("bands"));
    rates.medium_from_ = TRY(bands->integer_at("medium_from"));
    rates.large_from_ = TRY(bands->integer_at("large_from"));
    rates.very_large_from_ = TRY(bands->integer_at("very_large_from"));
    if (rates.medium_from_ < 1 || rates.large_from_ <= rates.medium_from_ || rates.very_large_from_ <= rates.large_from_ || rates.very_large_from_ > band_max)
        return fail(ErrorKind::invalid, "bands: must rise from 1 to at most {}", band_max);
    const Json* units = TRY(json.object_at("units_for_100"));
    if (units->as_object().size() > currencies_max) return fail(ErrorKind::too_large, "units_for_100: more than {} currencies", currencies_max);
    for (const auto& [currency, rate] : units->as_object()) {
        if (!minor_digits_of(currency)) return fail(ErrorKind::invalid, "units_for_100: no currency \"{}\"", currency.substr(0, 10));
        if (!rate.is_integer() || rate.as_integer() < 1 || rate.as_integer() > rate_max) return fail(ErrorKind::invalid, "units_for_100: {}: must be a whole number, 1 to {}", currency, rate_max);
        rates.units_for_100_.emplace(currency, rate.as_integer());
    }
    return rates;
}

LossBand ReferenceRates::band_of(const Money& money) const {
    const auto rate = units_for_100_.find(money.currency);
    if (money.minor_units < 0 || rate == units_for_100_.end()) return LossBand::unknown;
    if (money.minor_units == 0) return LossBand::none;
    const Wide amount = static_cast<Wide>(money.minor_units) * 100;
    const Wide unit = static_cast<Wide>(minor_per_unit_of(money.currency)) * rate->second;
    if (amount >= unit * very_large_from_) return LossBand::very_large;
    if (amount >= unit * large_from_) return LossBand::large;
    return amount >= unit * medium_from_ ? LossBand::medium : LossBand::small;
}

std::optional<ReferenceRates::Around> ReferenceRates::equal_amount(const Money& money, std::string_view currency) const {
    const auto from = units_for_100_.find(money.currency);
    const auto to = units_for_100_.find(currency);
    if (money.minor_units < 0 || from == units_for_100_.end() || to == units_for_100_.end()) return std::nullopt;
    // At most 2^63 * 10^3 * 10^12, which is under 2^127.
    const Wide worth = static_cast<Wide>(money.minor_units) * minor_per_unit_of(currency) * to->second;
    const Wide unit = static_cast<Wide>(minor_per_unit_of(money.currency)) * from->second;
    const Wide above = (worth + unit - 1) / unit;
    if (above > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return Around{static_cast<std::int64_t>(worth / unit), static_cast<std::int64_t>(above)};
}

}  // namespace plumbline::rulebook

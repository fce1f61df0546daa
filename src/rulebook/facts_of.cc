// SPDX-License-Identifier: Apache-2.0
#include "rulebook/facts_of.h"

#include <algorithm>
#include <set>

namespace plumbline::rulebook {

namespace {
Claim claim_of(Answer answer) {
    switch (answer) {
        case Answer::no: return Claim::no;
        case Answer::yes: return Claim::yes;
        case Answer::unknown: break;
    }
    return Claim::unknown;
}

// Values that name one holder: wallets, accounts, phone numbers.
bool is_identity(IndicatorKind kind) {
    switch (kind) {
        case IndicatorKind::phone:
        case IndicatorKind::iban:
        case IndicatorKind::btc:
        case IndicatorKind::bch:
        case IndicatorKind::ltc:
        case IndicatorKind::doge:
        case IndicatorKind::eth:
        case IndicatorKind::tron:
        case IndicatorKind::xmr:
        case IndicatorKind::sol:
        case IndicatorKind::xrp: return true;
        default: return false;
    }
}
}  // namespace

Facts facts_of(const TipContent& content, const Evidence& evidence, std::int64_t linked_tips, const ReferenceRates& rates) {
    Facts facts;
    if (!content.category.empty()) facts.category = content.category;
    facts.loss_band = content.loss ? rates.band_of(*content.loss) : LossBand::unknown;
    facts.money_recallable = claim_of(content.sent_within_72_hours);
    facts.still_happening = claim_of(content.still_happening);
    facts.danger_now = claim_of(content.danger_now);
    facts.victim_is_child = claim_of(content.victim_is_child);
    facts.victim_is_critical_service = claim_of(content.victim_is_critical_service);
    facts.victim_is_older = claim_of(content.victim_is_older);
    facts.victim_is_organisation = claim_of(content.victim_is_organisation);
    facts.synthetic_content = claim_of(content.synthetic_content);
    facts.linked_tips = std::clamp<std::int64_t>(linked_tips, 0, count_max);
    std::set<std::pair<IndicatorKind, std::string_view>> identities;
    for (const PartEvidence& part : evidence.parts)
        for (const Sighting& sighting : part.sightings)
            if (is_identity(sighting.kind)) identities.insert({sighting.kind, sighting.value});
    facts.identity_indicators = std::min<std::int64_t>(static_cast<std::int64_t>(identities.size()), count_max);
    facts.has_files = !content.files.empty();
    return facts;
}

}  // namespace plumbline::rulebook

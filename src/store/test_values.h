// SPDX-License-Identifier: Apache-2.0
// Small valid values for tests of a store and of what stands on one. Their numbers only keep ids apart.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store.h"

namespace plumbline::conformance {

using testing::ElementsAre;
using testing::IsEmpty;

// Ids that differ by their number and sort like it.
template <class AnyId>
AnyId id_of(std::uint64_t number) {
    IdBytes random{};
    for (std::size_t i = 0; i < 8; ++i) random[15 - i] = static_cast<std::byte>(number >> (8 * i));
    return AnyId::make(Instant(std::chrono::hours(490'000)), random);
}
inline Instant hour_number(int hours) { return Instant(std::chrono::hours(490'000 + hours)); }

inline NewEntry entry_for(TipId tip, std::string kind = kind_of_received()) {
    NewEntry entry;
    entry.entry = LedgerEntry{std::move(kind), day_of(hour_number(0)), CategoryGroup::fraud, "", sha256(view(tip.text()))};
    entry.tip = tip;
    entry.opening = to_bytes("opening of " + tip.text());
    return entry;
}
inline NewJob job_for(TipId tip, std::uint64_t number, std::string_view skill = skill_examine_mail, int priority = 0) {
    return NewJob{id_of<JobId>(number), tip, std::string(skill), priority, hour_number(0)};
}
inline NewTip tip_number(std::uint64_t number, std::size_t content_bytes = 300) {
    NewTip tip;
    tip.header = TipHeader{id_of<TipId>(number), hour_number(0), TipChannel::form, CategoryGroup::fraud, false};
    tip.wrapped_keys = to_bytes(fmt::format("keys {}", number));
    SealedPart content;
    const Bytes sealed(content_bytes, static_cast<std::byte>(number));
    content.sealed_bytes = sealed.size();
    content.sealed_sha256 = sha256(sealed);
    content.where = sealed;
    tip.parts.push_back(std::move(content));
    tip.mailbox_hash = sha256(view(fmt::format("mailbox {}", number)));
    tip.reporter_public_key = Bytes(32, std::byte{7});
    tip.receipt = fmt::format("receipt {}", number);
    tip.received = entry_for(tip.header.id);
    tip.first_job = job_for(tip.header.id, 1'000'000 + number, skill_line);
    return tip;
}
inline Ranking ranking_of(std::uint64_t number, Severity severity, int deadline_hours, std::string queue = "fraud") {
    return Ranking{id_of<TipId>(number), severity, hour_number(deadline_hours), std::move(queue)};
}
inline std::vector<TipId> ids_of(const std::vector<TipRow>& rows) {
    std::vector<TipId> ids;
    for (const TipRow& row : rows) ids.push_back(row.header.id);
    return ids;
}

#define EXPECT_FAILS(kind_wanted, expression)                                                     \
    do {                                                                                          \
        const auto& outcome_of_expression = (expression);                                          \
        ASSERT_FALSE(outcome_of_expression.has_value()) << #expression;                           \
        EXPECT_EQ(outcome_of_expression.error().kind, kind_wanted) << outcome_of_expression.error().message; \
    } while (false)
#define ASSERT_WORKS(expression)                                                                  \
    do {                                                                                          \
        const auto& outcome_of_expression = (expression);                                          \
        ASSERT_TRUE(outcome_of_expression.has_value()) << outcome_of_expression.error().message;  \
    } while (false)

}  // namespace plumbline::conformance

// SPDX-License-Identifier: Apache-2.0
// A rulebook is a DMN model that has been read, bound to the facts, compiled and proven. There is no other way to get one:
// a model with a gap or an overlap is refused, so decide() always has exactly one row of each table to go by.
//
//     const Rulebook rulebook = TRY(Rulebook::load(dmn_text, categories));
//     const Decision decision = decide(rulebook, facts);          // decide.h
//
// The model must have these decisions: "severity" (low, medium, high, critical), "deadline_hours" (1 to deadline_hours_max), "queue"
// (a name in small letters), and any number of booleans "duty NAME". Other tables may only feed them.
// Immutable once loaded; any thread may read it.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/category.h"
#include "model/decision.h"
#include "rulebook/check.h"
#include "rulebook/facts.h"

namespace plumbline::rulebook {

inline constexpr std::int64_t deadline_hours_max = 24 * 365;
inline constexpr std::string_view duty_prefix = "duty ";
inline constexpr std::size_t slots_max = fact_slots + tables_max * 4;

inline constexpr std::size_t duties_max = 64;

struct Duty {
    std::size_t slot = 0;
    std::string name;
};

class Rulebook {
  public:
    // `invalid` with the first flaws in words, one a line, where the proof fails.
    static Result<Rulebook> load(std::string_view dmn_text, const Categories& categories);

    const Model& model() const { return model_; }
    const Compiled& compiled() const { return compiled_; }
    const std::string& version() const { return version_; }        // "NAME sha256:HEX" of the file
    // Set into a span of compiled().slots.size() codes.
    void encode(const Facts& facts, std::span<std::int64_t> codes) const;

    Severity severity_at(std::span<const std::int64_t> codes) const { return severities_[static_cast<std::size_t>(codes[severity_slot_])]; }
    std::int64_t deadline_hours_at(std::span<const std::int64_t> codes) const { return codes[deadline_slot_]; }
    std::int64_t queue_code_at(std::span<const std::int64_t> codes) const { return codes[queue_slot_]; }
    const std::string& queue_named(std::int64_t code) const { return queues()[static_cast<std::size_t>(code)]; }
    const std::vector<Duty>& duties() const { return duties_; }
    const std::vector<std::string>& queues() const { return compiled_.slots[queue_slot_].values; }
    // What people call a value of the fact "category" or "group"; nullptr for other names and values.
    const std::string* title_of(std::string_view field, std::string_view value) const;
    // True for a row that only says "no" to duties: the desk is not shown it.
    bool is_silent(std::size_t table, std::size_t rule) const;

  private:
    Rulebook() = default;
    Result<void> bind_outputs();
    Result<void> refuse_idle_tables() const;

    struct Leaf {
        std::int64_t code = 0;
        std::int64_t group = 0;
    };
    Model model_;
    Compiled compiled_;
    std::string version_;
    std::unordered_map<std::string, Leaf> leaves_;
    std::map<std::string, std::string, std::less<>> titles_;       // of leaf codes and group names, which never meet: a leaf has a point
    Leaf not_sure_;
    std::vector<Severity> severities_;                             // by the code of the severity slot
    std::size_t severity_slot_ = 0, deadline_slot_ = 0, queue_slot_ = 0;
    std::vector<Duty> duties_;                                     // in the model's order
};

}  // namespace plumbline::rulebook

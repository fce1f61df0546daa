// SPDX-License-Identifier: Apache-2.0
// Checks a JSON value against JSON Schemas that ship with the program (rules/xarf_schemas.json): what the drafts 7 and
// 2020-12 have in them that those schemas use. A schema that uses more is refused when it is loaded, not passed over.
//
//     const Schemas schemas = TRY(Schemas::from_json(bundle));
//     for (const Problem& problem : schemas.check("v4/types/messaging-spam", report)) ...   // {"/smtp_from", "format", ...}
//
// Every problem is given, in the order of the schema, up to a bound. Patterns run in linear time (RE2), whatever the text.
// Immutable after loading: any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace plumbline::reports {

struct Problem {
    std::string pointer;    // RFC 6901, of the value that is wrong; of the object where a member is missing or too many
    std::string keyword;    // "required", "type", "format", ...
    std::string member;     // of "required" and "additionalProperties": the member's name
    std::string reason;     // "must have the member smtp_from"; holds nothing of the value
};

class Schemas {
  public:
    static Result<Schemas> from_json(const Json& bundle);     // {"schemas": {name: schema}}
    ~Schemas();
    Schemas(Schemas&&) noexcept;
    Schemas& operator=(Schemas&&) noexcept;

    bool has(std::string_view name) const;
    std::vector<Problem> check(std::string_view name, const Json& value, std::size_t problems_max = 50) const;  // CHECKs has(name)

  private:
    struct State;
    explicit Schemas(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The formats of JSON Schema that the reports use: uuid, date-time, date, email, hostname, ipv4, ipv6, uri. True for a name
// that is none of them.
bool fits_format(std::string_view format, std::string_view text);
// `name` as one more step of a pointer.
std::string pointer_to(std::string_view pointer, std::string_view name);

}  // namespace plumbline::reports

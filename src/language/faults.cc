// SPDX-License-Identifier: Apache-2.0
#include "language/language.h"
#include "language/message_pattern.h"

namespace plumbline::language {

namespace {
void compare(std::string_view tag, const std::string& key, const Shape& wanted, const Shape& found, std::vector<std::string>& faults) {
    const auto fault = [&](std::string text) { faults.push_back(fmt::format("{}: {}: {}", tag, key, text)); };
    if (found.arguments != wanted.arguments) fault(fmt::format("its arguments are {} and must be {}", fmt::join(found.arguments, ", "), fmt::join(wanted.arguments, ", ")));
    if (found.marks != wanted.marks) fault(fmt::format("its marks are {} and must be {}", fmt::join(found.marks, " "), fmt::join(wanted.marks, " ")));
    for (const auto& [argument, forms] : wanted.plural_forms)
        if (!found.plural_forms.contains(argument)) fault(fmt::format("{} is counted in English and not here", argument));
    for (const auto& [argument, forms] : found.plural_forms) {
        std::set<std::string> given;
        for (const std::string& form : forms)
            if (!form.starts_with('=')) given.insert(form);
        if (const auto needed = plural_forms_of(tag); given != needed) fault(fmt::format("{} has the forms {} and must have {}", argument, fmt::join(given, ", "), fmt::join(needed, ", ")));
    }
    if (found.selections != wanted.selections) fault("its selections are not the English ones");
}
}  // namespace

std::vector<std::string> language_faults(std::string_view english, std::string_view tag, std::string_view text) {
    std::vector<std::string> faults;
    const auto base = parse_json(english);
    const auto own = parse_json(text);
    if (!base || !own || !base->is_object() || !own->is_object()) return {fmt::format("{}: not a JSON object: {}", tag, own ? "" : own.error().message)};
    for (const auto& [key, value] : base->as_object()) {
        const Json* other = own->find(key);
        if (other == nullptr) {
            faults.push_back(fmt::format("{}: {}: is missing", tag, key));
            continue;
        }
        if (!other->is_text() || other->as_text().empty()) {
            faults.push_back(fmt::format("{}: {}: is not a text", tag, key));
            continue;
        }
        const auto wanted = shape_of(value.as_text());
        const auto found = shape_of(other->as_text());
        if (const auto html = html_pattern_of(other->as_text(), tag); !html) faults.push_back(fmt::format("{}: {}: {}", tag, key, html.error().message));
        if (!wanted || !found) faults.push_back(fmt::format("{}: {}: {}", tag, key, (wanted ? found : wanted).error().message));
        else compare(tag, key, *wanted, *found, faults);
    }
    for (const auto& [key, value] : own->as_object())
        if (base->find(key) == nullptr) faults.push_back(fmt::format("{}: {}: is not in English", tag, key));
    return faults;
}

}  // namespace plumbline::language

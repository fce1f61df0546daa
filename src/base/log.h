// SPDX-License-Identifier: Apache-2.0
// The log: one JSON line an event on standard error, e.g. {"time":"...","level":"info","event":"tip.decided","tip":"tip_..."}.
// Fields are ids, counts and our own words. Tip contents, passwords, words of a receipt and addresses of reporters never
// go in: model types that hold them have no conversion to LogField.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace plumbline {

enum class LogLevel { debug, info, warning, error };

struct LogField {
    std::string_view name;
    std::string value;
    LogField(std::string_view field, std::string text) : name(field), value(std::move(text)) {}
    LogField(std::string_view field, const char* text) : name(field), value(text) {}
    LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
    LogField(std::string_view field, std::int64_t number) : name(field), value(std::to_string(number)) {}
    LogField(std::string_view field, std::uint64_t number) : name(field), value(std::to_string(number)) {}
    LogField(std::string_view field, int number) : name(field), value(std::to_string(number)) {}
};

// Any thread. The second form cuts the time to the hour: nothing finer is kept of a tip from the public.
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
void log_event_of_public_tip(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
void set_log_level(LogLevel level);

}  // namespace plumbline

// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/json.h"
#include "base/time.h"

namespace plumbline {

namespace {
std::atomic<LogLevel> lowest{LogLevel::info};

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return "?";
}

void write_line(LogLevel level, Instant when, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < lowest.load()) return;
    Json line = Json::object();
    line.set("time", to_text(std::chrono::floor<std::chrono::seconds>(when)));
    line.set("level", std::string(name_of(level)));
    line.set("event", std::string(event));
    for (const LogField& field : fields) line.set(field.name, field.value);
    const std::string text = line.dump() + "\n";
    // One write a line, so that lines of several threads do not mix.
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}
Instant wall_now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }
}  // namespace

void set_log_level(LogLevel level) { lowest = level; }
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    write_line(level, wall_now(), event, fields);
}
void log_event_of_public_tip(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    write_line(level, hour_of(wall_now()), event, fields);
}

}  // namespace plumbline

// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

namespace plumbline {

namespace {

class DigitReader {
  public:
    explicit DigitReader(std::string_view text) : rest_(text) {}
    bool number(std::size_t digits, int& value) {
        if (rest_.size() < digits) return false;
        value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return false;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }
    bool letter(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

bool read_day(DigitReader& in, Day& day) {
    int y = 0, m = 0, d = 0;
    if (!in.number(4, y) || !in.letter('-') || !in.number(2, m) || !in.letter('-') || !in.number(2, d)) return false;
    const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                           std::chrono::day(static_cast<unsigned>(d))};
    if (!date.ok()) return false;
    day = date;
    return true;
}

}  // namespace

std::string to_text(Day day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string to_text(Instant instant) {
    const Day day = day_of(instant);
    const std::chrono::hh_mm_ss clock{instant - day};
    std::string text = fmt::format("{}T{:02}:{:02}:{:02}", to_text(day), clock.hours().count(), clock.minutes().count(),
                                   clock.seconds().count());
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text + "Z";
}

Result<Day> day_from(std::string_view text) {
    DigitReader in(text);
    Day day;
    if (!read_day(in, day) || !in.rest().empty()) return fail(ErrorKind::invalid, "not a day like 2026-11-23");
    return day;
}

Result<Instant> instant_from(std::string_view text) {
    const auto bad = [] { return fail(ErrorKind::invalid, "not a time like 2026-11-23T15:04:05Z (RFC 3339)"); };
    DigitReader in(text);
    Day day;
    int h = 0, m = 0, s = 0;
    if (!read_day(in, day) || (!in.letter('T') && !in.letter('t') && !in.letter(' '))) return bad();
    if (!in.number(2, h) || !in.letter(':') || !in.number(2, m) || !in.letter(':') || !in.number(2, s)) return bad();
    if (h > 23 || m > 59 || s > 60) return bad();
    int micros = 0;
    if (in.letter('.')) {
        int digits = 0, digit = 0;
        for (; in.number(1, digit); ++digits)
            if (digits < 6) micros = micros * 10 + digit;
        if (digits == 0) return bad();
        for (; digits < 6; ++digits) micros *= 10;
    }
    int offset_minutes = 0;
    if (!in.letter('Z') && !in.letter('z')) {
        const bool east = in.letter('+');
        int oh = 0, om = 0;
        if (!east && !in.letter('-')) return bad();
        if (!in.number(2, oh) || !in.letter(':') || !in.number(2, om) || oh > 23 || om > 59) return bad();
        offset_minutes = (east ? 1 : -1) * (oh * 60 + om);
    }
    if (!in.rest().empty()) return bad();
    return Instant(day) + std::chrono::hours(h) + std::chrono::minutes(m - offset_minutes) + std::chrono::seconds(s) +
           std::chrono::microseconds(micros);
}

}  // namespace plumbline

// SPDX-License-Identifier: Apache-2.0
// Phone numbers (ITU-T E.164) by libphonenumber, asked only about stretches that can be one. Without a region only the
// international writing with '+' counts: a national number would be a guess about where its writer lives.
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>

#include "evidence/scanners/phone.h"
#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

bool is_separator(char c) { return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/'; }

std::string asked(std::string_view text, std::string_view region) {
    const PhoneNumberUtil* numbers = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (numbers->Parse(std::string(text), region.empty() ? "ZZ" : std::string(region), &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
    if (!numbers->IsValidNumber(number)) return {};
    std::string out;
    numbers->Format(number, PhoneNumberUtil::E164, &out);
    return out;
}
std::string normal_phone(Memo& memo, std::string_view text, std::string_view region) {
    std::string key = "phone " + std::string(region) + " ";
    for (const char c : text)
        if (is_digit(c) || c == '+') key.push_back(c);
    const std::string* answer = memo.find(key);
    if (!answer) answer = &memo.keep(key, asked(text, region));
    return *answer;
}

// From `at` on: digits with single separators (") " and ". " count as one), at most 15 digits. A bracket opens at most once.
std::size_t phone_end(const Scene& scene, std::size_t at, std::size_t& digits) {
    std::size_t end = at;
    bool is_open = false;
    unsigned separators = 0;
    for (std::size_t i = at; i < scene.text.size() && digits <= 15; ++i) {
        const char c = scene.text[i];
        if (is_digit(c)) {
            ++digits;
            separators = 0;
            end = i + 1;
        } else if (is_separator(c) && ++separators <= 2 && (c != '(' || !is_open)) {
            is_open = c == '(' || (is_open && c != ')');
        } else {
            break;
        }
    }
    return end;
}

void add_phone(Scene& scene, std::size_t begin, std::size_t end, std::string_view region) {
    // A following number may have been taken in ("+44 20 7946 0958 2"): groups are given back until the rest is valid.
    for (unsigned tries = 0; tries < 3; ++tries) {
        std::string value = normal_phone(*scene.memo, scene.text.substr(begin, end - begin), region);
        if (!value.empty()) {
            scene.cursor.phone_done = end;
            scene.add(IndicatorKind::phone, begin, end, std::move(value));
            return;
        }
        std::size_t cut = end;
        while (cut > begin && is_digit(scene.text[cut - 1])) --cut;
        while (cut > begin && is_separator(scene.text[cut - 1])) --cut;
        if (cut <= begin + 7) return;
        end = cut;
    }
}
}  // namespace

void prepare_phones() { asked("+44 20 7946 0958", ""); }

void scan_phone(Scene& scene, std::size_t plus) {
    if (plus < scene.cursor.phone_done) return;
    const char next = scene.at(plus + 1);
    if (!(next >= '1' && next <= '9') && next != '(') return;
    const char before = scene.before(plus);
    if (is_alnum(before) || before == '+' || before == '_' || before == '%' || before == '=' || before == '&') return;
    std::size_t digits = 0;
    const std::size_t end = phone_end(scene, plus + 1, digits);
    if (digits < 7 || digits > 15 || is_alnum(scene.at(end)) || scene.at(end) == '@') return;
    add_phone(scene, plus, end, {});
}

void scan_national_phone(Scene& scene, std::size_t digits_at) {
    if (scene.region.empty() || digits_at < scene.cursor.phone_done) return;
    std::size_t begin = digits_at;
    if (scene.before(begin) == '(') --begin;
    const char before = scene.before(begin);
    if (is_alnum(before) || before == '+' || before == '.' || before == '-' || before == '/' || before == '_' || before == ':' || before == ')' || before == '#') {
        const bool is_tel = before == ':' && begin >= 4 && lowered(scene.text.substr(begin - 4, 4)) == "tel:";
        if (!is_tel) return;
    }
    std::size_t digits = 0;
    const std::size_t end = phone_end(scene, begin, digits);
    if (digits < 7 || digits > 15 || is_alnum(scene.at(end)) || scene.at(end) == '@' || scene.at(end) == '%') return;
    add_phone(scene, begin, end, scene.region);
    scene.cursor.phone_done = std::max(scene.cursor.phone_done, end);
}

}  // namespace plumbline::evidence

// SPDX-License-Identifier: Apache-2.0
#include "evidence/scan_text.h"

namespace plumbline::evidence {

namespace {
// What each verifier asks first, asked before it is called: most anchors are of no kind.
void at_dot(Scene& scene, std::size_t dot, std::vector<Sign>* signs) {
    const char before = scene.before(dot);
    const char after = scene.at(dot + 1);
    if (signs && (after == ']' || after == ')' || after == '}' || before == '\\')) note_writing(scene.text, dot, *signs);
    if (is_blank(after)) return;
    scan_host(scene, dot);
    const char low = to_lower(after);
    if (low == 'm' || low == 'c' || low == 'd') scan_handle_link(scene, dot);
    if (low == 'o') scan_onion(scene, dot);
    if (after == 'e') scan_jwt(scene, dot);
    if (scene.at(dot + 5) == '.') scan_mac_dot(scene, dot);
}

void at_colon(Scene& scene, std::size_t colon, std::vector<Sign>* signs) {
    const char after = scene.at(colon + 1);
    if (signs && (after == '\\' || after == '_' || scene.at(colon + 3) == ' ')) note_writing(scene.text, colon, *signs);
    if (after == '/') {
        scan_url(scene, colon);
        const std::size_t end = scene.cursor.url_end;
        if (signs && end > colon && scene.before(end) == '=' && (scene.at(end) == '\n' || scene.at(end) == '\r')) note_writing(scene.text, end - 1, *signs);
    }
    if (is_hex(after) || after == ':') {
        scan_ipv6(scene, colon);
        if (scene.at(colon + 3) == ':') scan_mac_colon(scene, colon);
    }
    if (after == '?') scan_magnet(scene, colon);
    const char last = to_lower(scene.before(colon));
    if (last == 't' || last == 'r') scan_user_agent(scene, colon);
}

void at_digits(Scene& scene, std::size_t digits, std::vector<Sign>* signs) {
    const char before = scene.before(digits);
    if (signs && digits > 1) {
        const char first = scene.text[digits - 2];
        if (before == '=') note_writing(scene.text, digits - 1, *signs);
        else if (first == '\\' && (before == 'u' || before == 'x')) note_writing(scene.text, digits - 2, *signs);
        else if (first == 'n' && before == ' ' && digits > 5 && scene.text.substr(digits - 6, 6) == "begin ") note_writing(scene.text, digits - 6, *signs);
    }
    const char next = scene.at(digits + 1);
    // A card starts with four digits or more, an IBAN's check digits stand behind two letters.
    if (is_digit(next) && is_digit(scene.at(digits + 2)) && is_digit(scene.at(digits + 3))) scan_card(scene, digits);
    if (is_letter(before)) scan_iban(scene, digits);
    if (!scene.region.empty()) scan_national_phone(scene, digits);
    if (next == '-' || before == '-' || scene.at(digits + 2) == '-') scan_mac_digits(scene, digits);
    if ((before == '-' || before == ' ') && digits > 3 && to_lower(scene.text[digits - 2]) == 'e') scan_cve(scene, digits);
}

bool may_be_sign(const Scene& scene, std::size_t at) {
    const char c = scene.text[at];
    const char next = to_lower(scene.at(at + 1));
    if (c == '%') return is_hex(next);
    if (c == '&') return next == '#' || next == 'c' || next == 'p' || next == 's';
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    return next == '.' || next == ' ' || next == 'd' || next == '@' || next == 'a' || next == ':' || next == '/' || next == 'p';
}
}  // namespace

void scan_text(std::string_view text, std::string_view region, Memo& memo, std::vector<Found>& found, Classify classify, std::vector<Sign>* signs) {
    Scene scene;
    scene.text = text;
    scene.region = region;
    scene.memo = &memo;
    scene.found = &found;
    for_each_anchor(text, classify, region.empty() ? Digits::likely : Digits::all, [&](Anchor anchor, std::size_t begin, std::size_t end) {
        switch (anchor) {
            case Anchor::at:
                scan_at_sign(scene, begin);
                if (begin >= scene.cursor.message_id_end) scan_handle_at(scene, begin);
                break;
            case Anchor::dot: at_dot(scene, begin, signs); break;
            case Anchor::colon: at_colon(scene, begin, signs); break;
            case Anchor::plus: scan_phone(scene, begin); break;
            case Anchor::digits: at_digits(scene, begin, signs); break;
            case Anchor::capitals: scan_bic(scene, begin); break;
            case Anchor::writing:
                if (signs && may_be_sign(scene, begin)) note_writing(text, begin, *signs);
                break;
            case Anchor::word:
                if (signs) note_word(text, begin, end, *signs);
                scan_word(scene, begin, end);
                break;
        }
    });
}

}  // namespace plumbline::evidence

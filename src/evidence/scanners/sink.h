// SPDX-License-Identifier: Apache-2.0
// What a verifier gets and gives. It looks at the whole text around one anchor and says zero or more finds; it keeps
// nothing between calls but what stands in Cursor. Verifiers of different kinds do not know each other.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "evidence/scanners/memo.h"
#include "model/indicator.h"

namespace plumbline::evidence {

struct Found {
    IndicatorKind kind = IndicatorKind::email;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view value;  // normal form: in the text, or in the memo until its room is released
};

// How far verifiers have come in this text, so that a hostile run of anchors is not read again from each of them.
struct Cursor {
    std::size_t host_done = 0;
    std::size_t message_id_begin = 0;
    std::size_t message_id_end = 0;
    std::size_t ipv6_done = 0;
    std::size_t url_end = 0;
    unsigned urls_inside = 0;
    std::size_t urls_inside_bytes = 0;
    std::size_t card_done = 0;
    std::size_t phone_done = 0;
    std::size_t mac_done = 0;
    std::size_t jwt_done = 0;
};

// What host.cc knows of a stretch of the text.
struct HostLook {
    std::string_view name;     // normal form; empty where it is no host
    bool has_upper = false;
    bool is_code = false;      // it has the name of a file, or of an expression in a program
};

struct Scene {
    std::string_view text;
    std::string_view region;  // ISO 3166 alpha-2, upper case, or empty: only for phone numbers without a country code
    Memo* memo = nullptr;
    Cursor cursor;
    std::vector<Found>* found = nullptr;
    // The last stretch that host.cc looked at: an address or a URL asks first, and then the name's own dot.
    std::string_view last_host;
    HostLook last_look;

    char at(std::size_t i) const { return i < text.size() ? text[i] : '\0'; }
    char before(std::size_t i) const { return i > 0 && i <= text.size() ? text[i - 1] : '\0'; }
    void add(IndicatorKind kind, std::size_t begin, std::size_t end, std::string_view value) {
        const std::string_view written = text.substr(begin, end - begin);
        found->push_back({kind, begin, end, value == written ? written : memo->copy(value)});
    }
    // The same for a value that is in the text or in the memo's room.
    void add_kept(IndicatorKind kind, std::size_t begin, std::size_t end, std::string_view value) { found->push_back({kind, begin, end, value}); }
};

// The verifiers; `at` is the anchor.
void scan_at_sign(Scene& scene, std::size_t at);                     // email, message_id          (email.cc)
void scan_url(Scene& scene, std::size_t colon);                      // url and its host           (url.cc)
void scan_host(Scene& scene, std::size_t dot);                       // domain, ipv4               (host.cc)
void scan_ipv6(Scene& scene, std::size_t colon);                     // ipv6                       (ipv6.cc)
void scan_phone(Scene& scene, std::size_t plus);                     // phone, "+..."              (phone.cc)
void scan_national_phone(Scene& scene, std::size_t digits);          // phone, where a region is given
void scan_card(Scene& scene, std::size_t digits);                    // card                       (card.cc)
void scan_iban(Scene& scene, std::size_t digits);                    // iban                       (iban.cc)
void scan_mac_colon(Scene& scene, std::size_t colon);                // mac                        (device.cc)
void scan_mac_digits(Scene& scene, std::size_t digits);
void scan_mac_dot(Scene& scene, std::size_t dot);
void scan_user_agent(Scene& scene, std::size_t colon);               // user_agent
void scan_cve(Scene& scene, std::size_t digits);                     // cve                        (token.cc)
void scan_jwt(Scene& scene, std::size_t dot);                        // jwt
void scan_onion(Scene& scene, std::size_t dot);                      // onion
void scan_magnet(Scene& scene, std::size_t colon);                   // magnet
void scan_handle_link(Scene& scene, std::size_t dot);                // handle                     (handle.cc)
void scan_handle_at(Scene& scene, std::size_t at);
void scan_bic(Scene& scene, std::size_t capitals);                   // bic                        (bic.cc)
void scan_word(Scene& scene, std::size_t begin, std::size_t end);    // hashes, wallets            (hash.cc, coin.cc)
void scan_hash(Scene& scene, std::size_t begin, std::size_t end);
void scan_wallet(Scene& scene, std::size_t begin, std::size_t end);

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
std::string lowered(std::string_view text);

}  // namespace plumbline::evidence

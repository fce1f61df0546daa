// SPDX-License-Identifier: Apache-2.0
#include "evidence/scan_text.h"

namespace plumbline::evidence {

void scan_text(std::string_view text, std::string_view region, Memo& memo, std::vector<Found>& found, Classify classify, std::vector<Sign>* signs) {
    Scene scene;
    scene.text = text;
    scene.region = region;
    scene.memo = &memo;
    scene.found = &found;
    for_each_anchor(text, classify, [&](Anchor anchor, std::size_t begin, std::size_t end) {
        switch (anchor) {
            case Anchor::at:
                scan_at_sign(scene, begin);
                if (begin >= scene.cursor.message_id_end) scan_handle_at(scene, begin);
                break;
            case Anchor::dot:
                if (signs && (scene.at(end) == ']' || scene.at(end) == ')' || scene.at(end) == '}' || scene.before(begin) == '\\')) note_writing(text, begin, *signs);
                scan_host(scene, begin);
                scan_handle_link(scene, begin);
                scan_onion(scene, begin);
                scan_jwt(scene, begin);
                scan_mac_dot(scene, begin);
                break;
            case Anchor::colon:
                if (signs && (scene.at(end) == '\\' || scene.at(end) == '_' || scene.at(end + 2) == ' ')) note_writing(text, begin, *signs);
                scan_url(scene, begin);
                scan_ipv6(scene, begin);
                scan_mac_colon(scene, begin);
                scan_magnet(scene, begin);
                scan_user_agent(scene, begin);
                break;
            case Anchor::plus: scan_phone(scene, begin); break;
            case Anchor::digits:
                scan_card(scene, begin);
                scan_iban(scene, begin);
                scan_mac_digits(scene, begin);
                scan_cve(scene, begin);
                scan_national_phone(scene, begin);
                break;
            case Anchor::capitals: scan_bic(scene, begin); break;
            case Anchor::writing:
                if (signs) note_writing(text, begin, *signs);
                break;
            case Anchor::word:
                if (signs) note_word(text, begin, end, *signs);
                scan_word(scene, begin, end);
                break;
        }
    });
}

}  // namespace plumbline::evidence

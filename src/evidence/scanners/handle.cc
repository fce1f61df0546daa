// SPDX-License-Identifier: Apache-2.0
// Accounts on named platforms: by their link ("t.me/name", "wa.me/447..."), or "@name" where a word before it says on
// which platform. The normal form is "platform:name"; a bare "@name" says too little and is none.
#include <algorithm>

#include "evidence/scanners/context.h"

namespace plumbline::evidence {

namespace {
struct Site {
    std::string_view host;      // at the dot: what stands on both sides of it, and the slash
    std::string_view platform;
    std::size_t name_min;
    std::size_t name_max;
};
constexpr Site sites[] = {
    {"t.me/", "telegram", 4, 32},          {"telegram.me/", "telegram", 4, 32},  {"telegram.dog/", "telegram", 4, 32}, {"wa.me/", "whatsapp", 7, 15},
    {"instagram.com/", "instagram", 1, 30}, {"twitter.com/", "twitter", 1, 15},   {"x.com/", "twitter", 1, 15},          {"tiktok.com/", "tiktok", 2, 24},
};
// Pages of the platforms that are no accounts.
bool is_page(std::string_view name) {
    static constexpr std::string_view pages[] = {"share", "joinchat", "addstickers", "addlist", "proxy", "socks", "login", "setlanguage", "bg", "iv", "c", "s", "k",
                                                 "p", "reel", "reels", "explore", "stories", "accounts", "tv", "intent", "search", "hashtag", "home", "i",
                                                 "settings", "privacy", "about", "tos", "message", "widgets", "statuses", "status", "legal", "jobs", "send"};
    return std::find(std::begin(pages), std::end(pages), name) != std::end(pages);
}
bool is_name_letter(char c) { return is_alnum(c) || c == '_'; }

struct Platform {
    std::string_view word;
    std::string_view name;
};
constexpr Platform platforms[] = {{"telegram", "telegram"}, {"tg", "telegram"},       {"whatsapp", "whatsapp"}, {"instagram", "instagram"}, {"insta", "instagram"},
                                  {"ig", "instagram"},      {"twitter", "twitter"},   {"tiktok", "tiktok"},     {"snapchat", "snapchat"},   {"discord", "discord"},
                                  {"skype", "skype"},       {"signal", "signal"},     {"wickr", "wickr"},       {"threema", "threema"},     {"wechat", "wechat"},
                                  {"youtube", "youtube"},   {"facebook", "facebook"}, {"vk", "vk"},             {"line", "line"},           {"cashapp", "cashapp"}};
}  // namespace

void scan_handle_link(Scene& scene, std::size_t dot) {
    const std::string_view text = scene.text;
    const char after = to_lower(scene.at(dot + 1));
    if ((after != 'm' && after != 'c' && after != 'd') || dot + 5 > text.size()) return;
    if (scene.at(dot + 3) != '/' && scene.at(dot + 4) != '/') return;  // ".me/", ".com/", ".dog/"
    for (const Site& site : sites) {
        const std::size_t left = site.host.find('.');
        if (dot < left || to_lower(text[dot - 1]) != site.host[left - 1] || lowered(text.substr(dot - left, site.host.size())) != site.host) continue;
        const std::size_t host = dot - left;
        const char before = scene.before(host);
        if (is_alnum(before) || before == '-' || before == '_' || (before == '.' && lowered(text.substr(host < 4 ? 0 : host - 4, std::min<std::size_t>(host, 4))) != "www.")) continue;
        std::size_t begin = host + site.host.size();
        const bool is_phone = site.platform == "whatsapp";
        if (scene.at(begin) == '+' || scene.at(begin) == '@') ++begin;
        const bool is_invitation = site.platform == "telegram" && scene.before(begin) == '+';
        std::size_t end = begin;
        while (end < text.size() && end - begin <= 64 && (is_name_letter(text[end]) || (text[end] == '-' && is_invitation) || (text[end] == '.' && (site.platform == "instagram" || site.platform == "tiktok")))) ++end;
        while (end > begin && text[end - 1] == '.') --end;
        std::string name(text.substr(begin, end - begin));
        if (is_invitation) {
            // What follows the '+' names a closed group; its letters are of both cases and stay.
            if (name.size() < 10 || name.size() > 40) return;
            return scene.add(IndicatorKind::handle, host, end, "telegram:+" + name);
        }
        name = lowered(name);
        if (name.size() < site.name_min || name.size() > site.name_max || is_page(name)) return;
        if (is_phone != std::all_of(name.begin(), name.end(), is_digit)) return;
        return scene.add(IndicatorKind::handle, host, end, std::string(site.platform) + ":" + (is_phone ? "+" : "") + name);
    }
}

void scan_handle_at(Scene& scene, std::size_t at) {
    const std::string_view text = scene.text;
    const char before = scene.before(at);
    if (is_alnum(before) || (before != '\0' && std::string_view("._-+/@%&=").find(before) != std::string_view::npos) || !is_letter(scene.at(at + 1))) return;
    std::size_t end = at + 1;
    while (end < text.size() && end - at <= 33 && (is_name_letter(text[end]) || text[end] == '.')) ++end;
    while (end > at + 1 && text[end - 1] == '.') --end;
    if (end - at < 4 || end - at > 33 || scene.at(end) == '@') return;
    static const std::vector<std::string_view> words = [] {
        std::vector<std::string_view> out;
        for (const Platform& platform : platforms) out.push_back(platform.word);
        return out;
    }();
    // On the same line, and near: the word is a label, not a story.
    std::size_t reach = 0;
    while (reach < 32 && reach < at && text[at - reach - 1] != '\n' && text[at - reach - 1] != '@') ++reach;
    const std::string_view word = word_before(text, at, words, reach);
    const auto row = std::find_if(std::begin(platforms), std::end(platforms), [&](const Platform& platform) { return platform.word == word; });
    if (word.empty() || row == std::end(platforms)) return;
    scene.add(IndicatorKind::handle, at, end, std::string(row->name) + ":" + lowered(text.substr(at + 1, end - at - 1)));
}

}  // namespace plumbline::evidence

// SPDX-License-Identifier: Apache-2.0
#include "link/commonplace.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace plumbline::link {
namespace {

constexpr std::array silent_hosts{
    std::string_view("w3.org"),           std::string_view("schemas.microsoft.com"), std::string_view("schemas.openxmlformats.org"),
    std::string_view("purl.org"),         std::string_view("xmlsoap.org"),           std::string_view("xmlns.com"),
    std::string_view("ogp.me"),           std::string_view("schema.org"),            std::string_view("fonts.googleapis.com"),
    std::string_view("fonts.gstatic.com"), std::string_view("ajax.googleapis.com"),  std::string_view("example.com"),
    std::string_view("example.net"),      std::string_view("example.org"),           std::string_view("protection.outlook.com"),
    std::string_view("prod.outlook.com"), std::string_view("outlook.office365.com"), std::string_view("localdomain.com"),
};
constexpr std::array silent_tops{
    std::string_view("localhost"), std::string_view("local"),   std::string_view("localdomain"), std::string_view("lan"),
    std::string_view("internal"),  std::string_view("invalid"), std::string_view("test"),        std::string_view("example"),
    std::string_view("arpa"),      std::string_view("home"),    std::string_view("corp"),        std::string_view("intranet"),
};
constexpr std::array shared_hosts{
    std::string_view("gmail.com"),       std::string_view("googlemail.com"),   std::string_view("google.com"),
    std::string_view("googleapis.com"),  std::string_view("googleusercontent.com"), std::string_view("gstatic.com"),
    std::string_view("yahoo.com"),       std::string_view("yahoo.co.uk"),      std::string_view("yahoo.fr"),
    std::string_view("ymail.com"),       std::string_view("hotmail.com"),      std::string_view("hotmail.co.uk"),
    std::string_view("hotmail.fr"),      std::string_view("outlook.com"),      std::string_view("live.com"),
    std::string_view("msn.com"),         std::string_view("aol.com"),          std::string_view("icloud.com"),
    std::string_view("me.com"),          std::string_view("gmx.de"),           std::string_view("gmx.net"),
    std::string_view("gmx.com"),         std::string_view("web.de"),           std::string_view("t-online.de"),
    std::string_view("freenet.de"),      std::string_view("mail.ru"),          std::string_view("bk.ru"),
    std::string_view("yandex.ru"),       std::string_view("yandex.com"),       std::string_view("qq.com"),
    std::string_view("163.com"),         std::string_view("126.com"),          std::string_view("sina.com"),
    std::string_view("proton.me"),       std::string_view("protonmail.com"),   std::string_view("tutanota.com"),
    std::string_view("zoho.com"),        std::string_view("orange.fr"),        std::string_view("free.fr"),
    std::string_view("laposte.net"),     std::string_view("libero.it"),        std::string_view("uol.com.br"),
    std::string_view("terra.com.br"),    std::string_view("bol.com.br"),       std::string_view("rediffmail.com"),
    std::string_view("facebook.com"),    std::string_view("fb.com"),           std::string_view("instagram.com"),
    std::string_view("twitter.com"),     std::string_view("x.com"),            std::string_view("t.co"),
    std::string_view("linkedin.com"),    std::string_view("youtube.com"),      std::string_view("youtu.be"),
    std::string_view("pinterest.com"),   std::string_view("tiktok.com"),       std::string_view("whatsapp.com"),
    std::string_view("wa.me"),           std::string_view("t.me"),             std::string_view("telegram.org"),
    std::string_view("discord.com"),     std::string_view("discord.gg"),       std::string_view("reddit.com"),
    std::string_view("apple.com"),       std::string_view("microsoft.com"),    std::string_view("office.com"),
    std::string_view("office365.com"),   std::string_view("windows.net"),      std::string_view("azurewebsites.net"),
    std::string_view("sharepoint.com"),  std::string_view("amazon.com"),       std::string_view("amazonaws.com"),
    std::string_view("amazonses.com"),   std::string_view("cloudfront.net"),   std::string_view("cloudflare.com"),
    std::string_view("workers.dev"),     std::string_view("pages.dev"),        std::string_view("web.app"),
    std::string_view("firebaseapp.com"), std::string_view("github.com"),       std::string_view("github.io"),
    std::string_view("gitlab.com"),      std::string_view("netlify.app"),      std::string_view("vercel.app"),
    std::string_view("herokuapp.com"),   std::string_view("blogspot.com"),     std::string_view("wordpress.com"),
    std::string_view("weebly.com"),      std::string_view("wixsite.com"),      std::string_view("godaddysites.com"),
    std::string_view("bit.ly"),          std::string_view("tinyurl.com"),      std::string_view("goo.gl"),
    std::string_view("is.gd"),           std::string_view("ow.ly"),            std::string_view("cutt.ly"),
    std::string_view("rebrand.ly"),      std::string_view("shorturl.at"),      std::string_view("rb.gy"),
    std::string_view("dropbox.com"),     std::string_view("mediafire.com"),    std::string_view("mega.nz"),
    std::string_view("wetransfer.com"),  std::string_view("imgur.com"),        std::string_view("ibb.co"),
    std::string_view("sendgrid.net"),    std::string_view("mailchimp.com"),    std::string_view("list-manage.com"),
    std::string_view("mcsv.net"),        std::string_view("mailgun.org"),      std::string_view("sparkpostmail.com"),
    std::string_view("secureserver.net"), std::string_view("paypal.com"),      std::string_view("ebay.com"),
    std::string_view("wikipedia.org"),   std::string_view("sourceforge.net"),  std::string_view("duckduckgo.com"),
    std::string_view("bing.com"),        std::string_view("doubleclick.net"),  std::string_view("google-analytics.com"),
};

bool is_under(std::string_view host, std::string_view parent) {
    if (!host.ends_with(parent)) return false;
    return host.size() == parent.size() || host[host.size() - parent.size() - 1] == '.';
}

std::optional<std::uint32_t> ipv4_from(std::string_view text) {
    std::uint32_t address = 0;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (int part = 0; part < 4; ++part) {
        unsigned number = 0;
        const auto read = std::from_chars(at, end, number);
        if (read.ec != std::errc() || number > 255) return std::nullopt;
        address = address << 8 | number;
        at = read.ptr;
        if (part < 3) {
            if (at == end || *at != '.') return std::nullopt;
            ++at;
        }
    }
    if (at != end) return std::nullopt;
    return address;
}

struct Block {
    std::uint32_t address;
    int bits;
};
// IANA IPv4 special-purpose registry, multicast (224/4) and reserved (240/4).
constexpr std::array silent_blocks{
    Block{0x00000000, 8},  Block{0x0a000000, 8},  Block{0x64400000, 10}, Block{0x7f000000, 8},  Block{0xa9fe0000, 16},
    Block{0xac100000, 12}, Block{0xc0000000, 24}, Block{0xc0000200, 24}, Block{0xc0586300, 24}, Block{0xc0a80000, 16},
    Block{0xc6120000, 15}, Block{0xc6336400, 24}, Block{0xcb007100, 24}, Block{0xe0000000, 3},
};
constexpr std::array open_resolvers{std::string_view("8.8.8.8"), std::string_view("8.8.4.4"), std::string_view("1.1.1.1"),
                                    std::string_view("1.0.0.1"), std::string_view("9.9.9.9")};
constexpr std::array public_second_levels{std::string_view("co"),  std::string_view("com"), std::string_view("org"), std::string_view("net"),
                                          std::string_view("gov"), std::string_view("gob"), std::string_view("ac"),  std::string_view("edu"),
                                          std::string_view("or"),  std::string_view("ne"),  std::string_view("go"),  std::string_view("gouv")};

template <std::size_t N>
bool is_under_any(std::string_view host, const std::array<std::string_view, N>& parents) {
    return std::any_of(parents.begin(), parents.end(), [host](std::string_view parent) { return is_under(host, parent); });
}

}  // namespace

bool is_silent_host(std::string_view host) {
    if (host.find('.') == std::string_view::npos) return true;
    return is_under_any(host, silent_hosts) || is_under_any(host, silent_tops);
}

bool is_shared_host(std::string_view host) { return is_under_any(host, shared_hosts); }

bool is_silent_ipv4(std::string_view address) {
    const auto number = ipv4_from(address);
    if (!number) return true;
    if (std::find(open_resolvers.begin(), open_resolvers.end(), address) != open_resolvers.end()) return true;
    return std::any_of(silent_blocks.begin(), silent_blocks.end(), [&number](const Block& block) {
        return (*number ^ block.address) >> (32 - block.bits) == 0;
    });
}

bool is_silent_ipv6(std::string_view address) {
    // Normal forms are lower case and shortened (RFC 5952), so a prefix of the text is a prefix of the address for the
    // blocks below: unspecified and loopback, link-local (fe80::/10), unique local (fc00::/7), multicast (ff00::/8),
    // documentation (2001:db8::/32), IPv4-mapped.
    if (address.starts_with("::")) return true;
    if (address.starts_with("2001:db8:")) return true;
    const std::size_t colon = address.find(':');
    if (colon != 4) return false;
    const std::string_view first = address.substr(0, 4);
    if (first.starts_with("ff") || first.starts_with("fc") || first.starts_with("fd")) return true;
    return first.starts_with("fe") && (first[2] == '8' || first[2] == '9' || first[2] == 'a' || first[2] == 'b');
}

std::string_view site_of(std::string_view host) {
    const std::size_t last = host.rfind('.');
    if (last == std::string_view::npos || last == 0) return host;
    const std::size_t second = host.rfind('.', last - 1);
    if (second == std::string_view::npos) return host;
    const std::string_view label = host.substr(second + 1, last - second - 1);
    const bool is_country = host.size() - last - 1 == 2;
    const bool is_public = std::find(public_second_levels.begin(), public_second_levels.end(), label) != public_second_levels.end();
    if (!(is_country && is_public) || second == 0) return host.substr(second + 1);
    const std::size_t third = host.rfind('.', second - 1);
    return third == std::string_view::npos ? host : host.substr(third + 1);
}

}  // namespace plumbline::link

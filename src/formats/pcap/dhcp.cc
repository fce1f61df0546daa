// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/dhcp.h"

#include <algorithm>

#include "formats/pcap/fields.h"

namespace plumbline::formats::net {

std::string mac_text(const MacAddress& mac) {
    std::string out;
    for (const std::byte b : mac) out += fmt::format("{}{:02x}", out.empty() ? "" : ":", std::to_integer<unsigned>(b));
    return out;
}

namespace {
bool is_zero(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}
void append_option(const PacketBytes& message, unsigned code, std::uint64_t at, std::uint64_t size, ViewText& out) {
    const ByteView bytes = message.bytes;
    static constexpr std::pair<unsigned, std::string_view> texts[] = {{12, "host name"}, {15, "domain"}, {17, "root path"}, {40, "nis domain"}, {56, "message"}, {60, "vendor"}, {64, "nis+ domain"}, {66, "boot server"}, {67, "boot file"}, {77, "user class"}, {114, "portal"}, {252, "proxy"}};
    static constexpr std::pair<unsigned, std::string_view> addresses[] = {{3, "router"}, {4, "time server"}, {5, "name server"}, {6, "dns"}, {42, "ntp"}, {44, "netbios"}, {50, "asks for"}, {54, "server"}};
    for (const auto& [number, name] : texts) {
        if (number != code) continue;
        out.made(fmt::format(", {} ", name), message.at);
        out.same(message.from(at).first(size));
    }
    for (const auto& [number, name] : addresses) {
        if (number != code) continue;
        for (std::uint64_t i = 0; i + 4 <= size; i += 4) out.made(fmt::format(", {} {}", name, address_text(address_of(bytes.subspan(at + i, 4)))), message.at);
    }
    if (code != 81 || size <= 3) return;  // RFC 4702: flags, two codes, then the name as text or in the form of DNS
    out.made(", full name ", message.at);
    if ((u8_at(bytes, at) & 4) == 0) return out.same(message.from(at + 3).first(size - 3));
    std::string name;
    for (std::uint64_t i = at + 3; i < at + size && u8_at(bytes, i) != 0; i += 1ULL + u8_at(bytes, i)) {
        const ByteView label = part_of(bytes.first(at + size), i + 1, u8_at(bytes, i));
        name += (name.empty() ? "" : ".") + std::string(text_of(label));
    }
    out.made(name, message.at);
}
}  // namespace

bool append_dhcp(const PacketBytes& message, ViewText& out) {
    const ByteView bytes = message.bytes;
    const unsigned operation = u8_at(bytes, 0);
    if (bytes.size() < 240 || (operation != 1 && operation != 2) || be32_at(bytes, 236) != 0x63825363) return false;
    out.made(operation == 1 ? "dhcp request" : "dhcp answer", message.at);
    if (u8_at(bytes, 1) == 1 && u8_at(bytes, 2) == 6) {
        MacAddress mac{};
        std::copy_n(bytes.begin() + 28, 6, mac.begin());
        out.made(" of " + mac_text(mac), message.at);
    }
    static constexpr std::pair<std::uint64_t, std::string_view> fields[] = {{12, "has"}, {16, "gets"}, {20, "server"}, {24, "relay"}};
    for (const auto& [at, name] : fields)
        if (!is_zero(bytes.subspan(at, 4))) out.made(fmt::format(", {} {}", name, address_text(address_of(bytes.subspan(at, 4)))), message.at);
    static constexpr std::pair<std::uint64_t, std::uint64_t> names[] = {{44, 64}, {108, 128}};
    for (const auto& [at, size] : names) {
        const ByteView field = bytes.subspan(at, size);
        const auto end = static_cast<std::uint64_t>(std::find(field.begin(), field.end(), std::byte{0}) - field.begin());
        if (end == 0) continue;
        out.made(at == 44 ? ", server " : ", file ", message.at);
        out.same(message.from(at).first(end));
    }
    for (std::uint64_t at = 240; at + 2 <= bytes.size() && u8_at(bytes, at) != 255;) {
        const unsigned code = u8_at(bytes, at);
        const std::uint64_t size = u8_at(bytes, at + 1);
        if (code == 0) {
            ++at;
            continue;
        }
        if (at + 2 + size > bytes.size()) break;
        append_option(message, code, at + 2, size, out);
        at += 2 + size;
    }
    out.made("\n", message.at);
    return true;
}

}  // namespace plumbline::formats::net

// SPDX-License-Identifier: Apache-2.0
#include "formats/dns/dns.h"

#include <algorithm>
#include <optional>

#include "formats/pcap/fields.h"

namespace plumbline::formats {

using namespace net;

namespace {
constexpr std::size_t name_bytes_max = 255;
constexpr unsigned pointers_max = 64;
constexpr std::uint64_t records_max = 4096;

struct Name {
    std::string text;
    std::uint64_t end = 0;  // behind it, where it was read from
};

void append_label(std::string& out, ByteView label) {
    for (const std::byte b : label) {
        const auto value = std::to_integer<unsigned>(b);
        if (value == '.' || value == '\\') out += '\\';
        if (value < ' ' || value == 127) out += fmt::format("\\{:03}", value);
        else out += static_cast<char>(value);
    }
}

// A pointer leads to an earlier place than any before it, so that a name ends.
std::optional<Name> read_name(ByteView message, std::uint64_t at) {
    Name name;
    std::uint64_t earliest = at;
    std::size_t size = 0;
    for (unsigned pointers = 0; at < message.size();) {
        const unsigned length = u8_at(message, at);
        if (length >= 0xc0) {
            const std::uint64_t target = big_at(message, at, 2) & 0x3fff;
            if (at + 2 > message.size()) return std::nullopt;
            if (name.end == 0) name.end = at + 2;
            if (target >= earliest || ++pointers > pointers_max) return std::nullopt;
            earliest = at = target;
            continue;
        }
        if (length > 63) return std::nullopt;
        if (length == 0) {
            if (name.end == 0) name.end = at + 1;
            if (name.text.empty()) name.text = ".";
            return name;
        }
        size += length + 1;
        if (size > name_bytes_max || at + 1 + length > message.size()) return std::nullopt;
        if (!name.text.empty()) name.text += '.';
        append_label(name.text, message.subspan(at + 1, length));
        at += 1 + length;
    }
    return std::nullopt;
}

// RFC 1001 section 14.1: each half byte of a 16-byte name as a letter from A on; the last byte is the kind of service.
void decode_netbios(std::string& name) {
    const std::string_view label = std::string_view(name).substr(0, name.find('.'));
    if (label.size() != 32 || !std::all_of(label.begin(), label.end(), [](char c) { return c >= 'A' && c <= 'P'; })) return;
    std::string out;
    for (std::size_t i = 0; i < 30; i += 2) {
        const auto value = static_cast<unsigned char>(((label[i] - 'A') << 4) | (label[i + 1] - 'A'));
        if (value >= ' ' && value != 127) out += static_cast<char>(value);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    name = out + name.substr(32);
}

std::string type_name(std::uint32_t type, bool is_netbios) {
    if (is_netbios && type == 32) return "NB";
    if (is_netbios && type == 33) return "NBSTAT";
    static constexpr std::pair<std::uint32_t, std::string_view> names[] = {{1, "A"}, {2, "NS"}, {5, "CNAME"}, {6, "SOA"}, {12, "PTR"}, {13, "HINFO"}, {15, "MX"}, {16, "TXT"}, {28, "AAAA"}, {33, "SRV"}, {35, "NAPTR"}, {39, "DNAME"}, {47, "NSEC"}, {64, "SVCB"}, {65, "HTTPS"}, {99, "SPF"}, {255, "ANY"}, {256, "URI"}, {257, "CAA"}};
    for (const auto& [number, name] : names)
        if (number == type) return std::string(name);
    return fmt::format("TYPE{}", type);
}

// "4.3.2.1.in-addr.arpa" is asked for the name of 1.2.3.4 (RFC 1035 section 3.5).
std::string reversed_address(std::string_view name) {
    if (!name.ends_with(".in-addr.arpa")) return {};
    name.remove_suffix(13);
    std::string out;
    unsigned parts = 0;
    while (!name.empty()) {
        const std::size_t dot = name.rfind('.');
        const std::string_view part = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
        if (part.empty() || part.size() > 3 || !std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
        out += (parts++ > 0 ? "." : "") + std::string(part);
        name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
    }
    return parts == 4 ? " for " + out : std::string();
}

class Message {
  public:
    Message(const PacketBytes& message, bool is_netbios, ViewText& out) : message_(message), bytes_(message.bytes), is_netbios_(is_netbios), out_(out) {}

    DnsRead read() {
        const std::uint64_t questions = be16_at(bytes_, 4);
        const std::uint64_t records = big_at(bytes_, 6, 2) + big_at(bytes_, 8, 2) + big_at(bytes_, 10, 2);
        const unsigned opcode = (u8_at(bytes_, 2) >> 3) & 15;
        if (bytes_.size() < 12 || (opcode > 6 && !is_netbios_) || questions + records == 0 || questions > 256 || questions + records > records_max) return DnsRead::none;
        std::uint64_t at = 12;
        std::vector<std::pair<std::uint64_t, std::string>> lines;
        for (std::uint64_t i = 0; i < questions; ++i) {
            std::optional<Name> name = read_name(bytes_, at);
            if (!name || name->end + 4 > bytes_.size()) return lines.empty() ? DnsRead::none : finish(lines, DnsRead::damaged);
            if (is_netbios_) decode_netbios(name->text);
            lines.emplace_back(at, fmt::format("query {} {}{}\n", name->text, type_name(be16_at(bytes_, name->end), is_netbios_), reversed_address(name->text)));
            at = name->end + 4;
        }
        // Where nothing is asked, the first record must be one for the bytes to be a message.
        if (questions == 0 && !record_end(at)) return DnsRead::none;
        finish(lines, DnsRead::whole);
        for (std::uint64_t i = 0; i < records; ++i) {
            const std::optional<std::uint64_t> end = record_end(at);
            if (!end) return DnsRead::damaged;
            record(at, *end);
            at = *end;
        }
        return DnsRead::whole;
    }

  private:
    DnsRead finish(const std::vector<std::pair<std::uint64_t, std::string>>& lines, DnsRead result) {
        for (const auto& [at, line] : lines) made(line, at);
        return result;
    }
    void made(std::string_view text, std::uint64_t at) {
        std::uint64_t place = message_.at;
        message_.from(at).first(1).each_piece([&](std::uint64_t piece, std::uint64_t) { place = piece; });
        out_.made(text, place);
    }
    std::optional<std::uint64_t> record_end(std::uint64_t at) const {
        const std::optional<Name> name = read_name(bytes_, at);
        if (!name || name->end + 10 > bytes_.size()) return std::nullopt;
        const std::uint64_t end = name->end + 10 + be16_at(bytes_, name->end + 8);
        return end <= bytes_.size() ? std::optional(end) : std::nullopt;
    }
    void record(std::uint64_t at, std::uint64_t end) {
        std::optional<Name> name = read_name(bytes_, at);
        const std::uint32_t type = be16_at(bytes_, name->end);
        if (type == 41) return;  // EDNS: no name
        if (is_netbios_) decode_netbios(name->text);
        made(fmt::format("{} {}{} ", name->text, type_name(type, is_netbios_), reversed_address(name->text)), at);
        data(type, name->end + 10, end);
        made("\n", at);
    }
    void name_at(std::uint64_t at, std::uint64_t end) {
        const std::optional<Name> name = at < end ? read_name(bytes_, at) : std::nullopt;
        if (name) made(name->text, at);
    }
    void strings(std::uint64_t at, std::uint64_t end) {
        while (at < end) {
            const std::uint64_t size = std::min<std::uint64_t>(u8_at(bytes_, at), end - at - 1);
            out_.same(message_.from(at + 1).first(size));
            at += 1 + size;
            if (at < end) made(" ", at);
        }
    }
    void netbios_data(std::uint32_t type, std::uint64_t at, std::uint64_t end) {
        if (type == 32) {
            for (; at + 6 <= end; at += 6) made(address_text(address_of(bytes_.subspan(at + 2, 4))) + " ", at);
            return;
        }
        const std::uint64_t count = u8_at(bytes_, at);
        for (std::uint64_t i = 0; i < count && at + 1 + 18 * (i + 1) <= end; ++i) {
            out_.same(message_.from(at + 1 + 18 * i).first(15));
            made(" ", at);
        }
    }
    void data(std::uint32_t type, std::uint64_t at, std::uint64_t end) {
        if (is_netbios_ && (type == 32 || type == 33)) return netbios_data(type, at, end);
        switch (type) {
            case 1: if (end - at == 4) made(address_text(address_of(bytes_.subspan(at, 4))), at); break;
            case 28: if (end - at == 16) made(address_text(address_of(bytes_.subspan(at, 16))), at); break;
            case 2: case 5: case 12: case 39: name_at(at, end); break;
            case 6: {
                name_at(at, end);
                const std::optional<Name> first = read_name(bytes_, at);
                made(" ", at);
                if (first) name_at(first->end, end);
                break;
            }
            case 15: made(fmt::format("{} ", be16_at(bytes_, at)), at); name_at(at + 2, end); break;
            case 33: made(fmt::format("port {} ", be16_at(bytes_, at + 4)), at); name_at(at + 6, end); break;
            case 64: case 65: name_at(at + 2, end); break;
            case 13: case 16: case 99: strings(at, end); break;
            case 35: {
                std::uint64_t next = at + 4;
                for (unsigned i = 0; i < 3 && next < end; ++i) {
                    const std::uint64_t size = std::min<std::uint64_t>(u8_at(bytes_, next), end - next - 1);
                    out_.same(message_.from(next + 1).first(size));
                    made(" ", next);
                    next += 1 + size;
                }
                name_at(next, end);
                break;
            }
            case 256: if (end - at > 4) out_.same(message_.from(at + 4).first(end - at - 4)); break;
            case 257: {
                const std::uint64_t tag = std::min<std::uint64_t>(u8_at(bytes_, at + 1), end > at + 2 ? end - at - 2 : 0);
                out_.same(message_.from(at + 2).first(tag));
                made(" ", at);
                if (at + 2 + tag < end) out_.same(message_.from(at + 2 + tag).first(end - at - 2 - tag));
                break;
            }
            default: made(fmt::format("{} bytes", end - at), at);
        }
    }

    const PacketBytes& message_;
    ByteView bytes_;
    bool is_netbios_;
    ViewText& out_;
};
}  // namespace

DnsRead append_dns(const PacketBytes& message, bool is_netbios, ViewText& out) { return Message(message, is_netbios, out).read(); }

bool looks_like_dns_stream(ByteView bytes, const Hints& hints) {
    if (hints.media_type != "application/dns") return false;
    Budget budget;
    ViewText text(budget);
    PacketBytes first;
    first.bytes = part_of(bytes, 2, be16_at(bytes, 0));
    return append_dns(first, false, text) != DnsRead::none;
}

Decoded decode_dns_stream(ByteView bytes, Budget& budget) {
    ViewText text(budget);
    Decoded out;
    out.decoder = "dns";
    std::uint64_t at = 0;
    while (at + 2 <= bytes.size() && out.damage.empty()) {
        PacketBytes message;
        message.at = at + 2;
        message.bytes = part_of(bytes, at + 2, be16_at(bytes, at));
        if (!budget.take_steps(message.bytes.size() + 2)) out.damage = "dns: over the budget of steps";
        else if (message.bytes.empty() || append_dns(message, false, text) != DnsRead::whole) out.damage = "dns: a message is damaged";
        else at += 2 + message.bytes.size();
    }
    if (text.is_over()) out.damage = "dns: over the budget of decoded bytes";
    out.size_in = at;
    out.bytes = std::move(text.bytes());
    out.map = std::move(text.map());
    return out;
}

void open_dns_stream(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Decoded child = decode_dns_stream(bytes, budget);
    const std::uint64_t end = child.size_in;
    if (!child.damage.empty()) visitor.unread(std::min<std::uint64_t>(end, bytes.size()), "dns", child.damage);
    if (!child.bytes.empty()) visitor.decoded(std::move(child), {}, true);
    if (end < bytes.size()) visitor.window(end, bytes.size(), {}, true);
}

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
#include "formats/tls/tls.h"

#include <algorithm>

#include "base/hash.h"
#include "formats/pcap/fields.h"
#include "formats/pcap/view_text.h"

namespace plumbline::formats {

using namespace net;

namespace {
constexpr std::uint8_t handshake = 22, application_data = 23;
constexpr std::uint64_t record_bytes_max = 16'384 + 2'048;
constexpr std::uint64_t handshake_bytes_max = 1024 * 1024;
constexpr std::size_t certificates_max = 64;

bool is_record(ByteView bytes, std::uint64_t at) {
    const unsigned type = u8_at(bytes, at);
    return at + 5 <= bytes.size() && type >= 20 && type <= 24 && u8_at(bytes, at + 1) == 3 && u8_at(bytes, at + 2) <= 4 && be16_at(bytes, at + 3) <= record_bytes_max;
}

// The records of one side: what is said in the open, and how much is not.
struct Records {
    Bytes open;                          // handshake messages, joined
    std::vector<PacketBytes::Piece> pieces;  // where they stand
    std::uint64_t encrypted = 0;
    std::uint64_t encrypted_at = 0;
    std::uint64_t end = 0;               // where the records end
    bool is_over = false;
};
Records read_records(ByteView bytes, Budget& budget) {
    Records out;
    bool is_open = true;
    for (; is_record(bytes, out.end); out.end += 5ULL + be16_at(bytes, out.end + 3)) {
        const ByteView body = part_of(bytes, out.end + 5, be16_at(bytes, out.end + 3));
        const unsigned type = u8_at(bytes, out.end);
        if (!budget.take_steps(body.size() + 5)) out.is_over = true;
        if (out.is_over) break;
        if (type == 20 || type == application_data) is_open = false;
        if (type == handshake && is_open && out.open.size() + body.size() <= handshake_bytes_max) {
            if (!budget.take_bytes(body.size())) out.is_over = true;
            else {
                append(out.open, body);
                out.pieces.push_back({out.end + 5, body.size()});
            }
        } else if (type == application_data) {
            if (out.encrypted == 0) out.encrypted_at = out.end;
            out.encrypted += body.size();
        }
    }
    out.end = std::min<std::uint64_t>(out.end, bytes.size());
    return out;
}

class Names {
  public:
    Names(const Records& records, ViewText& out) : bytes_(records.open), out_(out) {
        whole_.bytes = bytes_;
        whole_.pieces = &records.pieces;
    }
    void read() {
        for (std::uint64_t at = 0; at + 4 <= bytes_.size();) {
            const std::uint64_t size = big_at(bytes_, at + 1, 3);
            const std::uint64_t end = std::min<std::uint64_t>(at + 4 + size, bytes_.size());
            if (u8_at(bytes_, at) == 1) client_hello(at + 4, end);
            if (u8_at(bytes_, at) == 11) certificates(at + 4, end);
            at += 4 + size;
        }
    }

  private:
    std::uint64_t place(std::uint64_t at) const {
        std::uint64_t out = 0;
        whole_.from(at).first(1).each_piece([&](std::uint64_t piece, std::uint64_t) { out = piece; });
        return out;
    }
    void line(std::string_view label, std::uint64_t at, std::uint64_t size) {
        out_.made(label, place(at));
        out_.same(whole_.from(at).first(size));
        out_.made("\n", place(at));
    }
    void client_hello(std::uint64_t at, std::uint64_t end) {
        const ByteView hello = bytes_.first(end);
        at += 34;                                    // version and random
        at += 1ULL + u8_at(hello, at);               // session
        at += 2ULL + be16_at(hello, at);             // cipher suites
        at += 1ULL + u8_at(hello, at);               // compression
        at += 2;
        while (at + 4 <= end) {
            const std::uint32_t type = be16_at(hello, at);
            const std::uint64_t size = std::min<std::uint64_t>(be16_at(hello, at + 2), end - at - 4);
            // RFC 6066 section 3: a list with its length, the kind of name, the name with its length.
            if (type == 0 && size > 5) line("server name ", at + 9, std::min<std::uint64_t>(be16_at(hello, at + 7), size - 5));
            if (type == 16) protocols(at + 6, at + 4 + size);
            at += 4 + size;
        }
    }
    void protocols(std::uint64_t at, std::uint64_t end) {
        while (at < end) {
            const std::uint64_t size = std::min<std::uint64_t>(u8_at(bytes_, at), end - at - 1);
            line("protocol ", at + 1, size);
            at += 1 + size;
        }
    }
    void certificates(std::uint64_t at, std::uint64_t end) {
        at += 3;
        for (std::size_t count = 0; at + 3 < end && count < certificates_max; ++count) {
            const std::uint64_t size = big_at(bytes_, at, 3);
            at += 3;
            if (size == 0 || size > end - at) return;
            const ByteView certificate = bytes_.subspan(at, size);
            out_.made(fmt::format("certificate sha256 {} sha1 {}\n", sha256(certificate).hex(), sha1_hex(certificate)), place(at));
            names(at, at + size);
            at += size;
        }
    }
    // The size of what is tagged at `at`, with where it starts; 0 where it does not fit. Names are shorter than 64 KiB.
    std::uint64_t value_size(std::uint64_t& at, std::uint64_t end) const {
        std::uint64_t size = u8_at(bytes_, at + 1);
        at += 2;
        if (size == 0x81) size = u8_at(bytes_, at++);
        else if (size == 0x82) {
            size = be16_at(bytes_, at);
            at += 2;
        } else if (size >= 0x80) {
            size = 0;
        }
        at = std::min(at, end);
        return size <= end - at ? size : 0;
    }
    // Looks for names by what stands before them, so that a certificate that breaks the rules of DER is read too.
    void names(std::uint64_t at, std::uint64_t end) {
        using namespace std::string_view_literals;
        static constexpr std::pair<std::string_view, std::string_view> attributes[] = {
            {"\x06\x03\x55\x04\x03"sv, "common name "}, {"\x06\x03\x55\x04\x0a"sv, "organisation "}, {"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"sv, "email "}};
        const std::string_view text = text_of(bytes_.first(end));
        for (; at < end; ++at) {
            const unsigned tag = u8_at(bytes_, at);
            if (tag == 0x86) {
                std::uint64_t value = at;
                const std::uint64_t size = value_size(value, end);
                const std::string_view start = text.substr(value, std::min<std::uint64_t>(size, 4));
                if (start == "http" || start == "ldap") line("address ", value, size);
                continue;
            }
            if (tag != 6) continue;
            for (const auto& [mark, label] : attributes) {
                if (!text.substr(at).starts_with(mark)) continue;
                std::uint64_t value = at + mark.size();
                const std::uint64_t size = value_size(value, end);
                if (size > 0) line(label, value, size);
            }
            if (text.substr(at).starts_with("\x06\x03\x55\x1d\x11"sv)) alternative_names(at + 5, end);
        }
    }
    // RFC 5280 section 4.2.1.6: perhaps "critical", an octet string, a sequence, the names.
    void alternative_names(std::uint64_t at, std::uint64_t end) {
        if (u8_at(bytes_, at) == 1) at += 3;
        if (u8_at(bytes_, at) != 4) return;
        value_size(at, end);
        if (u8_at(bytes_, at) != 0x30) return;
        const std::uint64_t size = value_size(at, end);
        for (const std::uint64_t stop = at + size; at < stop;) {
            const unsigned tag = u8_at(bytes_, at);
            std::uint64_t value = at;
            const std::uint64_t length = value_size(value, stop);
            if (tag == 0x82) line("name ", value, length);
            if (tag == 0x81) line("email ", value, length);
            if (tag == 0x87 && (length == 4 || length == 16)) out_.made("address " + address_text(address_of(bytes_.subspan(value, length))) + "\n", place(value));
            at = value + length;
        }
    }

    ByteView bytes_;
    ViewText& out_;
    PacketBytes whole_;
};
}  // namespace

bool looks_like_tls(ByteView bytes, const Hints&) {
    if (bytes.size() < 9 || u8_at(bytes, 0) != handshake || !is_record(bytes, 0)) return false;
    const unsigned type = u8_at(bytes, 5);
    return (type == 1 || type == 2) && be16_at(bytes, 3) >= 4;
}

Decoded decode_tls(ByteView bytes, Budget& budget) {
    const Records records = read_records(bytes, budget);
    ViewText text(budget);
    Names(records, text).read();
    Decoded out;
    out.decoder = "tls";
    out.size_in = records.end;
    out.bytes = std::move(text.bytes());
    out.map = std::move(text.map());
    if (records.is_over || text.is_over()) out.damage = "tls: over the budget";
    return out;
}

void open_tls(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Decoded child = decode_tls(bytes, budget);
    const std::uint64_t end = child.size_in;
    if (!child.damage.empty()) visitor.unread(0, "tls", child.damage);
    if (!child.bytes.empty()) visitor.decoded(std::move(child), {}, true);
    Budget again;  // the records were paid for
    again.bytes_out_left = handshake_bytes_max;
    const Records records = read_records(bytes, again);
    if (records.encrypted > 0) visitor.unread(records.encrypted_at, "tls", fmt::format("tls: {} bytes of application data are encrypted", records.encrypted));
    if (end < bytes.size()) visitor.window(end, bytes.size(), {}, true);
}

}  // namespace plumbline::formats

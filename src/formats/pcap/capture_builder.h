// SPDX-License-Identifier: Apache-2.0
// Builds captures for the tests: frames with right lengths and checksums, in classic pcap or pcapng.
#pragma once
#include <string>
#include <string_view>

#include "formats/pcap/internet.h"

namespace plumbline::formats::net {

class CaptureBuilder {
  public:
    explicit CaptureBuilder(std::uint32_t link_type = 1, bool is_big_endian = false) : is_big_(is_big_endian) {
        number(0xa1b2c3d4, 4);
        number(2, 2);
        number(4, 2);
        out_.append(8, '\0');
        number(65'535, 4);
        number(link_type, 4);
    }
    static std::string big(std::uint64_t value, unsigned size) {
        std::string out;
        for (unsigned i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i));
        return out;
    }
    void record(std::string_view frame) {
        out_.append(8, '\0');
        number(frame.size(), 4);
        number(frame.size(), 4);
        out_ += frame;
    }
    static std::string ethernet(std::string_view payload, std::uint16_t type = 0x0800) {
        return std::string("\x00\x16\x3e\x11\x22\x33\x00\x16\x3e\x44\x55\x66", 12) + big(type, 2) + std::string(payload);
    }
    static std::uint16_t checksum(std::string_view bytes) {
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (i % 2 == 0 ? 8 : 0);
        while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
        return static_cast<std::uint16_t>(~sum);
    }
    // Addresses as four bytes; `fragment` is the field of flags and offset.
    static std::string ip(std::string_view source, std::string_view destination, std::uint8_t protocol, std::string_view payload, std::uint16_t fragment = 0x4000, std::uint16_t id = 7) {
        std::string header = "\x45" + std::string(1, '\0') + big(20 + payload.size(), 2) + big(id, 2) + big(fragment, 2) + "\x40" + std::string(1, static_cast<char>(protocol)) + std::string(2, '\0');
        header += std::string(source) + std::string(destination);
        header.replace(10, 2, big(checksum(header), 2));
        return header + std::string(payload);
    }
    static std::string tcp(std::uint16_t from, std::uint16_t to, std::uint32_t sequence, std::uint8_t flags, std::string_view data) {
        return big(from, 2) + big(to, 2) + big(sequence, 4) + big(1, 4) + "\x50" + std::string(1, static_cast<char>(flags)) + big(4096, 2) + std::string(4, '\0') + std::string(data);
    }
    static std::string udp(std::uint16_t from, std::uint16_t to, std::string_view data) { return big(from, 2) + big(to, 2) + big(8 + data.size(), 2) + std::string(2, '\0') + std::string(data); }

    // One connection from 192.0.2.1 to 198.51.100.2; sequence numbers count from 1000 and 5000.
    void say(bool is_client, std::uint32_t at, std::string_view data, std::uint8_t flags = 0x18, std::uint16_t port = 80) {
        const std::string a("\xc0\x00\x02\x01", 4);
        const std::string b("\xc6\x33\x64\x02", 4);
        const std::string segment = is_client ? tcp(40'000, port, 1000 + at, flags, data) : tcp(port, 40'000, 5000 + at, flags, data);
        record(ethernet(is_client ? ip(a, b, 6, segment) : ip(b, a, 6, segment)));
    }
    void open(std::uint16_t port = 80) {
        say(true, 0, "", 2, port);
        say(false, 0, "", 0x12, port);
    }
    const std::string& bytes() const { return out_; }

  private:
    void number(std::uint64_t value, unsigned size) {
        std::string text = big(value, size);
        out_ += is_big_ ? text : std::string(text.rbegin(), text.rend());
    }
    bool is_big_;
    std::string out_;
};

}  // namespace plumbline::formats::net

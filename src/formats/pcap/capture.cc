// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/capture.h"

#include <algorithm>

#include "formats/pcap/fields.h"

namespace plumbline::formats::net {

namespace {
constexpr std::uint32_t magic_micro = 0xa1b2c3d4;
constexpr std::uint32_t magic_nano = 0xa1b23c4d;
constexpr std::uint32_t magic_modified = 0xa1b2cd34;
constexpr std::uint32_t magic_section = 0x0a0d0d0a;
constexpr std::uint32_t magic_byte_order = 0x1a2b3c4d;
// The largest packet that libpcap takes for most link types; USB and D-Bus have their own.
constexpr std::uint32_t packet_bytes_max = 262'144;
constexpr std::uint32_t packet_bytes_max_wide = 128 * 1024 * 1024;
constexpr std::size_t rows_max = 10'000;
constexpr std::size_t interfaces_max = 65'536;

std::uint32_t size_max_of(std::uint32_t link_type) {
    // LINKTYPE_DBUS, USB_LINUX, USB_LINUX_MMAPPED, USBPCAP, USB_DARWIN.
    const bool is_wide = link_type == 231 || link_type == 189 || link_type == 220 || link_type == 249 || link_type == 266;
    return is_wide ? packet_bytes_max_wide : packet_bytes_max;
}
bool is_classic(std::uint32_t magic) { return magic == magic_micro || magic == magic_nano || magic == magic_modified; }
}  // namespace

bool looks_like_capture(ByteView file) {
    if (file.size() < 24) return false;
    const std::uint32_t magic = be32_at(file, 0);
    if (magic == magic_section) {
        const std::uint32_t order = be32_at(file, 8);
        return order == magic_byte_order || order == 0x4d3c2b1a;
    }
    const bool is_big = is_classic(magic);
    if (!is_big && !is_classic(static_cast<std::uint32_t>(little_at(file, 0, 4)))) return false;
    return (is_big ? big_at(file, 4, 2) : little_at(file, 4, 2)) == 2;
}

CaptureReader::CaptureReader(ByteView file) : file_(file) {
    if (!looks_like_capture(file)) {
        damaged("not a capture");
        return;
    }
    is_pcapng_ = be32_at(file, 0) == magic_section;
    if (is_pcapng_) return;
    is_big_endian_ = is_classic(be32_at(file, 0));
    const std::uint64_t minor = number(6, 2);
    // Before version 2.3 the two lengths stood the other way round, in 2.3 either way; libpcap reads it so.
    is_swapped_ = minor < 3;
    may_be_swapped_ = minor == 3;
    if (number(0, 4) == magic_modified) record_header_size_ = 24;
    // The upper bits tell of the frame check sequence.
    link_type_ = static_cast<std::uint32_t>(number(20, 4)) & 0x03ffffff;
    at_ = 24;
}

std::uint64_t CaptureReader::number(std::uint64_t at, unsigned size) const {
    return is_big_endian_ ? big_at(file_, at, size) : little_at(file_, at, size);
}

std::optional<CapturedPacket> CaptureReader::damaged(std::string reason) {
    damage_ = "pcap: " + std::move(reason);
    return std::nullopt;
}

std::optional<CapturedPacket> CaptureReader::next() {
    if (!damage_.empty() || at_ >= file_.size()) return std::nullopt;
    return is_pcapng_ ? next_block() : next_record();
}

std::optional<CapturedPacket> CaptureReader::next_record() {
    if (file_.size() - at_ < record_header_size_) return damaged("cut short in the header of a record");
    std::uint64_t captured = number(at_ + 8, 4);
    const std::uint64_t on_wire = number(at_ + 12, 4);
    if (is_swapped_ || (may_be_swapped_ && captured > on_wire)) captured = on_wire;
    if (captured > size_max_of(link_type_)) return damaged("a record's length cannot be right");
    CapturedPacket packet;
    packet.at = at_ + record_header_size_;
    packet.link_type = link_type_;
    const std::uint64_t left = file_.size() - packet.at;
    packet.size = static_cast<std::uint32_t>(std::min(captured, left));
    at_ = packet.at + packet.size;
    if (captured > left) {
        damaged("cut short in a packet");
        if (packet.size == 0) return std::nullopt;
    }
    return packet;
}

bool CaptureReader::start_section(std::uint64_t block_size) {
    const std::uint32_t order = be32_at(file_, at_ + 8);
    if (block_size < 28 || number(at_ + 12, 2) != 1) {
        damaged(order == magic_byte_order || order == 0x4d3c2b1a ? "a section in a version that is not read" : "a section without a byte order");
        return false;
    }
    interfaces_.clear();
    read_options(at_ + 24, at_ + block_size - 4, 2, 4);
    return true;
}

std::optional<CapturedPacket> CaptureReader::next_block() {
    while (at_ < file_.size()) {
        if (file_.size() - at_ < 12) return damaged("cut short in the header of a block");
        // The type of a section's block reads the same in both orders; it says the order of all that follows.
        if (be32_at(file_, at_) == magic_section) {
            const std::uint32_t order = be32_at(file_, at_ + 8);
            if (order != magic_byte_order && order != 0x4d3c2b1a) return damaged("a section without a byte order");
            is_big_endian_ = order == magic_byte_order;
        }
        const std::uint64_t type = number(at_, 4);
        const std::uint64_t size = number(at_ + 4, 4);
        if (size < 12 || size % 4 != 0) return damaged("a block's length cannot be right");
        if (size > file_.size() - at_) {
            const std::optional<CapturedPacket> packet = packet_of(type, file_.size() - at_ + 4);
            if (damage_.empty()) damaged("cut short in a block");
            if (packet) at_ = packet->at + packet->size;
            return packet;
        }
        if (number(at_ + size - 4, 4) != size) return damaged("a block's two lengths differ");
        if (type == magic_section && !start_section(size)) return std::nullopt;
        const std::optional<CapturedPacket> packet = packet_of(type, size);
        if (!damage_.empty()) return std::nullopt;
        at_ += size;
        if (packet) return packet;
    }
    return std::nullopt;
}

// Other blocks than those of packets are read on the way. `size` has the trailing length in it.
std::optional<CapturedPacket> CaptureReader::packet_of(std::uint64_t type, std::uint64_t size) {
    const std::uint64_t end = at_ + size - 4;
    if (type == 1) {  // interface description
        if (size < 20) return damaged("an interface's block is too short");
        if (interfaces_.size() >= interfaces_max) return damaged("over the limit of interfaces");
        interfaces_.push_back({static_cast<std::uint32_t>(number(at_ + 8, 2)), static_cast<std::uint32_t>(number(at_ + 12, 4))});
        read_options(at_ + 16, end, 2, 3);
        return std::nullopt;
    }
    if (type == 4) read_names(at_ + 8, end);
    if (type == 10 && secrets_.size() < 1000) secrets_.push_back(at_);
    if (type != 2 && type != 3 && type != 6) return std::nullopt;
    const bool is_simple = type == 3;
    const std::uint64_t header = is_simple ? 12 : 28;
    if (size < header + 4) return damaged("a packet's block is too short");
    const std::uint64_t interface = is_simple ? 0 : number(at_ + 8, type == 2 ? 2 : 4);
    if (interface >= interfaces_.size()) return damaged("a packet of an interface that is not described");
    std::uint64_t captured = number(at_ + (is_simple ? 8 : 20), 4);
    const Interface& from = interfaces_[static_cast<std::size_t>(interface)];
    // A simple packet has only its length on the wire: what was captured ends with the block or the snapshot length.
    if (is_simple) captured = std::min({captured, size - header - 4, from.snap_length == 0 ? captured : from.snap_length});
    if (captured > size_max_of(from.link_type)) return damaged("a packet's length cannot be right");
    CapturedPacket packet;
    packet.at = at_ + header;
    packet.link_type = from.link_type;
    packet.size = static_cast<std::uint32_t>(std::min(captured, size - header - 4));
    if (captured > size - header - 4) return damaged("a packet longer than its block");
    if (!is_simple) read_options(packet.at + (captured + 3) / 4 * 4, end, 1, 1);
    return packet;
}

// Options: code, length, value, padded to four bytes. Code 1 is a comment in every block.
void CaptureReader::read_options(std::uint64_t at, std::uint64_t end, std::uint64_t first_text, std::uint64_t last_text) {
    end = std::min<std::uint64_t>(end, file_.size());
    while (at < end && end - at >= 4) {
        const std::uint64_t code = number(at, 2);
        const std::uint64_t size = number(at + 2, 2);
        if (code == 0 || size > end - at - 4) return;
        const bool is_text = code == 1 || (code >= first_text && code <= last_text);
        if (is_text && size > 0 && texts_.size() < rows_max) texts_.push_back({at + 4, size});
        at += 4 + (size + 3) / 4 * 4;
    }
}

void CaptureReader::read_names(std::uint64_t at, std::uint64_t end) {
    end = std::min<std::uint64_t>(end, file_.size());
    while (at < end && end - at >= 4) {
        const std::uint64_t type = number(at, 2);
        const std::uint64_t size = number(at + 2, 2);
        if (type == 0 || size > end - at - 4) return;
        const unsigned address_size = type == 1 ? 4 : type == 2 ? 16 : 0;
        if (address_size > 0 && size > address_size && names_.size() < rows_max)
            names_.push_back({at + 4, address_size, {at + 4 + address_size, size - address_size}});
        at += 4 + (size + 3) / 4 * 4;
    }
}

}  // namespace plumbline::formats::net

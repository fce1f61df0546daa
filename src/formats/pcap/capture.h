// SPDX-License-Identifier: Apache-2.0
// The records of a capture file: pcap (draft-ietf-opsawg-pcap) in both byte orders, with micro- and nanoseconds, and
// Kuznetzov's modified form; pcapng (draft-ietf-opsawg-pcapng) with any number of sections. Records are places in the
// file, nothing is copied. Reading stops at the first record that cannot be one.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace plumbline::formats::net {

struct CapturedPacket {
    std::uint64_t at = 0;         // in the file
    std::uint32_t size = 0;       // bytes that were captured
    std::uint32_t link_type = 0;  // LINKTYPE_ value
};

// Text beside the packets: a comment, the name of a machine or of an interface.
struct CaptureText {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
};
// A name resolution record: 4 or 16 bytes of address at `address_at`, a name at `name`.
struct CaptureName {
    std::uint64_t address_at = 0;
    unsigned address_size = 0;
    CaptureText name;
};

class CaptureReader {
  public:
    explicit CaptureReader(ByteView file);
    std::optional<CapturedPacket> next();  // nothing at the end, or where the file is damaged

    const std::string& damage() const { return damage_; }  // empty, or why reading ended early
    std::uint64_t position() const { return at_; }          // where reading ended
    const std::vector<CaptureText>& texts() const { return texts_; }   // at most 10,000
    const std::vector<CaptureName>& names() const { return names_; }   // at most 10,000
    const std::vector<std::uint64_t>& secrets() const { return secrets_; }  // places of decryption secrets blocks, at most 1,000

  private:
    struct Interface {
        std::uint32_t link_type;
        std::uint32_t snap_length;
    };
    std::uint64_t number(std::uint64_t at, unsigned size) const;
    std::optional<CapturedPacket> next_record();
    std::optional<CapturedPacket> next_block();
    bool start_section(std::uint64_t block_size);
    std::optional<CapturedPacket> packet_of(std::uint64_t type, std::uint64_t block_size);
    void read_options(std::uint64_t at, std::uint64_t end, std::uint64_t first_text, std::uint64_t last_text);
    void read_names(std::uint64_t at, std::uint64_t end);
    std::optional<CapturedPacket> damaged(std::string reason);

    ByteView file_;
    std::uint64_t at_ = 0;
    bool is_pcapng_ = false;
    bool is_big_endian_ = false;
    bool is_swapped_ = false;       // old writers put the lengths in the other order
    bool may_be_swapped_ = false;
    unsigned record_header_size_ = 16;
    std::uint32_t link_type_ = 0;
    std::vector<Interface> interfaces_;
    std::string damage_;
    std::vector<CaptureText> texts_;
    std::vector<CaptureName> names_;
    std::vector<std::uint64_t> secrets_;
};

bool looks_like_capture(ByteView file);

}  // namespace plumbline::formats::net

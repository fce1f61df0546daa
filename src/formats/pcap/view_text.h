// SPDX-License-Identifier: Apache-2.0
// A text that is written from what packets say, each line with its place, and with the stretches that stand unchanged.
#pragma once
#include <string_view>

#include "formats/budget.h"
#include "formats/offset_map.h"
#include "formats/pcap/internet.h"

namespace plumbline::formats::net {

class ViewText {
  public:
    explicit ViewText(Budget& budget) : budget_(budget) {}
    // Words of ours, or bytes in another writing, about what stands at `source_at`.
    void made(std::string_view text, std::uint64_t source_at) {
        if (!take(text.size())) return;
        map_.add(bytes_.size(), source_at, OffsetMap::Run::made);
        append(bytes_, text);
    }
    void same(const PacketBytes& stretch) {
        if (!take(stretch.bytes.size())) return;
        std::uint64_t done = 0;
        stretch.each_piece([&](std::uint64_t at, std::uint64_t size) {
            map_.add(bytes_.size(), at, OffsetMap::Run::same);
            append(bytes_, stretch.bytes.subspan(done, size));
            done += size;
        });
    }
    bool is_over() const { return is_over_; }  // the budget did not reach; what follows is left out
    Bytes& bytes() { return bytes_; }
    OffsetMap& map() { return map_; }

  private:
    bool take(std::uint64_t size) {
        if (!is_over_) is_over_ = !budget_.take_bytes(size);
        return !is_over_ && size > 0;
    }
    Budget& budget_;
    Bytes bytes_;
    OffsetMap map_;
    bool is_over_ = false;
};

}  // namespace plumbline::formats::net

// SPDX-License-Identifier: Apache-2.0
// The visitor of the fuzz targets: checks what every format promises about places.
#pragma once
#include "base/check.h"
#include "formats/format.h"

namespace plumbline::formats {

inline Budget small_budget() {
    Budget budget;
    budget.depth_left = 6;
    budget.bytes_out_left = 1 << 20;
    budget.items_left = 200;
    budget.steps_left = 64 << 20;
    return budget;
}

class FuzzVisitor final : public Visitor {
  public:
    explicit FuzzVisitor(std::uint64_t size) : size_(size) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints&, bool) override { CHECK(begin <= end && end <= size_); }
    void decoded(Decoded&& child, const Hints&, bool) override {
        CHECK(child.offset <= size_ && child.size_in <= size_);
        for (std::uint64_t at = 0; at < child.bytes.size(); at += 1 + child.bytes.size() / 64) {
            if (child.map.empty()) break;
            CHECK(child.offset + child.map.source_of(at) <= size_);
        }
    }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override { CHECK(offset <= size_ && !reason.empty()); }
    void readable(std::string_view) override {}

  private:
    std::uint64_t size_;
};

}  // namespace plumbline::formats

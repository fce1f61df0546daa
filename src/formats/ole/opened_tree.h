// SPDX-License-Identifier: Apache-2.0
// A visitor for the tests: opens every child again by its content, keeps what was seen, and checks for each that its decoder
// gives the same bytes from its place alone.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "formats/format.h"

namespace plumbline::formats {

struct SeenChild {
    std::string decoder;
    std::string bytes;
    Hints hints;
    bool is_view = false;
};

class OpenedTree final : public Visitor {
  public:
    OpenedTree(ByteView bytes, Budget budget = {}) : bytes_(bytes), own_budget_(budget), budget_(own_budget_), all_(own_) { open({}); }

    const std::vector<SeenChild>& children() const { return all_.children; }
    const std::vector<std::string>& unread_reasons() const { return all_.unread; }
    const std::string& shown() const { return all_.shown; }
    const SeenChild* child(std::string_view decoder) const {
        const auto row = std::find_if(all_.children.begin(), all_.children.end(), [&](const SeenChild& seen) { return seen.decoder.starts_with(decoder); });
        return row == all_.children.end() ? nullptr : &*row;
    }
    bool has_file(std::string_view name, std::string_view bytes) const {
        return std::any_of(all_.children.begin(), all_.children.end(), [&](const SeenChild& seen) { return seen.hints.is_file && seen.hints.name == name && seen.bytes == bytes; });
    }

    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        ASSERT_TRUE(begin <= end && end <= bytes_.size());
        const ByteView inside = bytes_.subspan(begin, end - begin);
        all_.children.push_back({is_own ? "own" : "window", std::string(text_of(inside)), hints, is_own});
        if (!is_own && !inside.empty()) OpenedTree(inside, *this, hints);
    }
    void decoded(Decoded&& child, const Hints& hints, bool is_view) override {
        ASSERT_LE(child.offset, bytes_.size());
        for (std::uint64_t at = 0; at < child.bytes.size() && !child.map.empty(); at += 1 + child.bytes.size() / 64) {
            ASSERT_LE(child.offset + child.map.source_of(at), bytes_.size()) << child.decoder;
            const auto same = child.map.same_at(at, 1);
            ASSERT_TRUE(!same || bytes_[child.offset + *same] == child.bytes[at]) << child.decoder << " at " << at;
        }
        const std::size_t colon = std::min(child.decoder.find(':'), child.decoder.size());
        Budget budget;
        const Result<Bytes> again = decode_at(bytes_, child.offset, child.decoder.substr(0, colon), child.decoder.substr(std::min(colon + 1, child.decoder.size())), budget);
        ASSERT_TRUE(again) << child.decoder;
        ASSERT_TRUE(again->size() >= child.bytes.size() && std::equal(child.bytes.begin(), child.bytes.end(), again->begin())) << child.decoder;
        const bool is_whole = child.offset + child.size_in >= bytes_.size();
        ASSERT_TRUE(!is_whole || !child.damage.empty() || again->size() == child.bytes.size()) << child.decoder;
        all_.children.push_back({child.decoder, std::string(text_of(child.bytes)), hints, is_view});
        if (!is_view && !child.bytes.empty()) OpenedTree(child.bytes, *this, hints);
    }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override {
        EXPECT_LE(offset, bytes_.size());
        EXPECT_FALSE(reason.empty());
        all_.unread.push_back(std::move(reason));
    }
    void readable(std::string_view utf8) override { all_.shown += utf8; }

  private:
    struct All {
        std::vector<SeenChild> children;
        std::vector<std::string> unread;
        std::string shown;
    };
    OpenedTree(ByteView bytes, OpenedTree& parent, Hints hints) : bytes_(bytes), budget_(parent.budget_), all_(parent.all_) {
        hints.is_file = false;
        open(hints);
    }
    void open(const Hints& hints) {
        if (budget_.depth_left == 0) return;
        --budget_.depth_left;
        detect(bytes_, hints).open(bytes_, hints, budget_, *this);
        ++budget_.depth_left;
    }

    ByteView bytes_;
    Budget own_budget_;
    Budget& budget_;
    All own_;
    All& all_;
};

}  // namespace plumbline::formats

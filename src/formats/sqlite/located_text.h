// SPDX-License-Identifier: Apache-2.0
// A view that is put together from strings which stand at known places: UTF-8 as it stands, UTF-16 as UTF-8, separators.
// Every string is paid for before it is taken; over the budget nothing more is taken and `is_over` says so.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

class LocatedText {
  public:
    explicit LocatedText(Budget& budget) : budget_(budget) {}

    // `bytes` stand unchanged from `source_at` on in the parent.
    void same(ByteView bytes, std::uint64_t source_at);
    // UTF-16 from `source_at` on; a zero becomes a space, a lone surrogate U+FFFD.
    void wide(ByteView bytes, std::uint64_t source_at, bool is_big_endian = false);
    // What stands nowhere in the parent: labels and separators. `source_at` is the place that they lead to.
    void made(std::string_view utf8, std::uint64_t source_at);

    bool is_over() const { return is_over_; }
    bool empty() const { return text_.empty(); }
    std::string_view text() const { return text_; }
    // The view; this object is empty then.
    Decoded take(std::string decoder, std::uint64_t offset, std::uint64_t size_in);

  private:
    bool pay(std::uint64_t count);

    Budget& budget_;
    std::string text_;
    OffsetMap map_;
    bool is_over_ = false;
};

// Which stretches of the parent a view has taken, so that the rest can be given as it stands and nothing is scanned twice.
class Taken {
  public:
    void add(std::uint64_t begin, std::uint64_t end) {
        if (begin < end) stretches_.emplace_back(begin, end);
    }
    // Windows on every stretch of [0, size) that was not taken, except for those that are too short to hold anything.
    void give_rest(ByteView bytes, Visitor& visitor);

  private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> stretches_;
};

// [begin, end) without the zeros around, as a window of the parent's own; none where less than five bytes are left.
void give_stretch(ByteView bytes, std::uint64_t begin, std::uint64_t end, Visitor& visitor);

// Keeps the one child whose decoder is `wanted`: how a view is decoded again.
class WantedChild final : public Visitor {
  public:
    explicit WantedChild(std::string wanted) : wanted_(std::move(wanted)) {}
    void window(std::uint64_t, std::uint64_t, const Hints&, bool) override {}
    void decoded(Decoded&& child, const Hints&, bool) override {
        if (child.decoder != wanted_ || is_found_) return;
        bytes_ = std::move(child.bytes);
        is_found_ = true;
    }
    void unread(std::uint64_t, std::string_view, std::string) override {}
    void readable(std::string_view) override {}
    Result<Bytes> take() {
        if (!is_found_) return fail(ErrorKind::corrupt, "{}: nothing is decoded there", wanted_.substr(0, 40));
        return std::move(bytes_);
    }

  private:
    std::string wanted_;
    Bytes bytes_;
    bool is_found_ = false;
};

}  // namespace plumbline::formats

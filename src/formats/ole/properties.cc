// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/properties.h"

#include <algorithm>

#include "formats/little.h"

namespace plumbline::formats {

namespace {
constexpr std::uint32_t narrow_string = 0x1e;
constexpr std::uint32_t wide_string = 0x1f;
constexpr std::uint32_t array = 0x1000;
constexpr std::uint32_t variant = 0x000c;
constexpr std::uint32_t properties_max = 10'000;
constexpr std::uint32_t utf16_code_page = 1200;

class SetReader {
  public:
    SetReader(ByteView stream, Budget& budget) : stream_(stream), budget_(budget), view_("oleprops", budget) {}
    TextView read() {
        const std::uint32_t sets = std::min<std::uint32_t>(little32(stream_, 24), 2);
        for (std::uint32_t i = 0; i < sets; ++i) section(little32(stream_, 28 + 20 * i + 16));
        return std::move(view_);
    }

  private:
    void section(std::uint64_t at) {
        if (at < 28 || at >= stream_.size()) return;
        const std::uint32_t count = std::min(little32(stream_, at + 4), properties_max);
        if (!budget_.take_steps(8ULL * count)) return;
        std::uint32_t code_page = 0;
        for (std::uint32_t i = 0; i < count; ++i)
            if (const std::uint64_t row = at + 8 + 8ULL * i; little32(stream_, row) == 1) code_page = little16(stream_, at + little32(stream_, row + 4) + 4);
        charset_ = charset_of_code_page(code_page);
        is_wide_ = code_page == utf16_code_page;
        for (std::uint32_t i = 0; i < count && budget_.take_steps(16) && !view_.is_over(); ++i) {
            const std::uint64_t row = at + 8 + 8ULL * i;
            if (row + 8 > stream_.size()) return;
            if (little32(stream_, row) > 1) value(at + little32(stream_, row + 4));
        }
    }
    void value(std::uint64_t at) {
        const std::uint32_t type = little32(stream_, at) & 0xffff;
        if ((type & array) == 0) {
            string(type, at + 4, 4);
            return;
        }
        const std::uint32_t count = std::min(little32(stream_, at + 4), properties_max);
        at += 8;
        for (std::uint32_t i = 0; i < count && at < stream_.size() && budget_.take_steps(8); ++i) {
            std::uint32_t item = type & 0xfff;
            if (item == variant) {
                item = little32(stream_, at) & 0xffff;
                at += 4;
            }
            // Office does not fill the 8-bit strings of a list ([MS-OSHARED] 2.3.3.1.9).
            at += item == narrow_string || item == wide_string ? string(item, at, item == wide_string ? 4 : 1) : 4;
        }
    }
    // Gives how many bytes it took: size, letters, filled to a multiple of `filled_to`.
    std::uint64_t string(std::uint32_t type, std::uint64_t at, std::uint64_t filled_to) {
        if (type != narrow_string && type != wide_string) return 4;
        std::uint64_t size = little32(stream_, at);
        if (type == wide_string) size *= 2;
        const std::uint64_t taken = 4 + (size + filled_to - 1) / filled_to * filled_to;
        const std::uint64_t width = type == wide_string || is_wide_ ? 2 : 1;
        size = cut(stream_, at + 4, size).size();
        while (size >= width && little(stream_, at + 4 + size - width, static_cast<unsigned>(width)) == 0) size -= width;
        if (size < width) return taken;
        if (width == 2) view_.wide({stream_, nullptr}, at + 4, size / 2);
        else view_.narrow({stream_, nullptr}, at + 4, size, charset_);
        view_.made("\n");
        return taken;
    }

    ByteView stream_;
    Budget& budget_;
    TextView view_;
    std::string charset_;
    bool is_wide_ = false;  // "8-bit" strings are UTF-16 where the set says so
};
}  // namespace

bool looks_like_property_set(ByteView stream) {
    return stream.size() >= 48 && little16(stream, 0) == 0xfffe && little16(stream, 2) <= 1 && little32(stream, 24) >= 1 && little32(stream, 24) <= 2;
}

TextView read_property_set(ByteView stream, Budget& budget) { return SetReader(stream, budget).read(); }

}  // namespace plumbline::formats

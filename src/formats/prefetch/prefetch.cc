// SPDX-License-Identifier: Apache-2.0
#include "formats/prefetch/prefetch.h"

#include <algorithm>

#include "formats/little.h"
#include "formats/sqlite/located_text.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t volumes_max = 64;
constexpr std::size_t folders_max = 65536;

class Prefetch {
  public:
    Prefetch(ByteView bytes, Budget& budget) : bytes_(bytes), text_(budget) {}

    void read() {
        const std::uint64_t version = little(bytes_, 0, 4);
        if (little(bytes_, 12, 4) > bytes_.size()) damage = "prefetch: cut short";
        line("Program: ", 16, 60);
        const std::uint64_t runs_at = version == 17 ? 144 : version == 23 ? 152 : version == 26 || little(bytes_, 84, 4) == 0x130 ? 208 : 200;
        text_.made(fmt::format("Runs: {}\n", little(bytes_, runs_at, 4)), runs_at);
        const std::uint64_t names = little(bytes_, 100, 4);
        const std::uint64_t names_end = names + little(bytes_, 104, 4);
        if (names_end > bytes_.size()) damage = "prefetch: the list of files is cut short";
        for (std::uint64_t at = names; at + 2 <= std::min<std::uint64_t>(names_end, bytes_.size()) && !text_.is_over();) at += line("File: ", at, names_end - at) + 2;
        const std::uint64_t row_size = version == 17 ? 40 : version <= 26 ? 104 : 96;
        const std::uint64_t volumes = little(bytes_, 108, 4);
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(little(bytes_, 112, 4), volumes_max); ++i) read_volume(volumes, volumes + i * row_size);
    }
    LocatedText& text() { return text_; }
    std::string damage;
    Taken taken;

  private:
    // UTF-16 up to a zero or `size` bytes; how many bytes it has.
    std::uint64_t line(std::string_view label, std::uint64_t at, std::uint64_t size) {
        if (at >= bytes_.size()) return 0;
        const ByteView all = bytes_.subspan(at, std::min<std::uint64_t>(size, bytes_.size() - at));
        std::size_t end = 0;
        while (end + 2 <= all.size() && little(all, end, 2) != 0) end += 2;
        if (end == 0) return 0;
        text_.made(label, at);
        text_.wide(all.first(end), at);
        text_.made("\n", at + end);
        taken.add(at, at + end);
        return end;
    }
    void read_volume(std::uint64_t volumes, std::uint64_t at) {
        if (at > bytes_.size() || bytes_.size() - at < 40) {
            damage = "prefetch: a volume is not there";
            return;
        }
        line("Volume: ", volumes + little(bytes_, at, 4), 2 * little(bytes_, at + 4, 4));
        const std::uint64_t serial = little(bytes_, at + 16, 4);
        text_.made(fmt::format("Volume serial: {:04X}-{:04X}\n", serial >> 16, serial & 0xffff), at + 16);
        std::uint64_t folder = volumes + little(bytes_, at + 28, 4);
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(little(bytes_, at + 32, 4), folders_max) && folders_ < folders_max; ++i, ++folders_) {
            const std::uint64_t size = 2 * little(bytes_, folder, 2);
            if (size == 0 || folder + 2 + size > bytes_.size() || text_.is_over()) return;
            line("Folder: ", folder + 2, size);
            folder += size + 4;
        }
    }

    ByteView bytes_;
    LocatedText text_;
    std::size_t folders_ = 0;
};
}  // namespace

bool looks_like_prefetch(ByteView bytes, const Hints&) {
    const std::uint64_t version = little(bytes, 0, 4);
    return bytes.size() >= 216 && text_of(bytes.subspan(4, 4)) == "SCCA" && (version == 17 || version == 23 || version == 26 || version == 30 || version == 31);
}

void open_prefetch(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Prefetch file(bytes, budget);
    if (budget.take_steps(bytes.size())) file.read();
    else file.damage = "prefetch: over the budget of steps";
    if (!file.damage.empty()) visitor.unread(0, "prefetch", file.damage);
    Decoded view = file.text().take("prefetch", 0, bytes.size());
    if (!view.damage.empty()) visitor.unread(0, "prefetch", view.damage);
    visitor.readable(text_of(view.bytes));
    if (!view.bytes.empty()) visitor.decoded(std::move(view), Hints{}, true);
    file.taken.give_rest(bytes, visitor);
}

Result<Bytes> decode_prefetch(ByteView bytes, Budget& budget) {
    if (!looks_like_prefetch(bytes, {})) return fail(ErrorKind::corrupt, "prefetch: no such file is there");
    Prefetch file(bytes, budget);
    file.read();
    return std::move(file.text().take("prefetch", 0, bytes.size()).bytes);
}

}  // namespace plumbline::formats

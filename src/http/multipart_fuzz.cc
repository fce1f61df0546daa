// SPDX-License-Identifier: Apache-2.0
// The first byte says how the rest is cut into pieces; whole and cut, the reader must say the same.
#include <cstdlib>

#include "base/check.h"
#include "http/multipart.h"

namespace {
struct Trace final : plumbline::MultipartHandler {
    std::string text;
    plumbline::Result<void> begin_part(const plumbline::PartHead& head) override {
        text += "[" + head.name + "|" + head.file_name.value_or("") + "|" + head.media_type + "]";
        return {};
    }
    plumbline::Result<void> part_data(plumbline::ByteView piece) override {
        text += plumbline::text_of(piece);
        return {};
    }
    plumbline::Result<void> end_part() override {
        text += "[end]";
        return {};
    }
};

bool read(plumbline::ByteView bytes, std::size_t piece_size, std::string& text) {
    Trace trace;
    auto reader = plumbline::MultipartReader::open("multipart/form-data; boundary=b", {}, trace);
    CHECK(reader.has_value());
    bool is_good = true;
    while (is_good && !bytes.empty()) {
        const auto piece = bytes.first(std::min(piece_size, bytes.size()));
        is_good = reader->feed(piece).has_value();
        bytes = bytes.subspan(piece.size());
    }
    is_good = is_good && reader->end().has_value();
    text = std::move(trace.text);
    return is_good;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const plumbline::ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
    std::string whole;
    std::string cut;
    const bool is_whole_good = read(bytes, bytes.size() + 1, whole);
    const bool is_cut_good = read(bytes, std::size_t{data[0]} % 16 + 1, cut);
    CHECK(is_whole_good == is_cut_good);
    CHECK(!is_whole_good || whole == cut);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What a format gave, checked as it comes: places lie in the bytes, unchanged bytes are the source's, and every child can be
// decoded again from its place alone.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/format.h"

namespace plumbline::formats {

inline std::string file_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct GivenAgain final : Visitor {
    explicit GivenAgain(ByteView all) : bytes(all), times_given(all.size()) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        ASSERT_LE(begin, end);
        ASSERT_LE(end, bytes.size());
        (is_own ? rest : windows).emplace_back(text_of(bytes.subspan(begin, end - begin)));
        for (std::uint64_t at = begin; at < end; ++at) ++times_given[at];
        if (!is_own) inside(bytes.subspan(begin, end - begin), hints);
    }
    void decoded(Decoded&& child, const Hints& hints, bool is_view) override {
        for (std::uint64_t at = 0; at < child.bytes.size() && !child.map.empty(); ++at) {
            ASSERT_LE(child.offset + child.map.source_of(at), bytes.size());
            const std::optional<std::uint64_t> source = child.map.same_at(at, 1);
            if (!source) continue;
            ASSERT_EQ(bytes[child.offset + *source], child.bytes[at]);
            ++times_given[child.offset + *source];
        }
        text += text_of(child.bytes);
        decoders.push_back(child.decoder);
        if (!is_limited) {
            Budget budget;
            const std::size_t colon = std::min(child.decoder.find(':'), child.decoder.size());
            const Result<Bytes> again = decode_at(bytes, child.offset, child.decoder.substr(0, colon), child.decoder.substr(std::min(colon + 1, child.decoder.size())), budget);
            EXPECT_TRUE(again && *again == child.bytes) << child.decoder;
        }
        if (!is_view) inside(child.bytes, hints);
    }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override {
        EXPECT_LE(offset, bytes.size());
        damage.push_back(std::move(reason));
    }
    void readable(std::string_view) override {}
    void inside(ByteView child, const Hints&) {
        Budget budget;
        GivenAgain deeper(child);
        detect(child, {}).open(child, {}, budget, deeper);
        text += deeper.text;
        for (std::string& stretch : deeper.rest) rest.push_back(std::move(stretch));
        for (std::string& reason : deeper.damage) damage.push_back(std::move(reason));
    }
    unsigned most_given() const { return times_given.empty() ? 0U : *std::max_element(times_given.begin(), times_given.end()); }
    bool is_in_rest(std::string_view what) const {
        return std::any_of(rest.begin(), rest.end(), [&](const std::string& stretch) { return stretch.find(what) != std::string::npos; });
    }

    ByteView bytes;
    std::vector<std::uint8_t> times_given;
    std::vector<std::string> windows, rest, decoders, damage;
    std::string text;
    bool is_limited = false;  // by a budget that another reading would not have
};

inline GivenAgain given_by(std::string_view format, std::string_view bytes) {
    EXPECT_EQ(detect(view(bytes), {}).name, format);
    Budget budget;
    GivenAgain given(view(bytes));
    detect(view(bytes), {}).open(view(bytes), {}, budget, given);
    return given;
}
inline std::size_t times_in(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size()) ++count;
    return count;
}

}  // namespace plumbline::formats

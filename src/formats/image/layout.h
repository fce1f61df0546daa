// SPDX-License-Identifier: Apache-2.0
// Where things stand in an image file. A reader of a kind of image (jpeg.cc, png.cc ...) names the stretches that need
// something else than a look at their bytes as they are; all the rest is scanned raw, so nothing is lost by a segment
// that nobody knows. The numbers are offsets from the image's first byte, and every range lies in the bytes.
#pragma once
#include <string>
#include <vector>

#include "formats/budget.h"
#include "formats/image/fields.h"

namespace plumbline::formats {

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - begin; }
};

struct Stretch {
    enum class Kind : std::uint8_t {
        pixels,    // compressed pixels
        text,      // scanned as it stands though it lies among pixels
        skipped,   // fixed words of the format itself, colour profiles
        told,      // a text that a view shows in another writing
        markup,    // XML
        deflated,  // a zlib stream that holds text
        file,      // a file inside: a thumbnail, a preview
    };
    Kind kind = Kind::skipped;
    Range range;
};

// A text that the format cuts into pieces.
struct Joined {
    std::string name;  // "xmp", "comment.2": the argument of the decoder "image"
    std::vector<Range> pieces;
    bool is_markup = false;
};

struct Layout {
    std::string_view kind;  // "jpeg", "png", "gif", "webp", "bmp", "tiff", "heic", "pnm"
    std::uint64_t end = 0;  // of the image; what follows is something else
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t pixels_at = 0;  // pnm: where they start, and the number that means white
    unsigned top = 255;
    std::string damage;     // empty, or why it is not the whole image
    std::vector<Stretch> stretches;
    std::vector<Range> exif;     // each starts with a TIFF header
    std::vector<Joined> joined;
    std::vector<Range> remarks;  // text for people: comments

    void add(Stretch::Kind what, std::uint64_t begin, std::uint64_t finish) {
        if (finish > begin) stretches.push_back({what, {begin, finish}});
    }
};

// By its first bytes; empty where they start no image that is read.
std::string_view image_kind(ByteView bytes);
// `kind` from image_kind. Takes steps and items from the budget; over it the damage says so.
Layout layout_of(ByteView bytes, std::string_view kind, Budget& budget);

Layout read_jpeg(ByteView bytes, Budget& budget);
Layout read_png(ByteView bytes, Budget& budget);
Layout read_gif(ByteView bytes, Budget& budget);
Layout read_webp(ByteView bytes, Budget& budget);
Layout read_bmp(ByteView bytes);
Layout read_pnm(ByteView bytes);
Layout read_heic(ByteView bytes, Budget& budget);
Layout read_tiff(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
#include "formats/image/codes.h"

#include <iconv.h>
#include <zbar.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <type_traits>

namespace plumbline::formats {

using namespace zbar;  // its C functions stand in it when C++ asks

namespace {
struct DestroyScanner {
    void operator()(zbar_image_scanner_t* scanner) const { zbar_image_scanner_destroy(scanner); }
};
struct DestroyImage {
    void operator()(zbar_image_t* image) const { zbar_image_destroy(image); }
};
constexpr std::size_t code_bytes_max = 8192;  // a QR code holds 2,953
constexpr std::size_t codes_max = 256;
constexpr std::size_t dense_pixels_max = 1'000'000;

struct Code {
    int top = 0;
    int left = 0;
    std::string text;
};

// Numbers of goods as they are printed below the bars: thirteen digits in a row would pass for a card.
std::string as_printed(zbar_symbol_type_t type, std::string_view digits) {
    std::string out = std::string(zbar_get_symbol_name(type)) + " ";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool is_group = digits.size() == 13 ? i == 1 || i == 7 : digits.size() == 12 ? i == 1 || i == 6 || i == 11 : digits.size() == 8 && i == 4;
        if (is_group) out.push_back(' ');
        out.push_back(digits[i]);
    }
    return out;
}

Code code_of(const zbar_symbol_t* symbol) {
    Code code;
    const zbar_symbol_type_t type = zbar_symbol_get_type(symbol);
    const std::string_view data(zbar_symbol_get_data(symbol), std::min<std::size_t>(zbar_symbol_get_data_length(symbol), code_bytes_max));
    if (zbar_symbol_get_loc_size(symbol) > 0) {
        code.top = zbar_symbol_get_loc_y(symbol, 0);
        code.left = zbar_symbol_get_loc_x(symbol, 0);
    }
    if (type == ZBAR_QRCODE) code.text = data;
    else if (type == ZBAR_CODE128 || type == ZBAR_CODE39) code.text = std::string(zbar_get_symbol_name(type)) + " " + std::string(data);
    else code.text = as_printed(type, data);
    return code;
}
}  // namespace

Bytes codes_in(const Gray& gray) {
    // A scanner of its own for each image: it keeps what it saw, and answers must not depend on what came before.
    const std::unique_ptr<zbar_image_scanner_t, DestroyScanner> scanner(zbar_image_scanner_create());
    const std::unique_ptr<zbar_image_t, DestroyImage> image(zbar_image_create());
    Bytes out;
    if (!scanner || !image) return out;
    zbar_image_scanner_set_config(scanner.get(), ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (const zbar_symbol_type_t type : {ZBAR_QRCODE, ZBAR_EAN13, ZBAR_EAN8, ZBAR_UPCA, ZBAR_CODE128, ZBAR_CODE39}) zbar_image_scanner_set_config(scanner.get(), type, ZBAR_CFG_ENABLE, 1);
    // Half of the lines are enough where there are many: a large picture shows a code large, and it costs 40 ms a megapixel.
    const int density = gray.pixels.size() > dense_pixels_max ? 2 : 1;
    zbar_image_scanner_set_config(scanner.get(), ZBAR_NONE, ZBAR_CFG_X_DENSITY, density);
    zbar_image_scanner_set_config(scanner.get(), ZBAR_NONE, ZBAR_CFG_Y_DENSITY, density);
    // Bytes as the code has them: the library's guesses take UTF-8 for Big5.
    zbar_image_scanner_set_config(scanner.get(), ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar_image_set_format(image.get(), zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image.get(), gray.width, gray.height);
    zbar_image_set_data(image.get(), gray.pixels.data(), gray.pixels.size(), nullptr);
    if (zbar_scan_image(scanner.get(), image.get()) <= 0) return out;
    std::vector<Code> codes;
    for (const zbar_symbol_t* symbol = zbar_image_first_symbol(image.get()); symbol && codes.size() < codes_max; symbol = zbar_symbol_next(symbol)) codes.push_back(code_of(symbol));
    std::stable_sort(codes.begin(), codes.end(), [](const Code& a, const Code& b) { return std::tie(a.top, a.left, a.text) < std::tie(b.top, b.left, b.text); });
    for (const Code& code : codes) {
        append(out, code.text);
        append(out, "\n");
    }
    return out;
}

Result<Codes> read_codes(ByteView image, Budget& budget) {
    Gray gray = TRY(gray_pixels(image, codes_side_max, budget));
    Codes out;
    out.damage = std::move(gray.damage);
    out.left_out = std::move(gray.left_out);
    // zbar looks at each pixel a few dozen times.
    if (!budget.take_steps(gray.pixels.size() * 32)) return fail(ErrorKind::too_large, "image: over the budget of steps");
    out.text = codes_in(gray);
    return out;
}

void prepare_codes() {
    struct CloseConverter {
        void operator()(iconv_t converter) const { iconv_close(converter); }
    };
    // Kept open until the end, so that their modules stay loaded: what a QR code can name (AIM's ECI 0 to 26).
    static const auto kept = [] {
        std::vector<std::unique_ptr<std::remove_pointer_t<iconv_t>, CloseConverter>> out;
        std::vector<std::string> names = {"CP437", "SJIS", "UTF-8", "BIG-5", "BIG5"};
        for (int i = 1; i <= 16; ++i) names.push_back(fmt::format("ISO8859-{}", i));
        for (const std::string& name : names)
            if (const iconv_t converter = iconv_open("UTF-8", name.c_str()); converter != reinterpret_cast<iconv_t>(-1)) out.emplace_back(converter);
        return out;
    }();
    (void)kept;
    // zbar sorts with qsort, and the C library's asks once how much memory there is: a call that a locked worker may not make.
    std::array<int, 4096> numbers{};
    std::qsort(numbers.data(), numbers.size(), sizeof(int), [](const void* a, const void* b) { return *static_cast<const int*>(a) - *static_cast<const int*>(b); });
}

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
#include "ocr/ocr.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <tesseract/capi.h>

#include <algorithm>
#include <memory>
#include <string>

#include "formats/image/pixels.h"

namespace plumbline::ocr {

namespace {
constexpr const char* library_name = "libtesseract.so.5";
constexpr int pixels_an_inch = 150;  // of a screen, enlarged; said so that the library does not guess and say so
constexpr unsigned small_side_max = 1400;

// The functions that are called, by their own types.
struct Library {
    decltype(&TessBaseAPICreate) create = nullptr;
    decltype(&TessBaseAPIInit2) init = nullptr;
    decltype(&TessBaseAPISetPageSegMode) set_mode = nullptr;
    decltype(&TessBaseAPISetImage) set_image = nullptr;
    decltype(&TessBaseAPISetSourceResolution) set_resolution = nullptr;
    decltype(&TessBaseAPIRecognize) recognize = nullptr;
    decltype(&TessBaseAPIGetUTF8Text) text = nullptr;
    decltype(&TessDeleteText) delete_text = nullptr;
    decltype(&TessBaseAPIClear) clear = nullptr;
    decltype(&TessMonitorCreate) monitor = nullptr;
    decltype(&TessMonitorDelete) delete_monitor = nullptr;
    decltype(&TessMonitorSetDeadlineMSecs) set_deadline = nullptr;
    int (*thread_limit)() = nullptr;  // omp_get_thread_limit, where the library was built with OpenMP
};

struct Reader {
    Library library;
    TessBaseAPI* handle = nullptr;  // never freed: it lives as long as the process
    std::string problem = "not prepared";
};
// One for the process, because a worker has it from the process that it was forked from.
Reader& reader() {
    static Reader one;
    return one;
}

template <class Function>
bool find(void* from, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(from, name));
    return function != nullptr;
}

// Empty, or what is missing.
std::string load(Library& library) {
    ::setenv("OMP_THREAD_LIMIT", "1", 1);
    void* from = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (!from) return fmt::format("{} is not there", library_name);
    const bool has_all = find(from, "TessBaseAPICreate", library.create) && find(from, "TessBaseAPIInit2", library.init) && find(from, "TessBaseAPISetPageSegMode", library.set_mode) &&
                         find(from, "TessBaseAPISetImage", library.set_image) && find(from, "TessBaseAPISetSourceResolution", library.set_resolution) &&
                         find(from, "TessBaseAPIRecognize", library.recognize) && find(from, "TessBaseAPIGetUTF8Text", library.text) && find(from, "TessDeleteText", library.delete_text) &&
                         find(from, "TessBaseAPIClear", library.clear) && find(from, "TessMonitorCreate", library.monitor) && find(from, "TessMonitorDelete", library.delete_monitor) &&
                         find(from, "TessMonitorSetDeadlineMSecs", library.set_deadline);
    if (!has_all) return fmt::format("{} lacks a function", library_name);
    if (find(from, "omp_get_thread_limit", library.thread_limit) && library.thread_limit() != 1) return "OpenMP was started before: OMP_THREAD_LIMIT=1 must stand in the environment";
    return {};
}

// Letters of a screen are small: twice as large they are read better. The mean of the neighbours stands between two pixels.
formats::Gray enlarged(const formats::Gray& from) {
    formats::Gray out;
    out.width = 2 * from.width;
    out.height = 2 * from.height;
    out.pixels.resize(static_cast<std::size_t>(out.width) * out.height);
    for (std::size_t y = 0; y < out.height; ++y)
        for (std::size_t x = 0; x < out.width; ++x) {
            const std::size_t left = x / 2;
            const std::size_t top = y / 2;
            const std::size_t right = std::min<std::size_t>((x + 1) / 2, from.width - 1);
            const std::size_t below = std::min<std::size_t>((y + 1) / 2, from.height - 1);
            const auto at = [&](std::size_t column, std::size_t row) { return std::to_integer<unsigned>(from.pixels[row * from.width + column]); };
            out.pixels[y * out.width + x] = static_cast<std::byte>((at(left, top) + at(right, top) + at(left, below) + at(right, below) + 2) / 4);
        }
    return out;
}

Result<Bytes> recognized(const Reader& reader, const formats::Gray& gray, const OcrLimits& limits) {
    const Library& library = reader.library;
    struct Release {
        const Reader& reader;
        ETEXT_DESC* monitor;
        char* text = nullptr;
        ~Release() {
            if (text) reader.library.delete_text(text);
            reader.library.clear(reader.handle);
            reader.library.delete_monitor(monitor);
        }
    } held{reader, library.monitor()};
    const auto width = static_cast<int>(gray.width);
    library.set_image(reader.handle, uchar(ByteView(gray.pixels)), width, static_cast<int>(gray.height), 1, width);
    library.set_resolution(reader.handle, pixels_an_inch);
    library.set_deadline(held.monitor, static_cast<int>(std::min(limits.milliseconds_max, 3'600'000U)));
    const int status = library.recognize(reader.handle, held.monitor);
    held.text = status == 0 ? library.text(reader.handle) : nullptr;
    if (!held.text) return fail(ErrorKind::timeout, "ocr: no text within {} ms", limits.milliseconds_max);
    const std::string_view text = held.text;
    if (text.size() > limits.text_bytes_max) return fail(ErrorKind::too_large, "ocr: over {} bytes of text", limits.text_bytes_max);
    return to_bytes(text);
}
}  // namespace

void prepare_ocr(std::string_view languages) {
    Reader& one = reader();
    if (one.handle) return;
    one.problem = load(one.library);
    if (!one.problem.empty()) return;
    TessBaseAPI* handle = one.library.create();
    if (one.library.init(handle, nullptr, std::string(languages).c_str(), tesseract::OEM_LSTM_ONLY) != 0) {
        one.problem = fmt::format("no language data for \"{}\"", languages);
        return;
    }
    one.library.set_mode(handle, tesseract::PSM_AUTO);
    one.handle = handle;
    // What it loads at first use.
    formats::Gray blank;
    blank.width = blank.height = 64;
    blank.pixels.assign(64UL * 64, std::byte{0xff});
    (void)recognized(one, blank, {});
}

Result<Bytes> read_text(ByteView image, const OcrLimits& limits) {
    const Reader& one = reader();
    if (!one.handle) return fail(ErrorKind::unavailable, "ocr: {}", one.problem);
    formats::Budget budget;
    formats::Gray gray = TRY(formats::gray_pixels(image, limits.side_max, budget));
    if (std::max(gray.width, gray.height) <= small_side_max) gray = enlarged(gray);
    return recognized(one, gray, limits);
}

Result<Bytes> ocr_in_sandbox(ByteView image, ByteView parameters) {
    OcrLimits limits;
    if (!parameters.empty()) limits.milliseconds_max = TRY(ByteReader(parameters).u32());
    return read_text(image, limits);
}

}  // namespace plumbline::ocr

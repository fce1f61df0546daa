// SPDX-License-Identifier: Apache-2.0
// Text in pictures, by Tesseract: a weak source (it guesses letters), slow (seconds a page), and therefore asked for by
// name. It runs as a task of a sandbox of its own:
//
//     auto sandbox = Sandbox::start({{"ocr", ocr_in_sandbox}}, options, [] { prepare_ocr("eng"); });
//     const Bytes text = TRY(sandbox->run("ocr", image_file_bytes, {}));      // UTF-8, a line for each line
//
// The library is loaded by prepare_ocr, not linked: it brings 50 others along, which every start of every program would
// pay for (12 ms), and its OpenMP must see OMP_THREAD_LIMIT=1 before it starts (a locked worker may not make threads, and
// with them a page takes nine times as long). The same image and language data give the same text.
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace plumbline::ocr {

struct OcrLimits {
    unsigned side_max = 4096;               // pixels; a larger image is made smaller first
    unsigned milliseconds_max = 30'000;     // of recognition
    std::uint64_t text_bytes_max = 1 << 20;
};

// Loads the library and the data of `languages` ("eng", "eng+deu") for this process and those forked from it. Once, while
// the process has one thread and may open files. Where it fails, read_text says why.
void prepare_ocr(std::string_view languages);

// JPEG, PNG, BMP, portable any-map. unsupported: no such image; corrupt: no pixels; too_large: over a limit; timeout: the
// time is over (no part is given, because it would depend on the machine); unavailable: not prepared. One thread at a time.
Result<Bytes> read_text(ByteView image, const OcrLimits& limits);

// A task of the sandbox. `parameters` is empty, or a u32: milliseconds_max.
Result<Bytes> ocr_in_sandbox(ByteView image, ByteView parameters);

}  // namespace plumbline::ocr

// SPDX-License-Identifier: Apache-2.0
// FlateDecode for qpdf and without it: libdeflate into a buffer that is kept, zlib where that is too small or the stream is
// damaged, and the predictors of PNG and TIFF (ISO 32000-1 section 7.4.4). Everything is taken from a budget first.
#pragma once
#include "formats/format.h"

namespace plumbline::formats::pdf {

struct Predictor {
    unsigned kind = 1;     // 1: none, 2: TIFF, 10 and above: PNG
    unsigned colors = 1;
    unsigned bits = 8;
    unsigned columns = 1;
    bool is_sane() const { return colors >= 1 && colors <= 64 && bits >= 1 && bits <= 16 && columns >= 1 && columns <= 1U << 20; }
};

// `damage` is empty or says why the bytes are not all.
Bytes inflate(ByteView source, Budget& budget, std::string& damage);
// In place; the rows of a PNG lose their first byte.
void undo_predictor(Bytes& bytes, const Predictor& predictor);

}  // namespace plumbline::formats::pdf

// SPDX-License-Identifier: Apache-2.0
// QR and bar codes in an image, by zbar: what each one says, a line each.
#pragma once
#include "formats/budget.h"
#include "formats/image/pixels.h"

namespace plumbline::formats {

constexpr unsigned codes_side_max = 2048;  // pixels; a larger image is made smaller first
constexpr unsigned codes_side_min = 64;    // a smaller image is not looked at

// The text of the view "image:codes": the bytes of each QR code and its line end, "EAN-13 4 006381 333931" for bar codes.
// Order: from the top, then from the left. Empty where there is none. `damage` and `left_out`
// as in Gray.
struct Codes {
    Bytes text;
    std::string damage;
    std::string left_out;
};
Result<Codes> read_codes(ByteView image, Budget& budget);
Bytes codes_in(const Gray& gray);

// What zbar makes the C library do once: load converters of characters from files, ask for the size of the memory. Before
// lockdown.
void prepare_codes();

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
// TIFF directories (TIFF 6.0 section 2), which are also what EXIF is (CIPA DC-008): the texts of known fields as a view,
// and where previews, XML and pixels stand. Own code, because a view needs the place of each text: decision 0120.
#pragma once
#include "formats/format.h"
#include "formats/image/layout.h"

namespace plumbline::formats {

bool starts_tiff(ByteView bytes);
// The directory at `range`, which starts with a TIFF header, inside an image: adds its thumbnail, its XML and the texts
// that exif_text shows in another writing.
void read_exif_layout(ByteView bytes, Range range, Budget& budget, Layout& out);

// The view "exif": "Name: text" one a line, with GPS as decimal degrees. `tiff` starts with the header; the offset map
// leads to its bytes. Empty where there is no text in it.
Decoded exif_text(ByteView tiff, Budget& budget);

}  // namespace plumbline::formats

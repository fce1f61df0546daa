// SPDX-License-Identifier: Apache-2.0
// Images: JPEG, PNG, GIF, WebP, BMP, TIFF, HEIF and AVIF, portable any-maps. Metadata as text (EXIF, XMP, IPTC, comments),
// thumbnails and what stands behind the image as children, QR and bar codes in the pixels. Compressed pixels and colour
// profiles are not scanned as text; every other byte is.
//
// Decoders: "exif:SIZE" at a TIFF header; "image:codes", "image:xmp", "image:comment.2" at the image's first byte, with
// "/SIZE" behind them where the image is cut short, because there what follows would be taken for its rest.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_image(ByteView bytes, const Hints& hints);
void open_image(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// `bytes` start with the image. invalid: no such view.
Result<Bytes> decode_image(ByteView bytes, std::string_view argument, Budget& budget);

// What the libraries load from files. Once, before lockdown.
void prepare_images();

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
#include "examination/detect.h"

#include "formats/format.h"
#include "formats/text/text.h"

namespace plumbline::examination {

Result<Bytes> detect_in_sandbox(ByteView input, ByteView parameters) {
    formats::Hints hints;
    hints.name = text_of(parameters);
    const formats::Format& format = formats::detect(input, hints);
    return to_bytes(format.open == formats::open_utf16 ? std::string_view("unknown") : format.name);
}

}  // namespace plumbline::examination

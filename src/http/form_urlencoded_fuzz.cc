// SPDX-License-Identifier: Apache-2.0
// What the readers of paths, queries and header parameters take must stand up to any bytes, and be read back the same.
#include "base/check.h"
#include "base/utf8.h"
#include "http/form_urlencoded.h"
#include "http/message_reader.h"
#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto plain = plumbline::percent_decoded(text)) {
        CHECK(plumbline::is_utf8(*plain));
        const auto again = plumbline::percent_decoded(plumbline::percent_encoded(*plain));
        CHECK(again && *again == *plain);
    }
    (void)plumbline::form_from(text);
    (void)plumbline::header_parameter(text, "name");
    if (const auto path = plumbline::path_from(text)) CHECK(path->find("/../") == std::string::npos);
    plumbline::MessageReader reader(plumbline::MessageKind::request, 4096);
    plumbline::Bytes body;
    plumbline::ByteView rest = plumbline::view(text);
    while (!rest.empty() && !reader.is_done()) {
        const auto used = reader.feed(rest, body);
        if (!used || *used == 0) break;
        rest = rest.subspan(*used);
    }
    return 0;
}

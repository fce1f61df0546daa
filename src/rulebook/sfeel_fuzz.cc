// SPDX-License-Identifier: Apache-2.0
// Any text as a unary test of each type: what is read has ranges in normal form that agree with the plain reading.
#include <span>

#include "base/bytes.h"
#include "base/check.h"
#include "rulebook/sfeel.h"

using namespace plumbline;
using namespace plumbline::rulebook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = plumbline::text_of(std::as_bytes(std::span(data, size)));
    const Field fields[] = {{"n", ValueType::number, {}, -20, 100}, {"t", ValueType::text, {"a", "b", "c"}, 0, 0}, {"f", ValueType::boolean, {}, 0, 0}};
    for (const Field& field : fields) {
        const auto tests = parse_unary_tests(text, field.type);
        if (!tests) continue;
        static_cast<void>(words_of(*tests));
        const auto ranges = ranges_of(*tests, field);
        if (!ranges) continue;
        CHECK(normal_form_of(*ranges) == *ranges);
        for (std::int64_t code = field.code_first(); code <= field.code_last(); ++code) CHECK(holds(*ranges, code) == matches(*tests, field.value_of(code)));
    }
    static_cast<void>(parse_literal(text));
    return 0;
}

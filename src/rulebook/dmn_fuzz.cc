// SPDX-License-Identifier: Apache-2.0
// Any bytes as a model file: read, bound to a small set of fields, proven, and one case evaluated both ways where it stands.
#include <array>
#include <map>
#include <span>

#include "base/bytes.h"
#include "base/check.h"
#include "rulebook/check.h"
#include "rulebook/interpret.h"

using namespace plumbline;
using namespace plumbline::rulebook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto model = read_dmn(plumbline::text_of(std::as_bytes(std::span(data, size))));
    if (!model) return 0;
    const std::vector<Field> fields{{"n", ValueType::number, {}, 0, 100}, {"t", ValueType::text, {"a", "b", "c"}, 0, 0}, {"f", ValueType::boolean, {}, 0, 0}};
    const auto compiled = compile(*model, fields);
    if (!compiled) return 0;
    const auto flaws = flaws_of(*model, *compiled);
    if (!flaws || !flaws->empty()) return 0;
    std::vector<std::int64_t> codes(compiled->slots.size(), 0);
    codes[0] = 7;
    codes[1] = 1;
    std::array<std::uint16_t, tables_max> fired{};
    evaluate(*compiled, codes, fired);
    const auto plain = interpret(*model, {{"n", Value(std::int64_t{7})}, {"t", Value(std::string("b"))}, {"f", Value(false)}});
    CHECK(plain.has_value());
    for (std::size_t slot = 0; slot < codes.size(); ++slot) CHECK(plain->values.at(compiled->slots[slot].name) == compiled->slots[slot].value_of(codes[slot]));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// An answer of a worker that was taken over: read within bounds, and what is read prints the same again.
#include "base/check.h"
#include "reports/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const auto outcomes = reports::decode_report_answer(std::as_bytes(std::span(data, size)));
    if (outcomes) CHECK(reports::decode_report_answer(reports::encode_report_answer(*outcomes)).has_value());
    return 0;
}

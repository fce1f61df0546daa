// SPDX-License-Identifier: Apache-2.0
// Reads the bytes as a JSON report: every outcome has a category of ours and fits its limits, and survives the wire.
#include "reports/test_readers.h"
#include "reports/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::reports;
    static const ReportReaders readers = readers_for_test(PLUMBLINE_SOURCE_DIR);
    const ByteView bytes = std::as_bytes(std::span(data, size));
    std::vector<Outcome> outcomes = readers.read(ReportForm::json, bytes);
    CHECK(!outcomes.empty());
    for (Outcome& outcome : outcomes)
        if (auto* report = std::get_if<MachineReport>(&outcome)) {
            CHECK(readers.categories().has(report->category));
            CHECK(report_text(*report, readers.limits()).size() <= readers.limits().text_bytes_max);
            CHECK(report->files.size() <= readers.limits().files_max);
        }
    const auto again = decode_report_answer(encode_report_answer(outcomes));
    CHECK(again && again->size() == outcomes.size());
    return 0;
}

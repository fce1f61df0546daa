// SPDX-License-Identifier: Apache-2.0
#include "app/report_door.h"

#include "app/assets.h"
#include "reports/wire.h"

namespace plumbline::app {

namespace {
constexpr unsigned report_cpu_seconds_max = 10;
constexpr std::uint64_t report_memory_bytes_max = 512ULL * 1024 * 1024;
}  // namespace

Result<reports::ReportReaders> built_in_report_readers() {
    return reports::ReportReaders::from_json(TRY(parse_json(TRY(asset("rules/xarf_schemas.json")))), TRY(parse_json(TRY(asset("rules/categories.json")))), {});
}

SandboxTask report_task(const reports::ReportReaders& readers) {
    return {"report", [&readers](ByteView input, ByteView parameters) { return reports::read_in_sandbox(readers, input, parameters); }};
}

Result<std::unique_ptr<Sandbox>> start_report_sandbox(const reports::ReportReaders& readers, unsigned workers, const Limits& limits) {
    SandboxOptions options;
    options.workers = workers;
    options.cpu_seconds_max = std::min(report_cpu_seconds_max, limits.decode_cpu_seconds_max);
    options.wall_seconds_max = 2 * options.cpu_seconds_max;
    options.memory_bytes_max = std::min(report_memory_bytes_max, limits.decode_memory_bytes_max);
    return Sandbox::start({report_task(readers)}, options);
}

partners::ReportServices report_services(intake::Intake& intake, Store& store, Clock& clock, const reports::ReportReaders& readers, Sandbox& sandbox, partners::RateCounter& rates) {
    const auto decode = [&sandbox](reports::ReportForm form, ByteView bytes, const reports::CsvMapping* mapping) -> Result<std::vector<reports::Outcome>> {
        return reports::decode_report_answer(TRY(sandbox.run("report", bytes, reports::encode_report_parameters(form, mapping))));
    };
    return {intake, store, clock, readers, decode, rates};
}

}  // namespace plumbline::app

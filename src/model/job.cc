// SPDX-License-Identifier: Apache-2.0
#include "model/job.h"

namespace plumbline {

std::string_view name_of(JobState state) {
    switch (state) {
        case JobState::waiting: return "waiting";
        case JobState::leased: return "leased";
        case JobState::done: return "done";
        case JobState::failed: return "failed";
    }
    return "unknown";
}

Json to_json(const JobProgress& progress) {
    Json json = Json::object();
    json.set("done_bytes", progress.done_bytes).set("all_bytes", progress.all_bytes);
    json.set("bytes_per_second", progress.bytes_per_second).set("seconds_left", progress.seconds_left);
    return json;
}

Result<JobProgress> job_progress_from(const Json& json) {
    const auto count = [&json](std::string_view name) -> Result<std::uint64_t> {
        const std::int64_t value = TRY(json.integer_at(name));
        if (value < 0) return fail(ErrorKind::invalid, "{}: below 0", name);
        return static_cast<std::uint64_t>(value);
    };
    JobProgress progress;
    progress.done_bytes = TRY(count("done_bytes"));
    progress.all_bytes = TRY(count("all_bytes"));
    progress.bytes_per_second = TRY(count("bytes_per_second"));
    progress.seconds_left = TRY(count("seconds_left"));
    if (progress.done_bytes > progress.all_bytes) return fail(ErrorKind::invalid, "done_bytes: more than all_bytes");
    return progress;
}

namespace {
Json head_of(const Finding& finding) {
    Json json = Json::object();
    json.set("id", finding.id.text());
    json.set("job", finding.job.text());
    json.set("tip", finding.tip.text());
    json.set("lab", finding.lab.text());
    json.set("engine", finding.engine);
    json.set("summary", finding.summary);
    if (finding.is_guess) json.set("is_guess", true);
    return json;
}
}  // namespace

Json to_json(const Finding& finding) {
    Json json = head_of(finding);
    json.set("evidence", to_json(finding.evidence));
    return json;
}

std::string json_text(const Finding& finding) {
    std::string text = head_of(finding).dump();
    text.pop_back();
    return text + ",\"evidence\":" + json_text(finding.evidence) + "}";
}

Result<Finding> finding_from(const Json& json) {
    Finding finding;
    finding.id = TRY(FindingId::from_text(TRY(json.text_at("id"))));
    finding.job = TRY(JobId::from_text(TRY(json.text_at("job"))));
    finding.tip = TRY(TipId::from_text(TRY(json.text_at("tip"))));
    finding.lab = TRY(LabId::from_text(TRY(json.text_at("lab"))));
    finding.engine = TRY(json.text_at("engine"));
    finding.summary = TRY(json.text_at_or("summary", ""));
    finding.is_guess = TRY(json.bool_at_or("is_guess", false));
    finding.evidence = TRY(evidence_from(*TRY(json.object_at("evidence"))));
    return finding;
}

}  // namespace plumbline

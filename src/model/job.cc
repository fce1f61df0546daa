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

namespace {
Json head_of(const Finding& finding) {
    Json json = Json::object();
    json.set("id", finding.id.text());
    json.set("job", finding.job.text());
    json.set("tip", finding.tip.text());
    json.set("lab", finding.lab.text());
    json.set("engine", finding.engine);
    json.set("summary", finding.summary);
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
    finding.evidence = TRY(evidence_from(*TRY(json.object_at("evidence"))));
    return finding;
}

}  // namespace plumbline

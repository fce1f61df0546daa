// SPDX-License-Identifier: Apache-2.0
// One tip as its page shows it. Each section is read on its own: one that cannot be read is named in `troubles`.
#include <algorithm>

#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/marks.h"
#include "desk/states.h"
#include "flow/flow.h"
#include "model/decision.h"

namespace plumbline::desk {

namespace {

std::string failure_text(std::string_view section, const Error& error) { return fmt::format("{}: {}", section, error.message); }

Json part_json(const PartEvidence& part, std::string_view text) {
    Json json = Json::object();
    const std::string_view shown = utf8_prefix(text, part_text_bytes_max);
    json.set("part", static_cast<std::int64_t>(part.part)).set("name", part.name).set("sha256", part.sha256);
    json.set("size_bytes", part.size_bytes).set("format", part.format);
    const std::string clean = utf8_repaired(shown);
    json.set("text", clean).set("text_is_cut", shown.size() < text.size());
    const std::size_t listed = std::min(part.sightings.size(), sightings_listed_max);
    const std::vector<Sighting> sightings(part.sightings.begin(), part.sightings.begin() + static_cast<std::ptrdiff_t>(listed));
    Json rows = Json::array();
    for (const Sighting& sighting : sightings) rows.push(to_json(sighting));
    json.set("sightings", std::move(rows)).set("sightings_total", static_cast<std::uint64_t>(part.sightings.size()));
    Json marks = Json::array();
    for (const Mark& mark : marks_of(clean, sightings)) {
        Json row = Json::object();
        row.set("from", static_cast<std::uint64_t>(mark.from)).set("to", static_cast<std::uint64_t>(mark.to)).set("sighting", static_cast<std::uint64_t>(mark.sighting));
        marks.push(std::move(row));
    }
    json.set("marks", std::move(marks));
    Json unread = Json::array();
    for (std::size_t i = 0; i < part.unread.size() && i < sightings_listed_max; ++i)
        unread.push(Json::object().set("where", part.unread[i].where).set("reason", part.unread[i].reason));
    json.set("unread", std::move(unread));
    return json;
}

const PartEvidence* part_of(const Evidence& evidence, std::uint32_t number) {
    for (const PartEvidence& part : evidence.parts)
        if (part.part == number) return &part;
    return nullptr;
}

Json answers_json(const TipContent& content) {
    const std::pair<std::string_view, Answer> answers[] = {
        {"still_happening", content.still_happening},
        {"danger_now", content.danger_now},
        {"sent_within_72_hours", content.sent_within_72_hours},
        {"victim_is_child", content.victim_is_child},
        {"victim_is_critical_service", content.victim_is_critical_service},
        {"victim_is_older", content.victim_is_older},
        {"victim_is_organisation", content.victim_is_organisation},
        {"synthetic_content", content.synthetic_content},
    };
    Json rows = Json::array();
    for (const auto& [name, value] : answers) rows.push(Json::object().set("name", name).set("value", name_of(value)));
    const std::pair<std::string_view, std::string_view> told[] = {{"payment_rail", content.payment_rail}, {"contact_channel", content.contact_channel}, {"reporter_role", content.reporter_role}};
    for (const auto& [name, value] : told)
        if (!value.empty()) rows.push(Json::object().set("name", name).set("value", value));
    return rows;
}

Json loss_json(const std::optional<Money>& loss) {
    if (!loss) return {};
    Json json = Json::object();
    json.set("minor_units", loss->minor_units).set("currency", loss->currency).set("digits", minor_digits_of(loss->currency).value_or(2));
    return json;
}

Json header_json(const TipRow& row, Instant now) {
    Json json = Json::object();
    json.set("id", row.header.id.text()).set("received_hour", to_text(row.header.received_hour));
    json.set("channel", name_of(row.header.channel)).set("partner", "").set("is_demo", row.header.is_demo);
    json.set("category", Json()).set("state", name_of(row.state));
    Json moves = Json::array();
    for (const StateRule& rule : moves_from(row.state)) moves.push(Json::object().set("to", name_of(rule.to)).set("reason", name_of(rule.reason)));
    json.set("moves", std::move(moves)).set("can_answer", can_be_answered(row.state) && !row.flags.has(TipFlag::muted));
    for (const auto& [name, flag] : {std::pair{"is_muted", TipFlag::muted}, {"is_aside", TipFlag::aside}, {"is_held", TipFlag::held}, {"is_erased", TipFlag::erased}})
        json.set(name, row.flags.has(flag));
    json.set("severity", row.ranking ? Json(name_of(row.ranking->severity)) : Json());
    json.set("deadline", row.ranking ? Json(to_text(row.ranking->deadline)) : Json());
    json.set("is_overdue", is_overdue(row, now));
    json.set("first_opened_hour", row.first_opened_hour ? Json(to_text(*row.first_opened_hour)) : Json());
    json.set("withdrawn_hour", row.withdrawn_hour ? Json(to_text(*row.withdrawn_hour)) : Json());
    json.set("queue", row.ranking ? Json(row.ranking->queue) : Json());
    json.set("loss", Json()).set("answers", Json::array()).set("contact", "").set("files", Json::array()).set("parts", Json::array());
    return json;
}

}  // namespace

Json DeskService::category_json(std::string_view code) const {
    Json json = Json::object();
    const Category* category = parts_.categories.find(code);
    json.set("code", code).set("title", category ? category->title : std::string(code)).set("plain", category ? category->plain : "");
    json.set("group", category ? name_of(category->group) : "").set("group_title", category ? parts_.categories.title_of(category->group) : "");
    return json;
}

Json DeskService::parts_json(const TipContent& content, const Evidence& evidence) const {
    Json parts = Json::array();
    // The tip's own text is shown as it was written, whatever the evidence step made of it.
    const PartEvidence none;
    const PartEvidence* own = part_of(evidence, 0);
    parts.push(part_json(own ? *own : none, told_text(content)));
    for (const PartEvidence& part : evidence.parts)
        if (part.part != 0) parts.push(part_json(part, part.text));
    return parts;
}

void DeskService::add_content(Json& json, const TipContent& content, const Evidence& evidence, const std::vector<vault::TipOpener::AddedFile>& added) const {
    json.set("partner", content.origin.partner);
    json.set("category", category_json(content.category));
    json.set("loss", loss_json(content.loss));
    json.set("answers", answers_json(content));
    json.set("contact", content.contact);
    Json files = Json::array();
    const std::size_t own = content.files.size();
    for (std::uint32_t n = 1; n <= own + added.size(); ++n) {
        const AttachedFile& file = n <= own ? content.files[n - 1] : added[n - own - 1].file;
        const PartEvidence* part = part_of(evidence, n);
        Json row = Json::object();
        row.set("n", static_cast<std::int64_t>(n)).set("name", file.name).set("media_type", file.media_type);
        row.set("size_bytes", file.size_bytes).set("format", part ? part->format : "");
        row.set("added_hour", n <= own ? Json() : Json(to_text(added[n - own - 1].hour)));
        files.push(std::move(row));
    }
    json.set("files", std::move(files));
    json.set("parts", parts_json(content, evidence));
}

Json DeskService::links_json(const std::vector<Link>& links) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < links.size() && i < links_listed_max; ++i) {
        Json json = to_json(links[i]);
        Json row = Json::object();
        row.set("tip", links[i].other.text()).set("bits", links[i].bits);
        const auto other = parts_.store.tip(links[i].other);
        const Json brief = other ? row_json(*other) : Json::object();
        for (const std::string_view name : {"first_line", "category", "severity", "state"}) {
            const Json* value = brief.find(name);
            row.set(name, value ? *value : Json());
        }
        row.set("reasons", *json.find("reasons"));
        rows.push(std::move(row));
    }
    return rows;
}

Json DeskService::jobs_json(TipId id, Json& troubles) {
    Json rows = Json::array();
    const auto jobs = parts_.store.jobs_of(id);
    if (!jobs) {
        troubles.push(failure_text("jobs", jobs.error()));
        return rows;
    }
    const auto labs = parts_.store.labs();
    for (const Job& job : *jobs) {
        Json row = Json::object();
        row.set("id", job.id.text()).set("skill", job.skill).set("state", name_of(job.state));
        row.set("tries", static_cast<std::int64_t>(job.tries)).set("created_hour", to_text(job.created_hour)).set("finding", Json()).set("progress", Json());
        // Where the lab sent none, or the job is done, there is none or an empty one.
        if (const auto progress = parts_.opener.product(id, product_progress(job.id)); progress && *progress && (*progress)->integer_at("all_bytes"))
            row.set("progress", std::move(**progress));
        const auto product = parts_.opener.product(id, flow::product_finding(job.id));
        if (!product) troubles.push(failure_text("finding", product.error()));
        if (product && *product) {
            const auto finding = finding_from(**product);
            if (!finding) {
                troubles.push(failure_text("finding", finding.error()));
            } else {
                Json json = Json::object();
                json.set("id", finding->id.text()).set("lab", finding->lab.text());
                std::string lab_name;
                if (labs)
                    for (const LabRow& lab : *labs)
                        if (lab.id == finding->lab) lab_name = lab.name;
                json.set("lab_name", lab_name).set("engine", finding->engine).set("summary", finding->summary);
                std::uint64_t sightings = 0;
                std::uint64_t unread = 0;
                for (const PartEvidence& part : finding->evidence.parts) {
                    sightings += part.sightings.size();
                    unread += part.unread.size();
                }
                json.set("sightings", sightings).set("unread", unread).set("is_guess", finding->is_guess);
                row.set("finding", std::move(json));
            }
        }
        rows.push(std::move(row));
    }
    return rows;
}

Json DeskService::messages_json(TipId id, Json& troubles) {
    Json rows = Json::array();
    const auto messages = parts_.store.messages_of(id);
    if (!messages) {
        troubles.push(failure_text("messages", messages.error()));
        return rows;
    }
    for (const Message& message : *messages) {
        Json row = Json::object();
        row.set("id", message.id.text()).set("hour", to_text(message.hour)).set("text", Json());
        if (message.direction == MessageDirection::to_reporter) {
            row.set("direction", "to_reporter");
            const auto copy = parts_.opener.product(id, product_answer(message.id));
            if (!copy) troubles.push(failure_text("answer", copy.error()));
            if (copy && *copy) {
                for (const std::string_view name : {"text", "staff", "files", "notice"})
                    if (const Json* value = (*copy)->find(name)) row.set(name, *value);
            }
        } else {
            row.set("direction", "from_reporter");
            const auto content = parts_.opener.message(message);
            if (content) row.set("text", utf8_repaired(content->text)).set("files_count", static_cast<std::uint64_t>(content->files.size()));
            if (!content) troubles.push(failure_text("message", content.error()));
        }
        rows.push(std::move(row));
    }
    return rows;
}

Result<Json> DeskService::tip(TipId id) {
    const TipRow row = TRY(parts_.store.tip(id));
    Json json = header_json(row, parts_.clock.now());
    Json troubles = Json::array();
    const auto product = [&](std::string_view name) -> Json {
        auto read = parts_.opener.product(id, name);
        if (!read) troubles.push(failure_text(name, read.error()));
        return read && *read ? std::move(**read) : Json();
    };
    Evidence evidence;
    if (const Json sealed = product(flow::product_evidence); !sealed.is_null()) {
        auto opened = evidence_from(sealed);
        if (!opened) troubles.push(failure_text("evidence", opened.error()));
        if (opened) evidence = std::move(opened).take();
    }
    const auto read = parts_.opener.readable(id);
    if (read) {
        const auto added = parts_.opener.added_files(id);
        if (!added) troubles.push(failure_text("added files", added.error()));
        add_content(json, read->content, evidence, added ? *added : std::vector<vault::TipOpener::AddedFile>());
    }
    if (!read) troubles.push(failure_text("content", read.error()));
    if (read && !read->unreadable.empty()) troubles.push("content: cannot be read: " + read->unreadable);
    const std::vector<Link> links = parts_.links.links_of(id);
    json.set("links", links_json(links)).set("links_total", static_cast<std::uint64_t>(links.size()));
    const std::vector<TipId> cluster = parts_.links.cluster_of(id);
    Json members = Json::array();
    for (std::size_t i = 0; i < cluster.size() && i < links_listed_max; ++i) members.push(cluster[i].text());
    json.set("cluster", Json::object().set("tips", std::move(members)).set("total", static_cast<std::uint64_t>(std::max<std::size_t>(1, cluster.size()))));
    json.set("decision", product(flow::product_decision));
    json.set("facts", product(flow::product_facts));
    json.set("jobs", jobs_json(id, troubles));
    json.set("messages", messages_json(id, troubles));
    json.set("custody", custody_json(id, troubles));
    json.set("troubles", std::move(troubles));
    return json;
}

}  // namespace plumbline::desk

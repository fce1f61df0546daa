// SPDX-License-Identifier: Apache-2.0
// The queue, and how much waits in it.
#include "desk/desk.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/utf8.h"
#include "desk/states.h"
#include "flow/flow.h"

namespace plumbline::desk {

bool is_overdue(const TipRow& row, Instant now) {
    return row.ranking && is_opened_by_reading(row.state) && row.ranking->deadline < now;
}

std::string first_line_of(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const bool has_word = std::any_of(line.begin(), line.end(), [](char letter) {
            const auto value = static_cast<unsigned char>(letter);
            return value >= 0x80 || (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z');
        });
        if (!has_word) continue;
        std::string clean;
        std::size_t characters = 0;
        std::string_view rest = line.substr(line.find_first_not_of(" \t\r"));
        while (!rest.empty() && characters < first_line_characters_max) {
            const std::size_t size = utf8_sequence_size(rest);
            const bool is_control = size == 1 && (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7f);
            clean += size == 0 ? "\xEF\xBF\xBD" : is_control ? " " : rest.substr(0, size);
            rest.remove_prefix(std::max<std::size_t>(1, size));
            ++characters;
        }
        while (clean.ends_with(' ')) clean.pop_back();
        return clean;
    }
    return {};
}

Result<DeskService::Tally> DeskService::tally() {
    const std::lock_guard lock(tally_mutex_);
    const Instant now = parts_.clock.now();
    if (tally_ && now - tally_->made < tally_age_max && now >= tally_->made) return *tally_;
    Tally fresh;
    fresh.made = now;
    std::map<TipState, std::uint64_t> states;
    std::uint64_t overdue = 0;
    Json queue_rows = Json::array();
    for (const QueueCount& count : TRY(parts_.store.queue_counts(now))) {
        std::uint64_t not_closed = 0;
        for (const TipState state : tip_states) {
            const std::uint64_t tips = count.states[static_cast<std::size_t>(state)];
            if (tips > 0) states[state] += tips;
            if (state != TipState::closed) not_closed += tips;
        }
        overdue += count.overdue;
        if (count.queue.empty() || not_closed == 0) continue;
        Json row = Json::object();
        row.set("queue", count.queue).set("tips", not_closed).set("unopened", count.unopened).set("overdue", count.overdue);
        row.set("oldest_unopened_hour", count.oldest_unopened ? Json(to_text(*count.oldest_unopened)) : Json());
        queue_rows.push(std::move(row));
    }
    fresh.is_demo = TRY(parts_.store.setting("demo")) == "true";
    Json state_rows = Json::array();
    for (const auto& [state, tips] : states) state_rows.push(Json::object().set("state", name_of(state)).set("tips", tips));
    fresh.json = Json::object();
    fresh.json.set("is_exact", true).set("overdue", overdue).set("states", std::move(state_rows)).set("queues", std::move(queue_rows));
    tally_ = fresh;
    return fresh;
}

Result<Json> DeskService::status() {
    const StoreCounts counts = TRY(parts_.store.counts());
    const Tally tally_now = TRY(tally());
    Json json = Json::object();
    json.set("version", parts_.version);
    json.set("now", to_text(parts_.clock.now()));
    json.set("is_demo", tally_now.is_demo);
    Json rows = Json::object();
    rows.set("tips", counts.tips).set("processed", counts.processed).set("jobs_waiting", counts.jobs_waiting);
    rows.set("jobs_done", counts.jobs_done).set("jobs_failed", counts.jobs_failed).set("ledger_size", counts.ledger_size);
    json.set("counts", std::move(rows));
    json.set("tally", tally_now.json);
    return json;
}

// An imported tip's own text is the import's, the same for all: what tells it apart is the first line of its first file,
// which for a mail is its subject.
std::string DeskService::title_line(const TipRow& row, const TipContent& content) {
    const bool is_own_text = row.header.channel != TipChannel::import && row.header.channel != TipChannel::demo;
    std::string own = first_line_of(content.text);
    if ((is_own_text && !own.empty()) || content.files.empty()) return own;
    const auto product = parts_.opener.product(row.header.id, flow::product_evidence);
    if (!product || !*product) return own;
    const auto evidence = evidence_from(**product);
    if (!evidence) return own;
    for (const PartEvidence& part : evidence->parts) {
        if (part.part != 1) continue;
        constexpr std::string_view subject = "Subject: ";
        const std::string_view head = std::string_view(part.text).substr(0, part.text.find("\n\n"));
        const std::size_t at = head.starts_with(subject) ? 0 : head.find("\nSubject: ");
        const std::string_view rest = at == std::string_view::npos ? head : head.substr(head.find(subject, at) + subject.size());
        std::string line = first_line_of(rest.substr(0, rest.find('\n')).empty() ? part.text : rest);
        if (!line.empty()) return line;
    }
    return own;
}

Json DeskService::row_json(const TipRow& row) {
    const TipHeader& header = row.header;
    Json json = Json::object();
    json.set("id", header.id.text());
    json.set("received_hour", to_text(header.received_hour));
    json.set("channel", name_of(header.channel));
    json.set("is_demo", header.is_demo);
    json.set("group", name_of(header.group));
    json.set("severity", row.ranking ? Json(name_of(row.ranking->severity)) : Json());
    json.set("deadline", row.ranking ? Json(to_text(row.ranking->deadline)) : Json());
    json.set("is_overdue", is_overdue(row, parts_.clock.now()));
    json.set("queue", row.ranking ? Json(row.ranking->queue) : Json());
    json.set("state", name_of(row.state));
    json.set("reports", 1 + row.repeats);
    const auto read = parts_.opener.readable(header.id);
    if (read && read->unreadable.empty()) {
        json.set("category", category_json(read->content.category));
        json.set("first_line", title_line(row, read->content));
    } else {
        json.set("category", Json()).set("first_line", Json());
        json.set("trouble", "the tip does not open: " + (read ? read->unreadable : read.error().message));
    }
    return json;
}

Result<Json> DeskService::due_soon(std::int64_t hours) {
    if (hours < 0 || hours > due_soon_hours_max) return fail(ErrorKind::invalid, "hours: 0 to {}", due_soon_hours_max);
    const Instant now = parts_.clock.now();
    const std::vector<TipRow> due = TRY(parts_.store.unopened_due_before(now + std::chrono::hours(hours), queue_rows_max + 1));
    Json rows = Json::array();
    for (const TipRow& row : due) {
        if (rows.as_array().size() == queue_rows_max) break;
        const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(row.ranking->deadline - now).count();
        rows.push(row_json(row).set("minutes_left", static_cast<std::int64_t>(minutes)));
    }
    Json json = Json::object();
    json.set("hours", hours).set("has_more", due.size() > queue_rows_max).set("rows", std::move(rows));
    return json;
}

Json DeskService::line_json(const TipRow& row) {
    Json json = row_json(row);
    json.set("linked_tips", static_cast<std::uint64_t>(parts_.links.links_of(row.header.id).size()));
    json.set("is_aside", row.flags.has(TipFlag::aside)).set("is_muted", row.flags.has(TipFlag::muted)).set("flood", Json());
    return json;
}

Result<Json> DeskService::queue_row(TipId id) { return line_json(TRY(parts_.store.tip(id))); }

// The rows that stand for a line: of a flood the first in the order asked for, so it stands where its most urgent tip would.
// The rows before `offset` are read too, since a flood may have begun there.
Result<std::vector<TipRow>> DeskService::folded_rows(TipFilter filter, const QueueQuery& query) {
    std::vector<TipRow> lines;
    std::set<std::uint32_t> seen;
    std::size_t line = 0;
    filter.count_max = 1000;
    for (filter.offset = 0;; filter.offset += filter.count_max) {
        std::vector<TipRow> rows = TRY(parts_.store.tips(filter));
        for (TipRow& row : rows) {
            const auto flood = parts_.links.folded_into(row.header.id);
            if (flood && !seen.insert(*flood).second) continue;
            if (line++ >= query.offset) lines.push_back(std::move(row));
            if (lines.size() > query.count) return lines;
        }
        if (rows.size() < filter.count_max) return lines;
    }
}

Result<Json> DeskService::queue(const QueueQuery& query) {
    if (query.count == 0 || query.count > queue_rows_max) return fail(ErrorKind::invalid, "count: 1 to {}", queue_rows_max);
    TipFilter filter;
    filter.state = query.state;
    filter.queue = query.queue;
    filter.only_not_closed = !query.state && !query.is_any_state;
    if (query.is_aside || !query.is_any_state) filter.is_aside = query.is_aside;
    filter.by_severity = query.by_severity;
    filter.offset = query.offset;
    filter.count_max = query.count + 1;   // one more, to know whether there are more
    const bool is_folded = query.is_folded && parts_.links.has_floods();
    std::vector<TipRow> rows = is_folded ? TRY(folded_rows(filter, query)) : TRY(parts_.store.tips(filter));
    const bool has_more = rows.size() > query.count;
    if (has_more) rows.resize(query.count);
    Json list = Json::array();
    for (const TipRow& row : rows) {
        Json json = line_json(row);
        if (is_folded && parts_.links.folded_into(row.header.id)) {
            const link::Flood flood = parts_.links.flood_of(row.header.id);
            Json counts = Json::object();
            counts.set("tips", static_cast<std::uint64_t>(flood.folded.size())).set("aside", static_cast<std::uint64_t>(flood.aside.size()));
            json.set("flood", counts.set("standing", static_cast<std::uint64_t>(flood.standing.size())));
        }
        list.push(std::move(json));
    }
    Json json = Json::object();
    json.set("offset", static_cast<std::uint64_t>(query.offset)).set("has_more", has_more).set("rows", std::move(list));
    return json;
}

}  // namespace plumbline::desk

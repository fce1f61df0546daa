// SPDX-License-Identifier: Apache-2.0
// figures.json, docs/formats/figures.md.
#include "figures/figures.h"

namespace plumbline::figures {
namespace {

constexpr std::string_view format_name = "plumbline/figures/1";

Result<Day> day_at(const Json& json, std::string_view name) {
    auto day = day_from(TRY(json.text_at(name)));
    if (!day) return fail_in(name, day.error());
    return *day;
}

Result<std::uint64_t> count_from(std::string_view where, const Json& json) {
    if (!json.is_integer() || json.as_integer() < 0) return fail(ErrorKind::invalid, "{}: must be a count", where);
    return static_cast<std::uint64_t>(json.as_integer());
}

Json received_json(const Figures& figures) {
    Json by_group = Json::object();
    for (const CategoryGroup group : category_groups) by_group.set(name_of(group), figures.received[group]);
    Json by_day = Json::array();
    for (const auto& [day, counts] : figures.received_by_day) {
        Json row = Json::object();
        row.set("day", to_text(day));
        for (const CategoryGroup group : category_groups) {
            if (counts[group] > 0) row.set(name_of(group), counts[group]);
        }
        by_day.push(std::move(row));
    }
    Json received = Json::object();
    received.set("total", figures.received.total());
    received.set("by_group", std::move(by_group));
    received.set("by_day", std::move(by_day));
    return received;
}

Result<void> read_received(const Json& received, Figures& figures) {
    const Json* by_group = TRY(received.object_at("by_group"));
    for (const auto& [name, value] : by_group->as_object()) {
        figures.received[TRY(category_group_from(name))] = TRY(count_from(name, value));
    }
    const Json* by_day = TRY(received.array_at("by_day"));
    for (const Json& row : by_day->as_array()) {
        const Day day = TRY(day_at(row, "day"));
        for (const auto& [name, value] : row.as_object()) {
            if (name != "day") figures.received_by_day[day][TRY(category_group_from(name))] = TRY(count_from(name, value));
        }
    }
    const std::int64_t total = TRY(received.integer_at("total"));
    if (total < 0 || static_cast<std::uint64_t>(total) != figures.received.total()) return fail(ErrorKind::invalid, "received.total: is not the sum of by_group");
    return {};
}

Result<void> read_states(const Json& states, Figures& figures) {
    for (const auto& [group_name, row] : states.as_object()) {
        const CategoryGroup group = TRY(category_group_from(group_name));
        if (!row.is_object()) return fail(ErrorKind::invalid, "states.{}: must be an object", group_name);
        for (const auto& [name, value] : row.as_object()) figures.states[group][TRY(tip_state_from(name))] = TRY(count_from(name, value));
    }
    return {};
}

Result<void> read_leaves(const Json& leaves, Figures& figures) {
    if (!leaves.is_array()) return fail(ErrorKind::invalid, "leaves: must be an array");
    for (const Json& row : leaves.as_array()) {
        LeafRow leaf;
        leaf.group = TRY(category_group_from(TRY(row.text_at("group"))));
        leaf.leaf = TRY(row.text_at("leaf"));
        const Json* count = row.find("count");
        if (count == nullptr) return fail(ErrorKind::invalid, "leaves: {} has no count", leaf.leaf);
        if (!count->is_null()) leaf.count = TRY(count_from(leaf.leaf, *count));
        figures.leaves.push_back(std::move(leaf));
    }
    return {};
}

}  // namespace

Json to_json(const Figures& figures) {
    Json frame = Json::object();
    frame.set("unit", figures.frame.unit);
    frame.set("from", to_text(figures.frame.from));
    frame.set("to", to_text(figures.frame.to));
    frame.set("as_of", to_text(figures.frame.as_of));
    frame.set("log_size", figures.frame.log_size);
    frame.set("rulebook", figures.frame.rulebook);
    Json states = Json::object();
    for (const auto& [group, by_state] : figures.states) {
        Json row = Json::object();
        for (const auto& [state, tips] : by_state) row.set(name_of(state), tips);
        states.set(name_of(group), std::move(row));
    }
    Json custody = Json::object();
    for (const auto& [kind, times] : figures.custody) custody.set(kind, times);
    Json json = Json::object();
    json.set("format", format_name);
    json.set("frame", std::move(frame));
    json.set("received", received_json(figures));
    json.set("states", std::move(states));
    json.set("custody", std::move(custody));
    json.set("waits", to_json(figures.waits, figures.frame.to));
    if (!figures.leaves.empty()) {
        Json leaves = Json::array();
        for (const LeafRow& row : figures.leaves) {
            Json leaf = Json::object();
            leaf.set("group", name_of(row.group));
            leaf.set("leaf", row.leaf);
            leaf.set("count", row.count ? Json(*row.count) : Json(nullptr));
            leaves.push(std::move(leaf));
        }
        json.set("leaves", std::move(leaves));
    }
    return json;
}

Result<Figures> figures_from(const Json& json) {
    const std::string format = TRY(json.text_at("format"));
    if (format != format_name) return fail(ErrorKind::unsupported, "format: {} is not {}", format, format_name);
    Figures figures;
    const Json* frame = TRY(json.object_at("frame"));
    figures.frame.unit = TRY(frame->text_at("unit"));
    figures.frame.from = TRY(day_at(*frame, "from"));
    figures.frame.to = TRY(day_at(*frame, "to"));
    figures.frame.as_of = TRY(day_at(*frame, "as_of"));
    const Json* log_size = frame->find("log_size");
    if (log_size == nullptr) return fail(ErrorKind::invalid, "log_size: is missing");
    figures.frame.log_size = TRY(count_from("log_size", *log_size));
    figures.frame.rulebook = TRY(frame->text_at("rulebook"));
    TRY(read_received(*TRY(json.object_at("received")), figures));
    TRY(read_states(*TRY(json.object_at("states")), figures));
    const Json* custody = TRY(json.object_at("custody"));
    for (const auto& [kind, value] : custody->as_object()) figures.custody[kind] = TRY(count_from(kind, value));
    if (const Json* waits = json.find("waits")) figures.waits = TRY(waits_from(*waits));
    if (const Json* leaves = json.find("leaves")) TRY(read_leaves(*leaves, figures));
    return figures;
}

}  // namespace plumbline::figures

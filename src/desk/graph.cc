// SPDX-License-Identifier: Apache-2.0
// A tip's links as a small graph: tips, and the values that they share as nodes between them.
#include <algorithm>
#include <map>

#include "desk/desk.h"

namespace plumbline::desk {

namespace {

struct Edge {
    std::string from;
    std::string to;
    double bits = 0;
    std::string words;
};

// Gathers nodes and edges up to graph_nodes_max nodes.
class Drawing {
  public:
    bool has_room() const { return nodes_.as_array().size() < graph_nodes_max; }
    bool holds(TipId tip) const { return tips_.count(tip) != 0; }
    void add_tip(TipId tip, Json node) {
        tips_.emplace(tip, true);
        nodes_.push(std::move(node));
    }
    // False where there is no room for a value that is not drawn yet.
    bool add_reason(TipId a, TipId b, const LinkReason& reason) {
        if (reason.value.empty()) {
            add_edge({std::min(a, b).text(), std::max(a, b).text(), reason.bits, reason.words});
            return true;
        }
        auto value = values_.find({reason.kind, reason.value});
        if (value == values_.end()) {
            if (!has_room()) return false;
            value = values_.emplace(std::make_pair(reason.kind, reason.value), fmt::format("v{}", values_.size() + 1)).first;
            Json node = Json::object();
            node.set("id", value->second).set("type", "value").set("kind", reason.kind).set("label", reason.value);
            nodes_.push(std::move(node));
        }
        add_edge({a.text(), value->second, reason.bits, reason.words});
        add_edge({b.text(), value->second, reason.bits, reason.words});
        return true;
    }
    Json json(std::uint64_t left_off) && {
        Json rows = Json::array();
        for (auto& [ends, edge] : edges_) {
            Json row = Json::object();
            row.set("from", edge.from).set("to", edge.to).set("bits", edge.bits).set("words", edge.words);
            rows.push(std::move(row));
        }
        Json json = Json::object();
        json.set("nodes", std::move(nodes_)).set("edges", std::move(rows)).set("left_off", left_off);
        return json;
    }

  private:
    void add_edge(Edge edge) {
        auto ends = std::make_pair(edge.from, edge.to);
        edges_.emplace(std::move(ends), std::move(edge));
    }
    Json nodes_ = Json::array();
    std::map<TipId, bool> tips_;
    std::map<std::pair<std::string, std::string>, std::string> values_;
    std::map<std::pair<std::string, std::string>, Edge> edges_;
};

constexpr std::size_t reasons_drawn_max = 4;   // of one link: the strongest

}  // namespace

Result<Json> DeskService::graph(TipId id) {
    const TipRow self = TRY(parts_.store.tip(id));
    Drawing drawing;
    const auto add = [&](const TipRow& row) {
        const Json brief = row_json(row);
        const Json* category = brief.find("category");
        const Json* title = category ? category->find("title") : nullptr;
        Json node = Json::object();
        node.set("id", row.header.id.text()).set("type", "tip").set("label", title ? *title : Json(row.header.id.text()));
        node.set("is_self", row.header.id == id).set("severity", *brief.find("severity")).set("state", *brief.find("state"));
        drawing.add_tip(row.header.id, std::move(node));
    };
    add(self);
    const std::vector<Link> links = parts_.links.links_of(id);
    std::vector<TipId> drawn;
    std::uint64_t left_off = 0;
    for (const Link& link : links) {
        const auto other = drawing.has_room() ? parts_.store.tip(link.other) : Result<TipRow>(fail(ErrorKind::busy, "no room"));
        if (!other) {
            ++left_off;
            continue;
        }
        add(*other);
        drawn.push_back(link.other);
        for (std::size_t i = 0; i < link.reasons.size() && i < reasons_drawn_max; ++i) drawing.add_reason(id, link.other, link.reasons[i]);
    }
    // What the others share with each other shows whether they are one group or several.
    for (const TipId other : drawn) {
        for (const Link& link : parts_.links.links_of(other)) {
            if (!drawing.holds(link.other) || link.other == id) continue;
            for (std::size_t i = 0; i < link.reasons.size() && i < reasons_drawn_max; ++i) drawing.add_reason(other, link.other, link.reasons[i]);
        }
    }
    return std::move(drawing).json(left_off);
}

}  // namespace plumbline::desk

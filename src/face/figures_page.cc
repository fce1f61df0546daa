// SPDX-License-Identifier: Apache-2.0
// /figures and /figures.json: counts of the public log for a period, each with its frame.
#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {
constexpr std::chrono::days days_shown{60};  // where no period is asked for

struct Period {
    Day from;
    Day to;
};

// The period that is asked for; or the message that says what is wrong with it, and in English for a machine.
struct WrongPeriod {
    const char* key;
    std::string english;
};
tl::expected<Period, WrongPeriod> period_of(const Request& request, Day today) {
    Period period{today - (days_shown - std::chrono::days(1)), today};
    for (const char* name : {"from", "to"}) {
        const std::string_view text = request.query_value(name);
        if (text.empty()) continue;
        auto day = day_from(text);
        if (!day) return tl::unexpected<WrongPeriod>({"figures.error_day", fmt::format("{}: must be a day like 2026-11-23", name)});
        (std::string_view(name) == "from" ? period.from : period.to) = *day;
    }
    if (request.query_value("from").empty() && period.from > period.to) period.from = period.to - (days_shown - std::chrono::days(1));
    if (period.from > period.to) return tl::unexpected<WrongPeriod>({"figures.error_order", "from: must not be after to"});
    if (period.to > today) return tl::unexpected<WrongPeriod>({"figures.error_future", fmt::format("to: must not be after today, {}", to_text(today))});
    return period;
}

Result<figures::Figures> figures_of(const Hotline& hotline, const Period& period) {
    if (!hotline.services.figures) return fail(ErrorKind::unavailable, "no figures are published yet");
    return hotline.services.figures(period.from, period.to);
}

// A table of two columns: what is counted, and how many.
struct CountTable {
    std::string label, caption, column;
    std::vector<std::pair<std::string, std::uint64_t>> rows;
};

std::string html_of(const language::Language& words, const CountTable& table) {
    const auto cell = [&words](std::uint64_t count) { return fmt::format("<td class=\"number\">{}</td>", html_escaped(words.number(static_cast<std::int64_t>(count)))); };
    std::string html = fmt::format("<div class=\"table\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table><caption>{}</caption>"
                                   "<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"number\">{}</th></tr></thead><tbody>",
                                   html_escaped(table.label), html_escaped(table.caption), html_escaped(table.column), words.html("figures.reports"));
    std::uint64_t all = 0;
    for (const auto& [title, count] : table.rows) {
        html += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", html_escaped(title), cell(count));
        all += count;
    }
    return html + fmt::format("</tbody><tfoot><tr><th scope=\"row\">{}</th>{}</tr></tfoot></table></div>", words.html("figures.all"), cell(all));
}

std::string received_table(const Hotline& hotline, const figures::Figures& figures) {
    const language::Language& words = hotline.words;
    CountTable table{words.text("figures.received"), words.text("figures.received_caption"), words.text("figures.kind"), {}};
    for (const CategoryGroup group : category_groups) table.rows.emplace_back(words.text("group." + std::string(name_of(group))), figures.received[group]);
    return html_of(words, table);
}

std::string state_table(const Hotline& hotline, const figures::Figures& figures) {
    const language::Language& words = hotline.words;
    std::map<TipState, std::uint64_t> totals;
    for (const auto& [group, states] : figures.states)
        for (const auto& [state, count] : states) totals[state] += count;
    CountTable table{words.text("figures.states"), words.text("figures.states_caption", {{"day", words.day(figures.frame.to)}}), words.text("figures.state"), {}};
    for (const TipState state : tip_states) table.rows.emplace_back(words.text("state." + std::string(name_of(state))), totals[state]);
    return html_of(words, table);
}

std::string frame_words(const Hotline& hotline, const figures::Frame& frame) {
    const language::Language& words = hotline.words;
    return words.text("figures.frame", {{"from", words.day(frame.from)},
                                        {"to", words.day(frame.to)},
                                        {"as_of", words.day(frame.as_of)},
                                        {"log_size", static_cast<std::int64_t>(frame.log_size)},
                                        {"rulebook", frame.rulebook.empty() ? words.text("figures.no_rulebook") : frame.rulebook}});
}

Response figures_page(const Hotline& hotline, const Request& request) {
    const language::Language& words = hotline.words;
    const Day today = day_of(hotline.services.clock.now());
    const auto period = period_of(request, today);
    Json values = Json::object();
    const Period shown = period ? *period : Period{today - (days_shown - std::chrono::days(1)), today};
    values.set("from", to_text(shown.from)).set("to", to_text(shown.to));
    if (!period) {
        values.set("error", words.text(period.error().key));
        return hotline.respond(http_status_of(ErrorKind::invalid), Tab::figures, words.text("figures.title"), hotline.figures, values);
    }
    const Result<figures::Figures> figures = figures_of(hotline, *period);
    if (!figures) {
        values.set("error", words.text("figures.error_none"));
        return hotline.respond(http_status_of(figures.error().kind), Tab::figures, words.text("figures.title"), hotline.figures, values);
    }
    values.set("has_figures", true).set("frame", frame_words(hotline, figures->frame));
    // The picture's words are English: what it shows stands in the tables too.
    if (hotline.services.figures_chart) values.set("chart", hotline.services.figures_chart(*figures));
    values.set("tables", received_table(hotline, *figures) + state_table(hotline, *figures) + waits_table(hotline, *figures));
    return hotline.respond(200, Tab::figures, words.text("figures.title"), hotline.figures, values);
}

Response figures_json(const Hotline& hotline, const Request& request) {
    const auto period = period_of(request, day_of(hotline.services.clock.now()));
    if (!period) return Response::from_error(Error{ErrorKind::invalid, period.error().english});
    const auto figures = figures_of(hotline, *period);
    if (!figures) return Response::from_error(figures.error());
    return Response::json(200, figures::to_json(*figures)).with("Access-Control-Allow-Origin", "*");
}
}  // namespace

void add_figures_routes(Router& router, HotlinesPtr hotlines) {
    add_page(router, hotlines, "/figures", figures_page);
    router.get("/figures.json", [hotlines](const Request& request) { return figures_json(hotlines->english(), request); });
}

}  // namespace plumbline::face

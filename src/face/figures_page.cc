// SPDX-License-Identifier: Apache-2.0
// /figures and /figures.json: counts of the public log for a period, each with its frame.
#include "face/hotline_pages.h"
#include "face/mailbox.h"

namespace plumbline::face {

namespace {
constexpr std::chrono::days days_shown{60};  // where no period is asked for

struct Period {
    Day from;
    Day to;
};

Result<Period> period_of(const Request& request, Day today) {
    Period period{today - (days_shown - std::chrono::days(1)), today};
    for (const char* name : {"from", "to"}) {
        const std::string_view text = request.query_value(name);
        if (text.empty()) continue;
        auto day = day_from(text);
        if (!day) return fail(ErrorKind::invalid, "{}: must be a day like 2026-11-23", name);
        (std::string_view(name) == "from" ? period.from : period.to) = *day;
    }
    if (request.query_value("from").empty() && period.from > period.to) period.from = period.to - (days_shown - std::chrono::days(1));
    if (period.from > period.to) return fail(ErrorKind::invalid, "from: must not be after to");
    if (period.to > today) return fail(ErrorKind::invalid, "to: must not be after today, {}", to_text(today));
    return period;
}

Result<figures::Figures> figures_of(const Hotline& hotline, const Period& period) {
    if (!hotline.services.figures) return fail(ErrorKind::unavailable, "no figures are published yet");
    return hotline.services.figures(period.from, period.to);
}

std::string cell(std::uint64_t count) { return fmt::format("<td class=\"number\">{}</td>", count); }

std::string received_table(const Hotline& hotline, const figures::Figures& figures) {
    std::string html = "<div class=\"table\" role=\"region\" aria-label=\"Reports received\" tabindex=\"0\"><table><caption>Reports received, by kind</caption>"
                       "<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" class=\"number\">Reports</th></tr></thead><tbody>";
    for (const CategoryGroup group : category_groups)
        html += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", html_escaped(hotline.services.categories.title_of(group)), cell(figures.received[group]));
    return html + fmt::format("</tbody><tfoot><tr><th scope=\"row\">All</th>{}</tr></tfoot></table></div>", cell(figures.received.total()));
}

std::string state_table(const figures::Figures& figures) {
    std::map<TipState, std::uint64_t> totals;
    for (const auto& [group, states] : figures.states)
        for (const auto& [state, count] : states) totals[state] += count;
    std::string html = fmt::format("<div class=\"table\" role=\"region\" aria-label=\"Reports by state\" tabindex=\"0\"><table><caption>Reports by state, at the end of {}</caption>"
                                   "<thead><tr><th scope=\"col\">State</th><th scope=\"col\" class=\"number\">Reports</th></tr></thead><tbody>",
                                   day_words(figures.frame.to));
    std::uint64_t all = 0;
    for (const TipState state : tip_states) {
        html += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", html_escaped(words_of(state).title), cell(totals[state]));
        all += totals[state];
    }
    return html + fmt::format("</tbody><tfoot><tr><th scope=\"row\">All</th>{}</tr></tfoot></table></div>", cell(all));
}

Response figures_page(const Hotline& hotline, const Request& request) {
    const Day today = day_of(hotline.services.clock.now());
    const auto period = period_of(request, today);
    Json values = Json::object();
    const Period shown = period ? *period : Period{today - (days_shown - std::chrono::days(1)), today};
    values.set("from", to_text(shown.from)).set("to", to_text(shown.to));
    Result<figures::Figures> figures = period ? figures_of(hotline, *period) : Result<figures::Figures>(fail(period.error()));
    if (!figures) {
        values.set("error", figures.error().message);
        return hotline.respond(http_status_of(figures.error().kind), Tab::figures, "Figures", hotline.figures, values);
    }
    const figures::Frame& frame = figures->frame;
    values.set("has_figures", true);
    values.set("frame", fmt::format("Unit: {} (reports received; not offences, victims or suspects). From {} to {}, both days included. Counted on {} from the "
                                    "first {} entries of the log. Rulebook {}.",
                                    frame.unit, day_words(frame.from), day_words(frame.to), day_words(frame.as_of), frame.log_size,
                                    frame.rulebook.empty() ? "not named" : frame.rulebook));
    if (hotline.services.figures_chart) values.set("chart", hotline.services.figures_chart(*figures));
    values.set("tables", received_table(hotline, *figures) + state_table(*figures));
    return hotline.respond(200, Tab::figures, "Figures", hotline.figures, values);
}

Response figures_json(const Hotline& hotline, const Request& request) {
    const auto period = period_of(request, day_of(hotline.services.clock.now()));
    if (!period) return Response::from_error(period.error());
    const auto figures = figures_of(hotline, *period);
    if (!figures) return Response::from_error(figures.error());
    return Response::json(200, figures::to_json(*figures)).with("Access-Control-Allow-Origin", "*");
}
}  // namespace

void add_figures_routes(Router& router, HotlinePtr hotline) {
    router.get("/figures", [hotline](const Request& request) { return figures_page(*hotline, request); });
    router.get("/figures.json", [hotline](const Request& request) { return figures_json(*hotline, request); });
}

}  // namespace plumbline::face

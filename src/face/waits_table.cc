// SPDX-License-Identifier: Apache-2.0
// The table of /figures that says how long reports wait for a person, by queue.
#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {
std::string head(const language::Language& words) {
    std::string html = "<thead><tr>" + fmt::format("<th scope=\"col\">{}</th>", words.html("figures.queue"));
    for (const char* column : {"figures.unopened", "figures.oldest", "figures.in_time"}) html += fmt::format("<th scope=\"col\" class=\"number\">{}</th>", words.html(column));
    return html + "</tr></thead>";
}

std::string row_html(const language::Language& words, const std::string& queue, const figures::QueueWaits& row, Day to) {
    // A queue's name is the rulebook's word.
    const std::string name = queue.empty() ? words.html("figures.unsorted") : fmt::format("<span lang=\"en\">{}</span>", html_escaped(queue));
    std::string html = fmt::format("<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td>", name, html_escaped(words.number(static_cast<std::int64_t>(row.unopened))));
    const std::string oldest = row.oldest_unopened ? words.html("figures.oldest_days", std::initializer_list<language::Argument>{{"count", (to - *row.oldest_unopened).count()}}) : "–";
    const std::string share = row.due == 0 ? std::string("–")
                                           : words.html("figures.in_time_of", std::initializer_list<language::Argument>{{"in_time", static_cast<std::int64_t>(row.in_time)},
                                                                                                                        {"due", static_cast<std::int64_t>(row.due)},
                                                                                                                        {"percent", static_cast<std::int64_t>(row.in_time * 100 / row.due)}});
    return html + fmt::format("<td class=\"number\">{}</td><td class=\"number\">{}</td></tr>", oldest, share);
}
}  // namespace

std::string waits_table(const Hotline& hotline, const figures::Figures& figures) {
    const language::Language& words = hotline.words;
    const figures::Frame& frame = figures.frame;
    std::string html = fmt::format("<div class=\"table\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table><caption>{}</caption>", words.html("figures.waits"),
                                   html_escaped(words.text("figures.waits_caption", {{"from", words.day(frame.from)}, {"to", words.day(frame.to)}})));
    html += head(words) + "<tbody>";
    for (const auto& [queue, row] : figures.waits) html += row_html(words, queue, row, frame.to);
    if (figures.waits.empty()) html += fmt::format("<tr><td colspan=\"4\">{}</td></tr>", words.html("figures.waits_none"));
    return html + "</tbody></table></div>" + fmt::format("<p class=\"hint\">{}</p>", words.html("figures.waits_hint"));
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
#include "face/hotline.h"

#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {
constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};

Result<Page> page_of(const HotlineServices& services, std::string_view name) {
    auto page = Page::parse(TRY(services.asset(name)));
    if (!page) return fail_in(name, page.error());
    return page;
}

Response file_response(const char* media_type, const std::string& body) {
    return Response::bytes(200, media_type, body).with("Cache-Control", "public, max-age=3600");
}
}  // namespace

std::string day_words(Instant instant) {
    const std::chrono::year_month_day date(day_of(instant));
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
}

std::string hour_words(Instant instant) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(instant - day_of(instant)).count();
    return fmt::format("{}, {:02}:{:02} UTC", day_words(instant), minutes / 60, minutes % 60);
}

std::string size_words(std::uint64_t bytes) {
    constexpr std::pair<const char*, int> units[] = {{"GiB", 30}, {"MiB", 20}, {"KiB", 10}};
    for (const auto& [name, shift] : units)
        if (bytes >> shift > 0 && bytes % (1ULL << shift) == 0) return fmt::format("{} {}", bytes >> shift, name);
    return fmt::format("{} bytes", bytes);
}

Response Hotline::respond(int status, Tab tab, std::string_view title, const Page& page, const Json& values) const {
    Json frame = Json::object();
    frame.set("title", title).set("demo", services.is_demo).set("content", page.render(values));
    frame.set("at_report", tab == Tab::report).set("at_mailbox", tab == Tab::mailbox);
    frame.set("at_rulebook", tab == Tab::rulebook).set("at_figures", tab == Tab::figures);
    return Response::html(status, layout.render(frame));
}

Response Hotline::say(int status, Tab tab, std::string_view title, std::string_view lead) const {
    Json values = Json::object();
    values.set("heading", title).set("lead", lead);
    return respond(status, tab, title, plain, values);
}

Result<void> add_hotline_routes(Router& router, const HotlineServices& services) {
    const auto text_of_asset = [&services](std::string_view name) -> Result<std::string> { return std::string(TRY(services.asset(name))); };
    const HotlinePtr hotline = &router.keep(Hotline{
        services,
        TRY(page_of(services, "ui/hotline/layout.html")),
        TRY(page_of(services, "ui/hotline/report.html")),
        TRY(page_of(services, "ui/hotline/receipt.html")),
        TRY(page_of(services, "ui/hotline/mailbox.html")),
        TRY(page_of(services, "ui/hotline/mailbox_open.html")),
        TRY(page_of(services, "ui/hotline/plain.html")),
        TRY(page_of(services, "ui/hotline/figures.html")),
        TRY(text_of_asset("ui/hotline/style.css")),
        TRY(text_of_asset("ui/hotline/icon.svg")),
    });
    router.get("/style.css", [hotline](const Request&) { return file_response("text/css; charset=utf-8", hotline->style); });
    router.get("/icon.svg", [hotline](const Request&) { return file_response("image/svg+xml", hotline->icon); });
    router.get("/rulebook", [hotline](const Request&) {
        Json values = Json::object();
        values.set("heading", "The rules").set("body", hotline->services.rulebook_html);
        values.set("lead", "These tables say how urgent a report is, who gets it and until when a person must open it. They see no country, "
                           "language, currency or name: the same facts get the same treatment, wherever they come from.");
        return hotline->respond(200, Tab::rulebook, "The rules", hotline->plain, values);
    });
    router.otherwise([hotline](const Request&) {
        return hotline->say(404, Tab::none, "There is no such page", "To report something, or to look at your report, choose a page above.");
    });
    add_report_routes(router, hotline);
    add_mailbox_routes(router, hotline);
    add_api_routes(router, hotline);
    add_figures_routes(router, hotline);
    add_ledger_routes(router, hotline);
    return {};
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
#include "face/hotline.h"

#include "face/hotline_pages.h"

namespace plumbline::face {

namespace {
Response file_response(const char* media_type, const std::string& body) {
    return Response::bytes(200, media_type, body).with("Cache-Control", "public, max-age=3600");
}

const char* path_of(Tab tab) {
    switch (tab) {
        case Tab::mailbox: return "/mailbox";
        case Tab::rulebook: return "/rulebook";
        case Tab::figures: return "/figures";
        case Tab::none:
        case Tab::report: break;
    }
    return "/";
}

// "</script>" and "<!--" cannot stand in what a page gives to its script.
std::string for_script(const Json& json) {
    std::string out;
    for (const char letter : json.dump()) {
        if (letter == '<') out += "\\u003c";
        else out += letter;
    }
    return out;
}

// The menu: every language by its own name, each an address of this page.
Json language_menu(const Hotline& hotline, std::string_view path) {
    Json menu = Json::array();
    for (const language::LanguageRow& language : language::languages) {
        Json row = Json::object();
        row.set("tag", language.tag).set("name", language.name).set("path", path).set("current", language.tag == hotline.words.tag());
        menu.push(std::move(row));
    }
    return menu;
}

Result<Hotline> hotline_in(const HotlineServices& services, const language::Language& words) {
    const auto page = [&](const char* name) -> Result<Page> {
        auto parsed = Page::parse(TRY(services.asset(name)), &words);
        if (!parsed) return fail_in(fmt::format("{} in {}", name, words.tag()), parsed.error());
        return parsed;
    };
    return Hotline{services,
                   words,
                   TRY(page("ui/hotline/layout.html")),
                   TRY(page("ui/hotline/report.html")),
                   TRY(page("ui/hotline/receipt.html")),
                   TRY(page("ui/hotline/mailbox.html")),
                   TRY(page("ui/hotline/mailbox_open.html")),
                   TRY(page("ui/hotline/plain.html")),
                   TRY(page("ui/hotline/figures.html"))};
}

Response no_such_page(const Hotline& hotline) {
    return hotline.say(404, Tab::none, hotline.words.text("nowhere.title"), hotline.words.text("nowhere.lead"));
}
}  // namespace

std::string size_words(const language::Language& words, std::uint64_t bytes) {
    constexpr std::pair<const char*, int> units[] = {{"size.gib", 30}, {"size.mib", 20}, {"size.kib", 10}};
    for (const auto& [key, shift] : units)
        if (bytes >> shift > 0 && bytes % (1ULL << shift) == 0) return words.text(key, {{"count", static_cast<std::int64_t>(bytes >> shift)}});
    return words.text("size.bytes", {{"count", static_cast<std::int64_t>(bytes)}});
}

Response Hotline::respond(int status, Tab tab, std::string_view title, const Page& page, const Json& values) const {
    Json frame = Json::object();
    frame.set("base", base()).set("tag", words.tag()).set("direction", words.is_right_to_left() ? "rtl" : "ltr");
    std::string dial;   // what a telephone takes
    for (const char letter : services.emergency_number)
        if (letter != ' ' && letter != '-') dial += letter;
    frame.set("emergency", services.emergency_number).set("emergency_dial", dial);
    const std::string content = page.render(values, frame);
    frame.set("title", title).set("demo", services.is_demo).set("content", content);
    frame.set("at_report", tab == Tab::report).set("at_mailbox", tab == Tab::mailbox);
    frame.set("at_rulebook", tab == Tab::rulebook).set("at_figures", tab == Tab::figures);
    frame.set("languages", language_menu(*this, path_of(tab)));
    for (const char* name : {"menu_words", "menu_path", "money_hint", "danger_hint"})
        if (const Json* value = values.find(name)) frame.set(name, *value);
    if (tab == Tab::report || tab == Tab::mailbox) frame.set("strings", for_script(words.patterns_under("script.")));
    frame.set("sealing", sealing);
    Response response = Response::html(status, layout.render(frame));
    for (auto& [name, value] : response.headers)
        if (name == "Content-Security-Policy") value += "; worker-src 'self'; require-trusted-types-for 'script'; trusted-types plumbline-sealing plumbline-work";
    if (!services.onion_location.empty()) response.with("Onion-Location", services.onion_location + base() + path_of(tab));
    if (services.is_strict_tls) response.with("Strict-Transport-Security", "max-age=31536000");
    return response.with("Content-Language", words.tag()).with("Vary", "Accept-Language");
}

Response Hotline::say(int status, Tab tab, std::string_view title, std::string_view lead) const {
    Json values = Json::object();
    values.set("heading", title).set("lead", lead);
    return respond(status, tab, title, plain, values);
}

const Hotline* Hotlines::of(const Request& request) const {
    const auto named = request.path_values.find("language");
    const std::string_view tag = named != request.path_values.end() ? std::string_view(named->second) : language::best_language(request.header("accept-language"));
    for (const Hotline& hotline : all)
        if (hotline.words.tag() == tag) return &hotline;
    return nullptr;
}

void add_page(Router& router, HotlinesPtr hotlines, const char* path, PageHandler make) {
    const Handler handler = [hotlines, make = std::move(make)](const Request& request) {
        const Hotline* hotline = hotlines->of(request);
        return hotline != nullptr ? make(*hotline, request) : no_such_page(hotlines->english());
    };
    router.get(path, handler);
    router.get(std::string("/{language}") + path, handler);
}

void add_form(Router& router, HotlinesPtr hotlines, const char* path, PageHandler take) {
    const Handler handler = [hotlines, take = std::move(take)](const Request& request) {
        const Hotline* hotline = hotlines->of(request);
        return hotline != nullptr ? take(*hotline, request) : no_such_page(hotlines->english());
    };
    router.post(path, handler);
    router.post(std::string("/{language}") + path, handler);
}

void add_form_stream(Router& router, HotlinesPtr hotlines, const char* path, PageStreamHandler take) {
    const StreamHandler handler = [hotlines, take = std::move(take)](const Request& request) -> Result<std::unique_ptr<BodySink>> {
        const Hotline* hotline = hotlines->of(request);
        if (hotline == nullptr) return fail(ErrorKind::not_found, "there is no such language here");
        return take(*hotline, request);
    };
    router.post_stream(path, handler);
    router.post_stream(std::string("/{language}") + path, handler);
}

Result<void> add_hotline_routes(Router& router, const HotlineServices& given) {
    const HotlineServices& services = router.keep(HotlineServices(given));
    std::vector<Hotline> all;
    for (const auto& [tag, own_name] : language::languages) {
        const std::string name = fmt::format("ui/hotline/languages/{}.json", tag);
        const auto& words = router.keep(TRY(language::Language::from_json(tag, TRY(services.asset(name)))));
        all.push_back(TRY(hotline_in(services, words)));
    }
    const Json sealing = add_script_routes(router, services);
    for (Hotline& hotline : all) hotline.sealing = sealing;
    const HotlinesPtr hotlines = &router.keep(Hotlines{services, std::move(all), std::string(TRY(services.asset("ui/hotline/style.css"))), std::string(TRY(services.asset("ui/hotline/icon.svg")))});
    router.get("/style.css", [hotlines](const Request&) { return file_response("text/css; charset=utf-8", hotlines->style); });
    const auto& work_script = router.keep(std::string(TRY(services.asset("ui/hotline/work.js"))));
    router.get("/work.js", [&work_script](const Request&) { return file_response("text/javascript; charset=utf-8", work_script); });
    router.get("/icon.svg", [hotlines](const Request&) { return file_response("image/svg+xml", hotlines->icon); });
    add_page(router, hotlines, "/rulebook", [](const Hotline& hotline, const Request&) {
        const std::string title = hotline.words.text("rulebook.title");
        Json values = Json::object();
        values.set("heading", title).set("lead", hotline.words.text("rulebook.lead"));
        // The tables are made of the rules themselves, which are written in English.
        values.set("body", "<div lang=\"en\" dir=\"ltr\">" + hotline.services.rulebook_html + "</div>");
        return hotline.respond(200, Tab::rulebook, title, hotline.plain, values);
    });
    router.otherwise([hotlines](const Request& request) {
        for (const auto& [tag, name] : language::languages)
            if (request.path == "/" + std::string(tag)) return Response::redirect(request.path + "/");
        Request plain = request;
        const std::string_view first = std::string_view(request.path).substr(1, request.path.find('/', 1) - 1);
        for (const auto& [tag, name] : language::languages)
            if (first == tag) plain.path_values["language"] = tag;
        return no_such_page(*hotlines->of(plain));
    });
    add_report_routes(router, hotlines);
    add_receipt_routes(router, hotlines);
    add_mailbox_routes(router, hotlines);
    add_api_routes(router, &hotlines->english());
    add_mailbox_api_routes(router, &hotlines->english());
    add_reports_routes(router, &hotlines->english());
    add_figures_routes(router, hotlines);
    add_ledger_routes(router, &hotlines->english());
    add_tus_routes(router, &hotlines->english());
    add_sealed_tip_routes(router, &hotlines->english());
    return {};
}

}  // namespace plumbline::face

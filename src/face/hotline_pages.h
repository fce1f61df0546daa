// SPDX-License-Identifier: Apache-2.0
// What the hotline's handlers share: the services, and for each language the parsed pages and the frame around each. Inside
// face/ only.
//
// A page stands at "/mailbox" and at "/de/mailbox". Without a language in the address the browser's list of languages picks
// one for that answer; every address in the answer then names the language. Nothing of it is kept.
#pragma once
#include "face/hotline.h"
#include "face/page.h"

namespace plumbline::face {

enum class Tab { none, report, mailbox, rulebook, figures };

// The hotline in one language.
struct Hotline {
    const HotlineServices& services;
    const language::Language& words;
    Page layout, report, receipt, mailbox, mailbox_open, plain, figures;

    // The page inside the layout, with the headers of every page. In every page {{base}} is "/de". Where `values` has
    // "menu_words" the menu of languages is a form that posts them to "menu_path": what a link would lose is kept.
    Response respond(int status, Tab tab, std::string_view title, const Page& page, const Json& values) const;
    // A page of one heading and a few words.
    Response say(int status, Tab tab, std::string_view title, std::string_view lead) const;
    Json sealing = {};               // of the page's script tag; null: this hotline gives out no script
    std::string base() const { return "/" + words.tag(); }
};
using HotlinePtr = const Hotline*;     // the router keeps it

struct Hotlines {
    const HotlineServices& services;
    std::vector<Hotline> all;        // by language::languages
    std::string style, icon;

    // By the address ("/de/mailbox"), or else by Accept-Language. nullptr: the address names a language that is not there.
    const Hotline* of(const Request& request) const;
    const Hotline& english() const { return all.front(); }
};
using HotlinesPtr = const Hotlines*;

// A page at `path` ("/mailbox") and at "/{language}" + path. `make` is called as make(const Hotline&, const Request&).
using PageHandler = std::function<Response(const Hotline&, const Request&)>;
void add_page(Router& router, HotlinesPtr hotlines, const char* path, PageHandler make);
void add_form(Router& router, HotlinesPtr hotlines, const char* path, PageHandler take);   // POST
using PageStreamHandler = std::function<Result<std::unique_ptr<BodySink>>(const Hotline&, const Request&)>;
void add_form_stream(Router& router, HotlinesPtr hotlines, const char* path, PageStreamHandler take);

// "5 GiB", "64 KiB", "77 bytes" in the language.
std::string size_words(const language::Language& words, std::uint64_t bytes);

// What a receipt's page shows.
struct ShownReceipt {
    std::string words;
    std::string proof;
    bool is_money_sent = false;      // in the last three days
    bool is_danger = false;
};
Response receipt_page(const Hotline& hotline, const ShownReceipt& receipt);   // receipt_page.cc

// The routes, by file.
void add_receipt_routes(Router& router, HotlinesPtr hotlines);    // receipt_page.cc
void add_report_routes(Router& router, HotlinesPtr hotlines);     // report.cc
void add_mailbox_routes(Router& router, HotlinesPtr hotlines);    // mailbox.cc
void add_mailbox_api_routes(Router& router, HotlinePtr hotline);  // mailbox_api.cc
void add_api_routes(Router& router, HotlinePtr hotline);          // api.cc
void add_reports_routes(Router& router, HotlinePtr hotline);      // reports_api.cc
std::string waits_table(const Hotline& hotline, const figures::Figures& figures);   // waits_table.cc
void add_figures_routes(Router& router, HotlinesPtr hotlines);    // figures_page.cc
void add_ledger_routes(Router& router, HotlinePtr hotline);       // ledger_files.cc
// Gives what a page's script tag says; null where no script is given out.
Json add_script_routes(Router& router, const HotlineServices& services);   // scripts.cc
void add_tus_routes(Router& router, HotlinePtr hotline);          // tus.cc
void add_sealed_tip_routes(Router& router, HotlinePtr hotline);   // sealed_tips.cc

}  // namespace plumbline::face

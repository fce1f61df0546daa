// SPDX-License-Identifier: Apache-2.0
// What the hotline's handlers share: the services, the parsed pages and the frame around each. Inside face/ only.
#pragma once
#include "face/hotline.h"
#include "face/page.h"

namespace plumbline::face {

enum class Tab { none, report, mailbox, rulebook, figures };

struct Hotline {
    HotlineServices services;
    Page layout, report, receipt, mailbox, mailbox_open, plain, figures;
    std::string style, icon;

    // The page inside the layout, with the headers of every page.
    Response respond(int status, Tab tab, std::string_view title, const Page& page, const Json& values) const;
    // A page of one heading and a few words.
    Response say(int status, Tab tab, std::string_view title, std::string_view lead) const;
};
using HotlinePtr = const Hotline*;   // the router keeps it

std::string day_words(Instant instant);      // "23 November 2026"
std::string hour_words(Instant instant);     // "23 November 2026, 15:00 UTC"
std::string size_words(std::uint64_t bytes); // "5 GiB", "64 KiB", "77 bytes"

// The routes, by file.
void add_report_routes(Router& router, HotlinePtr hotline);     // report.cc
void add_mailbox_routes(Router& router, HotlinePtr hotline);    // mailbox.cc
void add_api_routes(Router& router, HotlinePtr hotline);        // api.cc
void add_figures_routes(Router& router, HotlinePtr hotline);    // figures_page.cc
void add_ledger_routes(Router& router, HotlinePtr hotline);     // ledger_files.cc

}  // namespace plumbline::face

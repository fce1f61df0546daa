// SPDX-License-Identifier: Apache-2.0
// The face that the public sees: report form, receipt, mailbox, rulebook, figures, ledger files, and the API for machines.
// It holds public keys only (through Intake) and can open nothing that it took, except what the 12 words of a reporter
// open while that request runs. It sets no cookie, needs no script and keeps nothing of a visitor.
//
//     HotlineServices services{.intake = *intake, .store = *store, .clock = clock, .categories = categories, ...};
//     TRY(add_hotline_routes(router, services));
//
// docs/steps/face.md lists the pages, docs/formats/api.yaml the API. Any thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/time.h"
#include "face/work.h"
#include "figures/figures.h"
#include "http/server.h"
#include "intake/intake.h"
#include "intake/sealed_intake.h"
#include "model/category.h"
#include "store/store.h"

namespace plumbline::partners {
struct ReportServices;
}

namespace plumbline::face {

// The references outlive the routes.
struct HotlineServices {
    intake::Intake& intake;
    Store& store;                        // counts, tokens, a tip's ledger index: never a tip's content
    Clock& clock;
    const Categories& categories;
    const Limits& limits;
    // A file that is compiled in, by its name ("ui/hotline/layout.html"); not_found. Called once for each, at the start.
    std::function<Result<std::string_view>(std::string_view name)> asset;
    std::string rulebook_html;           // a fragment, made by rulebook/page.h
    std::string ledger_folder;           // of the published log; "" = none is served
    // Counts of the public log for a period, inclusive; empty = the figures pages answer 503. Any thread.
    std::function<Result<figures::Figures>(Day from, Day to)> figures = {};
    // A picture of them (SVG, no script, no style attribute), put into the page as it is; empty = tables only.
    std::function<std::string(const figures::Figures&)> figures_chart = {};
    Blobs* blobs = nullptr;              // sealed files of answers, for /api/v1/mailbox; null = none are given there
    // The public keys that receipts and checkpoints are checked with (ledger/offline_check.h); empty = not served.
    std::function<Result<std::string>()> keys_text = {};
    // The C2SP tlog-proof of a log entry. not_found: it is younger than the newest checkpoint. Empty = none is given.
    std::function<Result<std::string>(std::uint64_t index)> proof_of = {};
    const partners::ReportServices* reports = nullptr;   // machine reports; nullptr = none are taken
    std::function<bool()> is_ready = {};     // for /api/v1/status; empty = always
    intake::SealedIntake* sealed = nullptr;  // tips that their reporter sealed; nullptr = none are taken
    std::string signed_desk_key = {};        // seal/signed_key.h; "" = the desk key is not signed, and no page seals to it
    std::string emergency_number = {};       // "112"; "" = the pages say "your local emergency number" and no more
    WorkGate* work = nullptr;                // against floods (face/work.h); none: everything is admitted
    std::string onion_location = {};         // "http://....onion": every page names its own place there; "" = none
    bool is_strict_tls = false;              // this listener has TLS, and browsers are told to insist on it
    bool is_demo = false;                // a banner on every page says that nobody reads what is sent
};

// invalid, not_found: a page is missing or broken, which is a mistake of the build.
Result<void> add_hotline_routes(Router& router, const HotlineServices& services);

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
#include "app/flow_command.h"

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/decoder_sandbox.h"
#include "dispatch/lab_desk.h"
#include "flow/flow.h"
#include "intake/intake.h"
#include "lab/desk_source.h"
#include "lab/lab_keys.h"
#include "lab/worker.h"
#include "store/memory/memory_store.h"

namespace plumbline::app {

namespace {

constexpr std::size_t file_bytes_max = 1024ULL * 1024 * 1024;

struct Handed {
    TipContent content;
    std::vector<Bytes> files;
};

Result<Handed> handed_in(const Command& command, const Categories& categories) {
    const std::string& path = command.paths.front();
    const std::string text = TRY(read_small_file(path, file_bytes_max));
    Handed handed;
    if (path.ends_with(".json")) {
        auto json = parse_json(text);
        if (!json) return fail_in(path, json.error());
        auto content = tip_content_from(*json);
        if (!content) return fail_in(path, content.error());
        handed.content = *content;
        handed.content.files.clear();
    } else {
        handed.content.category = command.category.empty() ? std::string(category_not_sure) : command.category;
        handed.content.files.push_back({path.substr(path.rfind('/') + 1), "", text.size()});
        handed.files.push_back(to_bytes(text));
    }
    if (categories.find(handed.content.category) == nullptr) return fail(ErrorKind::invalid, "category: no category \"{}\"", handed.content.category.substr(0, 80));
    return handed;
}

// What everything below a step stands on, with nothing on a disk.
struct Bench {
    Bench(const Categories& categories_in, Clock& clock_in, Entropy& entropy_in)
        : categories(categories_in), clock(clock_in), entropy(entropy_in), blobs(Blobs::in_memory()), store(make_memory_store(*blobs)),
          desk(seal::make_box_keys(entropy)), opener(*store, *blobs, desk.secret, entropy) {}
    const Categories& categories;
    Clock& clock;
    Entropy& entropy;
    Limits limits;
    std::unique_ptr<Blobs> blobs;
    std::unique_ptr<Store> store;
    seal::BoxKeys desk;
    vault::TipOpener opener;
    flow::LinkBoard links;
};

Result<TipId> take_in(Bench& bench, const Handed& handed) {
    ByteArray<32> secret;
    bench.entropy.fill(secret);
    const auto intake = intake::Intake::make(*bench.store, *bench.blobs, bench.clock, bench.entropy, bench.categories,
                                             {{bench.desk.public_key}, seal::make_signing_keys(bench.entropy).secret, to_bytes(ByteView(secret)), bench.desk.public_key}, bench.limits);
    const auto writer = TRY(intake->begin({.channel = TipChannel::import}));
    for (std::size_t i = 0; i < handed.files.size(); ++i) {
        TRY(writer->begin_file(handed.content.files[i].name, ""));
        TRY(writer->file_data(handed.files[i]));
        TRY(writer->end_file());
    }
    TipContent content = handed.content;
    content.files.clear();
    return TRY(writer->finish(content)).tip;
}

// The tip goes the whole way: taken in, worked by the line, leased by a lab, and the lab's findings as the desk keeps them.
Result<Json> findings(Bench& bench, flow::Line& line, Sandbox& sandbox, const Handed& handed) {
    const TipId tip = TRY(take_in(bench, handed));
    while (TRY(line.work_one("flow"))) {
    }
    dispatch::StoreLabDesk lab_desk(*bench.store, *bench.blobs, bench.opener, bench.clock, bench.entropy, bench.limits);
    const lab::LabKeys keys = TRY(lab::make_lab_keys("flow", bench.clock.now(), bench.entropy));
    TRY(bench.store->put_lab(lab::lab_row_of(keys, day_of(bench.clock.now()))));
    lab::DeskSource source(lab_desk, lab::identity_of(keys, true));
    lab::WorkerOptions options;
    options.engine = "plumbline scan " PLUMBLINE_VERSION;
    options.wait_seconds = 0;
    lab::Worker worker({source, sandbox, keys, bench.clock, bench.entropy, bench.limits}, options);
    TRY(worker.run_until_idle(std::stop_token()));
    Json found = Json::array();
    for (const Job& job : TRY(bench.store->jobs_of(tip)))
        if (const auto finding = TRY(bench.opener.product(tip, flow::product_finding(job.id)))) found.push(*finding);
    return found;
}

}  // namespace

Result<int> run_flow(const Command& command, Clock& clock, Entropy& entropy) {
    const auto sandbox = TRY(start_decoder_sandbox(1, Limits()));
    const Categories categories = TRY(built_in_categories());
    const rulebook::Rulebook rulebook = TRY(load_rulebook("", categories));
    const rulebook::ReferenceRates rates = TRY(built_in_rates());
    const Handed handed = TRY(handed_in(command, categories));
    Bench bench(categories, clock, entropy);
    const evidence::WarningLists warnings = evidence::WarningLists::built_in();
    flow::Line line({*bench.store, *sandbox, bench.opener, bench.links, rulebook, rates, clock, entropy, bench.limits, &warnings});
    if (command.print == "finding") {
        std::printf("%s\n", TRY(findings(bench, line, *sandbox, handed)).pretty().c_str());
        return 0;
    }
    TipHeader header;
    header.received_hour = hour_of(clock.now());
    header.group = categories.find(handed.content.category)->group;
    const flow::Products products = TRY(line.run_steps(TipId(), header, handed.content, [&handed](std::uint32_t part) -> Result<Bytes> { return handed.files.at(part - 1); }));
    if (!command.print.empty()) {
        std::printf("%s\n", flow::to_json(products, command.print).pretty().c_str());
    } else {
        Json all = Json::object();
        for (const char* step : {"tip", "evidence", "link", "decide", "dispatch"}) all.set(step, flow::to_json(products, step));
        all.set("finding", TRY(findings(bench, line, *sandbox, handed)));
        std::printf("%s\n", all.pretty().c_str());
    }
    return 0;
}

}  // namespace plumbline::app

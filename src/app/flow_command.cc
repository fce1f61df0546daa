// SPDX-License-Identifier: Apache-2.0
#include "app/flow_command.h"

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/decoder_sandbox.h"
#include "flow/flow.h"
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

// What a lab would hand back: the same decoders over the files alone.
Json finding_json(const flow::Products& products) {
    Finding finding;
    finding.tip = products.tip;
    if (!products.jobs.empty()) finding.job = products.jobs.front().id;
    finding.engine = "plumbline scan " PLUMBLINE_VERSION;
    std::size_t sightings = 0;
    for (const PartEvidence& part : products.evidence.parts) {
        if (part.part == 0) continue;
        sightings += part.sightings.size();
        finding.evidence.parts.push_back(part);
    }
    finding.summary = fmt::format("{} files read, {} sightings", finding.evidence.parts.size(), sightings);
    return plumbline::to_json(finding);
}

}  // namespace

Result<int> run_flow(const Command& command, Clock& clock, Entropy& entropy) {
    const auto sandbox = TRY(start_decoder_sandbox(1, Limits()));
    const Categories categories = TRY(built_in_categories());
    const rulebook::Rulebook rulebook = TRY(load_rulebook("", categories));
    const rulebook::ReferenceRates rates = TRY(built_in_rates());
    const Handed handed = TRY(handed_in(command, categories));
    const auto blobs = Blobs::in_memory();
    const auto store = make_memory_store(*blobs);
    const seal::BoxKeys desk = seal::make_box_keys(entropy);
    vault::TipOpener opener(*store, *blobs, desk.secret, entropy);
    flow::LinkBoard links;
    flow::Line line({*store, *sandbox, opener, links, rulebook, rates, clock, entropy, Limits()});
    TipHeader header;
    header.received_hour = hour_of(clock.now());
    header.group = categories.find(handed.content.category)->group;
    const flow::Products products = TRY(line.run_steps(TipId(), header, handed.content, [&handed](std::uint32_t part) -> Result<Bytes> { return handed.files.at(part - 1); }));
    if (command.print == "finding") {
        std::printf("%s\n", finding_json(products).pretty().c_str());
    } else if (!command.print.empty()) {
        std::printf("%s\n", flow::to_json(products, command.print).pretty().c_str());
    } else {
        Json all = Json::object();
        for (const char* step : {"tip", "evidence", "link", "decide", "dispatch"}) all.set(step, flow::to_json(products, step));
        all.set("finding", finding_json(products));
        std::printf("%s\n", all.pretty().c_str());
    }
    return 0;
}

}  // namespace plumbline::app

// SPDX-License-Identifier: Apache-2.0
#include "app/figures_command.h"

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/open_store.h"
#include "figures/figures.h"
#include "ledger/verify.h"

namespace plumbline::app {

namespace {

constexpr std::size_t figures_bytes_max = 64 * 1024 * 1024;

// Every entry of a log that was checked whole first: what is counted from a log that does not verify is worth nothing.
Result<std::vector<LedgerEntry>> checked_entries(const std::string& folder, const std::string& key_path) {
    std::vector<LedgerEntry> entries;
    const ledger::VerifyReport report = ledger::read_published_entries(folder, TRY(read_verify_key(key_path)),
                                                                       [&entries](std::uint64_t, const LedgerEntry& entry) { entries.push_back(entry); });
    if (!report.is_ok()) return fail(ErrorKind::corrupt, "{}: the log does not verify: {}", folder, report.problems.empty() ? "?" : report.problems.front().text());
    return entries;
}

Result<Day> day_of_option(std::string_view name, const std::string& text) {
    const auto day = day_from(text);
    if (!day) return fail_in(name, day.error());
    return day;
}

Result<figures::Options> options_of(const Command& command, Clock& clock) {
    figures::Options options;
    options.as_of = day_of(clock.now());
    options.to = command.to.empty() ? options.as_of : TRY(day_of_option("--to", command.to));
    options.from = command.from.empty() ? options.to - std::chrono::days(30) : TRY(day_of_option("--from", command.from));
    const Categories categories = TRY(built_in_categories());
    options.rulebook = TRY(load_rulebook("", categories)).version();
    return options;
}

Result<std::string> read_all_of_standard_input() {
    std::string text;
    char buffer[16384];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) {
        text.append(buffer, count);
        if (text.size() > figures_bytes_max) return fail(ErrorKind::too_large, "standard input: over {} bytes", figures_bytes_max);
    }
    return text;
}

}  // namespace

Result<int> run_figures(const Command& command, Clock& clock) {
    const std::string data = data_folder_of(command);
    const std::vector<LedgerEntry> entries = TRY(checked_entries(data + "/ledger", KeyPaths(data).ledger_public));
    const figures::Figures counted = TRY(figures::count(entries, TRY(options_of(command, clock))));
    const Json json = figures::to_json(counted);
    std::printf("%s\n", (command.format == "jsonl" ? json.dump() : json.pretty()).c_str());
    return 0;
}

Result<int> run_recount(const Command& command, Clock& clock) {
    const std::string data = data_folder_of(command);
    const std::string folder = command.paths.empty() ? data + "/ledger" : command.paths.front();
    const std::string key_path = command.log_public_key.empty() ? KeyPaths(data).ledger_public : command.log_public_key;
    const std::vector<LedgerEntry> entries = TRY(checked_entries(folder, key_path));
    if (command.figures_file.empty()) {
        std::printf("%s\n", figures::to_json(TRY(figures::count(entries, TRY(options_of(command, clock))))).pretty().c_str());
        return 0;
    }
    const std::string text = command.figures_file == "-" ? TRY(read_all_of_standard_input()) : TRY(read_small_file(command.figures_file, figures_bytes_max));
    auto json = parse_json(text);
    if (!json) return fail_in(command.figures_file, json.error());
    const figures::Figures published = TRY(figures::figures_from(*json));
    const figures::Figures counted = TRY(figures::recount(entries, published));
    const std::vector<figures::Difference> differences = figures::differences(published, counted);
    for (const figures::Difference& cell : differences)
        std::printf("DIFFERS  %s: published %s, counted %s\n", cell.cell.c_str(), cell.published.c_str(), cell.counted.c_str());
    std::printf("%s: %llu tips received %s to %s, from the first %llu entries of the log\n", differences.empty() ? "the same" : "NOT THE SAME",
                static_cast<unsigned long long>(counted.received.total()), to_text(counted.frame.from).c_str(), to_text(counted.frame.to).c_str(),
                static_cast<unsigned long long>(counted.frame.log_size));
    return differences.empty() ? 0 : 1;
}

}  // namespace plumbline::app

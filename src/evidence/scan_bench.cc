// SPDX-License-Identifier: Apache-2.0
// CPU time of the scan on real mails, whole and by step. PLUMBLINE_MAILS names a folder of mails (default: the corpus
// where the demo puts it); without one, nothing runs. The anchor pass alone is the floor that the others are measured by.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "evidence/scan_text.h"
#include "evidence/wire.h"

namespace plumbline::evidence {
namespace {

const std::vector<std::string>& mails() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> out;
        const char* named = std::getenv("PLUMBLINE_MAILS");
        const std::filesystem::path root = named ? named : PLUMBLINE_SOURCE_DIR "/.cache/demo-mails";
        std::vector<std::filesystem::path> paths;
        if (std::filesystem::exists(root))
            for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
                if (entry.is_regular_file() && entry.path().extension() == ".txt") paths.push_back(entry.path());
        std::sort(paths.begin(), paths.end());
        for (const auto& path : paths) {
            std::ifstream in(path, std::ios::binary);
            out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        }
        return out;
    }();
    return all;
}

template <class Function>
void over_mails(benchmark::State& state, Function&& function) {
    if (mails().empty()) return state.SkipWithError("no mails");
    prepare_scan();
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (auto _ : state) {
        for (const std::string& mail : mails()) {
            benchmark::DoNotOptimize(function(mail));
            bytes += mail.size();
            ++count;
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(static_cast<std::int64_t>(count));
}

void scan_mails(benchmark::State& state) {
    over_mails(state, [](const std::string& mail) { return scan_part(view(mail), "", {}); });
}
void scan_mails_over_the_wire(benchmark::State& state) {
    const Bytes parameters = encode_scan_parameters("mail.eml", {});
    over_mails(state, [&](const std::string& mail) { return decode_scan_answer(*scan_in_sandbox(view(mail), parameters)); });
}
void scan_raw(benchmark::State& state) {
    Memo memo;
    over_mails(state, [&](const std::string& mail) {
        std::vector<Found> found;
        scan_text(mail, "", memo, found);
        return found.size();
    });
}
void anchors_only(benchmark::State& state) {
    const std::vector<Classify> all = every_classify();
    if (static_cast<std::size_t>(state.range(0)) >= all.size()) return state.SkipWithError("not on this processor");
    const Classify classify = all[static_cast<std::size_t>(state.range(0))];
    over_mails(state, [&](const std::string& mail) {
        std::size_t anchors = 0;
        for_each_anchor(mail, classify, Digits::likely, [&](Anchor, std::size_t, std::size_t) { ++anchors; });
        return anchors;
    });
}
ScanOptions command_options() {
    ScanOptions options;
    options.text_bytes_max = 0;
    options.is_hashed = false;
    return options;
}
std::size_t printed(const Bytes& answer, LineBlock& out) {
    const Result<std::vector<PartView>> parts = read_scan_answer(answer);
    out.start_file("file");
    for (const PartView& part : *parts)
        for (const SightingView& sighting : part.sightings) out.append(sighting);
    return out.text().size();
}
// What the command does for each mail but for the process in between: scan, answer, lines.
void lines_of_mails(benchmark::State& state) {
    const Bytes parameters = encode_scan_parameters("mail.eml", command_options());
    LineBlock out;
    over_mails(state, [&](const std::string& mail) {
        out.clear();
        return printed(*scan_in_sandbox(view(mail), parameters), out);
    });
}
// The same for all mails as one mailbox, in stretches.
void lines_of_mailbox(benchmark::State& state) {
    if (mails().empty()) return state.SkipWithError("no mails");
    prepare_scan();
    static const std::string file = [] {
        std::string all;
        for (const std::string& mail : mails()) all += mail;
        return all;
    }();
    const std::uint64_t step = static_cast<std::uint64_t>(state.range(0)) << 10;
    LineBlock out;
    std::size_t lines_bytes = 0;
    for (auto _ : state) {
        for (std::uint64_t at = 0; at < file.size(); at += step) {
            Stretch stretch;
            stretch.begin = at;
            stretch.end = std::min<std::uint64_t>(at + step, file.size());
            stretch.file_size = file.size();
            stretch.read_as = "mbox";
            const Range window = window_of(stretch.begin, stretch.end, file.size(), "mbox");
            stretch.window_at = window.begin;
            out.clear();
            lines_bytes += printed(*scan_in_sandbox(view(file).subspan(window.begin, window.end - window.begin), encode_stretch_parameters(stretch, "mails", command_options())), out);
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(file.size() * state.iterations()));
    state.counters["lines_bytes"] = static_cast<double>(lines_bytes) / static_cast<double>(state.iterations());
}
BENCHMARK(lines_of_mailbox)->Arg(256)->Arg(1024)->Arg(4096)->Unit(benchmark::kMillisecond);
BENCHMARK(lines_of_mails)->Unit(benchmark::kMillisecond);
BENCHMARK(scan_mails)->Unit(benchmark::kMillisecond);
BENCHMARK(scan_mails_over_the_wire)->Unit(benchmark::kMillisecond);
BENCHMARK(scan_raw)->Unit(benchmark::kMillisecond);
BENCHMARK(anchors_only)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumbline::evidence

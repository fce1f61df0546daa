// SPDX-License-Identifier: Apache-2.0
// Lines are made on many threads and written by one, which counts them too.
#include "examination/feature_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/utf8.h"

namespace plumbline::examination {

namespace {
constexpr std::size_t counted_max = 4'000'000;  // distinct features of one recorder that a histogram holds
// Stands between a file's path and the place in it: U+10001C, as bulk_extractor has it.
constexpr std::string_view file_delimiter = "\xf4\x80\x80\x9c";

// The recorder that tools look for; kinds that bulk_extractor does not have keep their own name.
std::string_view recorder_of(IndicatorKind kind) {
    switch (kind) {
        case IndicatorKind::card: return "ccn";
        case IndicatorKind::phone: return "telephone";
        case IndicatorKind::mac: return "ether";
        case IndicatorKind::ipv4:
        case IndicatorKind::ipv6: return "ip";
        case IndicatorKind::message_id: return "rfc822";
        default: return name_of(kind);
    }
}
bool is_utf16(std::string_view where) {
    const std::size_t at = where.rfind("-utf16");
    return at != std::string_view::npos && where.find('-', where.find('-', at + 1) + 1) == std::string_view::npos;
}
}  // namespace

std::string feature_escaped(std::string_view bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const bool is_text = is_utf8(bytes);
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        const bool is_plain = (value >= 0x20 && value < 0x7f && c != '\\') || (value >= 0x80 && is_text);
        if (is_plain) out.push_back(c);
        else out += {'\\', 'x', digits[value >> 4], digits[value & 15]};
    }
    return out;
}

Result<std::unique_ptr<FeatureFiles>> FeatureFiles::make(const std::string& folder, const std::string& source, bool has_many_files) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorKind::unavailable, "{}: {}", folder, error.message());
    if (!std::filesystem::is_empty(folder, error) || error) return fail(ErrorKind::conflict, "{}: the folder for feature files is not empty", folder);
    return std::unique_ptr<FeatureFiles>(new FeatureFiles(folder, source, has_many_files));
}

FeatureFiles::~FeatureFiles() {
    for (auto& [name, recorder] : recorders_)
        if (recorder.file) std::fclose(recorder.file);
}

Rendered FeatureFiles::render(const Piece& piece) {
    std::map<std::string_view, std::string> lines;
    Rendered rendered;
    for (const ExaminedPart& part : piece.parts) {
        if (!part.problem.empty()) {
            rendered.has_problem = true;
            rendered.talk.push_back(fmt::format("{}: {}", piece.files[part.file].path, part.problem));
        }
        if (!part.part) continue;
        const std::string prefix = has_many_files_ ? feature_escaped(piece.files[part.file].path) + std::string(file_delimiter) + "-" : "";
        for (const evidence::SightingView& sighting : part.part->sightings) {
            std::string& out = lines[recorder_of(sighting.kind)];
            out += prefix;
            out += sighting.where();
            out += '\t';
            out += feature_escaped(sighting.text);
            out += '\t';
            out += feature_escaped(sighting.around);
            out += '\n';
        }
        for (const evidence::UnreadView& row : part.part->unread) rendered.talk.push_back(fmt::format("{}: {}: {}", piece.files[part.file].path, row.where, row.reason));
    }
    for (const auto& [recorder, block] : lines) rendered.out.push_back(fmt::format("{}\n{}", recorder, block));
    return rendered;
}

Result<std::FILE*> FeatureFiles::open(const std::string& name, const std::string& recorder, std::string_view version) const {
    const std::string path = folder_ + "/" + name + ".txt";
    std::FILE* file = std::fopen(path.c_str(), "wx");
    if (!file) return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    fmt::print(file, "# BANNER FILE NOT PROVIDED (-b option)\n# BULK_EXTRACTOR-Version: 2.0.0 (written by plumbline)\n# Feature-Recorder: {}\n# Filename: {}\n# {}: 1.1\n",
               recorder, feature_escaped(source_), version);
    return file;
}

Result<void> FeatureFiles::take_lines(const std::string& name, std::string_view lines) {
    Recorder& recorder = recorders_[name];
    if (!recorder.file) recorder.file = TRY(open(name, name, "Feature-File-Version"));
    if (std::fwrite(lines.data(), 1, lines.size(), recorder.file) != lines.size())
        return fail(ErrorKind::unavailable, "{}/{}.txt: {}", folder_, name, std::strerror(errno));
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(line.size() + 1);
        const std::size_t tab = line.find('\t');
        std::string feature(line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1));
        if (name == "email") std::transform(feature.begin(), feature.end(), feature.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (recorder.counts.size() >= counted_max && !recorder.counts.contains(feature)) {
            ++recorder.not_counted;
            continue;
        }
        Count& count = recorder.counts[std::move(feature)];
        ++count.all;
        if (is_utf16(line.substr(0, tab))) ++count.utf16;
    }
    return {};
}

Result<void> FeatureFiles::take(const Work& work, Rendered&& rendered) {
    for (const std::string& block : rendered.out) {
        const std::size_t end = block.find('\n');
        TRY(take_lines(block.substr(0, end), std::string_view(block).substr(end + 1)));
    }
    return on_taken ? on_taken(work, rendered) : Result<void>{};
}

Result<void> FeatureFiles::write_histogram(const std::string& name, const std::string& recorder, const std::unordered_map<std::string, Count>& counts, std::uint64_t not_counted) {
    std::vector<const std::pair<const std::string, Count>*> rows;
    rows.reserve(counts.size());
    for (const auto& row : counts) rows.push_back(&row);
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->second.all != b->second.all ? a->second.all > b->second.all : a->first < b->first; });
    std::FILE* file = TRY(open(name, recorder, "Histogram-File-Version"));
    for (const auto* row : rows) {
        fmt::print(file, "n={}\t{}", row->second.all, row->first);
        if (row->second.utf16 > 0) fmt::print(file, "\t(utf16={})", row->second.utf16);
        fmt::print(file, "\n");
    }
    if (not_counted > 0) fmt::print(file, "# {} more features, each other than these {}, are not counted\n", not_counted, counts.size());
    const bool is_bad = std::ferror(file) != 0;
    if (std::fclose(file) != 0 || is_bad) return fail(ErrorKind::unavailable, "{}/{}.txt: {}", folder_, name, std::strerror(errno));
    return {};
}

Result<void> FeatureFiles::finish() {
    for (auto& [name, recorder] : recorders_) {
        TRY(write_histogram(name + "_histogram", name, recorder.counts, recorder.not_counted));
        if (name == "email" || name == "url") {
            std::unordered_map<std::string, Count> hosts;
            for (const auto& [feature, count] : recorder.counts) {
                const std::size_t slashes = feature.find("://");
                const std::size_t begin = name == "email" ? feature.rfind('@') : slashes == std::string::npos ? std::string::npos : slashes + 3;
                if (begin == std::string::npos) continue;
                const std::size_t end = name == "email" ? feature.size() : std::min(feature.find_first_of("/?#\\", begin), feature.size());
                Count& host = hosts[feature.substr(begin, end - begin)];
                host.all += count.all;
                host.utf16 += count.utf16;
            }
            TRY(write_histogram(name == "email" ? "email_domain_histogram" : "url_services", name, hosts, 0));
        }
        std::FILE* file = std::exchange(recorder.file, nullptr);
        const bool is_bad = std::ferror(file) != 0;
        if (std::fclose(file) != 0 || is_bad) return fail(ErrorKind::unavailable, "{}/{}.txt: {}", folder_, name, std::strerror(errno));
    }
    return {};
}

}  // namespace plumbline::examination

// SPDX-License-Identifier: Apache-2.0
// What other extractors expect in their own tests, and what a vendor lists of its own reports: a table by source and kind is
// printed, and what is reached may not fall. Policies that differ and are kept: a URL has a scheme ("example.com/a" is a
// domain), a hash or an address is a whole word ("words1.2.3.4words" is none), repeated digits are no hash, leading zeros are
// no IPv4 address, one path component is no domain, and words that spaces break ("example .com") are not joined.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "evidence/scan.h"
#include "evidence/scanners/sink.h"
#include "formats/text/writing.h"

namespace plumbline::evidence {
namespace {

struct Score {
    unsigned found = 0;
    unsigned expected = 0;
};
using Table = std::map<std::pair<std::string, std::string>, Score>;

std::string kind_of(std::string_view type) {
    static const std::map<std::string_view, std::string_view> kinds = {
        {"url", "url"}, {"urls", "url"}, {"link", "url"}, {"domain", "domain"}, {"domains", "domain"}, {"hostname", "domain"}, {"email", "email"}, {"emails", "email"}, {"email_addresses", "email"},
        {"email-src", "email"}, {"email-dst", "email"}, {"ipv4", "ipv4"}, {"ipv4s", "ipv4"}, {"ip-src", "ipv4"}, {"ip-dst", "ipv4"}, {"md5", "md5"}, {"md5s", "md5"}, {"sha1", "sha1"}, {"sha1s", "sha1"},
        {"sha256", "sha256"}, {"sha256s", "sha256"}, {"sha512", "sha512"}, {"cves", "cve"}, {"vulnerability", "cve"}, {"bitcoin_addresses", "btc"}, {"btc", "btc"}, {"monero_addresses", "xmr"}, {"xmr", "xmr"}};
    const auto row = kinds.find(type.substr(0, type.find('|')));
    return row == kinds.end() ? std::string() : std::string(row->second);
}
// The spelling alone is compared: both sides without defanging, in lower case, without a last slash.
std::string compared(std::string_view value) {
    formats::Budget budget;
    std::string text = lowered(text_of(formats::decode_plain(view(value), budget).bytes));
    if (text.starts_with("hxxp")) text.replace(1, 2, "tt");
    if (text.starts_with("ftx:") || text.starts_with("fxp:")) text.replace(0, 3, "ftp");
    while (text.ends_with('/')) text.pop_back();
    return text;
}
std::set<std::pair<std::string, std::string>> seen_in(std::string_view text) {
    std::set<std::pair<std::string, std::string>> out;
    for (const Sighting& sighting : scan_part(view(text), "", {}).sightings) out.emplace(name_of(sighting.kind), compared(sighting.value));
    return out;
}
std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void print(const Table& table) {
    for (const auto& [row, score] : table) fmt::print("{:16} {:8} {:5} of {:5}\n", row.first, row.second, score.found, score.expected);
}

void score_case(const Json& row, Table& table) {
    const std::string source = row.text_at_or("source", "").value_or("");
    const Json* input = row.find("input");
    if (!input || !input->is_text()) return;
    const auto seen = seen_in(input->as_text());
    const auto count = [&](std::string_view type, std::string value) {
        const std::string kind = kind_of(type);
        if (kind.empty()) return;
        Score& score = table[{source, kind}];
        ++score.expected;
        score.found += seen.contains({kind, compared(value.substr(0, value.find('|')))});
    };
    for (const char* field : {"expect_exact", "expect_contains"}) {
        const Json* expected = row.find(field);
        if (!expected || !expected->is_object()) continue;
        for (const auto& [type, values] : expected->as_object()) {
            if (!values.is_array()) continue;
            for (const Json& value : values.as_array())
                if (value.is_text()) count(type, value.as_text());
        }
    }
    const Json* misp = row.find("expect_misp");
    if (!misp || !misp->is_array()) return;
    for (const Json& item : misp->as_array()) count(item.text_at_or("type", "").value_or(""), item.text_at_or("value", "").value_or(""));
}

TEST(Recall, CasesOfOtherExtractors) {
    const std::filesystem::path root = std::string(PLUMBLINE_SHARED_DIR) + "/data/06-ioc-cases";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    Table table;
    for (const char* name : {"iocextract", "MISP-freetext", "ioc-finder"}) {
        std::ifstream in(root / (std::string(name) + ".jsonl"));
        for (std::string line; std::getline(in, line);) {
            const Result<Json> row = parse_json(line);
            ASSERT_TRUE(row) << line.substr(0, 100);
            score_case(*row, table);
        }
    }
    print(table);
    const std::pair<std::pair<std::string, std::string>, unsigned> floors[] = {
        {{"iocextract", "url"}, 588}, {{"iocextract", "email"}, 36}, {{"iocextract", "ipv4"}, 45}, {{"iocextract", "sha256"}, 4}, {{"MISP-freetext", "domain"}, 5}, {{"MISP-freetext", "ipv4"}, 5},
        {{"MISP-freetext", "url"}, 5}, {{"ioc-finder", "url"}, 21}, {{"ioc-finder", "domain"}, 22}, {{"ioc-finder", "email"}, 8}, {{"ioc-finder", "btc"}, 7}, {{"ioc-finder", "cve"}, 4}};
    for (const auto& [row, least] : floors) EXPECT_GE(table[row].found, least) << row.first << " " << row.second;
}

TEST(Recall, IndicatorsThatAVendorListsOfItsReports) {
    const std::filesystem::path root = std::string(PLUMBLINE_SHARED_DIR) + "/data/07-threat-reports/eset";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    Table table;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
        const Result<Json> truth = parse_json(file_text(entry.path() / "expected.json"));
        if (!truth || !truth->find("vendor_truth")) continue;
        const auto seen = seen_in(file_text(entry.path() / "README.adoc"));
        for (const Json& item : truth->find("vendor_truth")->as_array()) {
            const std::string kind = kind_of(item.text_at_or("type", "").value_or(""));
            if (kind.empty() || !item.bool_at_or("in_report", false).value_or(false)) continue;
            const std::string value = item.text_at_or("value", "").value_or("");
            Score& score = table[{"eset", kind}];
            ++score.expected;
            // One address is Bitcoin Cash by its checksum, which the vendor files under Bitcoin.
            score.found += seen.contains({kind, compared(value)}) || seen.contains({"bch", "bitcoincash:" + compared(value)});
        }
    }
    print(table);
    EXPECT_GT(table.size(), 6U);
    for (const auto& [row, score] : table) EXPECT_GE(score.found * 100, score.expected * (row.second == "url" ? 97U : 99U)) << row.second;
}

}  // namespace
}  // namespace plumbline::evidence

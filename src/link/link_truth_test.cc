// SPDX-License-Identifier: Apache-2.0
// Linking scored on real truth: campaigns whose domains and wallets an outsider grouped, and near-duplicate clusters of real
// phishing mails. The numbers are printed; what is asserted are floors well below them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "link/crude_mail.h"
#include "link/key.h"
#include "link/link_index.h"

namespace plumbline::link {
namespace {

const std::filesystem::path data_dir = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data";

TipId tip_number(unsigned number) {
    IdBytes bytes{};
    for (std::size_t at = 0; at < 4; ++at) bytes[15 - at] = static_cast<std::byte>(number >> 8 * at);
    return TipId(bytes);
}
unsigned number_of(const TipId& tip) {
    unsigned number = 0;
    for (std::size_t at = 12; at < 16; ++at) number = number << 8 | std::to_integer<unsigned>(tip.bytes()[at]);
    return number;
}

std::vector<Json> lines_of(const std::filesystem::path& path) {
    std::vector<Json> rows;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        auto row = parse_json(line);
        EXPECT_TRUE(row.has_value()) << path;
        if (row) rows.push_back(std::move(*row));
    }
    return rows;
}

struct Score {
    std::size_t pairs_true = 0;
    std::size_t pairs_found = 0;     // of those, in one cluster
    std::size_t pairs_claimed = 0;   // in one cluster at all
    double recall() const { return pairs_true == 0 ? 1 : static_cast<double>(pairs_found) / static_cast<double>(pairs_true); }
    double precision() const { return pairs_claimed == 0 ? 1 : static_cast<double>(pairs_found) / static_cast<double>(pairs_claimed); }
};

// truth[tip] names its group; 0 is in no group.
Score score(LinkIndex& index, const std::vector<unsigned>& truth) {
    Score result;
    std::vector<std::size_t> found(truth.size(), 0);
    std::size_t at = 0;
    for (const auto& cluster : index.clusters()) {
        ++at;
        for (const TipId& tip : cluster) found[number_of(tip)] = at;
    }
    for (std::size_t a = 0; a < truth.size(); ++a) {
        for (std::size_t b = a + 1; b < truth.size(); ++b) {
            const bool is_true = truth[a] != 0 && truth[a] == truth[b];
            const bool is_claimed = found[a] != 0 && found[a] == found[b];
            result.pairs_true += is_true;
            result.pairs_claimed += is_claimed;
            result.pairs_found += is_true && is_claimed;
        }
    }
    return result;
}

PartEvidence evidence_of(const std::string& domain, std::initializer_list<std::string> wallets) {
    PartEvidence part;
    const auto add = [&part](IndicatorKind kind, const std::string& value) {
        Sighting sighting;
        sighting.kind = kind;
        sighting.value = value;
        part.sightings.push_back(sighting);
    };
    add(IndicatorKind::domain, domain);
    for (const std::string& wallet : wallets) add(IndicatorKind::eth, wallet);
    return part;
}

// As reporters would tell it: a tip names one domain and one wallet, or the two wallets that its victim paid. What links
// the tips are wallets alone: a host that two tips share is 8 bits, by design too few.
TEST(LinkTruth, CampaignsByWalletAndDomain) {
    const auto path = data_dir / "09-linkage" / "scamsniffer_campaigns.jsonl";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
    for (const std::size_t paid : {std::size_t{1}, std::size_t{2}}) {
        LinkIndex index;
        std::vector<unsigned> truth;
        unsigned campaign = 0;
        for (const Json& row : lines_of(path)) {
            ++campaign;
            const auto& addresses = row.find("addresses")->as_array();
            for (const Json& domain : row.find("domains")->as_array()) {
                for (std::size_t at = 0; at < addresses.size(); ++at) {
                    Evidence evidence;
                    const std::string& next = addresses[(at + paid - 1) % addresses.size()].as_text();
                    evidence.parts.push_back(evidence_of(domain.as_text(), {addresses[at].as_text(), next}));
                    index.insert(tip_number(static_cast<unsigned>(truth.size())), link_facts_of(evidence, {}));
                    truth.push_back(campaign);
                }
            }
        }
        const Score result = score(index, truth);
        fmt::print("campaigns, {} wallets a tip: {} tips, {} true pairs, recall {:.4f}, precision {:.4f}\n", paid, truth.size(),
                   result.pairs_true, result.recall(), result.precision());
        EXPECT_EQ(result.precision(), 1);
        EXPECT_GE(result.recall(), paid == 1 ? 0.4 : 0.95);
    }
}

TEST(LinkTruth, PhishingMailsOfOneTemplate) {
    const auto mails = data_dir / "01-email-phishing";
    const auto path = data_dir / "09-linkage" / "phishing_pot_silver_clusters.jsonl";
    if (!std::filesystem::exists(path) || !std::filesystem::exists(mails)) GTEST_SKIP() << "no " << path;
    std::map<std::string, unsigned> group_of;
    unsigned group = 0;
    for (const Json& row : lines_of(path)) {
        ++group;
        for (const Json& name : row.find("silver_cluster")->as_array()) group_of[name.as_text()] = group;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(mails)) {
        if (entry.path().extension() == ".eml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    LinkIndex index;
    LinkIndex by_text;
    std::vector<unsigned> truth;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        std::stringstream bytes;
        bytes << in.rdbuf();
        Evidence evidence;
        evidence.parts.push_back(crude::read_mail(bytes.str()));
        const TipId tip = tip_number(static_cast<unsigned>(truth.size()));
        LinkFacts facts = link_facts_of(evidence, {});
        index.insert(tip, facts);
        facts.values.clear();
        by_text.insert(tip, facts);
        truth.push_back(group_of.count(file.filename()) != 0 ? group_of[file.filename()] : 0);
    }
    const Score text = score(by_text, truth);
    const Score all = score(index, truth);
    fmt::print("phishing mails: {} tips, {} silver pairs; by text alone: recall {:.3f}, of {} pairs in one cluster {:.3f} are silver; all reasons: recall {:.3f}, {} pairs in one cluster\n",
               truth.size(), text.pairs_true, text.recall(), text.pairs_claimed, text.precision(), all.recall(), all.pairs_claimed);
    fmt::print("largest clusters:");
    for (const auto& cluster : index.clusters()) if (cluster.size() > 8) fmt::print(" {}", cluster.size());
    fmt::print("\n");
    if (std::getenv("PLUMBLINE_SHOW_LINKS") != nullptr) {
        for (unsigned tip = 0; tip < truth.size(); ++tip) {
            const auto cluster = index.cluster_of(tip_number(tip));
            if (cluster.size() > 1) fmt::print("cluster {} {} {}\n", number_of(cluster.front()), cluster.size(), files[tip].filename().string());
            for (const Link& link : index.links_of(tip_number(tip))) {
                const unsigned other = number_of(link.other);
                if (other < tip) continue;
                std::string words;
                for (const LinkReason& reason : link.reasons) words += fmt::format("; {:.1f} {}", reason.bits, reason.words);
                fmt::print("{} {} {} {:.1f}{}\n", files[tip].filename().string(), files[other].filename().string(),
                           truth[tip] != 0 && truth[tip] == truth[other] ? "silver" : "other", link.bits, words);
            }
        }
    }
    EXPECT_GE(text.recall(), 0.9);
    EXPECT_GE(all.recall(), text.recall());
    EXPECT_LE(all.pairs_claimed, 8000U);  // one glued cluster of a fifth of the mails would be 26,000
}

}  // namespace
}  // namespace plumbline::link

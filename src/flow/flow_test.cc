// SPDX-License-Identifier: Apache-2.0
// The line over the memory store, with the real sandbox, and a decoder that breaks out where a file asks for it.
#include "flow/flow.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <map>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "evidence/scan.h"
#include "evidence/wire.h"
#include "flow/recheck.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "store/memory/memory_store.h"

namespace plumbline::flow {
namespace {

// The real scan, and a saboteur: a decoder bug in the hands of whoever wrote the file.
Result<Bytes> scan_or_break_out(ByteView input, ByteView parameters) {
    const std::string_view text = text_of(input);
    if (text.starts_with("SABOTAGE open")) {
        if (::open("/etc/passwd", O_RDONLY) >= 0) return to_bytes("a file was opened");
    } else if (text.starts_with("SABOTAGE socket")) {
        if (::socket(AF_INET, SOCK_STREAM, 0) >= 0) return to_bytes("a socket was made");
    } else if (text.starts_with("SABOTAGE exec")) {
        ::execl("/bin/true", "true", nullptr);
    } else if (text.starts_with("SABOTAGE crash")) {
        std::abort();
    }
    return evidence::scan_in_sandbox(input, parameters);
}

Sandbox& sandbox() {
    // Started once, before any thread of the tests.
    static const std::unique_ptr<Sandbox> started = [] {
        SandboxOptions options;
        options.workers = 1;
        return Sandbox::start({{"scan", scan_or_break_out}}, options, evidence::prepare_scan).value();
    }();
    return *started;
}

std::string source_file(const std::string& name) {
    std::FILE* file = std::fopen((std::string(PLUMBLINE_SOURCE_DIR) + "/" + name).c_str(), "rb");
    EXPECT_NE(file, nullptr);
    std::string text(4 * 1024 * 1024, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
}

class Flow : public testing::Test {
  protected:
    Flow()
        : sandbox_(sandbox()),
          categories_(Categories::from_json(parse_json(source_file("rules/categories.json")).value()).value()),
          rulebook_(rulebook::Rulebook::load(source_file("rules/plumbline.dmn"), categories_).value()),
          rates_(rulebook::ReferenceRates::from_json(parse_json(source_file("rules/reference_rates.json")).value()).value()),
          blobs_(Blobs::in_memory()),
          store_(make_memory_store(*blobs_)),
          desk_((seal::init_crypto(), seal::make_box_keys(entropy_))),
          opener_(*store_, *blobs_, desk_.secret, entropy_),
          line_({*store_, sandbox_, opener_, links_, rulebook_, rates_, clock_, entropy_, Limits()}) {}

    // Puts a tip in as intake does: sealed, with its entry and its line job.
    TipId put(TipContent content, const std::vector<std::string>& files) {
        IdBytes random;
        entropy_.fill(random);
        NewTip tip;
        tip.header.id = TipId::make(hour_of(clock_.now()), random);
        tip.header.received_hour = hour_of(clock_.now());
        tip.header.group = categories_.find(content.category)->group;
        const seal::TipKey key = seal::TipKey::random(entropy_);
        tip.wrapped_keys = seal::wrap_tip_key(key, tip.header.id, desk_.public_key, entropy_);
        for (const std::string& file : files) content.files.push_back({fmt::format("file{}", content.files.size() + 1), "", file.size()});
        const auto add = [&tip](std::uint32_t part, Bytes sealed) { tip.parts.push_back({part, sealed.size(), sha256(sealed), std::move(sealed)}); };
        add(0, seal::seal_content(key, tip.header.id, view(content_instead_.empty() ? plumbline::to_json(content).dump() : content_instead_), entropy_));
        for (std::uint32_t part = 1; part <= files.size(); ++part) add(part, seal::seal_part(key, tip.header.id, part, view(files[part - 1]), entropy_));
        tip.mailbox_hash = sha256(tip.header.id.bytes());
        tip.received = received_entry(tip, key);
        entropy_.fill(random);
        tip.first_job = {JobId::make(clock_.now(), random), tip.header.id, std::string(skill_line), 0, hour_of(clock_.now())};
        const TipId id = tip.header.id;
        EXPECT_TRUE(store_->accept_tip(std::move(tip)).value().is_new);
        return id;
    }
    // Commits to the parts, sealed under the tip's key.
    NewEntry received_entry(const NewTip& tip, const seal::TipKey& key) {
        std::vector<seal::ManifestRow> rows;
        for (const SealedPart& part : tip.parts) rows.push_back({part.part, part.sealed_bytes, part.sealed_sha256});
        const std::string statement = seal::received_statement(tip.header.id, seal::manifest_hash(rows));
        Salt salt{};
        entropy_.fill(salt);
        Bytes opening = to_bytes(ByteView(salt));
        append(opening, statement);
        NewEntry entry;
        entry.tip = tip.header.id;
        entry.entry = {kind_of_received(), day_of(clock_.now()), tip.header.group, "", commitment_of(salt, view(statement))};
        entry.opening = seal::seal_part(key, tip.header.id, seal::opening_part, opening, entropy_);
        return entry;
    }
    std::string rechecked(TipId tip) { return fmt::format("{}", fmt::join(recheck_tip(*store_, opener_, tip).value(), "\n")); }

    static TipContent told(std::string text, std::string category = "fraud.phishing") {
        TipContent content;
        content.text = std::move(text);
        content.category = std::move(category);
        return content;
    }
    Evidence evidence_of(TipId tip) { return evidence_from(*opener_.product(tip, product_evidence).value()).value(); }

    std::string content_instead_;   // sealed in place of a tip's content
    seal::SystemEntropy entropy_;
    FakeClock clock_{*instant_from("2026-11-23T15:04:05Z")};
    Sandbox& sandbox_;
    Categories categories_;
    rulebook::Rulebook rulebook_;
    rulebook::ReferenceRates rates_;
    std::unique_ptr<Blobs> blobs_;
    std::unique_ptr<Store> store_;
    seal::BoxKeys desk_;
    vault::TipOpener opener_;
    LinkBoard links_;
    Line line_;
};

// Whatever comes in, and in whatever state a person left it: the line sorts, and never closes.
TEST_F(Flow, NoPathOfTheLineCloses) {
    std::vector<TipId> tips;
    for (const Category& leaf : categories_.leaves()) {
        for (const Answer answer : {Answer::unknown, Answer::no, Answer::yes}) {
            TipContent content = told("", leaf.code);
            content.danger_now = content.still_happening = content.sent_within_72_hours = content.victim_is_child = content.victim_is_critical_service = answer;
            tips.push_back(put(std::move(content), {}));
        }
    }
    tips.push_back(put(told("SABOTAGE crash"), {}));
    std::map<TipId, TipState> set_by_a_person;
    for (std::size_t i = 0; i < tips.size(); ++i) {
        if (i % 4 == 0) continue;
        const TipState state = i % 4 == 1 ? TipState::opened : i % 4 == 2 ? TipState::referred : TipState::answered;
        set_by_a_person[tips[i]] = state;
        ASSERT_TRUE(store_->apply(Change{.moves = {{tips[i], TipState::received, state}}}));
    }
    while (line_.work_one("test").value()) {}
    for (const TipId tip : tips) {
        const TipRow row = store_->tip(tip).value();
        EXPECT_TRUE(row.ranking.has_value());
        EXPECT_EQ(row.state, set_by_a_person.contains(tip) ? set_by_a_person[tip] : TipState::decided);
        EXPECT_FALSE(row.first_opened_hour.has_value());
        const std::vector<StoredEntry> entries = store_->ledger_entries_of(tip).value();
        for (const StoredEntry& stored : entries) EXPECT_EQ(stored.entry.kind.find(">closed"), std::string::npos);
    }
}

TEST_F(Flow, ATipGoesAllTheWay) {
    const std::string mail = "From: thief@example.com\r\nSubject: pay\r\n\r\nSend it to DE89370400440532013000 now.\r\n";
    const TipId tip = put(told("They want money."), {mail});
    EXPECT_TRUE(line_.work_one("test").value());
    EXPECT_FALSE(line_.work_one("test").value());
    const TipRow row = store_->tip(tip).value();
    EXPECT_EQ(row.state, TipState::decided);
    ASSERT_TRUE(row.ranking.has_value());
    const Evidence evidence = evidence_of(tip);
    ASSERT_EQ(evidence.parts.size(), 2U);
    EXPECT_EQ(evidence.parts[1].sha256, sha256(view(mail)).hex());
    EXPECT_TRUE(std::any_of(evidence.parts[1].sightings.begin(), evidence.parts[1].sightings.end(),
                            [](const Sighting& s) { return s.kind == IndicatorKind::iban && s.value == "DE89370400440532013000"; }));
    const Decision decision = decision_from(*opener_.product(tip, product_decision).value()).value();
    EXPECT_EQ(decision.severity, row.ranking->severity);
    EXPECT_FALSE(decision.fired.empty());
    EXPECT_EQ(row.ranking->deadline, row.header.received_hour + std::chrono::hours(decision.deadline_hours));
    // One job for a lab, one entry for the change of state, whose opening names the tip.
    EXPECT_EQ(store_->counts().value().jobs_waiting, 1U);
    const std::vector<StoredEntry> entries = store_->ledger_entries_of(tip).value();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].entry.kind, "tip.received>decided");
    EXPECT_NE(opener_.opening_of(entries[1]).value().statement.find(tip.text()), std::string::npos);
}

TEST_F(Flow, ADecoderThatBreaksOutCostsItsPartAndTheTipGoesOn) {
    for (const char* what : {"open", "socket", "exec", "crash"}) {
        const TipId tip = put(told("see the files"), {fmt::format("SABOTAGE {}", what), "write to honest@example.com"});
        EXPECT_TRUE(line_.work_one("test").value());
        EXPECT_EQ(store_->tip(tip).value().state, TipState::decided) << what;
        const Evidence evidence = evidence_of(tip);
        ASSERT_EQ(evidence.parts.size(), 3U);
        ASSERT_EQ(evidence.parts[1].unread.size(), 1U) << what;
        EXPECT_TRUE(evidence.parts[1].unread[0].reason.starts_with("decoder killed")) << evidence.parts[1].unread[0].reason;
        EXPECT_FALSE(evidence.parts[2].sightings.empty()) << what;
    }
}

TEST_F(Flow, TwoTipsWithOneWalletAreLinkedAndStayLinkedAfterARestart) {
    const std::string wallet = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";
    const TipId first = put(told("I paid to " + wallet), {});
    const TipId second = put(told("the address was " + wallet), {});
    while (line_.work_one("test").value()) {
    }
    const std::vector<Link> links = links_.links_of(second);
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links[0].other, first);
    EXPECT_NE(links[0].reasons[0].words.find(wallet), std::string::npos);
    LinkBoard again;
    Line restarted({*store_, sandbox_, opener_, again, rulebook_, rates_, clock_, entropy_, Limits()});
    EXPECT_EQ(restarted.load_links().value(), 2U);
    EXPECT_EQ(plumbline::to_json(again.links_of(second)[0]), plumbline::to_json(links[0]));
}

TEST_F(Flow, AListedValueIsMarkedKeptAndNotCounted) {
    evidence::WarningLists lists = evidence::WarningLists::built_in();
    ASSERT_TRUE(lists.load(R"({"name":"Big sites","type":"hostname","list":["bigsite.com"],"matching_attributes":["domain","hostname","url"]})"));
    Line line({*store_, sandbox_, opener_, links_, rulebook_, rates_, clock_, entropy_, Limits(), &lists});
    TipContent content;
    content.category = "fraud.phishing";
    content.text = "see https://forms.bigsite.com/x and own-scam.net";
    const auto products = line.run_steps(TipId::make(clock_.now(), {}), {}, content, [](std::uint32_t) { return Result<Bytes>(Bytes()); });
    ASSERT_TRUE(products) << products.error().message;
    std::map<std::string, std::size_t> marks;
    for (const Sighting& sighting : products->evidence.parts[0].sightings) marks[sighting.value] = sighting.warnings.size();
    EXPECT_EQ(marks, (std::map<std::string, std::size_t>{{"forms.bigsite.com", 1}, {"https://forms.bigsite.com/x", 1}, {"own-scam.net", 0}}));
    for (const auto& [kind, value] : products->link_facts.values) EXPECT_NE(value, "bigsite.com");
    const Json link = to_json(*products, "link");
    const auto& rows = (*link.array_at("not_counted"))->as_array();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(*rows[0].text_at("words"), "on the list \"Big sites\": everyone's, so it weighs nothing");
    // What is stored says so too.
    const auto again = evidence_from(*parse_json(json_text(products->evidence)));
    ASSERT_TRUE(again);
    EXPECT_EQ(json_text(*again), json_text(products->evidence));
    EXPECT_EQ(to_json(*again).dump(), json_text(*again));
}

TEST_F(Flow, TheSameTipWithAnotherOriginGetsTheSameDecision) {
    TipContent here = told("They took it all", "fraud.investment");
    here.loss = Money{500000, "USD"};
    here.still_happening = Answer::yes;
    TipContent there = here;
    there.origin = {"KE", "sw", "somebody"};
    Decision decisions[2];
    for (int i = 0; i < 2; ++i) {
        const TipId tip = put(i == 0 ? here : there, {});
        EXPECT_TRUE(line_.work_one("test").value());
        decisions[i] = decision_from(*opener_.product(tip, product_decision).value()).value();
    }
    EXPECT_EQ(plumbline::to_json(decisions[0]), plumbline::to_json(decisions[1]));
}

TEST_F(Flow, ADamagedTipFailsItsJobAndNothingElse) {
    const TipId tip = put(told("hello"), {});
    seal::BoxKeys stranger = seal::make_box_keys(entropy_);
    vault::TipOpener wrong(*store_, *blobs_, stranger.secret, entropy_);
    Line blind({*store_, sandbox_, wrong, links_, rulebook_, rates_, clock_, entropy_, Limits()});
    EXPECT_TRUE(blind.work_one("test").value());
    EXPECT_EQ(store_->tip(tip).value().state, TipState::received);
    EXPECT_EQ(store_->jobs_of(tip).value().at(0).state, JobState::failed);
}

// Whoever seals a tip can seal anything: it is decided like one of which nothing is known, and says why.
TEST_F(Flow, AContentThatIsNoneIsDecidedAndNamed) {
    for (const std::string bad : {"not JSON", "[1]", "{\"text\": 5}", "{\"text\":\"x\",\"category\":\"a.b\",\"danger_now\":\"perhaps\"}"}) {
        content_instead_ = bad;
        const TipId tip = put(told("x"), {"Write to jo@example.org"});
        EXPECT_TRUE(line_.work_one("test").value());
        const TipRow row = store_->tip(tip).value();
        EXPECT_EQ(row.state, TipState::decided) << bad;
        EXPECT_TRUE(row.ranking) << bad;
        const Evidence evidence = evidence_of(tip);
        ASSERT_EQ(evidence.parts.size(), 2U);
        EXPECT_NE(evidence.parts[0].unread.at(0).reason.find("cannot be read"), std::string::npos);
        EXPECT_FALSE(evidence.parts[1].sightings.empty());   // its file is read all the same
        EXPECT_EQ(rechecked(tip), "");
    }
}

// ---- what is kept against what the log commits to ----

TEST_F(Flow, ATipThatNobodyTouchedFitsItsEntries) {
    const TipId tip = put(told("They want money."), {"Send it to DE89370400440532013000 now."});
    EXPECT_EQ(rechecked(tip), "");
    EXPECT_TRUE(line_.work_one("test").value());
    EXPECT_EQ(rechecked(tip), "");
}

TEST_F(Flow, ADecisionOrItsPlaceInTheQueueThatWasChangedIsTold) {
    const TipId tip = put(told("I paid."), {});
    const TipId other = put(told("They took it all", "fraud.investment"), {});
    while (line_.work_one("test").value()) {
    }
    const TipRow row = store_->tip(tip).value();
    const auto apply = [this](Change change) { ASSERT_TRUE(store_->apply(std::move(change))); };
    // Another place in the queue.
    Ranking ranking = *row.ranking;
    ranking.severity = ranking.severity == Severity::low ? Severity::high : Severity::low;
    ranking.deadline += std::chrono::hours(1000);
    ranking.queue = "nobody";
    Change moved;
    moved.rankings.push_back(ranking);
    apply(std::move(moved));
    EXPECT_NE(rechecked(tip).find("its severity in the queue is"), std::string::npos);
    EXPECT_NE(rechecked(tip).find("its deadline in the queue is"), std::string::npos);
    EXPECT_NE(rechecked(tip).find("its queue is \"nobody\""), std::string::npos);
    Change back;
    back.rankings.push_back(*row.ranking);
    apply(std::move(back));
    EXPECT_EQ(rechecked(tip), "");
    // A decision made anew with the desk's own key, and one that was taken from another tip.
    const Product kept = *store_->product(tip, product_decision).value();
    Decision decision = decision_from(opener_.opened(kept).value()).value();
    decision.duties.clear();
    decision.fired.clear();
    Change forged;
    forged.products.push_back(opener_.sealed_product(tip, product_decision, 1, plumbline::to_json(decision)));
    apply(std::move(forged));
    EXPECT_NE(rechecked(tip).find("product decision is not the one that it commits to"), std::string::npos) << rechecked(tip);
    Product taken = *store_->product(other, product_decision).value();
    taken.tip = tip;
    Change swapped;
    swapped.products.push_back(taken);
    apply(std::move(swapped));
    EXPECT_NE(rechecked(tip).find("product decision: does not open"), std::string::npos) << rechecked(tip);
    Change mended;
    mended.products.push_back(kept);
    apply(std::move(mended));
    EXPECT_EQ(rechecked(tip), "");
}

TEST_F(Flow, AFindingOrAnAnswerThatNoEntrySpeaksOfIsTold) {
    const TipId tip = put(told("I paid."), {});
    EXPECT_TRUE(line_.work_one("test").value());
    Message message;
    message.tip = tip;
    IdBytes random;
    entropy_.fill(random);
    message.id = MessageId::make(hour_of(clock_.now()), random);
    message.sealed = Bytes(80);
    Change change;
    change.messages.push_back(message);
    change.products.push_back(opener_.sealed_product(tip, "finding/job_x", 1, Json::object()));
    ASSERT_TRUE(store_->apply(std::move(change)));
    EXPECT_EQ(rechecked(tip), fmt::format("answer {}: no entry of the log speaks of it\nproduct finding/job_x: no entry of the log speaks of it", message.id.text()));
    // An entry that speaks of it, and of one that is not there.
    Change told_change;
    const TipHeader header = store_->tip(tip).value().header;
    const auto entry = [&](std::string_view id, const std::string& hash) {
        return opener_.entry(header, "tip.opened>answered", day_of(clock_.now()), Json::object().set("message", id).set("sealed_sha256", hash));
    };
    told_change.entries.push_back(entry(message.id.text(), sha256(message.sealed).hex()));
    told_change.entries.push_back(entry("msg_gone", std::string(64, '0')));
    ASSERT_TRUE(store_->apply(std::move(told_change)));
    EXPECT_EQ(rechecked(tip), "entry 3: answer msg_gone is not kept\nproduct finding/job_x: no entry of the log speaks of it");
}

TEST_F(Flow, ATipThatNobodyWillDecideIsTold) {
    const TipId tip = put(told("I paid."), {});
    const std::vector<std::string> skills{std::string(skill_line)};
    const Lease lease = *store_->lease_job(skills, "other", clock_.now(), 60, 5, {}).value();
    EXPECT_EQ(rechecked(tip), "");
    ASSERT_TRUE(store_->complete_job(lease.job.id, lease.fencing_token, {}));
    EXPECT_EQ(rechecked(tip), "it was not decided, and no job is left to do it");
}

class WallClock final : public Clock {
  public:
    Instant now() override { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }
};

// A part takes longer than a lease here, and then another worker of the line asks for work.
class SlowSandbox final : public Sandbox {
  public:
    SlowSandbox(Sandbox& inner, Store& store) : inner_(inner), store_(store) {}
    Result<Bytes> run(std::string_view task, ByteView input, ByteView parameters) override {
        std::this_thread::sleep_for(std::chrono::milliseconds(2500));
        const std::vector<std::string> skills{std::string(skill_line)};
        stolen += store_.lease_job(skills, "other", WallClock().now(), 2, 5, {}).value().has_value() ? 1 : 0;
        return inner_.run(task, input, parameters);
    }
    Result<Bytes> run_on_range(std::string_view task, int file, std::uint64_t begin, std::uint64_t bytes_max, ByteView parameters) override {
        return inner_.run_on_range(task, file, begin, bytes_max, parameters);
    }
    unsigned workers_alive() const override { return inner_.workers_alive(); }
    std::string confinement() const override { return inner_.confinement(); }
    int stolen = 0;

  private:
    Sandbox& inner_;
    Store& store_;
};

TEST_F(Flow, ATipThatTakesLongerThanALeaseKeepsIts) {
    const TipId tip = put(told("a long story"), {});
    SlowSandbox slow(sandbox_, *store_);
    WallClock clock;
    Limits limits;
    limits.lease_seconds = 2;
    Line line({*store_, slow, opener_, links_, rulebook_, rates_, clock, entropy_, limits});
    EXPECT_TRUE(line.work_one("test").value());
    EXPECT_EQ(slow.stolen, 0);
    EXPECT_EQ(store_->tip(tip).value().state, TipState::decided);
}

}  // namespace
}  // namespace plumbline::flow

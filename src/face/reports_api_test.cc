// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "face/hotline_fixture.h"
#include "partners/report_taker.h"
#include "reports/test_readers.h"
#include "seal/envelope.h"
#include "seal/random.h"

namespace plumbline::face {
namespace {
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view spam = R"({"xarf_version":"4.2.0","report_id":"123e4567-e89b-12d3-a456-426614174000","timestamp":"2026-11-23T14:30:25Z","reporter":{"org":"W","contact":"r@w.example","domain":"w.example"},"sender":{"org":"W","contact":"r@w.example","domain":"w.example"},"source_identifier":"192.0.2.1","category":"messaging","type":"spam","protocol":"sms"})";

std::string spam_from(int host) {
    std::string text(spam);
    return text.replace(text.find("192.0.2.1"), 9, "192.0.2." + std::to_string(host));
}

class ReportsApi : public HotlineFixture {
  protected:
    void SetUp() override {
        seal::init_crypto();
        real_ = intake::Intake::make(*store, *blobs, clock, entropy_, categories, {{desk_.public_key}, signing_.secret, Bytes(32, std::byte{3}), desk_.public_key}, limits);
        services_.emplace(partners::ReportServices{*real_, *store, clock, readers_,
                                                   [this](reports::ReportForm form, ByteView bytes, const reports::CsvMapping* mapping) -> Result<std::vector<reports::Outcome>> {
                                                       if (decoder_failure) return fail(*decoder_failure);
                                                       return readers_.read(form, bytes, mapping);
                                                   },
                                                   rates_});
        HotlineFixture::reports = &*services_;
        token("secret", "bank-a", "tips reports");
        open();
    }
    void token(std::string_view text, std::string partner, std::string scopes, std::uint32_t items_per_hour = 0) {
        ASSERT_TRUE(store->put_token(TokenRow{sha256(view(text)), std::move(partner), std::move(scopes), items_per_hour, 0, 0, clock.now()}));
    }
    Response send(std::string body, std::string content_type = "application/json", std::string_view secret = "secret", std::string key = {}) {
        Request request;
        request.method = "POST";
        request.path = "/api/v1/reports";
        request.headers = {{"content-type", std::move(content_type)}, {"authorization", "Bearer " + std::string(secret)}};
        if (!key.empty()) request.headers["idempotency-key"] = key;
        request.body = std::move(body);
        return router.handle(std::move(request));
    }
    static std::vector<Json> lines_of(const Response& response) {
        std::vector<Json> lines;
        std::string_view rest = response.body;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            lines.push_back(*parse_json(line));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        }
        return lines;
    }
    static std::string header(const Response& response, std::string_view name) {
        for (const auto& [its, value] : response.headers)
            if (its == name) return value;
        return {};
    }
    std::string raw_of(const Json& answer) {
        const TipId tip = *TipId::from_text(answer.find("tip")->as_text());
        const auto key = seal::unwrap_tip_key_of(*store->wrapped_keys(tip), tip, desk_.secret);
        const auto parts = store->parts(tip).take();
        return std::string(text_of(*seal::open_part(*key, tip, 1, std::get<Bytes>(parts.at(1).where))));
    }
    seal::SystemEntropy entropy_;
    seal::BoxKeys desk_ = seal::make_box_keys(entropy_);
    seal::SigningKeys signing_ = seal::make_signing_keys(entropy_);
    const reports::ReportReaders readers_ = reports::readers_for_test(PLUMBLINE_SOURCE_DIR);
    partners::RateCounter rates_;
    std::unique_ptr<intake::Intake> real_;
    std::optional<partners::ReportServices> services_;
    std::optional<Error> decoder_failure;
};

TEST_F(ReportsApi, one_report_and_the_same_again) {
    const Response first = send(std::string(spam));
    EXPECT_EQ(first.status, 201) << first.body;
    const Json answer = *parse_json(first.body);
    EXPECT_EQ(answer.find("outcome")->as_text(), "accepted");
    EXPECT_EQ(raw_of(answer), spam);
    const Response again = send(std::string(spam));
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(parse_json(again.body)->find("outcome")->as_text(), "duplicate");
    EXPECT_EQ(parse_json(again.body)->find("count")->as_integer(), 2);
    EXPECT_EQ(parse_json(again.body)->find("tip")->as_text(), answer.find("tip")->as_text());
    const Response refused = send(R"({"xarf_version":"4.2.0"})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(parse_json(refused.body)->find("pointer")->as_text(), "/timestamp");
    EXPECT_EQ(store->partner_hours()->at(0).partner, "bank-a");
    EXPECT_THAT(*store->check(), IsEmpty());
}

TEST_F(ReportsApi, a_batch_is_answered_item_by_item) {
    const Response response = send("[" + spam_from(1) + "," + spam_from(2) + ",{\"a\":1}," + spam_from(1) + "]");
    EXPECT_EQ(response.status, 200);
    const auto lines = lines_of(response);
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(lines[0].find("outcome")->as_text(), "accepted");
    EXPECT_EQ(lines[1].find("item")->as_integer(), 2);
    EXPECT_EQ(lines[2].find("outcome")->as_text(), "refused");
    EXPECT_EQ(lines[2].find("pointer")->as_text(), "/xarf_version");
    EXPECT_EQ(lines[3].find("outcome")->as_text(), "duplicate");
    EXPECT_EQ(lines[4].dump(), R"({"accepted":2,"duplicate":1,"known":0,"refused":1,"over_rate":0,"unavailable":0})");
    // As lines even one item is a batch.
    EXPECT_EQ(lines_of(send(spam_from(3) + "\n", "application/jsonl")).size(), 2U);
}

TEST_F(ReportsApi, mails_xml_and_lists) {
    EXPECT_EQ(send("From: a@b.example\nSubject: hello\n\ntext\n", "message/rfc822").status, 201);
    const auto box = lines_of(send("From a@b Thu Aug 22 15:05:07 2002\nSubject: 1\n\nx\n\nFrom a@b Thu Aug 22 15:05:07 2002\nSubject: 2\n\ny\n", "application/mbox"));
    ASSERT_EQ(box.size(), 3U);
    EXPECT_EQ(raw_of(box[1]), "Subject: 2\n\ny\n");
    EXPECT_EQ(send("<report/>", "application/xml").status, 422);
    EXPECT_EQ(lines_of(send("a,b\n1,2\n", "text/csv"))[0].find("reason")->as_text(), "no mapping is set for this partner's lists");
    ASSERT_TRUE(store->put_setting(partners::csv_mapping_setting("bank-a"), R"({"format":"plumbline-csv/1","category":{"otherwise":"fraud.phishing"},"reported":"url"})"));
    const auto rows = lines_of(send("url,note\nhttps://a.example/,x\n,y\nhttps://b.example/,\"z\nz\"\n", "text/csv"));
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].find("item")->as_integer(), 2);
    EXPECT_EQ(rows[1].find("pointer")->as_text(), "row 3, column url");
    EXPECT_EQ(raw_of(rows[2]), "url,note\nhttps://b.example/,\"z\nz\"\n");
    EXPECT_EQ(send("x", "text/html").status, 415);
}

TEST_F(ReportsApi, tokens_scopes_and_rates) {
    EXPECT_EQ(send(std::string(spam), "application/json", "wrong").status, 401);
    token("tips only", "bank-b", "tips");
    EXPECT_EQ(send(std::string(spam), "application/json", "tips only").status, 403);
    token("slow", "bank-c", "reports", 3);
    const Response batch = send(spam_from(1) + spam_from(2) + spam_from(3) + spam_from(4), "application/jsonl", "slow");
    EXPECT_EQ(batch.status, 200);
    EXPECT_THAT(batch.body, HasSubstr("\"item\":4,\"outcome\":\"over_rate\""));
    EXPECT_EQ(header(batch, "Retry-After"), "3355");   // 15:04:05 to 16:00:00
    EXPECT_EQ(send(std::string(spam), "application/json", "slow").status, 429);
    clock.advance(std::chrono::hours(1));
    EXPECT_EQ(send(spam_from(9), "application/json", "slow").status, 201);
}

TEST_F(ReportsApi, a_key_makes_a_batch_safe_to_send_again) {
    const std::string body = spam_from(1) + spam_from(1) + spam_from(2);
    const auto first = lines_of(send(body, "application/jsonl", "secret", "batch 7"));
    const auto again = lines_of(send(body, "application/jsonl", "secret", "batch 7"));
    EXPECT_EQ(first[3].dump(), R"({"accepted":2,"duplicate":1,"known":0,"refused":0,"over_rate":0,"unavailable":0})");
    EXPECT_EQ(again[3].dump(), R"({"accepted":0,"duplicate":0,"known":3,"refused":0,"over_rate":0,"unavailable":0})");
    EXPECT_EQ(again[0].find("tip")->as_text(), first[0].find("tip")->as_text());
    EXPECT_EQ(store->counts()->tips, 2U);
}

TEST_F(ReportsApi, a_decoder_that_dies_costs_its_item_and_one_that_is_away_costs_nothing) {
    decoder_failure = Error{ErrorKind::corrupt, "decoder killed: memory limit"};
    EXPECT_EQ(send("<report/>", "application/xml").status, 422);
    EXPECT_THAT(send("Subject: x\n\ny", "message/rfc822").body, HasSubstr("\"unreadable\""));
    decoder_failure = Error{ErrorKind::unavailable, "no worker"};
    const Response away = send("Subject: x\n\ny", "message/rfc822");
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(header(away, "Retry-After"), "5");
    EXPECT_EQ(store->counts()->tips, 1U);
}

TEST_F(ReportsApi, who_is_silent) {
    ASSERT_TRUE(store->put_token(TokenRow{sha256(view("feed")), "feed-a", "reports", 0, 0, 24, hour_of(clock.now())}));
    EXPECT_THAT(*partners::silent_partners(*store, clock.now()), IsEmpty());
    clock.advance(std::chrono::hours(25));
    auto silent = partners::silent_partners(*store, clock.now()).take();
    ASSERT_EQ(silent.size(), 1U);
    EXPECT_EQ(silent[0].partner, "feed-a");
    EXPECT_FALSE(silent[0].last_hour.has_value());
    EXPECT_EQ(send(std::string(spam), "application/json", "feed").status, 201);
    EXPECT_THAT(*partners::silent_partners(*store, clock.now()), IsEmpty());
    clock.advance(std::chrono::hours(24));
    EXPECT_THAT(*partners::silent_partners(*store, clock.now()), IsEmpty());
    clock.advance(std::chrono::hours(1));
    silent = partners::silent_partners(*store, clock.now()).take();
    ASSERT_EQ(silent.size(), 1U);
    EXPECT_EQ(silent[0].silent_hours, 25);
    // What was refused is no silence either.
    EXPECT_EQ(send("{}", "application/json", "feed").status, 422);
    EXPECT_THAT(*partners::silent_partners(*store, clock.now()), IsEmpty());
}

}  // namespace
}  // namespace plumbline::face

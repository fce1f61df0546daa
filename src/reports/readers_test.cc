// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/splitter.h"
#include "reports/test_readers.h"
#include "reports/wire.h"
#include "reports/xarf/xarf.h"

namespace plumbline::reports {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

const ReportReaders& readers() {
    static const ReportReaders made = readers_for_test(PLUMBLINE_SOURCE_DIR);
    return made;
}
std::vector<Outcome> read(ReportForm form, std::string_view text, const CsvMapping* mapping = nullptr) { return readers().read(form, view(text), mapping); }
const MachineReport& report_in(const Outcome& outcome) {
    EXPECT_TRUE(std::holds_alternative<MachineReport>(outcome)) << (std::holds_alternative<Refusal>(outcome) ? std::get<Refusal>(outcome).reason : "");
    return std::get<MachineReport>(outcome);
}
const Refusal& refusal_in(const Outcome& outcome) {
    EXPECT_TRUE(std::holds_alternative<Refusal>(outcome));
    return std::get<Refusal>(outcome);
}
std::vector<std::string> names_of(const std::vector<Warning>& warnings) {
    std::vector<std::string> names;
    for (const Warning& warning : warnings) names.push_back(warning.name);
    return names;
}

constexpr std::string_view spam = R"({"xarf_version":"4.2.0","report_id":"123e4567-e89b-12d3-a456-426614174000","timestamp":"2026-11-15T14:30:25Z",
 "reporter":{"org":"Spam Watch","contact":"reports@watch.example","domain":"watch.example"},"sender":{"org":"Spam Watch","contact":"reports@watch.example","domain":"watch.example"},
 "source_identifier":"192.0.2.123","source_port":25,"category":"messaging","type":"spam","protocol":"smtp","smtp_from":"fake@example.com","subject":"Urgent",
 "_internal":{"ticket":"secret-ticket"},"evidence":[{"content_type":"message/rfc822","description":"the mail","payload":"U3ViamVjdDogeA0KDQpoZWxsbw=="}]})";

TEST(Xarf, GivesTextFieldsEvidenceAndKey) {
    MachineReport report = report_in(read(ReportForm::json, spam).front());
    EXPECT_EQ(report.format, "XARF 4.2.0");
    EXPECT_EQ(report.kind, "messaging/spam");
    EXPECT_EQ(report.category, "nuisance.spam");
    EXPECT_EQ(report.contact, "reports@watch.example");
    EXPECT_THAT(names_of(report.warnings), ElementsAre("internal_member"));
    const std::string text = report_text(report, {});
    EXPECT_THAT(text, HasSubstr("/smtp_from: fake@example.com\n"));
    EXPECT_THAT(text, HasSubstr("/evidence/0/description: the mail\n"));
    EXPECT_THAT(text, testing::Not(HasSubstr("secret-ticket")));
    ASSERT_EQ(report.files.size(), 1U);
    EXPECT_EQ(report.files[0].name, "evidence-1.eml");
    EXPECT_EQ(text_of(report.files[0].bytes), "Subject: x\r\n\r\nhello");
    EXPECT_EQ(bundle_key(report, Day{}), "messaging/spam\n2026-11-15\n192.0.2.123");
}

TEST(Xarf, WhatMustBeThereIsRefusedWithItsPointer) {
    const std::pair<const char*, const char*> rows[] = {{"/xarf_version", R"("4.2.0")"}, {"/timestamp", R"("2026-11-15T14:30:25Z")"}, {"/source_identifier", R"("192.0.2.123")"}, {"/category", R"("messaging")"}};
    for (const auto& [pointer, value] : rows) {
        std::string broken(spam);
        broken.replace(broken.find(value), std::string_view(value).size(), "7");
        EXPECT_EQ(refusal_in(read(ReportForm::json, broken).front()).where, pointer);
    }
    EXPECT_EQ(refusal_in(read(ReportForm::json, "[]").front()).where, "");
    EXPECT_THAT(refusal_in(read(ReportForm::json, R"({"Version":"9","Report":{}})").front()).where, "/Version");
}

TEST(Xarf, DetailsDecideTheCategory) {
    const CategoryMap& map = readers().categories();
    EXPECT_EQ(map.xarf("content", "fraud", "romance").code, "fraud.romance");
    EXPECT_TRUE(map.xarf("content", "fraud", "other").is_by_default);
    EXPECT_EQ(map.xarf("content", "malware", "ransomware").code, "sys.ransomware");
    EXPECT_EQ(map.xarf("copyright", "p2p", "").code, "ip.infringement");
    EXPECT_EQ(map.xarf("content", "csem", "grooming").code, "child.solicitation");
    EXPECT_EQ(map.xarf("connection", "wholly_new", "").code, "sys.access");
    EXPECT_TRUE(map.xarf("connection", "wholly_new", "").is_by_default);
    EXPECT_EQ(map.rsit("Phishing").code, "fraud.phishing");
    EXPECT_EQ(map.rsit("availability:ddos").code, "sys.disruption");
}

TEST(Arf, FieldsOriginalAndDay) {
    const std::string mail = "From: fbl@provider.example\r\nSubject: FW: Earn money\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n"
                             "--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: fraud\r\nUser-Agent: Gen/1\r\nVersion: 1\r\n"
                             "Arrival-Date: Thu, 8 Mar 2026 14:00:00 EDT\r\nSource-IP: 192.0.2.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: Earn money\r\n\r\nspam\r\n--b--\r\n";
    const MachineReport report = report_in(read(ReportForm::mail, mail).front());
    EXPECT_EQ(report.category, "fraud.phishing");
    EXPECT_EQ(bundle_key(report, Day{}), "feedback/fraud\n2026-03-08\n192.0.2.1");
    ASSERT_EQ(report.files.size(), 1U);
    EXPECT_EQ(text_of(report.files[0].bytes), "From: x@y.example\r\nSubject: Earn money\r\n\r\nspam");
    EXPECT_TRUE(report.warnings.empty());
}

TEST(Arf, AnXarfReportInAMailIsReadAsOne) {
    const std::string mail = "From: a@b.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nsee below\n--q\nContent-Type: application/json; name=xarf.json\n\n" + std::string(spam) + "\n--q--\n";
    EXPECT_EQ(report_in(read(ReportForm::mail, mail).front()).kind, "messaging/spam");
    std::string broken = mail;
    broken.replace(broken.find("\"4.2.0\""), 7, "\"9.2.0\"");
    const MachineReport kept = report_in(read(ReportForm::mail, broken).front());
    EXPECT_THAT(names_of(kept.warnings), ElementsAre("no_report_part", "attachment_refused"));
}

TEST(Iodef, XmlAndJson) {
    const std::string xml = whole_file(PLUMBLINE_ROOM_DIR "/iodef/testdata/two_incidents.xml");
    const auto outcomes = read(ReportForm::xml, xml);
    ASSERT_EQ(outcomes.size(), 2U);
    const MachineReport& report = report_in(outcomes[0]);
    EXPECT_EQ(report.category, "sys.disruption");
    EXPECT_EQ(report.reported_value, "192.0.2.10");
    EXPECT_EQ(report.contact, "contact@csirt.example.com");
    EXPECT_EQ(refusal_in(outcomes[1]).where, "/IODEF-Document/Incident[2]/GenerationTime");
    const auto of_json = read(ReportForm::json, whole_file(PLUMBLINE_ROOM_DIR "/iodef/testdata/three_incidents.json"));
    ASSERT_EQ(of_json.size(), 3U);
    EXPECT_EQ(report_in(of_json[0]).category, "fraud.phishing");
    EXPECT_EQ(report_in(of_json[0]).reported_value, "login.bank.example");
    EXPECT_EQ(report_in(of_json[1]).category, "sys.data");
    EXPECT_EQ(report_in(of_json[1]).reported_value, "c2.example.net");
    EXPECT_EQ(refusal_in(of_json[2]).where, "/Incident/2/purpose");
}

TEST(Xml, WhatIsNoReportOrAttacks) {
    EXPECT_THAT(refusal_in(read(ReportForm::xml, "<a><b></a>").front()).reason, HasSubstr("not well-formed"));
    EXPECT_THAT(refusal_in(read(ReportForm::xml, "<rss/>").front()).where, "/rss");
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<a>";
    EXPECT_THAT(refusal_in(read(ReportForm::xml, deep).front()).reason, HasSubstr("deep"));
    const std::string bomb = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><report><incidentSummary><incidentType>&b;</incidentType></incidentSummary></report>";
    EXPECT_THAT(refusal_in(read(ReportForm::xml, bomb).front()).where, "/report/incidentSummary/incidentDateTime");
}

TEST(Cybertipline, MapsItsTypes) {
    const std::string xml = "<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType><incidentDateTime>2026-01-15T08:00:00Z</incidentDateTime></incidentSummary>"
                            "<internetDetails><webPageIncident><url>https://a.example/x</url></webPageIncident></internetDetails>"
                            "<reporter><reportingPerson><email>t@p.example</email></reportingPerson></reporter></report>";
    const auto outcomes = read(ReportForm::xml, xml);
    EXPECT_EQ(report_in(outcomes.front()).category, "child.exploitation");
    EXPECT_EQ(report_in(outcomes.front()).reported_value, "https://a.example/x");
}

CsvMapping mapping_of(const char* json) {
    auto mapping = CsvMapping::from_json(*parse_json(json), readers().categories());
    EXPECT_TRUE(mapping.has_value()) << mapping.error().message;
    return *mapping;
}

TEST(Csv, RowsByAMapping) {
    const CsvMapping mapping = mapping_of(R"({"format":"plumbline-csv/1","delimiter":";","category":{"column":"type","values":{"Phish":"fraud.phishing"}},"reported":"url","day":"seen","text":"note"})");
    const auto outcomes = read(ReportForm::csv, "type;url;seen;note\r\nphish;https://A.example/x;2026-11-01;\"a; \"\"b\"\"\r\nc\"\r\nweird;https://b.example/;;\r\nphish;;;\r\nphish;x\r\nfraud.trade;u;yesterday;n", &mapping);
    ASSERT_EQ(outcomes.size(), 5U);
    const MachineReport& first = report_in(outcomes[0]);
    EXPECT_EQ(first.category, "fraud.phishing");
    EXPECT_EQ(first.summary, "a; \"b\"\r\nc");
    EXPECT_EQ(bundle_key(first, Day{}), "csv/fraud.phishing\n2026-11-01\nhttps://a.example/x");
    EXPECT_EQ(refusal_in(outcomes[1]).where, "row 3, column type");
    EXPECT_EQ(refusal_in(outcomes[2]).where, "row 4, column url");
    EXPECT_EQ(refusal_in(outcomes[3]).where, "row 5");
    EXPECT_THAT(names_of(report_in(outcomes[4]).warnings), ElementsAre("wrong_form"));
    EXPECT_EQ(refusal_in(read(ReportForm::csv, "a;b\n1;2\n", &mapping).front()).where, "row 1");
    EXPECT_FALSE(CsvMapping::from_json(*parse_json(R"({"format":"plumbline-csv/1","category":{"otherwise":"no.such"}})"), readers().categories()).has_value());
    auto again = CsvMapping::from_json(mapping.to_json(), readers().categories());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->to_json(), mapping.to_json());
}

std::vector<std::string> split(BatchForm form, std::string_view text, std::size_t piece_bytes, const ItemSplitter::Bounds& bounds = {}) {
    std::vector<std::string> items;
    ItemSplitter splitter(form, bounds);
    const auto take = [&items](const BatchItem& item) -> Result<void> {
        items.push_back(fmt::format("{}:{}{}", item.number, item.text, item.refused.empty() ? "" : "!" + item.refused));
        return {};
    };
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) EXPECT_TRUE(splitter.feed(view(text.substr(at, piece_bytes)), take).has_value());
    EXPECT_TRUE(splitter.end(take).has_value());
    return items;
}

TEST(Splitter, JsonInListsAndLines) {
    for (const std::size_t piece : {1U, 3U, 1000U}) {
        EXPECT_THAT(split(BatchForm::json, R"([{"a":"}\"{"}, {"b":{}}])", piece), ElementsAre(R"(1:{"a":"}\"{"})", R"(2:{"b":{}})"));
        EXPECT_THAT(split(BatchForm::json, "{\"a\":1}\nnope\n{\"b\":2}\n{\"c\":", piece), ElementsAre("1:{\"a\":1}", "2:!is no JSON object", "3:{\"b\":2}", "4:!ends in the middle"));
    }
    EXPECT_THAT(split(BatchForm::json, "{\"a\":\"0123456789\"}{\"b\":1}", 4, {10, 100}), ElementsAre("1:!has more than 10 bytes", "2:{\"b\":1}"));
}

TEST(Splitter, MailsAndRows) {
    for (const std::size_t piece : {1U, 7U, 1000U}) {
        EXPECT_THAT(split(BatchForm::mbox, "From a@b Thu Aug 22 15:05:07 2002\nA: b\n\n>From x\n\nFrom c@d Thu Aug 22 15:05:07 2002\nC: d\n", piece), ElementsAre("1:A: b\n\nFrom x\n\n", "2:C: d\n"));
        EXPECT_THAT(split(BatchForm::csv, "h\n\"1\n1\"\n2\n3\n", piece, {1000, 6}), ElementsAre("2:h\n\"1\n1\"\n", "3:h\n2\n3\n"));
    }
}

TEST(Wire, KeepsWhatWasRead) {
    const Bytes parameters = encode_report_parameters(ReportForm::json, nullptr);
    const auto answer = read_in_sandbox(readers(), view(spam), parameters);
    ASSERT_TRUE(answer.has_value());
    const auto outcomes = decode_report_answer(*answer);
    ASSERT_TRUE(outcomes.has_value());
    const MachineReport direct = report_in(read(ReportForm::json, spam).front()), back = report_in(outcomes->front());
    EXPECT_EQ(back.files.at(0).bytes, direct.files.at(0).bytes);
    EXPECT_EQ(back.warnings, direct.warnings);
    EXPECT_EQ(back.fields.size(), direct.fields.size());
    EXPECT_EQ(bundle_key(back, Day{}), bundle_key(direct, Day{}));
    for (std::size_t size = 0; size < answer->size(); ++size) EXPECT_FALSE(decode_report_answer(ByteView(*answer).first(size)).has_value());
}

}  // namespace
}  // namespace plumbline::reports

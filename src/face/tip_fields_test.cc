// SPDX-License-Identifier: Apache-2.0
#include "face/tip_fields.h"

#include "face/hotline_fixture.h"

namespace plumbline::face {
namespace {

TEST(Money, ReadsAmountsAsPeopleWriteThem) {
    const std::tuple<const char*, const char*, std::int64_t> rows[] = {
        {"1234.50", "EUR", 123450},       {"1234,50", "EUR", 123450},      {"1,234.50", "USD", 123450},   {"1.234,50", "EUR", 123450},
        {"1 234,50", "eur", 123450},      {"1\xc2\xa0" "234,5", "EUR", 123450}, {"1'234.50", "CHF", 123450},   {"12,34,567.00", "INR", 123456700},
        {"1,234,567", "USD", 123456700},  {"1.234.567", "EUR", 123456700}, {"5", "USD", 500},             {"0.5", "USD", 50},
        {".5", "USD", 50},                {"0.500", "USD", 50},            {"1234.000", "USD", 123400},   {"1,234", "JPY", 1234},
        {"1234", "JPY", 1234},            {"100.00", "JPY", 100},          {"1.2345", "KWD", -1},         {"12.50", "KWD", 12500},
        {"\xe2\x82\xac 20", " EUR ", 2000}, {"0", "EUR", 0},               {"12,34,567", "INR", 123456700}, {"١٢٣٤٫٥٠", "EUR", 123450},      {"१२३४.५", "INR", 123450},  {"１２３４", "JPY", 1234},  {"۵۰", "USD", 5000}, {"999999999999.99", "EUR", 99999999999999},
    };
    for (const auto& [amount, currency, minor] : rows) {
        const auto money = money_from(amount, currency);
        if (minor < 0) {
            EXPECT_FALSE(money.money) << amount;
            continue;
        }
        ASSERT_TRUE(money.money) << amount << " " << currency << ": " << money.refusal.key;
        EXPECT_EQ(money.money->minor_units, minor) << amount << " " << currency;
    }
}

TEST(Money, RefusesWhatCanBeReadInTwoWaysAndSaysWhatToWrite) {
    const auto english = language::Language::from_json("en", file_text(PLUMBLINE_SOURCE_DIR "/ui/hotline/languages/en.json"));
    ASSERT_TRUE(english) << english.error().message;
    const auto message = [&english](const char* amount, const char* currency) {
        const auto money = money_from(amount, currency);
        return money.money ? "taken as " + money_text(*money.money) : english->text(money.refusal.key, money.refusal.values);
    };
    EXPECT_EQ(message("1.234", "EUR"), "\"1.234\" can mean two amounts: write 1234 or 1.23.");
    EXPECT_EQ(message("1,234", "USD"), "\"1,234\" can mean two amounts: write 1234 or 1.23.");
    EXPECT_EQ(message("1,234", "KWD"), "\"1,234\" can mean two amounts: write 1234 or 1.2340.");
    EXPECT_THAT(message("10.505", "JPY"), testing::HasSubstr("taken as 10505 JPY"));
    EXPECT_THAT(message("10.55", "JPY"), testing::HasSubstr("no digits after the point"));
    EXPECT_THAT(message("1234.567", "EUR"), testing::HasSubstr("at most 2 digits"));
    for (const char* bad : {"a lot", "-5", "1.2.3", "1,23.4,5", "12,3456,789", "5.", "1e9", ",", "1,,000"})
        EXPECT_THAT(message(bad, "EUR"), testing::HasSubstr("cannot be read")) << bad;
    EXPECT_THAT(message("99999999999999999999", "EUR"), testing::HasSubstr("at most 15 digits"));
    EXPECT_THAT(message("5", ""), testing::HasSubstr("currency too"));
    EXPECT_THAT(message("5", "XXY"), testing::HasSubstr("not known"));
    EXPECT_EQ(money_text({5, "EUR"}), "0.05 EUR");
    EXPECT_EQ(money_text({1234, "KWD"}), "1.234 KWD");
    EXPECT_EQ(money_text({1234, "JPY"}), "1234 JPY");
}

struct TipFields : HotlineFixture {
    std::vector<std::string> refused(const char* json) {
        std::vector<std::string> pointers;
        for (const FieldError& error : check_json(*parse_json(json), categories, limits).errors) pointers.push_back(error.field);
        return pointers;
    }
};

TEST_F(TipFields, NamesEveryRefusedFieldOfTheForm) {
    limits.tip_text_bytes_max = 10;
    limits.field_bytes_max = 5;
    const auto checked = check_fields({{"text", "12345678901"}, {"category", "opinion"}, {"amount", "x"}, {"currency", "EUR"}, {"danger_now", "maybe"}, {"contact", "123456"}},
                                      categories, limits);
    std::vector<std::string> names;
    for (const FieldRefusal& error : checked.refusals) names.push_back(error.field);
    EXPECT_THAT(names, testing::ElementsAre("text", "category", "amount", "danger_now", "contact"));
    EXPECT_EQ(checked.refusals[0].key, "error.too_long");
    EXPECT_EQ(std::get<std::int64_t>(checked.refusals[0].values[0].value), 11);
    EXPECT_EQ(std::get<std::int64_t>(checked.refusals[0].values[1].value), 10);
    const auto currency = check_fields({{"text", "a"}, {"amount", "5"}, {"currency", "?"}}, categories, limits);
    ASSERT_EQ(currency.refusals.size(), 1U);
    EXPECT_EQ(currency.refusals[0].field, "currency");
    const auto good = check_fields({{"text", "a"}, {"amount", "5,50"}, {"currency", "EUR"}, {"danger_now", "yes"}, {"contact", " a "}}, categories, limits);
    EXPECT_TRUE(good.refusals.empty());
    EXPECT_EQ(good.content.category, category_not_sure);
    EXPECT_EQ(good.content.loss, (Money{550, "EUR"}));
    EXPECT_EQ(good.content.danger_now, Answer::yes);
    EXPECT_EQ(good.content.still_happening, Answer::unknown);
    EXPECT_EQ(good.content.contact, "a");
}

TEST_F(TipFields, TakesTheAttributesAndWhatARecallNeeds) {
    const std::map<std::string, std::string> fields{{"text", "a"}, {"victim_is_older", "yes"}, {"synthetic_content", "no"}, {"payment_rail", "crypto"}, {"contact_channel", "unknown"},
                                                    {"reporter_role", "on_behalf"}, {"recall_sent_to", " DE89 3704 "}, {"recall_card_last_four", "**** 1234"}, {"recall_time", "Tuesday, 14:30"}};
    const auto checked = check_fields(fields, categories, limits);
    EXPECT_TRUE(checked.refusals.empty());
    EXPECT_EQ(checked.content.victim_is_older, Answer::yes);
    EXPECT_EQ(checked.content.payment_rail, "crypto");
    EXPECT_EQ(checked.content.contact_channel, "");
    EXPECT_EQ(checked.content.reporter_role, "on_behalf");
    EXPECT_EQ(checked.content.recall, (Recall{.account = {}, .sent_to = "DE89 3704", .card_last_four = "1234", .wallet = {}, .transaction = {}, .time = "Tuesday, 14:30"}));
    EXPECT_EQ(told_text(checked.content), "a\n\nPayment to call back\nSent to: DE89 3704\nCard ends in: 1234\nWhen: Tuesday, 14:30");
    const auto read = tip_content_from(to_json(checked.content));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->recall, checked.content.recall);
    EXPECT_EQ(read->victim_is_older, Answer::yes);
    EXPECT_EQ(read->payment_rail, "crypto");
    // A whole card number is not taken, and neither is a word that is on no list.
    const auto bad = check_fields({{"text", "a"}, {"recall_card_last_four", "4111 1111 1111 1111"}, {"payment_rail", "camel"}}, categories, limits);
    ASSERT_EQ(bad.refusals.size(), 2U);
    EXPECT_EQ(bad.refusals[0].field, "payment_rail");
    EXPECT_EQ(bad.refusals[1].key, "error.card_last_four");
}

TEST_F(TipFields, PointsAtEveryRefusedMemberOfTheJson) {
    EXPECT_THAT(refused(R"({"text":"a","category":"fraud.phishing","loss":{"minor_units":5,"currency":"EUR"},"danger_now":"no","origin":{"country":"DE","language":"de"}})"),
                testing::IsEmpty());
    EXPECT_THAT(refused("[]"), testing::ElementsAre(""));
    EXPECT_THAT(refused(R"({"text":5})"), testing::ElementsAre("/text"));
    EXPECT_THAT(refused(R"({"text":"a","txet":"b"})"), testing::ElementsAre("/txet"));
    EXPECT_THAT(refused(R"({"text":"a","category":"x"})"), testing::ElementsAre("/category"));
    EXPECT_THAT(refused(R"({"text":"a","loss":{"minor_units":-5,"currency":"eur"}})"), testing::ElementsAre("/loss/minor_units", "/loss/currency"));
    EXPECT_THAT(refused(R"({"text":"a","payment_rail":"bank","recall":{"sent_to":"x","card_last_four":"1234"}})"), testing::IsEmpty());
    EXPECT_THAT(refused(R"({"text":"a","payment_rail":"camel","recall":{"iban":"x","card_last_four":"4111111111111111"}})"),
                testing::ElementsAre("/payment_rail", "/recall/iban", "/recall/card_last_four"));
    EXPECT_THAT(refused(R"({"text":"a","loss":5})"), testing::ElementsAre("/loss"));
    EXPECT_THAT(refused(R"({"text":"a","danger_now":true})"), testing::ElementsAre("/danger_now"));
    EXPECT_THAT(refused(R"({"text":"a","origin":{"country":"DEU","city":"x"}})"), testing::ElementsAre("/origin/country", "/origin"));
}

TEST(CleanedText, MakesPlainLines) {
    EXPECT_EQ(cleaned_text("a\r\nb\rc\td\x01\x7f\xff"), "a\nb\nc\td\xef\xbf\xbd");
}

}  // namespace
}  // namespace plumbline::face

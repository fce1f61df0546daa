// SPDX-License-Identifier: Apache-2.0
// The hotline in each of its languages, and that no message is missing or left over.
#include <filesystem>
#include <set>

#include "face/hotline_fixture.h"
#include "face/html_check.h"
#include "language/language.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(HotlineFixture, SpeaksTheLanguageOfTheAddress) {
    open();
    for (const auto& [tag, name] : language::languages) {
        for (const char* path : {"/", "/mailbox", "/rulebook", "/figures", "/nowhere"}) {
            const Response page = get("/" + std::string(tag) + path);
            EXPECT_THAT(html_faults(page.body), IsEmpty()) << tag << path;
            EXPECT_THAT(page.body, HasSubstr(fmt::format("<html lang=\"{}\" dir=\"{}\">", tag, tag == "ar" ? "rtl" : "ltr"))) << path;
            EXPECT_THAT(page.headers, testing::Contains(testing::Pair("Content-Language", std::string(tag))));
            EXPECT_THAT(page.body, Not(HasSubstr("href=\"//"))) << tag << path;
            // Each language by its own name leads to this page in it.
            for (const auto& [other, own_name] : language::languages)
                EXPECT_THAT(page.body, HasSubstr(fmt::format("<a href=\"/{0}{1}\" lang=\"{0}\" hreflang=\"{0}\"", other, std::string(path) == "/nowhere" ? "/" : path))) << tag << path;
        }
    }
}

TEST_F(HotlineFixture, TakesTheBrowsersLanguageForOneAnswer) {
    open();
    const auto ask = [this](const char* path, const char* languages) {
        Request request;
        request.method = "GET";
        request.path = path;
        request.headers["accept-language"] = languages;
        return router.handle(std::move(request));
    };
    const Response german = ask("/", "de-CH,de;q=0.9");
    EXPECT_THAT(german.body, HasSubstr("Was ist passiert?"));
    EXPECT_THAT(german.body, HasSubstr("action=\"/de/report\""));
    EXPECT_THAT(german.headers, testing::Contains(testing::Pair("Vary", "Accept-Language")));
    for (const auto& [header, value] : german.headers) EXPECT_NE(header, "Set-Cookie");
    EXPECT_THAT(ask("/en/", "de").body, HasSubstr("What happened?"));
    EXPECT_THAT(ask("/", "").body, HasSubstr("What happened?"));
    EXPECT_THAT(ask("/de", "").headers, testing::Contains(testing::Pair("Location", "/de/")));
    EXPECT_EQ(ask("/xx/", "de").status, 404);
    EXPECT_EQ(ask("/xx/mailbox", "de").status, 404);
}

TEST_F(HotlineFixture, AnswersAFormInItsLanguage) {
    open();
    const Response refused = post("/de/report", form_type, form_body({{"text", " "}, {"amount", "1.234"}, {"currency", "EUR"}}));
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(html_faults(refused.body), IsEmpty());
    EXPECT_THAT(refused.body, HasSubstr("2 Angaben müssen geändert werden:"));
    EXPECT_THAT(refused.body, HasSubstr("<a href=\"#amount\">Betrag</a>: „1.234“ kann zwei Beträge bedeuten: Schreiben Sie 1234 oder 1.23."));
    const Response receipt = post("/de/report", form_type, form_body({{"text", "a"}}));
    EXPECT_EQ(receipt.status, 200);
    EXPECT_THAT(receipt.body, HasSubstr("am 23. November 2026 angenommen"));
    const Response wrong = post("/de/mailbox", "application/x-www-form-urlencoded", "words=a+b+c");
    EXPECT_THAT(wrong.body, HasSubstr("das sind 3 Wörter"));
    // Another language of the receipt comes with its words, and with what it said to do.
    EXPECT_THAT(receipt.body, HasSubstr("formaction=\"/fr/receipt\""));
    const std::string words = "words=legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
    intake.mailbox.tip.receipt = "the proof";
    const Response french = post("/fr/receipt", "application/x-www-form-urlencoded", words + "&money=yes");
    EXPECT_THAT(html_faults(french.body), IsEmpty());
    EXPECT_THAT(french.body, HasSubstr("<li>sausage</li>"));
    EXPECT_THAT(french.body, HasSubstr("the proof"));
    EXPECT_THAT(french.body, HasSubstr("Appelez maintenant votre banque"));
    EXPECT_EQ(post("/fr/receipt", "application/x-www-form-urlencoded", "words=zoo").status, 303);
    EXPECT_THAT(post("/fr/mailbox", "application/x-www-form-urlencoded", words).body, HasSubstr("formaction=\"/ja/mailbox\""));
    EXPECT_EQ(post("/xx/report", form_type, form_body({{"text", "a"}})).status, 404);
}

// Every name between `before` and `after` in a text.
std::set<std::string> names_in(const std::string& text, const std::string& before, const std::string& after) {
    std::set<std::string> names;
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
        const std::size_t start = at + before.size();
        const std::string name = text.substr(start, text.find(after, start) - start);
        if (!name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string::npos && name.find('.') != std::string::npos && !name.ends_with('.')) names.insert(name);
    }
    return names;
}

TEST(Messages, AreAllThereAndAllUsed) {
    const std::string top = PLUMBLINE_SOURCE_DIR;
    std::set<std::string> named;      // must be there
    std::string all_code = file_text(top + "/src/language/language.cc");
    for (const auto& file : std::filesystem::directory_iterator(top + "/ui/hotline"))
        if (file.path().extension() == ".html") named.merge(names_in(file_text(file.path()), "{{t.", "}}"));
    for (const auto& file : std::filesystem::directory_iterator(top + "/src/face")) {
        if (file.path().extension() != ".cc" || file.path().string().ends_with("_test.cc")) continue;
        const std::string code = file_text(file.path());
        named.merge(names_in(code, "words.text(\"", "\""));
        named.merge(names_in(code, "words.html(\"", "\""));
        all_code += code;
    }
    const auto english = parse_json(file_text(top + "/ui/hotline/languages/en.json"));
    ASSERT_TRUE(english) << english.error().message;
    for (const std::string& key : named) EXPECT_NE(english->find(key), nullptr) << key << " is used and not written";
    // Keys that code puts together of a prefix and a name.
    constexpr std::string_view composed[] = {"script.", "answer.", "category.", "group.", "state.", "report.", "payment_rail.", "contact_channel.", "reporter_role."};
    for (const auto& [key, text] : english->as_object()) {
        const bool is_composed = std::any_of(std::begin(composed), std::end(composed), [&, own = std::string_view(key)](std::string_view prefix) { return own.starts_with(prefix); });
        EXPECT_TRUE(is_composed || named.contains(key) || all_code.find('"' + key + '"') != std::string::npos) << key << " is written and not used";
    }
}

}  // namespace
}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// The receipt: the 12 words, shown once, and what to do now. Its menu of languages posts the words: a link would lose them.
#include "face/hotline_pages.h"
#include "http/form_urlencoded.h"

namespace plumbline::face {

Response receipt_page(const Hotline& hotline, const ShownReceipt& receipt) {
    Json values = Json::object();
    Json words = Json::array();
    std::string_view rest = receipt.words;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        words.push(word);
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    values.set("words", std::move(words)).set("words_line", receipt.words).set("proof", receipt.proof);
    values.set("day", hotline.words.day(hotline.services.clock.now()));
    values.set("money_hint", receipt.is_money_sent).set("danger_hint", receipt.is_danger);
    values.set("menu_words", receipt.words).set("menu_path", "/receipt");
    return hotline.respond(200, Tab::report, hotline.words.text("receipt.title"), hotline.receipt, values);
}

void add_receipt_routes(Router& router, HotlinesPtr hotlines) {
    add_page(router, hotlines, "/receipt", [](const Hotline& hotline, const Request&) { return Response::redirect(hotline.base() + "/mailbox"); });
    add_form(router, hotlines, "/receipt", [](const Hotline& hotline, const Request& request) {
        const auto fields = form_from(request.body);
        const auto value = [&fields](const char* name) { return fields && fields->contains(name) ? fields->at(name) : std::string(); };
        const std::string words = value("words");
        const auto mailbox = hotline.services.intake.open_mailbox(words);
        if (!mailbox) return Response::redirect(hotline.base() + "/mailbox");
        return receipt_page(hotline, {words, mailbox->tip.receipt, value("money") == "yes", value("danger") == "yes"});
    });
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// The mailbox: the 12 words come in a form's body, never in an address; they are used while the request runs and kept
// nowhere. The open page carries them in its own hidden fields, and says so.
#include "base/utf8.h"
#include "face/hotline_pages.h"
#include "face/tip_fields.h"
#include "http/form_urlencoded.h"

namespace plumbline::face {

namespace {
struct MailboxForm {
    std::string words;
    std::string message;
};

Result<MailboxForm> form_of(const Request& request) {
    const auto fields = TRY(form_from(request.body));
    MailboxForm form;
    if (const auto words = fields.find("words"); words != fields.end()) form.words = words->second;
    if (const auto message = fields.find("message"); message != fields.end()) form.message = cleaned_text(message->second);
    return form;
}

Response ask_page(const Hotline& hotline, int status, std::string_view words, std::string_view error) {
    Json values = Json::object();
    values.set("words", words.substr(0, 400)).set("error", error);
    return hotline.respond(status, Tab::mailbox, hotline.words.text(error.empty() ? "mailbox.title" : "mailbox.not_opened"), hotline.mailbox, values);
}

std::size_t count_words(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find_first_not_of(" \t\r\n"); at != std::string_view::npos; at = text.find_first_not_of(" \t\r\n", at)) {
        ++count;
        at = std::min(text.find_first_of(" \t\r\n", at), text.size());
    }
    return count;
}

// Why the words do not open a mailbox. The reader's own messages name a place, never a word: "words: word 3 is not in the list".
std::string words_error(const Hotline& hotline, const MailboxForm& form, const Error& error) {
    const std::size_t count = count_words(form.words);
    constexpr std::size_t words_wanted = 12;
    if (count != words_wanted) return hotline.words.text("mailbox.error_count", {{"count", static_cast<std::int64_t>(count)}});
    constexpr std::string_view of_word = "words: word ";
    if (error.message.starts_with(of_word) && error.message.size() > of_word.size()) {
        std::int64_t place = 0;
        for (const char letter : error.message.substr(of_word.size(), 2))
            if (letter >= '0' && letter <= '9') place = place * 10 + (letter - '0');
        return hotline.words.text("mailbox.error_word", {{"place", place}});
    }
    return hotline.words.text("mailbox.error_order");
}

// An answer for what went wrong while the words were used.
Response mailbox_error(const Hotline& hotline, const MailboxForm& form, const Error& error) {
    if (error.kind == ErrorKind::invalid) return ask_page(hotline, 422, form.words, words_error(hotline, form, error));
    if (error.kind == ErrorKind::not_found) return ask_page(hotline, 404, form.words, hotline.words.text("mailbox.error_unknown"));
    return ask_page(hotline, 503, form.words, hotline.words.text("mailbox.error_fault")).with("Retry-After", "60");
}

Response open_page(const Hotline& hotline, int status, const MailboxForm& form, const intake::Intake::Mailbox& mailbox, bool is_sent, std::string_view error,
                   std::string_view proof_error = "") {
    const language::Language& words = hotline.words;
    const std::string state = "state." + std::string(name_of(mailbox.tip.state));
    Json values = Json::object();
    values.set("proof_error", proof_error).set("menu_words", form.words).set("menu_path", "/mailbox");
    values.set("words", form.words).set("sent", is_sent).set("error", error).set("message", is_sent ? "" : form.message);
    values.set("state_title", words.text(state)).set("state_text", words.text(state + ".text"));
    values.set("received", words.day(mailbox.tip.header.received_hour)).set("tip", mailbox.tip.header.id.text());
    const bool is_waiting = mailbox.tip.state == TipState::received || mailbox.tip.state == TipState::decided;
    if (mailbox.tip.ranking && is_waiting) values.set("due", words.hour(mailbox.tip.ranking->deadline));
    Json messages = Json::array();
    std::size_t answers = 0;
    for (const Message& message : mailbox.messages) {
        const bool is_answer = message.direction == MessageDirection::to_reporter;
        Json row = Json::object();
        row.set("side", is_answer ? "desk" : "own").set("who", words.text(is_answer ? "mailbox.desk" : "mailbox.you")).set("day", words.day(message.hour));
        if (is_answer && answers < mailbox.answers.size()) row.set("text", mailbox.answers[answers++]);
        messages.push(std::move(row));
    }
    values.set("messages", std::move(messages));
    return hotline.respond(status, Tab::mailbox, words.text("mailbox.open_title"), hotline.mailbox_open, values);
}

Response opened(const Hotline& hotline, const MailboxForm& form, int status, bool is_sent, std::string_view error) {
    auto mailbox = hotline.services.intake.open_mailbox(form.words);
    if (!mailbox) return mailbox_error(hotline, form, mailbox.error());
    return open_page(hotline, status, form, *mailbox, is_sent, error);
}

Response add_message(const Hotline& hotline, const MailboxForm& form) {
    const std::size_t limit = hotline.services.limits.message_text_bytes_max;
    const language::Language& words = hotline.words;
    if (form.message.find_first_not_of(" \t\n") == std::string::npos) return opened(hotline, form, 422, false, words.text("mailbox.error_empty"));
    if (form.message.size() > limit)
        return opened(hotline, form, 422, false, words.text("error.too_long", {{"sent", static_cast<std::int64_t>(form.message.size())}, {"limit", static_cast<std::int64_t>(limit)}}));
    auto added = hotline.services.intake.add_message(form.words, form.message);
    constexpr std::string_view of_message = "message: ";
    if (!added && added.error().message.starts_with(of_message)) return opened(hotline, form, 422, false, words.text("error.refused"));
    if (!added) return mailbox_error(hotline, form, added.error());
    return opened(hotline, form, 200, true, "");
}

Response proof(const Hotline& hotline, const MailboxForm& form) {
    auto mailbox = hotline.services.intake.open_mailbox(form.words);
    if (!mailbox) return mailbox_error(hotline, form, mailbox.error());
    Response response = Response::bytes(200, "text/plain; charset=utf-8", mailbox->tip.receipt);
    response.with("Content-Disposition", "attachment; filename=\"proof-of-receipt.txt\"");
    return response.with("Cache-Control", "no-store").with("Referrer-Policy", "no-referrer");
}
// That the report's entry is in the public log, for whoever checks the receipt without us.
Response inclusion(const Hotline& hotline, const MailboxForm& form) {
    auto mailbox = hotline.services.intake.open_mailbox(form.words);
    if (!mailbox) return mailbox_error(hotline, form, mailbox.error());
    auto proof = hotline.services.proof_of ? hotline.services.proof_of(mailbox->tip.received_index) : Result<std::string>(fail(ErrorKind::not_found, "no log"));
    if (!proof) return open_page(hotline, proof.error().kind == ErrorKind::not_found ? 404 : 503, form, *mailbox, false, "", hotline.words.text("mailbox.error_log"));
    Response response = Response::bytes(200, "text/plain; charset=utf-8", *proof);
    response.with("Content-Disposition", "attachment; filename=\"proof-of-receipt.tlog-proof\"");
    return response.with("Cache-Control", "no-store").with("Referrer-Policy", "no-referrer");
}
}  // namespace

void add_mailbox_routes(Router& router, HotlinesPtr hotlines) {
    const auto post = [&router, hotlines](const char* path, auto act) {
        add_page(router, hotlines, path, [](const Hotline& hotline, const Request&) { return ask_page(hotline, 200, "", ""); });
        add_form(router, hotlines, path, [act](const Hotline& hotline, const Request& request) {
            const auto form = form_of(request);
            if (!form) return ask_page(hotline, 400, "", hotline.words.text("mailbox.error_form"));
            return act(hotline, *form);
        });
    };
    post("/mailbox", [](const Hotline& own, const MailboxForm& form) { return opened(own, form, 200, false, ""); });
    post("/mailbox/message", [](const Hotline& own, const MailboxForm& form) { return add_message(own, form); });
    post("/mailbox/proof", [](const Hotline& own, const MailboxForm& form) { return proof(own, form); });
    post("/mailbox/inclusion", [](const Hotline& own, const MailboxForm& form) { return inclusion(own, form); });
}

}  // namespace plumbline::face

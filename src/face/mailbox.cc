// SPDX-License-Identifier: Apache-2.0
// The mailbox: the 12 words come in a form's body, never in an address; they are used while the request runs and kept
// nowhere. The open page carries them in its own hidden fields, and says so.
#include "face/mailbox.h"

#include "base/utf8.h"
#include "face/hotline_pages.h"
#include "face/tip_fields.h"
#include "http/form_urlencoded.h"

namespace plumbline::face {

StateWords words_of(TipState state) {
    switch (state) {
        case TipState::received: return {"Received", "Your report is stored and sealed. Nobody has read it yet."};
        case TipState::decided:
            return {"Sorted, waiting for a person", "The public rules have said how urgent it is. It waits in the queue for a person at the desk."};
        case TipState::opened: return {"Opened", "A person at the desk has opened your report and works on it."};
        case TipState::with_lab: return {"With a lab", "A person has sent your report's evidence to a lab, and waits for what it finds."};
        case TipState::answered: return {"Answered", "The desk has written to you. The answer stands below."};
        case TipState::referred: return {"Passed on", "The desk has passed your report to the body that can act on it."};
        case TipState::closed: return {"Closed", "A person has closed your report. If something new happens, write to the desk below."};
    }
    return {"Unknown", "The state of your report is not known to this page."};
}

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
    return hotline.respond(status, Tab::mailbox, error.empty() ? "My report" : "Not opened", hotline.mailbox, values);
}

// An answer for what went wrong while the words were used. The messages of the words' reader name a place, never a word.
Response mailbox_error(const Hotline& hotline, const MailboxForm& form, const Error& error) {
    if (error.kind == ErrorKind::invalid) return ask_page(hotline, 422, form.words, error.message);
    if (error.kind == ErrorKind::not_found)
        return ask_page(hotline, 404, form.words, "These are 12 good words, but no report belongs to them here. Look at their order, and at the address of this page");
    return ask_page(hotline, 503, form.words, "There is a fault on our side. Please try again in a few minutes").with("Retry-After", "60");
}

Response open_page(const Hotline& hotline, int status, const MailboxForm& form, const intake::Intake::Mailbox& mailbox, bool is_sent, std::string_view error,
                   std::string_view proof_error = "") {
    const StateWords state = words_of(mailbox.tip.state);
    Json values = Json::object();
    values.set("proof_error", proof_error);
    values.set("words", form.words).set("sent", is_sent).set("error", error).set("message", is_sent ? "" : form.message);
    values.set("state_title", state.title).set("state_text", state.text);
    values.set("received", day_words(mailbox.tip.header.received_hour)).set("tip", mailbox.tip.header.id.text());
    const bool is_waiting = mailbox.tip.state == TipState::received || mailbox.tip.state == TipState::decided;
    if (mailbox.tip.ranking && is_waiting) values.set("due", hour_words(mailbox.tip.ranking->deadline));
    Json messages = Json::array();
    std::size_t answers = 0;
    for (const Message& message : mailbox.messages) {
        const bool is_answer = message.direction == MessageDirection::to_reporter;
        Json row = Json::object();
        row.set("side", is_answer ? "desk" : "own").set("who", is_answer ? "The desk" : "You").set("day", day_words(message.hour));
        if (is_answer && answers < mailbox.answers.size()) row.set("text", mailbox.answers[answers++]);
        messages.push(std::move(row));
    }
    values.set("messages", std::move(messages));
    return hotline.respond(status, Tab::mailbox, "Your report", hotline.mailbox_open, values);
}

Response opened(const Hotline& hotline, const MailboxForm& form, int status, bool is_sent, std::string_view error) {
    auto mailbox = hotline.services.intake.open_mailbox(form.words);
    if (!mailbox) return mailbox_error(hotline, form, mailbox.error());
    return open_page(hotline, status, form, *mailbox, is_sent, error);
}

Response add_message(const Hotline& hotline, const MailboxForm& form) {
    const std::size_t limit = hotline.services.limits.message_text_bytes_max;
    if (form.message.find_first_not_of(" \t\n") == std::string::npos) return opened(hotline, form, 422, false, "Write something first");
    if (form.message.size() > limit)
        return opened(hotline, form, 422, false, fmt::format("Your message is too long: {} bytes, and at most {} are taken", form.message.size(), limit));
    auto added = hotline.services.intake.add_message(form.words, form.message);
    constexpr std::string_view of_message = "message: ";
    if (!added && added.error().message.starts_with(of_message)) return opened(hotline, form, 422, false, "Your message: " + added.error().message.substr(of_message.size()));
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
    if (!proof) return open_page(hotline, proof.error().kind == ErrorKind::not_found ? 404 : 503, form, *mailbox, false, "", "The public log has not taken your report's entry yet. Try again in a minute");
    Response response = Response::bytes(200, "text/plain; charset=utf-8", *proof);
    response.with("Content-Disposition", "attachment; filename=\"proof-of-receipt.tlog-proof\"");
    return response.with("Cache-Control", "no-store").with("Referrer-Policy", "no-referrer");
}
}  // namespace

void add_mailbox_routes(Router& router, HotlinePtr hotline) {
    const auto post = [&router, hotline](const char* path, auto act) {
        router.get(path, [hotline](const Request&) { return ask_page(*hotline, 200, "", ""); });
        router.post(path, [hotline, act](const Request& request) {
            const auto form = form_of(request);
            if (!form) return ask_page(*hotline, 400, "", "The form could not be read: " + form.error().message);
            return act(*hotline, *form);
        });
    };
    post("/mailbox", [](const Hotline& own, const MailboxForm& form) { return opened(own, form, 200, false, ""); });
    post("/mailbox/message", [](const Hotline& own, const MailboxForm& form) { return add_message(own, form); });
    post("/mailbox/proof", [](const Hotline& own, const MailboxForm& form) { return proof(own, form); });
    post("/mailbox/inclusion", [](const Hotline& own, const MailboxForm& form) { return inclusion(own, form); });
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// The mailbox: the 12 words come in a form's body, never in an address; they are used while the request runs and kept
// nowhere. The open page carries them in its own hidden fields, and says so.
#include "face/mailbox_page.h"

#include "face/download.h"
#include "face/tip_fields.h"
#include "http/form_urlencoded.h"

namespace plumbline::face {

Result<MailboxForm> mailbox_form_from(std::string_view body) {
    const auto fields = TRY(form_from(body));
    const auto value = [&fields](const char* name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string() : found->second;
    };
    MailboxForm form;
    form.words = value("words");
    form.message = cleaned_text(value("message"));
    form.message_id = value("id");
    form.file = value("n");
    form.is_confirmed = value("confirm") == "yes";
    form.work = value("work");
    return form;
}

namespace {
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

}  // namespace

// An answer for what went wrong while the words were used.
Response mailbox_error(const Hotline& hotline, const MailboxForm& form, const Error& error) {
    if (error.kind == ErrorKind::invalid) return ask_page(hotline, 422, form.words, words_error(hotline, form, error));
    if (error.kind == ErrorKind::not_found) return ask_page(hotline, 404, form.words, hotline.words.text("mailbox.error_unknown"));
    return ask_page(hotline, 503, form.words, hotline.words.text("mailbox.error_fault")).with("Retry-After", "60");
}

namespace {
// The title of a step that the log tells of this report; "" for what is no step for its reporter.
std::string step_title(const language::Language& words, std::string_view kind) {
    if (kind == kind_of_addition()) return words.text("mailbox.step_added");
    if (kind == kind_of_withdrawal()) return words.text("mailbox.step_withdrawn");
    const auto change = state_change_of(kind);
    if (!change) return "";
    const bool is_first = change->to == TipState::opened && (change->from == TipState::received || change->from == TipState::decided);
    return words.text(is_first ? "mailbox.first_opened" : "state." + std::string(name_of(change->to)));
}

Json steps_json(const language::Language& words, const intake::Intake::Mailbox& mailbox) {
    Json steps = Json::array();
    for (const auto& step : mailbox.steps) {
        const std::string title = step_title(words, step.kind);
        if (!title.empty()) steps.push(Json::object().set("day", words.day(step.day)).set("title", title));
    }
    return steps;
}

// What the desk wrote, opened by the words.
void add_answer(const language::Language& words, const MessageContent& content, Json& row) {
    if (!content.text.empty()) row.set("text", content.text);
    Json files = Json::array();
    for (std::size_t n = 1; n <= content.files.size(); ++n) {
        const AttachedFile& file = content.files[n - 1];
        files.push(Json::object().set("n", static_cast<std::int64_t>(n)).set("file", words.text("mailbox.download", {{"name", file.name}, {"size", size_words(words, file.size_bytes)}})));
    }
    row.set("files", std::move(files));
    if (!content.notice) return;
    row.set("notice", words.text("state." + std::string(name_of(content.notice->to)))).set("whom", content.notice->whom).set("why", content.notice->words);
}

Json messages_json(const language::Language& words, const intake::Intake::Mailbox& mailbox) {
    Json messages = Json::array();
    std::size_t answers = 0;
    for (const Message& message : mailbox.messages) {
        const bool is_answer = message.direction == MessageDirection::to_reporter;
        Json row = Json::object();
        row.set("side", is_answer ? "desk" : "own").set("who", words.text(is_answer ? "mailbox.desk" : "mailbox.you")).set("day", words.day(message.hour));
        row.set("id", message.id.text()).set("is_own", !is_answer);
        if (is_answer) {
            const std::optional<MessageContent> none;
            const auto& content = answers < mailbox.answers.size() ? mailbox.answers[answers++] : none;
            if (content) add_answer(words, *content, row);
            else row.set("text", words.text("mailbox.damaged"));
        }
        messages.push(std::move(row));
    }
    return messages;
}

// The last notice about the state in which the report is now.
const StepNotice* notice_of(const intake::Intake::Mailbox& mailbox) {
    for (auto answer = mailbox.answers.rbegin(); answer != mailbox.answers.rend(); ++answer)
        if (*answer && (*answer)->notice) return (*answer)->notice->to == mailbox.tip.state ? &*(*answer)->notice : nullptr;
    return nullptr;
}
}  // namespace

Response open_page(const Hotline& hotline, int status, const MailboxForm& form, const intake::Intake::Mailbox& mailbox, const MailboxSaid& said) {
    const language::Language& words = hotline.words;
    const Limits& limits = hotline.services.limits;
    const std::string state = "state." + std::string(name_of(mailbox.tip.state));
    Json values = Json::object();
    values.set("menu_words", form.words).set("menu_path", "/mailbox");
    values.set("proof_error", said.proof_error).set("withdraw_error", said.withdraw_error).set("file_error", said.file_error);
    values.set("words", form.words).set("sent", said.is_sent).set("error", said.error).set("message", said.is_sent ? "" : form.message);
    values.set("state_title", words.text(state)).set("state_text", words.text(state + ".text"));
    values.set("received", words.day(mailbox.tip.header.received_hour)).set("tip", mailbox.tip.header.id.text());
    if (mailbox.tip.first_opened_hour) values.set("first_opened", words.day(*mailbox.tip.first_opened_hour));
    const bool is_waiting = mailbox.tip.state == TipState::received || mailbox.tip.state == TipState::decided;
    if (mailbox.tip.ranking && is_waiting) values.set("due", words.hour(mailbox.tip.ranking->deadline)).set("overdue", mailbox.tip.ranking->deadline < hotline.services.clock.now());
    if (const StepNotice* notice = notice_of(mailbox)) values.set("whom", notice->whom).set("why", notice->words);
    values.set("steps", steps_json(words, mailbox)).set("messages", messages_json(words, mailbox));
    values.set("files_hint", words.text("mailbox.files_hint", {{"count", static_cast<std::int64_t>(limits.tip_files_max)}, {"size", size_words(words, limits.file_bytes_max)}}));
    if (mailbox.tip.withdrawn_hour) values.set("withdrawn", words.text("mailbox.withdrawn", {{"day", words.day(*mailbox.tip.withdrawn_hour)}}));
    return hotline.respond(status, Tab::mailbox, words.text("mailbox.open_title"), hotline.mailbox_open, values);
}

Response opened(const Hotline& hotline, const MailboxForm& form, int status, const MailboxSaid& said) {
    auto mailbox = hotline.services.intake.open_mailbox(form.words);
    if (!mailbox) return mailbox_error(hotline, form, mailbox.error());
    return open_page(hotline, status, form, *mailbox, said);
}

namespace {
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
    if (!proof) return open_page(hotline, proof.error().kind == ErrorKind::not_found ? 404 : 503, form, *mailbox, {.proof_error = hotline.words.text("mailbox.error_log")});
    Response response = Response::bytes(200, "text/plain; charset=utf-8", *proof);
    response.with("Content-Disposition", "attachment; filename=\"proof-of-receipt.tlog-proof\"");
    return response.with("Cache-Control", "no-store").with("Referrer-Policy", "no-referrer");
}

Response withdraw(const Hotline& hotline, const MailboxForm& form) {
    if (!form.is_confirmed) return opened(hotline, form, 422, {.withdraw_error = hotline.words.text("mailbox.error_confirm")});
    if (auto done = hotline.services.intake.withdraw(form.words); !done) return mailbox_error(hotline, form, done.error());
    return opened(hotline, form, 200, {});
}

// A file that the desk sent: opened with the words as it streams, and kept nowhere.
Response file(const Hotline& hotline, const MailboxForm& form) {
    const auto id = MessageId::from_text(form.message_id);
    const bool is_number = !form.file.empty() && form.file.size() < 4 && form.file.find_first_not_of("0123456789") == std::string::npos;
    auto found = id && is_number ? hotline.services.intake.answer_file(form.words, *id, static_cast<std::uint32_t>(std::stoul(form.file)))
                                 : Result<intake::AnswerFile>(fail(ErrorKind::not_found, "no such file"));
    // Words that open nothing are told as everywhere; a file that is not there on the open page.
    if (!found && found.error().kind == ErrorKind::not_found) return opened(hotline, form, 404, {.file_error = hotline.words.text("mailbox.error_no_file")});
    if (!found) return mailbox_error(hotline, form, found.error());
    return download(found->file.name, found->file.size_bytes, [reader = std::make_shared<std::unique_ptr<seal::PartReader>>(std::move(found->reader))](Bytes& out) { return (*reader)->next(out); });
}
}  // namespace

void add_mailbox_routes(Router& router, HotlinesPtr hotlines) {
    const auto post = [&router, hotlines](const char* path, auto act) {
        add_page(router, hotlines, path, [](const Hotline& hotline, const Request&) { return ask_page(hotline, 200, "", ""); });
        add_form(router, hotlines, path, [act](const Hotline& hotline, const Request& request) {
            const auto form = mailbox_form_from(request.body);
            if (!form) return ask_page(hotline, 400, "", hotline.words.text("mailbox.error_form"));
            return act(hotline, *form);
        });
    };
    post("/mailbox", [](const Hotline& own, const MailboxForm& form) { return opened(own, form, 200, {}); });
    post("/mailbox/withdraw", [](const Hotline& own, const MailboxForm& form) { return withdraw(own, form); });
    post("/mailbox/file", [](const Hotline& own, const MailboxForm& form) { return file(own, form); });
    add_page(router, hotlines, "/mailbox/message", [](const Hotline& hotline, const Request&) { return ask_page(hotline, 200, "", ""); });
    add_mailbox_message_route(router, hotlines);
    post("/mailbox/proof", [](const Hotline& own, const MailboxForm& form) { return proof(own, form); });
    post("/mailbox/inclusion", [](const Hotline& own, const MailboxForm& form) { return inclusion(own, form); });
}

}  // namespace plumbline::face

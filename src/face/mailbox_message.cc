// SPDX-License-Identifier: Apache-2.0
// A reporter writes to the desk and adds files: as a form without files (urlencoded) or with them (multipart, sealed piece by
// piece as they come). The words stand first in the form, because nothing can be sealed for a mailbox that is not known yet.
#include "base/utf8.h"
#include "face/mailbox_page.h"
#include "face/tip_fields.h"
#include "http/form_urlencoded.h"
#include "http/multipart.h"

namespace plumbline::face {

namespace {
constexpr std::size_t words_bytes_max = 1024;

class MessageSink final : public BodySink, public MultipartHandler {
  public:
    explicit MessageSink(const Hotline& hotline) : hotline_(hotline) {}
    Result<void> open(std::string_view content_type) {
        if (content_type.substr(0, content_type.find(';')) == "application/x-www-form-urlencoded") return {};
        reader_.emplace(TRY(MultipartReader::open(content_type, {}, *this)));
        return {};
    }
    Result<void> data(ByteView piece) override {
        if (reader_) return reader_->feed(piece);
        if (body_.size() + piece.size() > limits().http_body_bytes_max) return fail(ErrorKind::too_large, "the form is over {} bytes", limits().http_body_bytes_max);
        body_ += text_of(piece);
        return {};
    }
    Response finish() override;
    Response refuse(const Error& error) override;

    Result<void> begin_part(const PartHead& head) override;
    Result<void> part_data(ByteView piece) override;
    Result<void> end_part() override;

  private:
    enum class Part { ignored, words, message, work, file };
    const Limits& limits() const { return hotline_.services.limits; }
    bool is_admitted(const MailboxForm& form);   // asked once, before anything is sealed
    Response add(const MailboxForm& form);
    Response wrong(const MailboxForm& form, std::string error) { return opened(hotline_, form, 422, {.error = std::move(error)}); }

    const Hotline& hotline_;
    std::optional<MultipartReader> reader_;
    std::string body_;                       // of a form without files
    MailboxForm form_;
    std::unique_ptr<intake::Addition> addition_;
    Part part_ = Part::ignored;
    std::optional<bool> admitted_;
    bool is_full_ = false;                   // what files still come are read and dropped
    std::size_t message_bytes_ = 0;          // sent, kept or not
};

Result<void> MessageSink::begin_part(const PartHead& head) {
    part_ = Part::ignored;
    if (head.name == "words" && !head.file_name) part_ = Part::words;
    if (head.name == "message" && !head.file_name) part_ = Part::message;
    if (head.name == "work" && !head.file_name) part_ = Part::work;
    if (!head.file_name || head.file_name->empty() || is_full_ || !is_admitted(form_)) return {};
    if (!addition_) addition_ = TRY(hotline_.services.intake.begin_addition(form_.words));
    auto begun = addition_->begin_file(utf8_prefix(*head.file_name, limits().file_name_bytes_max), head.media_type);
    if (!begun && begun.error().kind == ErrorKind::too_large) {
        is_full_ = true;
        return {};
    }
    part_ = Part::file;
    return begun;
}

Result<void> MessageSink::part_data(ByteView piece) {
    if (part_ == Part::words && form_.words.size() + piece.size() <= words_bytes_max) form_.words += text_of(piece);
    if (part_ == Part::work && form_.work.size() + piece.size() <= limits().field_bytes_max) form_.work += text_of(piece);
    if (part_ == Part::message) {
        message_bytes_ += piece.size();
        const std::size_t room = limits().message_text_bytes_max * 2 - std::min(limits().message_text_bytes_max * 2, form_.message.size());
        form_.message += text_of(piece).substr(0, room);
    }
    if (part_ != Part::file) return {};
    auto taken = addition_->file_data(piece);
    if (taken || taken.error().kind != ErrorKind::too_large) return taken;
    is_full_ = true;
    part_ = Part::ignored;
    addition_.reset();   // throws away what was sealed
    return {};
}

Result<void> MessageSink::end_part() {
    const bool is_file = part_ == Part::file;
    part_ = Part::ignored;
    return is_file ? addition_->end_file() : Result<void>();
}

bool MessageSink::is_admitted(const MailboxForm& form) {
    WorkGate* gate = hotline_.services.work;
    if (!admitted_) admitted_ = gate == nullptr || gate->admit(form.work).has_value();
    return *admitted_;
}

Response MessageSink::add(const MailboxForm& form) {
    const language::Language& words = hotline_.words;
    const std::size_t limit = limits().message_text_bytes_max;
    const std::size_t bytes = std::max(message_bytes_, form.message.size());
    if (is_full_) return wrong(form, words.text("mailbox.error_files"));
    if (form.message.size() > limit) return wrong(form, words.text("error.too_long", {{"sent", static_cast<std::int64_t>(bytes)}, {"limit", static_cast<std::int64_t>(limit)}}));
    const bool has_files = addition_ && addition_->files() > 0;
    if (form.message.find_first_not_of(" \t\n") == std::string::npos && !has_files) return wrong(form, words.text("mailbox.error_empty"));
    if (!is_admitted(form)) return opened(hotline_, form, 503, {.error = words.text("report.failure_busy")});
    if (!addition_) {
        auto begun = hotline_.services.intake.begin_addition(form.words);
        if (!begun) return refuse(begun.error());
        addition_ = std::move(*begun);
    }
    if (auto added = addition_->finish(form.message); !added) return refuse(added.error());
    return opened(hotline_, form, 200, {.is_sent = true});
}

Response MessageSink::finish() {
    if (reader_) {
        if (auto ended = reader_->end(); !ended) return refuse(ended.error());
        form_.message = cleaned_text(form_.message);
        return add(form_);
    }
    auto form = mailbox_form_from(body_);
    if (!form) return hotline_.say(400, Tab::mailbox, hotline_.words.text("mailbox.not_opened"), hotline_.words.text("mailbox.error_form"));
    form_ = *form;
    return add(form_);
}

Response MessageSink::refuse(const Error& error) {
    addition_.reset();
    const language::Language& words = hotline_.words;
    constexpr std::string_view of_message = "message: ";
    if (error.message.starts_with(of_message)) return wrong(form_, words.text(error.kind == ErrorKind::too_large ? "mailbox.error_files" : "error.refused"));
    if (error.kind == ErrorKind::too_large) return wrong(form_, words.text("mailbox.error_files"));
    // Where the form itself did not come whole, its words may still be good: then the page stays open.
    if (error.kind == ErrorKind::invalid && hotline_.services.intake.open_mailbox(form_.words)) return wrong(form_, words.text("mailbox.error_cut"));
    return mailbox_error(hotline_, form_, error);
}
}  // namespace

void add_mailbox_message_route(Router& router, HotlinesPtr hotlines) {
    add_form_stream(router, hotlines, "/mailbox/message", [](const Hotline& hotline, const Request& request) -> Result<std::unique_ptr<BodySink>> {
        auto sink = std::make_unique<MessageSink>(hotline);
        TRY(sink->open(request.header("content-type")));
        return sink;
    });
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
#include "face/desk_answer.h"

#include "http/multipart.h"

namespace plumbline::face {

namespace {
constexpr std::size_t text_bytes_max = 64 * 1024;   // what is held; the service says where its own bound is

class RefusingSink final : public BodySink {
  public:
    explicit RefusingSink(Response response) : response_(std::move(response)) {}
    Result<void> data(ByteView) override { return fail(ErrorKind::denied, "refused"); }
    Response finish() override { return response_; }
    Response refuse(const Error&) override { return response_; }

  private:
    Response response_;
};

class AnswerSink final : public BodySink, public MultipartHandler {
  public:
    AnswerSink(std::unique_ptr<desk::AnswerWriter> writer, Refusal refusal) : writer_(std::move(writer)), refusal_(std::move(refusal)) {}
    Result<void> open(std::string_view content_type) {
        reader_.emplace(TRY(MultipartReader::open(content_type, {}, *this)));
        return {};
    }
    Result<void> data(ByteView piece) override { return reader_->feed(piece); }
    Response finish() override {
        if (auto ended = reader_->end(); !ended) return refuse(ended.error());
        auto sent = writer_->finish(text_);
        return sent ? Response::json(200, *sent) : refuse(sent.error());
    }
    Response refuse(const Error& error) override {
        writer_.reset();
        return refusal_(error);
    }

    Result<void> begin_part(const PartHead& head) override {
        is_file_ = head.file_name && !head.file_name->empty();
        is_text_ = !head.file_name && head.name == "text";
        return is_file_ ? writer_->begin_file(*head.file_name, head.media_type) : Result<void>();
    }
    Result<void> part_data(ByteView piece) override {
        if (is_file_) return writer_->file_data(piece);
        if (!is_text_) return {};
        if (text_.size() + piece.size() > text_bytes_max) return fail(ErrorKind::invalid, "text: at most {} bytes", text_bytes_max);
        text_ += text_of(piece);
        return {};
    }
    Result<void> end_part() override { return is_file_ ? writer_->end_file() : Result<void>(); }

  private:
    std::unique_ptr<desk::AnswerWriter> writer_;
    Refusal refusal_;
    std::optional<MultipartReader> reader_;
    std::string text_;
    bool is_file_ = false;
    bool is_text_ = false;
};
}  // namespace

std::unique_ptr<BodySink> refusing(Response response) { return std::make_unique<RefusingSink>(std::move(response)); }

Result<std::unique_ptr<BodySink>> take_answer(desk::DeskService& desk, TipId tip, const desk::Session& who, std::string_view content_type, Refusal refusal) {
    auto writer = desk.begin_answer(tip, who);
    if (!writer) return refusing(refusal(writer.error()));
    auto sink = std::make_unique<AnswerSink>(std::move(*writer), std::move(refusal));
    TRY(sink->open(content_type));
    return sink;
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// The API for machines (docs/formats/api.yaml): a partner's token, a tip as JSON or as multipart with files.
#include <charconv>

#include "base/log.h"
#include "face/hotline_pages.h"
#include "face/partner_answers.h"
#include "face/tip_fields.h"
#include "http/multipart.h"
#include "partners/report_taker.h"

namespace plumbline::face {

namespace {
constexpr std::size_t idempotency_key_bytes_max = 255;

Response field_problem(const FieldError& error) {
    const std::string name = error.field.empty() ? "tip" : error.field.substr(1);
    return Response::problem(422, "invalid", name + ": " + error.text, error.field);
}

// The intake's errors start with the field's name: "loss.currency: is not ..." stands for /loss/currency.
Response problem_of(const Error& error) {
    const std::size_t colon = error.message.find(": ");
    std::string pointer = "/" + error.message.substr(0, colon);
    const bool is_field = colon != std::string::npos && pointer.find_first_not_of("abcdefghijklmnopqrstuvwxyz_./") == std::string::npos;
    if (!is_field || (error.kind != ErrorKind::invalid && error.kind != ErrorKind::too_large)) return Response::from_error(error);
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    std::string title(name_of(error.kind));
    std::replace(title.begin(), title.end(), '_', ' ');
    return Response::problem(http_status_of(error.kind), title, error.message, pointer);
}

class TipSink final : public BodySink, public MultipartHandler {
  public:
    TipSink(HotlinePtr hotline, std::string partner, std::string_view idempotency_key) : hotline_(hotline) {
        options_.channel = TipChannel::api;
        options_.partner = partner;
        if (!idempotency_key.empty()) options_.dedup_source = to_bytes(fmt::format("api\n{}\n{}", partner, idempotency_key));
    }
    Result<void> open(std::string_view content_type) {
        if (content_type.substr(0, content_type.find(';')) == "application/json") return {};
        reader_.emplace(TRY(MultipartReader::open(content_type, {}, *this)));
        return {};
    }
    Result<void> data(ByteView piece) override { return reader_ ? reader_->feed(piece) : take_json(piece); }
    Response finish() override;
    Response refuse(const Error& error) override;

    Result<void> begin_part(const PartHead& head) override;
    Result<void> part_data(ByteView piece) override { return is_in_file_ ? writer_->file_data(piece) : take_json(piece); }
    Result<void> end_part() override;

  private:
    Result<void> take_json(ByteView piece);
    Result<void> read_tip();
    Result<void> ensure_writer();

    HotlinePtr hotline_;
    intake::SubmissionOptions options_;
    std::optional<MultipartReader> reader_;
    std::unique_ptr<intake::TipWriter> writer_;
    std::string json_;
    bool is_in_file_ = false;
    std::optional<TipContent> content_;
    std::optional<FieldError> problem_;
};

Result<void> TipSink::ensure_writer() {
    if (!writer_) writer_ = TRY(hotline_->services.intake.begin(options_));
    return {};
}

Result<void> TipSink::take_json(ByteView piece) {
    const std::size_t limit = hotline_->services.limits.http_body_bytes_max;
    if (json_.size() + piece.size() > limit) return fail(ErrorKind::too_large, "the tip's JSON is over {} bytes", limit);
    json_ += text_of(piece);
    return {};
}

Result<void> TipSink::begin_part(const PartHead& head) {
    is_in_file_ = head.name != "tip";
    if (!is_in_file_) {
        if (content_) return fail(ErrorKind::invalid, "tip: there are two parts of this name");
        return {};
    }
    if (!head.file_name || head.file_name->empty()) {
        problem_ = FieldError{"", "the part \"" + head.name.substr(0, 64) + "\" is neither \"tip\" nor a file with a filename"};
        return fail(ErrorKind::invalid, "a part that is no file");
    }
    if (head.file_name->size() > hotline_->services.limits.file_name_bytes_max)
        return fail(ErrorKind::too_large, "a file's name is over {} bytes", hotline_->services.limits.file_name_bytes_max);
    TRY(ensure_writer());
    return writer_->begin_file(*head.file_name, head.media_type);
}

Result<void> TipSink::end_part() {
    if (is_in_file_) return writer_->end_file();
    return read_tip();
}

Result<void> TipSink::read_tip() {
    auto json = parse_json(json_, hotline_->services.limits.json_depth_max);
    if (!json) {
        problem_ = FieldError{"", json.error().message};
        return fail(json.error());
    }
    CheckedJson checked = check_json(*json, hotline_->services.categories, hotline_->services.limits);
    if (!checked.errors.empty()) {
        problem_ = checked.errors.front();
        return fail(ErrorKind::invalid, "a field is refused");
    }
    content_ = std::move(checked.content);
    json_.clear();
    return {};
}

Response TipSink::finish() {
    Result<void> ended = reader_ ? reader_->end() : read_tip();
    if (ended && !content_) ended = fail(ErrorKind::invalid, "tip: this part is missing");
    if (ended) ended = ensure_writer();
    if (!ended) return refuse(ended.error());
    auto receipt = writer_->finish(std::move(*content_));
    if (!receipt) return refuse(receipt.error());
    // The partner is not silent. Where that cannot be noted, the tip is durable all the same.
    if (auto noted = hotline_->services.store.note_partner(options_.partner, hour_of(hotline_->services.clock.now())); !noted) log_event(LogLevel::error, "partner.not_noted", {{"error", noted.error().message}});
    Json body = Json::object();
    body.set("id", receipt->tip.text()).set("is_new", receipt->is_new);
    if (auto row = hotline_->services.store.tip(receipt->tip)) body.set("entry", row->received_index);
    if (receipt->is_new) body.set("words", receipt->words).set("proof", receipt->proof);
    return Response::json(receipt->is_new ? 201 : 200, body);
}

Response TipSink::refuse(const Error& error) {
    writer_.reset();
    if (problem_) return field_problem(*problem_);
    if (error.kind == ErrorKind::unavailable || error.kind == ErrorKind::busy)
        return Response::problem(503, std::string(name_of(error.kind)), "nothing was stored: try again later");
    return problem_of(error);
}

Result<std::unique_ptr<BodySink>> open_tip(HotlinePtr hotline, const Request& request) {
    auto admitted = admit(hotline->services, request, partners::scope_tips);
    if (!admitted) return fail(std::move(admitted).error());
    if (admitted->refusal) return std::make_unique<RefusingSink>(std::move(*admitted->refusal));
    const TokenRow& token = admitted->token;
    if (hotline->services.reports != nullptr && !hotline->services.reports->rates.take(token.partner, token.items_per_hour, hotline->services.clock.now()))
        return std::make_unique<RefusingSink>(over_rate(hotline->services.clock));
    const std::string_view key = request.header("idempotency-key");
    if (key.size() > idempotency_key_bytes_max)
        return std::make_unique<RefusingSink>(Response::problem(422, "invalid", fmt::format("Idempotency-Key: has more than {} bytes", idempotency_key_bytes_max)));
    auto sink = std::make_unique<TipSink>(hotline, token.partner, key);
    TRY(sink->open(request.header("content-type")));
    return sink;
}

Response status_answer(const Hotline& hotline) {
    auto counts = hotline.services.store.counts();
    if (!counts) return Response::from_error(counts.error());
    Json body = Json::object();
    body.set("ready", !hotline.services.is_ready || hotline.services.is_ready());
    body.set("tips", counts->tips).set("processed", counts->processed);
    body.set("jobs_waiting", counts->jobs_waiting).set("jobs_done", counts->jobs_done).set("jobs_failed", counts->jobs_failed);
    body.set("ledger_size", counts->ledger_size);
    body.set("demo", hotline.services.is_demo);
    return Response::json(200, body);
}

Json categories_json(const Categories& categories) {
    Json leaves = Json::array();
    for (const Category& leaf : categories.leaves()) {
        Json row = Json::object();
        row.set("code", leaf.code).set("group", name_of(leaf.group)).set("title", leaf.title).set("plain", leaf.plain);
        leaves.push(std::move(row));
    }
    Json body = Json::object();
    body.set("version", categories.version()).set("categories", std::move(leaves));
    return body;
}
Response text_answer(Result<std::string> text) {
    if (!text) return Response::from_error(text.error());
    return Response::bytes(200, "text/plain; charset=utf-8", std::move(*text)).with("Access-Control-Allow-Origin", "*");
}

Response log_proof(const Hotline& hotline, const std::string& text) {
    std::uint64_t index = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (problem != std::errc() || end != text.data() + text.size() || !hotline.services.proof_of) return Response::problem(404, "not found", "there is no such entry");
    return text_answer(hotline.services.proof_of(index));
}
}  // namespace

void add_api_routes(Router& router, HotlinePtr hotline) {
    router.get("/api/v1/status", [hotline](const Request&) { return status_answer(*hotline); });
    router.get("/api/v1/work", [hotline](const Request&) {
        Json none = Json::object();
        none.set("bits", 0).set("puzzles", static_cast<std::int64_t>(work_puzzles));
        return Response::json(200, hotline->services.work != nullptr ? hotline->services.work->offer() : none);
    });
    router.get("/api/v1/categories", [hotline](const Request&) { return Response::json(200, categories_json(hotline->services.categories)); });
    router.get("/api/v1/keys", [hotline](const Request&) {
        return text_answer(hotline->services.keys_text ? hotline->services.keys_text() : Result<std::string>(fail(ErrorKind::not_found, "no keys are published here")));
    });
    router.get("/api/v1/ledger/proofs/{index}", [hotline](const Request& request) { return log_proof(*hotline, request.path_values.at("index")); });
    router.post_stream("/api/v1/tips", [hotline](const Request& request) { return open_tip(hotline, request); });
}

}  // namespace plumbline::face

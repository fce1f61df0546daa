// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/reports (docs/formats/api.yaml): reports of machines, one or many, each answered for itself.
#include "face/hotline_pages.h"
#include "face/partner_answers.h"
#include "partners/report_taker.h"
#include "reports/splitter.h"

namespace plumbline::face {

namespace {

using partners::ItemAnswer;
using partners::ItemOutcome;
using reports::ReportForm;

constexpr std::uint64_t items_max = 100'000;
constexpr std::size_t idempotency_key_bytes_max = 255;

// How the body is read, by its content type.
struct BodyKind {
    std::string_view content_type;
    ReportForm form;
    std::optional<reports::BatchForm> batch;    // nullopt: the body is one document
    bool is_lines = false;                      // always answered as a batch
};
constexpr BodyKind body_kinds[] = {
    {"application/json", ReportForm::json, reports::BatchForm::json},       {"application/xarf+json", ReportForm::json, reports::BatchForm::json},
    {"application/jsonl", ReportForm::json, reports::BatchForm::json, true}, {"application/x-ndjson", ReportForm::json, reports::BatchForm::json, true},
    {"application/json-seq", ReportForm::json, reports::BatchForm::json, true}, {"message/rfc822", ReportForm::mail, std::nullopt},
    {"application/mbox", ReportForm::mail, reports::BatchForm::mbox, true},  {"application/xml", ReportForm::xml, std::nullopt},
    {"text/xml", ReportForm::xml, std::nullopt},                             {"text/csv", ReportForm::csv, reports::BatchForm::csv, true}};

const BodyKind* body_kind_of(std::string_view content_type) {
    std::string wanted(content_type.substr(0, content_type.find(';')));
    while (wanted.ends_with(' ')) wanted.pop_back();
    for (char& c : wanted)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    for (const BodyKind& kind : body_kinds)
        if (kind.content_type == wanted) return &kind;
    return nullptr;
}

int status_of(const ItemAnswer& answer) {
    switch (answer.outcome) {
        case ItemOutcome::accepted: return 201;
        case ItemOutcome::duplicate:
        case ItemOutcome::known: return 200;
        case ItemOutcome::over_rate: return 429;
        case ItemOutcome::unavailable: return 503;
        case ItemOutcome::refused: return 422;
    }
    return 500;
}

// Takes the body as it comes. What is held is one item, one group of the taker and the answers' lines.
class ReportsSink final : public BodySink {
  public:
    ReportsSink(HotlinePtr hotline, const BodyKind& kind, const TokenRow& token, std::string_view idempotency_key)
        : hotline_(hotline), kind_(kind),
          taker_(*hotline->services.reports, token, idempotency_key.empty() ? std::string() : "key " + std::string(idempotency_key), [this](const ItemAnswer& answer) { note(answer); }) {
        // Each row of a list goes alone, with the first row before it: its raw bytes are kept.
        if (kind.batch) splitter_.emplace(*kind.batch, reports::ItemSplitter::Bounds{hotline->services.limits.json_bytes_max, 1});
    }

    Result<void> data(ByteView piece) override {
        if (splitter_) return splitter_->feed(piece, [this](const reports::BatchItem& item) { return take(item); });
        const std::size_t limit = hotline_->services.limits.json_bytes_max;
        if (document_.size() + piece.size() > limit) return fail(ErrorKind::too_large, "a report may have {} bytes", limit);
        append(document_, piece);
        return {};
    }

    Response finish() override {
        Result<void> ended = splitter_ ? splitter_->end([this](const reports::BatchItem& item) { return take(item); }) : taker_.take(1, kind_.form, document_);
        if (ended) ended = taker_.flush();
        if (!ended) return refuse(ended.error());
        if (answers_ == 0) return Response::problem(422, "invalid", "the body holds no report");
        const bool is_single = answers_ == 1 && !kind_.is_lines;
        return is_single ? single() : many(200);
    }

    Response refuse(const Error& error) override {
        // What was answered so far is durable and is said.
        if (answers_ > 0) return with_retry(many(503));
        if (error.kind == ErrorKind::unavailable || error.kind == ErrorKind::busy || error.kind == ErrorKind::timeout)
            return Response::problem(503, std::string(partners::name_of(ItemOutcome::unavailable)), "nothing was stored: try again later");
        return Response::from_error(error);
    }

  private:
    Result<void> take(const reports::BatchItem& item) {
        if (item.number > items_max) {
            if (item.number == items_max + 1) taker_.refuse(item.number, "", fmt::format("a batch may have {} items: this one and the ones behind it are not taken", items_max));
            return {};
        }
        if (item.refused.empty()) return taker_.take(item.number, kind_.form, view(item.text));
        taker_.refuse(item.number, "", item.refused);
        return {};
    }

    void note(const ItemAnswer& answer) {
        ++answers_;
        ++counts_[static_cast<std::size_t>(answer.outcome)];
        if (answers_ == 1) first_ = answer;
        lines_ += partners::to_json(answer).dump();
        lines_ += '\n';
    }

    Response single() const {
        if (first_.outcome == ItemOutcome::refused) {
            Response response = Response::problem(422, "invalid", first_.reason, first_.where);
            return response;
        }
        if (first_.outcome == ItemOutcome::over_rate) return over_rate(hotline_->services.clock);
        return Response::json(status_of(first_), partners::to_json(first_));
    }

    Response many(int status) {
        Json total = Json::object();
        for (const ItemOutcome outcome : {ItemOutcome::accepted, ItemOutcome::duplicate, ItemOutcome::known, ItemOutcome::refused, ItemOutcome::over_rate, ItemOutcome::unavailable})
            total.set(partners::name_of(outcome), counts_[static_cast<std::size_t>(outcome)]);
        Response response = Response::bytes(status, "application/jsonl", lines_ + total.dump() + "\n");
        if (counts_[static_cast<std::size_t>(ItemOutcome::over_rate)] > 0) response.with("Retry-After", std::to_string(partners::seconds_to_next_hour(hotline_->services.clock.now())));
        return response;
    }

    static Response with_retry(Response response) { return response.with("Retry-After", "10"); }

    HotlinePtr hotline_;
    const BodyKind& kind_;
    std::string lines_;
    ItemAnswer first_;
    std::uint64_t answers_ = 0;
    std::array<std::uint64_t, 6> counts_{};
    Bytes document_;
    partners::ReportTaker taker_;
    std::optional<reports::ItemSplitter> splitter_;
};

Result<std::unique_ptr<BodySink>> open_reports(HotlinePtr hotline, const Request& request) {
    const HotlineServices& services = hotline->services;
    auto admitted = admit(services, request, partners::scope_reports);
    if (!admitted) return fail(std::move(admitted).error());
    if (admitted->refusal) return std::make_unique<RefusingSink>(std::move(*admitted->refusal));
    const std::string_view key = request.header("idempotency-key");
    if (key.size() > idempotency_key_bytes_max)
        return std::make_unique<RefusingSink>(Response::problem(422, "invalid", fmt::format("Idempotency-Key: has more than {} bytes", idempotency_key_bytes_max)));
    const BodyKind* kind = body_kind_of(request.header("content-type"));
    if (kind == nullptr)
        return std::make_unique<RefusingSink>(Response::problem(415, "unsupported", "Content-Type: application/json, application/jsonl, message/rfc822, application/mbox, application/xml or text/csv"));
    return std::make_unique<ReportsSink>(hotline, *kind, admitted->token, key);
}

}  // namespace

void add_reports_routes(Router& router, HotlinePtr hotline) {
    if (hotline->services.reports == nullptr) return;
    router.post_stream("/api/v1/reports", [hotline](const Request& request) { return open_reports(hotline, request); });
}

}  // namespace plumbline::face

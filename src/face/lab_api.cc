// SPDX-License-Identifier: Apache-2.0
#include "face/lab_api.h"

#include <algorithm>
#include <charconv>

#include "lab/lab_messages.h"
#include "seal/envelope.h"

namespace plumbline::face {
namespace {

Response no_content() {
    Response response;
    response.status = 204;
    return response;
}

Response answer_of(Result<Response> result) { return result ? std::move(*result) : Response::from_error(result.error()); }

Result<std::uint32_t> part_number_of(const Request& request) {
    const std::string& text = request.path_values.at("part");
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return fail(ErrorKind::not_found, "no part {}", text);
    return number;
}

// "bytes=N-" and "bytes=N-M" (RFC 9110 section 14.1.2), M included. nullopt: another form, which section 14.2 lets a
// server ignore.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = UINT64_MAX;
};
std::optional<ByteRange> range_of(std::string_view header) {
    constexpr std::string_view unit = "bytes=";
    const std::size_t dash = header.find('-');
    if (!header.starts_with(unit) || dash == std::string_view::npos) return std::nullopt;
    const auto read = [](std::string_view digits, std::uint64_t& number) {
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return !digits.empty() && error == std::errc() && stop == digits.data() + digits.size();
    };
    ByteRange range;
    if (!read(header.substr(unit.size(), dash - unit.size()), range.first)) return std::nullopt;
    const std::string_view last = header.substr(dash + 1);
    if (!last.empty() && (!read(last, range.last) || range.last < range.first)) return std::nullopt;
    return range;
}

using SealedVerb = Result<void> (dispatch::LabDesk::*)(const dispatch::LabIdentity&, std::string_view lease, ByteView sealed);

// The body of a finding or a bookmark, up to its bound, and then handed over if it is the one that was signed.
class SealedSink final : public BodySink {
  public:
    SealedSink(dispatch::LabDesk& desk, SealedVerb verb, lab::CheckedRequest request, std::string lease)
        : desk_(desk), verb_(verb), request_(std::move(request)), lease_(std::move(lease)) {}
    Result<void> data(ByteView piece) override {
        if (body_.size() + piece.size() > dispatch::sealed_finding_bytes_max) {
            return fail(ErrorKind::too_large, "at most {} bytes sealed", dispatch::sealed_finding_bytes_max);
        }
        append(body_, piece);
        return {};
    }
    Response finish() override {
        if (sha256(body_) != request_.content_sha256) {
            return Response::from_error({ErrorKind::denied, "Plumbline-Content-SHA256: the body is another"});
        }
        const auto done = (desk_.*verb_)(request_.lab, lease_, body_);
        return done ? no_content() : Response::from_error(done.error());
    }

  private:
    dispatch::LabDesk& desk_;
    const SealedVerb verb_;
    const lab::CheckedRequest request_;
    const std::string lease_;
    Bytes body_;
};

// A range of a part, piece by piece. A std::function must be able to copy what it holds; a copy opens the part again.
class PartReading {
  public:
    PartReading(dispatch::LabDesk& desk, dispatch::LabIdentity lab, std::string lease, std::uint32_t part, std::uint64_t begin, std::uint64_t end,
                std::unique_ptr<dispatch::PartSource> source)
        : desk_(desk), lab_(std::move(lab)), lease_(std::move(lease)), part_(part), offset_(begin), end_(end), source_(std::move(source)) {}
    PartReading(PartReading&&) = default;
    PartReading(const PartReading& other)
        : desk_(other.desk_), lab_(other.lab_), lease_(other.lease_), part_(other.part_), offset_(other.offset_), end_(other.end_) {}
    PartReading& operator=(const PartReading&) = delete;
    Result<bool> operator()(Bytes& out) {
        if (!source_) source_ = TRY(desk_.part(lab_, lease_, part_, false));
        const std::size_t before = out.size();
        out.resize(before + static_cast<std::size_t>(std::min<std::uint64_t>(seal::chunk_plain_bytes, end_ - offset_)));
        const auto count = source_->read(offset_, std::span(out).subspan(before));
        out.resize(before + count.value_or(0));
        if (!count) return fail(count.error());
        offset_ += *count;
        return *count > 0;
    }

  private:
    dispatch::LabDesk& desk_;
    dispatch::LabIdentity lab_;
    std::string lease_;
    std::uint32_t part_;
    std::uint64_t offset_;
    std::uint64_t end_;
    std::unique_ptr<dispatch::PartSource> source_;
};

}  // namespace

LabApi::LabApi(dispatch::LabDesk& desk, Clock& clock)
    : desk_(desk), guard_([&desk](LabId id) { return desk.lab(id); }, clock) {}

Result<lab::CheckedRequest> LabApi::check(const Request& request) {
    if (!request.query.empty()) return fail(ErrorKind::invalid, "no query is taken here");
    return guard_.check({request.method, request.path, request.header("plumbline-lab"), request.header("plumbline-time"),
                         request.header("plumbline-nonce"), request.header("plumbline-content-sha256"),
                         request.header("plumbline-signature")});
}

Result<dispatch::LabIdentity> LabApi::check_with_body(const Request& request) {
    lab::CheckedRequest checked = TRY(check(request));
    if (sha256(view(request.body)) != checked.content_sha256) {
        return fail(ErrorKind::denied, "Plumbline-Content-SHA256: the body is another");
    }
    return std::move(checked.lab);
}

Result<Response> LabApi::lease(const Request& request) {
    const dispatch::LabIdentity lab = TRY(check_with_body(request));
    const lab::LeaseRequest wanted = TRY(lab::lease_request_from(TRY(parse_json(request.body))));
    const auto lease = TRY(desk_.lease(lab, wanted.skills, wanted.wait_seconds));
    return lease ? Response::json(200, lab::to_json(*lease)) : no_content();
}

Result<Response> LabApi::part(const Request& request) {
    const dispatch::LabIdentity lab = TRY(check_with_body(request));
    const std::optional<ByteRange> range = range_of(request.header("range"));
    const std::uint64_t start = range ? range->first : 0;
    const std::uint32_t number = TRY(part_number_of(request));
    auto source = TRY(desk_.part(lab, request.path_values.at("lease"), number, start == 0));
    const std::uint64_t size = source->sealed_bytes();
    if (start > 0 && start >= size) {
        Response response = Response::problem(416, "Range Not Satisfiable", fmt::format("the part has {} bytes", size));
        return response.with("Content-Range", fmt::format("bytes */{}", size));
    }
    const std::uint64_t end = range && range->last < size ? range->last + 1 : size;
    Response response;
    response.status = range ? 206 : 200;
    response.with("Content-Type", "application/octet-stream").with("Cache-Control", "no-store").with("Accept-Ranges", "bytes");
    if (range) response.with("Content-Range", fmt::format("bytes {}-{}/{}", start, end - 1, size));
    response.body_source_size = end - start;
    response.body_source = PartReading(desk_, lab, request.path_values.at("lease"), number, start, end, std::move(source));
    return response;
}

Result<Response> LabApi::bookmark(const Request& request) {
    const dispatch::LabIdentity lab = TRY(check_with_body(request));
    const std::optional<Bytes> sealed = TRY(desk_.bookmark(lab, request.path_values.at("lease")));
    if (!sealed) return no_content();
    Response response;
    response.status = 200;
    response.with("Content-Type", "application/octet-stream").with("Cache-Control", "no-store");
    response.body = text_of(*sealed);
    return response;
}

Result<Response> LabApi::renew(const Request& request) {
    const dispatch::LabIdentity lab = TRY(check_with_body(request));
    return Response::json(200, lab::to_json(TRY(desk_.renew(lab, request.path_values.at("lease")))));
}

Result<Response> LabApi::give_back(const Request& request) {
    const dispatch::LabIdentity lab = TRY(check_with_body(request));
    const lab::GiveBackRequest wanted = TRY(lab::give_back_request_from(TRY(parse_json(request.body))));
    TRY(desk_.give_back(lab, request.path_values.at("lease"), wanted.reason, wanted.is_final));
    return no_content();
}

void LabApi::add_routes(Router& router) {
    router.post("/lab/v1/lease", [this](const Request& request) { return answer_of(lease(request)); });
    router.get("/lab/v1/leases/{lease}/parts/{part}", [this](const Request& request) { return answer_of(part(request)); });
    router.post("/lab/v1/leases/{lease}/renew", [this](const Request& request) { return answer_of(renew(request)); });
    router.post("/lab/v1/leases/{lease}/give-back", [this](const Request& request) { return answer_of(give_back(request)); });
    router.get("/lab/v1/leases/{lease}/bookmark", [this](const Request& request) { return answer_of(bookmark(request)); });
    const auto sealed = [this](SealedVerb verb) {
        return [this, verb](const Request& request) -> Result<std::unique_ptr<BodySink>> {
            lab::CheckedRequest checked = TRY(check(request));
            return std::unique_ptr<BodySink>(std::make_unique<SealedSink>(desk_, verb, std::move(checked), request.path_values.at("lease")));
        };
    };
    router.post_stream("/lab/v1/leases/{lease}/finding", sealed(&dispatch::LabDesk::complete));
    router.post_stream("/lab/v1/leases/{lease}/bookmark", sealed(&dispatch::LabDesk::keep_bookmark));
}

}  // namespace plumbline::face

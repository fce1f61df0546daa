// SPDX-License-Identifier: Apache-2.0
// Resumable uploads of sealed parts: tus 1.0 (core, creation, termination, expiration). An upload is its address, which only
// who made it knows: no cookie, no name, no address of a client is looked at.
#include <charconv>

#include "face/hotline_pages.h"
#include "seal/envelope.h"

namespace plumbline::face {

namespace {
constexpr const char* tus_version = "1.0.0";
constexpr const char* offset_type = "application/offset+octet-stream";
constexpr std::size_t secret_letters = 32;

// RFC 9110 section 5.6.7.
std::string http_date(Instant instant) {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Day day = day_of(instant);
    const std::chrono::year_month_day date(day);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(instant - day).count();
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()), seconds / 3600, seconds / 60 % 60, seconds % 60);
}

Response answer(int status) {
    Response response;
    response.status = status;
    return response.with("Tus-Resumable", tus_version).with("Cache-Control", "no-store");
}

Response with_tus(Response response) { return response.with("Tus-Resumable", tus_version); }

std::optional<std::uint64_t> number_in(const Request& request, std::string_view header) {
    const std::string_view text = request.header(header);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// What a request is refused with before anything is looked up; nullopt where it may go on.
std::optional<Response> refused(const Request& request) {
    if (request.header("tus-resumable") == tus_version) return std::nullopt;
    return with_tus(Response::problem(412, "precondition failed", "send Tus-Resumable: 1.0.0")).with("Tus-Version", tus_version);
}

Response problem_of(const Error& error, std::string_view upload) {
    // A well-formed address that leads nowhere did exist, as far as can be told.
    if (error.kind == ErrorKind::not_found && upload.size() == secret_letters) return with_tus(Response::problem(410, "gone", error.message));
    if (error.kind == ErrorKind::corrupt || error.kind == ErrorKind::unsupported) return with_tus(Response::problem(422, "invalid", error.message));
    return with_tus(Response::from_error(error));
}

std::string_view upload_of(const Request& request) { return request.path_values.at("upload"); }

class PatchSink final : public BodySink {
  public:
    PatchSink(std::unique_ptr<intake::UploadPieces> pieces, std::string expires, std::string upload)
        : pieces_(std::move(pieces)), expires_(std::move(expires)), upload_(std::move(upload)) {}
    Result<void> data(ByteView piece) override { return pieces_->data(piece); }
    Response finish() override {
        const auto offset = pieces_->finish();
        if (!offset) return refuse(offset.error());
        return answer(204).with("Upload-Offset", std::to_string(*offset)).with("Upload-Expires", expires_);
    }
    Response refuse(const Error& error) override { return problem_of(error, upload_); }

  private:
    std::unique_ptr<intake::UploadPieces> pieces_;
    const std::string expires_, upload_;
};

// Answers before it takes anything.
class RefusedPatch final : public BodySink {
  public:
    explicit RefusedPatch(Response response) : response_(std::move(response)) {}
    Result<void> data(ByteView) override { return fail(ErrorKind::denied, "refused"); }
    Response finish() override { return response_; }
    Response refuse(const Error&) override { return response_; }

  private:
    Response response_;
};

std::unique_ptr<BodySink> open_patch(HotlinePtr hotline, const Request& request) {
    const auto refuse = [](Response response) -> std::unique_ptr<BodySink> { return std::make_unique<RefusedPatch>(std::move(response)); };
    if (auto response = refused(request)) return refuse(std::move(*response));
    if (request.header("content-type") != offset_type) return refuse(with_tus(Response::problem(415, "unsupported", fmt::format("send Content-Type: {}", offset_type))));
    const auto offset = number_in(request, "upload-offset");
    if (!offset) return refuse(with_tus(Response::problem(400, "bad request", "Upload-Offset: send how many bytes came before")));
    const std::string upload(upload_of(request));
    const auto progress = hotline->services.sealed->progress(upload);
    if (!progress) return refuse(problem_of(progress.error(), upload));
    auto pieces = hotline->services.sealed->append(upload, *offset);
    if (!pieces) return refuse(problem_of(pieces.error(), upload));
    return std::make_unique<PatchSink>(std::move(*pieces), http_date(progress->expires), upload);
}

Response options(const Hotline& hotline) {
    Response response = answer(204);
    response.with("Tus-Version", tus_version).with("Tus-Extension", "creation,termination,expiration");
    return response.with("Tus-Max-Size", std::to_string(seal::sealed_bytes_of(hotline.services.limits.file_bytes_max)));
}

Response create(const Hotline& hotline, const Request& request) {
    if (auto response = refused(request)) return *response;
    const auto length = number_in(request, "upload-length");
    if (!length) return with_tus(Response::problem(400, "bad request", "Upload-Length: send how many bytes the sealed part has"));
    const auto upload = hotline.services.sealed->create_upload(*length);
    if (!upload) return problem_of(upload.error(), "");
    return answer(201).with("Location", "/api/v1/uploads/" + upload->secret).with("Upload-Expires", http_date(upload->expires));
}

Response progress(const Hotline& hotline, const Request& request) {
    if (auto response = refused(request)) return *response;
    const auto found = hotline.services.sealed->progress(upload_of(request));
    if (!found) return problem_of(found.error(), upload_of(request));
    return answer(200).with("Upload-Offset", std::to_string(found->offset_bytes)).with("Upload-Length", std::to_string(found->length_bytes)).with("Upload-Expires", http_date(found->expires));
}

Response end(const Hotline& hotline, const Request& request) {
    if (auto response = refused(request)) return *response;
    const auto ended = hotline.services.sealed->end_upload(upload_of(request));
    if (!ended) return problem_of(ended.error(), upload_of(request));
    return answer(204);
}
}  // namespace

void add_tus_routes(Router& router, HotlinePtr hotline) {
    if (hotline->services.sealed == nullptr) return;
    router.options("/api/v1/uploads", [hotline](const Request&) { return options(*hotline); });
    router.options("/api/v1/uploads/{upload}", [hotline](const Request&) { return options(*hotline); });
    router.post("/api/v1/uploads", [hotline](const Request& request) { return create(*hotline, request); });
    router.get("/api/v1/uploads/{upload}", [hotline](const Request& request) { return progress(*hotline, request); });
    router.patch_stream("/api/v1/uploads/{upload}", [hotline](const Request& request) -> Result<std::unique_ptr<BodySink>> { return open_patch(hotline, request); });
    router.remove("/api/v1/uploads/{upload}", [hotline](const Request& request) { return end(*hotline, request); });
}

}  // namespace plumbline::face

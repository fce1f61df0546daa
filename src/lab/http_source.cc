// SPDX-License-Identifier: Apache-2.0
#include "lab/http_source.h"

#include <unistd.h>

#include <algorithm>

#include "lab/lab_messages.h"
#include "lab/memory_file.h"
#include "lab/request_signature.h"

namespace plumbline::lab {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view bytes_type = "application/octet-stream";
constexpr int fruitless_tries_max = 3;
constexpr std::size_t problem_bytes_max = 300;

// The server's own words, cut and without control characters, since they go to a log.
std::string detail_of(const ClientAnswer& answer) {
    std::string detail;
    if (const auto json = parse_json(answer.body)) detail = json->text_at_or("detail", "").value_or("");
    detail.resize(std::min(detail.size(), problem_bytes_max));
    for (char& letter : detail) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = ' ';
    }
    return detail;
}

ErrorKind kind_of(int status) {
    switch (status) {
        case 401:
        case 403: return ErrorKind::denied;
        case 404:
        case 416: return ErrorKind::not_found;
        case 409: return ErrorKind::conflict;
        case 413: return ErrorKind::too_large;
        case 400:
        case 422: return ErrorKind::invalid;
        default: return status >= 500 || status == 429 || status == 408 ? ErrorKind::unavailable : ErrorKind::unsupported;
    }
}

Result<ClientAnswer> checked(ClientAnswer answer) {
    if (answer.status >= 200 && answer.status < 300) return answer;
    return fail(kind_of(answer.status), "the desk says {}: {}", answer.status, detail_of(answer));
}

std::string lease_path(std::string_view lease, std::string_view verb) { return fmt::format("/lab/v1/leases/{}/{}", lease, verb); }

}  // namespace

Result<std::unique_ptr<HttpSource>> HttpSource::open(const ClientOptions& options, const LabKeys& keys, Clock& clock, Entropy& entropy) {
    std::unique_ptr<HttpSource> source(new HttpSource(keys, clock, entropy));
    source->client_ = TRY(HttpClient::open(options));
    source->renewals_ = TRY(HttpClient::open(options));
    return source;
}

Result<ClientAnswer> HttpSource::post(HttpClient& client, const std::string& path, std::string_view media_type, ByteView body) {
    Headers headers = sign_request(keys_, clock_.now(), entropy_, "POST", path, body);
    headers.emplace_back("Content-Type", media_type);
    return checked(TRY(client.request("POST", path, headers, body)));
}

Result<std::optional<dispatch::LabLease>> HttpSource::lease(const std::vector<std::string>& skills, unsigned wait_seconds) {
    const std::string body = to_json(LeaseRequest{skills, wait_seconds}).dump();
    const ClientAnswer answer = TRY(post(*client_, "/lab/v1/lease", json_type, view(body)));
    if (answer.status == 204) return std::optional<dispatch::LabLease>();
    return std::optional<dispatch::LabLease>(TRY(lab_lease_from(TRY(parse_json(answer.body)))));
}

// A broken connection costs what was not yet there: the next try goes on behind it. Only tries that bring nothing count.
Result<void> HttpSource::download(const std::string& path, std::uint64_t offset, std::uint64_t count, int into_file) {
    std::uint64_t have = 0;
    for (int fruitless = 0;;) {
        Headers headers = sign_request(keys_, clock_.now(), entropy_, "GET", path, {});
        headers.emplace_back("Range", fmt::format("bytes={}-{}", offset + have, offset + count - 1));
        const auto answer = client_->download("GET", path, headers, into_file);
        const off_t place = ::lseek(into_file, 0, SEEK_CUR);
        if (place < 0 || static_cast<std::uint64_t>(place) > count) return fail(ErrorKind::corrupt, "the part has more bytes than the lease says");
        const auto now = static_cast<std::uint64_t>(place);
        if (answer) {
            const ClientAnswer good = TRY(checked(*answer));
            if (good.status != 206) return fail(ErrorKind::corrupt, "the desk sent the whole part where a range was asked for");
            return now == count ? Result<void>() : fail(ErrorKind::corrupt, "{} bytes came of the {} that the lease says", now, count);
        }
        fruitless = now > have ? 0 : fruitless + 1;
        const bool may_go_on = answer.error().kind == ErrorKind::unavailable || answer.error().kind == ErrorKind::timeout;
        if (!may_go_on || fruitless >= fruitless_tries_max) return fail(answer.error());
        have = now;
    }
}

Result<void> HttpSource::fetch(std::string_view lease, const dispatch::LeasePart& part, std::uint64_t offset, std::uint64_t count,
                               const std::function<Result<void>(ByteView)>& take) {
    if (count == 0) return {};
    const MemoryFile file = TRY(MemoryFile::make());
    TRY(download(lease_path(lease, fmt::format("parts/{}", part.part)), offset, count, file.number()));
    return file.each_piece(take);
}

Result<dispatch::RenewedLease> HttpSource::renew(std::string_view lease) {
    const ClientAnswer answer = TRY(post(*renewals_, lease_path(lease, "renew"), json_type, view("{}")));
    return renewed_lease_from(TRY(parse_json(answer.body)));
}

Result<void> HttpSource::complete(std::string_view lease, ByteView sealed_finding) {
    TRY(post(*client_, lease_path(lease, "finding"), bytes_type, sealed_finding));
    return {};
}

Result<void> HttpSource::keep_bookmark(std::string_view lease, ByteView sealed) {
    TRY(post(*client_, lease_path(lease, "bookmark"), bytes_type, sealed));
    return {};
}

Result<std::optional<Bytes>> HttpSource::bookmark(std::string_view lease) {
    const std::string path = lease_path(lease, "bookmark");
    const Headers headers = sign_request(keys_, clock_.now(), entropy_, "GET", path, {});
    const ClientAnswer answer = TRY(checked(TRY(client_->request("GET", path, headers, {}))));
    if (answer.status == 204) return std::optional<Bytes>();
    return std::optional<Bytes>(to_bytes(answer.body));
}

Result<void> HttpSource::give_back(std::string_view lease, std::string_view reason, bool is_final) {
    const std::string body = to_json(GiveBackRequest{std::string(reason), is_final}).dump();
    TRY(post(*client_, lease_path(lease, "give-back"), json_type, view(body)));
    return {};
}

}  // namespace plumbline::lab

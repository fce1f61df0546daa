// SPDX-License-Identifier: Apache-2.0
// One text is signed, in one spelling. A nonce is remembered only once its signature holds, so a stranger fills nothing.
#include "lab/request_signature.h"

namespace plumbline::lab {
namespace {

using std::chrono::seconds;
constexpr seconds time_off_max{300};
constexpr seconds nonce_kept{600};
constexpr std::size_t nonces_max = 100'000;
constexpr std::size_t nonce_bytes = 16;

std::string signed_text(std::string_view method, std::string_view path, std::string_view lab, std::string_view time,
                        std::string_view nonce, std::string_view content_sha256) {
    return fmt::format("plumbline/lab-request/v1\n{}\n{}\n{}\n{}\n{}\n{}\n", method, path, lab, time, nonce, content_sha256);
}

bool is_plain_path(std::string_view path) {
    for (const char letter : path) {
        const bool is_alnum = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
        if (!is_alnum && std::string_view("/-._~").find(letter) == std::string_view::npos) return false;
    }
    return true;
}

}  // namespace

Headers sign_request(const LabKeys& keys, Instant now, Entropy& entropy, std::string_view method, std::string_view path, ByteView body) {
    ByteArray<nonce_bytes> random;
    entropy.fill(random);
    const std::string time = to_text(now);
    const std::string nonce = to_base64url(random);
    const std::string hash = sha256(body).hex();
    const std::string lab = keys.id.text();
    const seal::Signature signature = seal::sign(keys.signing, view(signed_text(method, path, lab, time, nonce, hash)));
    return {{"Plumbline-Lab", lab},
            {"Plumbline-Time", time},
            {"Plumbline-Nonce", nonce},
            {"Plumbline-Content-SHA256", hash},
            {"Plumbline-Signature", to_base64(signature.bytes)}};
}

Result<void> RequestGuard::check_time(Instant time, Instant now) const {
    const auto off = time > now ? time - now : now - time;
    if (off > time_off_max) {
        return fail(ErrorKind::denied, "Plumbline-Time: {} s off the desk's clock; at most {} s", off / seconds(1), time_off_max.count());
    }
    // Nonces from before a restart are forgotten, so requests from before it are refused.
    if (time < started_) return fail(ErrorKind::denied, "Plumbline-Time: before this listener's start");
    return {};
}

Result<void> RequestGuard::remember(LabId lab, std::string_view nonce, Instant now) {
    const std::lock_guard lock(mutex_);
    while (!by_age_.empty() && by_age_.front().first + nonce_kept < now) {
        nonces_.erase(by_age_.front().second);
        by_age_.pop_front();
    }
    if (by_age_.size() >= nonces_max) return fail(ErrorKind::busy, "too many requests: {} nonces are fresh", nonces_max);
    std::pair<LabId, std::string> key(lab, nonce);
    if (!nonces_.insert(key).second) return fail(ErrorKind::denied, "Plumbline-Nonce: used before");
    by_age_.emplace_back(now, std::move(key));
    return {};
}

Result<CheckedRequest> RequestGuard::check(const SignedRequest& request) {
    const auto refused = [](std::string_view what) { return fail(ErrorKind::denied, "{}: missing or malformed", what); };
    const auto id = LabId::from_text(request.lab);
    if (!id) return refused("Plumbline-Lab");
    const auto time = instant_from(request.time);
    if (!time) return refused("Plumbline-Time");
    const auto nonce = from_base64url(request.nonce);
    if (!nonce || nonce->size() != nonce_bytes) return refused("Plumbline-Nonce");
    const auto hash = Sha256::from_hex(request.content_sha256);
    if (!hash) return refused("Plumbline-Content-SHA256");
    const auto signature_bytes = from_base64(request.signature);
    if (!signature_bytes) return refused("Plumbline-Signature");
    const auto signature = seal::signature_from_bytes(*signature_bytes);
    if (!signature) return refused("Plumbline-Signature");
    if (!is_plain_path(request.path)) return refused("path");

    const Instant now = clock_.now();
    dispatch::LabIdentity lab = TRY(lab_of_(*id));
    const std::string text = signed_text(request.method, request.path, request.lab, request.time, request.nonce, request.content_sha256);
    if (!seal::verify(lab.verify_key, view(text), *signature)) return fail(ErrorKind::denied, "Plumbline-Signature: it does not hold");
    TRY(check_time(*time, now));
    TRY(remember(*id, to_base64url(*nonce), now));
    return CheckedRequest{std::move(lab), *hash};
}

}  // namespace plumbline::lab

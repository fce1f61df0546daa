// SPDX-License-Identifier: Apache-2.0
#include "face/work.h"

#include <algorithm>
#include <charconv>

namespace plumbline::face {

namespace {

constexpr std::size_t signed_bytes = 22;      // version, bits, minute of expiry(4), random(16)
constexpr std::size_t mac_bytes = 16;
constexpr std::uint8_t work_version = 1;
constexpr std::size_t solution_bytes_max = 52 + work_puzzles * 11;

std::int64_t minute_of(Instant instant) { return std::chrono::duration_cast<std::chrono::minutes>(instant.time_since_epoch()).count(); }

bool has_zero_bits(const Sha256& hash, unsigned bits) {
    for (const std::byte byte : hash.bytes) {
        if (bits == 0) return true;
        const unsigned value = std::to_integer<unsigned>(byte);
        if (bits < 8) return value >> (8 - bits) == 0;
        if (value != 0) return false;
        bits -= 8;
    }
    return bits == 0;
}

}  // namespace

WorkGate::WorkGate(Clock& clock, Entropy& entropy, WorkOptions options)
    : clock_(clock), entropy_(entropy), options_(options), plain_left_(options.plain_per_minute), plain_filled_(clock.now()) {
    entropy.fill(secret_);
}

void WorkGate::roll(Instant now) {
    const std::int64_t minute = minute_of(now);
    if (minute == minute_) return;
    tips_before_ = minute == minute_ + 1 ? tips_now_ : 0;
    tips_now_ = 0;
    minute_ = minute;
    std::erase_if(spent_, [now](const auto& entry) { return entry.second < now; });
}

void WorkGate::count_tip() {
    const std::lock_guard lock(mutex_);
    roll(clock_.now());
    ++tips_now_;
}

unsigned WorkGate::bits_now() {
    if (options_.bits == 0) return 0;
    const std::lock_guard lock(mutex_);
    roll(clock_.now());
    const std::uint64_t load = std::max(tips_now_, tips_before_);
    unsigned more = 0;
    for (std::uint64_t bound = std::max(options_.tips_per_minute, 1U); load > bound && more < options_.bits_more_max; bound *= 2) ++more;
    return options_.bits + more;
}

Json WorkGate::offer() {
    Json json = Json::object();
    const unsigned bits = bits_now();
    json.set("bits", static_cast<std::int64_t>(bits)).set("puzzles", static_cast<std::int64_t>(work_puzzles));
    if (bits == 0) return json;
    Bytes challenge;
    append_u8(challenge, work_version);
    append_u8(challenge, static_cast<std::uint8_t>(bits));
    append_u32(challenge, static_cast<std::uint32_t>(minute_of(clock_.now() + work_life)));
    ByteArray<16> random;
    entropy_.fill(random);
    append(challenge, ByteView(random));
    const Sha256 mac = hmac_sha256(secret_, challenge);
    append(challenge, ByteView(mac.bytes).first(mac_bytes));
    return json.set("challenge", to_base64url(challenge)).set("expires_in_seconds", static_cast<std::int64_t>(std::chrono::seconds(work_life).count()));
}

// "<challenge>.<nonce>,<nonce>,...": as many nonces as puzzles, each below 2^32.
Result<WorkGate::Parsed> WorkGate::parse(std::string_view solution) const {
    if (solution.size() > solution_bytes_max) return fail(ErrorKind::invalid, "work: longer than a solution is");
    const std::size_t dot = solution.find('.');
    const auto challenge = from_base64url(solution.substr(0, dot));
    if (dot == std::string_view::npos || !challenge || challenge->size() != signed_bytes + mac_bytes) return fail(ErrorKind::invalid, "work: not a solution");
    const ByteView head = ByteView(*challenge).first(signed_bytes);
    const Sha256 mac = hmac_sha256(secret_, head);
    if (!equal_in_constant_time(ByteView(mac.bytes).first(mac_bytes), ByteView(*challenge).subspan(signed_bytes))) return fail(ErrorKind::invalid, "work: not a challenge of this hotline");
    ByteReader in(head);
    const unsigned version = TRY(in.u8());
    const unsigned bits = TRY(in.u8());
    if (version != work_version) return fail(ErrorKind::unsupported, "work: version {}", version);
    Parsed parsed;
    parsed.expires = Instant(std::chrono::minutes(TRY(in.u32())));
    std::copy(head.begin() + 6, head.end(), parsed.id.begin());
    std::string_view rest = solution.substr(dot + 1);
    for (unsigned puzzle = 0; puzzle < work_puzzles; ++puzzle) {
        std::uint32_t nonce = 0;
        const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), nonce);
        if (problem != std::errc()) return fail(ErrorKind::invalid, "work: {} nonces are needed", work_puzzles);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (puzzle + 1 < work_puzzles ? !rest.starts_with(',') : !rest.empty()) return fail(ErrorKind::invalid, "work: {} nonces are needed", work_puzzles);
        rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
        Bytes message = *challenge;
        append_u8(message, static_cast<std::uint8_t>(puzzle));
        append_u32(message, nonce);
        if (!has_zero_bits(sha256(message), bits)) return fail(ErrorKind::invalid, "work: puzzle {} is not solved", puzzle);
    }
    if (clock_.now() >= parsed.expires) return fail(ErrorKind::timeout, "work: it has expired");
    return parsed;
}

Result<void> WorkGate::spend(const Parsed& solved) {
    const std::lock_guard lock(mutex_);
    roll(clock_.now());
    if (spent_.contains(solved.id)) return fail(ErrorKind::conflict, "work: it was used before");
    if (spent_.size() >= work_spent_max) return fail(ErrorKind::busy, "work: too many at a time");
    spent_.emplace(solved.id, solved.expires);
    return {};
}

Result<void> WorkGate::check(std::string_view solution) {
    const Parsed parsed = TRY(parse(solution));
    const std::lock_guard lock(mutex_);
    if (spent_.contains(parsed.id)) return fail(ErrorKind::conflict, "work: it was used before");
    return {};
}

Result<void> WorkGate::take_plain() {
    if (options_.plain_per_minute == 0) return {};
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    const double most = options_.plain_per_minute;
    if (now > plain_filled_) plain_left_ = std::min(most, plain_left_ + most / 60 * std::chrono::duration<double>(now - plain_filled_).count());
    plain_filled_ = now;
    if (plain_left_ < 1) return fail(ErrorKind::busy, "more come at this moment than this desk takes without proof of work");
    plain_left_ -= 1;
    return {};
}

Result<void> WorkGate::admit(std::string_view solution) {
    if (options_.bits > 0 && !solution.empty()) {
        // A stale or broken one is no reason to turn anybody away: it counts as none.
        const auto parsed = parse(solution);
        if (parsed && spend(*parsed)) return {};
    }
    return take_plain();
}

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
#include "desk/sign_in.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "seal/secret.h"

namespace plumbline::desk {

namespace {

constexpr std::chrono::hours failures_kept{1};   // after the last one; longer than any delay

unsigned delay_after(unsigned failures) {
    if (failures == 0) return 0;
    return std::min(delay_seconds_max, failures > 16 ? delay_seconds_max : 1U << (failures - 1));
}
bool is_staff_name(std::string_view name) {
    return !name.empty() && name.size() <= staff_name_bytes_max && std::all_of(name.begin(), name.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    });
}

}  // namespace

SignIn::SignIn(Store& store, Clock& clock, Entropy& entropy, seal::PasswordCost cost) : store_(store), clock_(clock), entropy_(entropy) {
    auto hash = seal::password_hash(seal::made_password(entropy), entropy, cost);
    if (hash) no_ones_hash_ = std::move(hash).take();
}

unsigned SignIn::note_try(const std::string& name, bool is_known) {
    const Instant now = clock_.now();
    std::erase_if(failures_, [&](const auto& row) { return now - row.second.last > failures_kept; });
    if (!is_known && failures_.find(name) == failures_.end()) {
        std::size_t unknown = 0;
        auto oldest = failures_.end();
        for (auto row = failures_.begin(); row != failures_.end(); ++row) {
            if (row->second.is_known) continue;
            ++unknown;
            if (oldest == failures_.end() || row->second.last < oldest->second.last) oldest = row;
        }
        if (unknown >= unknown_names_max) failures_.erase(oldest);
    }
    Failures& failures = failures_[name];
    failures.is_known = is_known;
    const Instant next = failures.last + std::chrono::seconds(delay_after(failures.count));
    if (failures.count > 0 && now < next) return static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(next - now).count());
    ++failures.count;
    failures.last = now;
    return 0;
}

Result<SignInAnswer> SignIn::sign_in(std::string_view name, std::string_view password) {
    SignInAnswer answer;
    if (name.size() > staff_name_bytes_max || password.size() > seal::password_bytes_max) return answer;
    std::optional<StaffRow> found;
    for (StaffRow& row : TRY(store_.staff()))
        if (row.name == name) found = std::move(row);
    const std::string key(name);
    {
        const std::lock_guard lock(mutex_);
        if (checks_ >= password_checks_max) return fail(ErrorKind::busy, "others are signing in: try again");
        answer.retry_seconds = note_try(key, found.has_value());
        if (answer.retry_seconds > 0) {
            answer.kind = SignInAnswer::Kind::too_early;
            return answer;
        }
        ++checks_;
    }
    const bool is_right = seal::password_matches(found ? found->password_hash : no_ones_hash_, password) && found.has_value();
    const std::lock_guard lock(mutex_);
    --checks_;
    if (!is_right) {
        log_event(LogLevel::warning, "desk.sign_in_refused", {{"known_name", found ? "yes" : "no"}});
        return answer;
    }
    failures_.erase(key);
    const Instant now = clock_.now();
    answer.kind = SignInAnswer::Kind::signed_in;
    answer.session = Session{found->id, found->name, found->role, now, now};
    answer.token = begin_session(*answer.session);
    log_event(LogLevel::info, "desk.signed_in", {{"staff", found->id.text()}});
    return answer;
}

void SignIn::drop_old_sessions(Instant now) {
    std::erase_if(sessions_, [&](const auto& row) { return now - row.second.last_use >= session_idle_max || now >= row.second.ends_at(); });
}

std::string SignIn::begin_session(Session session) {
    drop_old_sessions(session.since);
    if (sessions_.size() >= sessions_max)
        sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) { return a.second.last_use < b.second.last_use; }));
    ByteArray<32> random;
    entropy_.fill(random);
    std::string token = to_base64url(random);
    sessions_.emplace(sha256(view(token)), std::move(session));
    return token;
}

std::optional<Session> SignIn::session_of(std::string_view token) {
    if (token.size() != 43) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    drop_old_sessions(now);
    const auto found = sessions_.find(sha256(view(token)));
    if (found == sessions_.end()) return std::nullopt;
    found->second.last_use = now;
    return found->second;
}

void SignIn::sign_out(std::string_view token) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(sha256(view(token)));
}

Result<void> set_staff(Store& store, Entropy& entropy, Clock& clock, std::string_view name, std::string_view password, std::string_view role,
                       seal::PasswordCost cost) {
    if (!is_staff_name(name)) return fail(ErrorKind::invalid, "name: 1 to {} letters, digits, dots, dashes or underscores", staff_name_bytes_max);
    StaffRow row;
    for (const StaffRow& other : TRY(store.staff()))
        if (other.name == name) row.id = other.id;
    if (row.id.is_nil()) {
        IdBytes random;
        entropy.fill(random);
        row.id = StaffId::make(clock.now(), random);
    }
    row.name = name;
    row.role = role;
    row.password_hash = TRY(seal::password_hash(password, entropy, cost));
    return store.put_staff(std::move(row));
}

Result<std::optional<std::string>> ensure_first_staff(Store& store, Entropy& entropy, Clock& clock, seal::PasswordCost cost) {
    if (!TRY(store.staff()).empty()) return std::optional<std::string>();
    std::string password = seal::made_password(entropy);
    TRY(set_staff(store, entropy, clock, first_staff_name, password, "administrator", cost));
    return std::optional<std::string>(std::move(password));
}

}  // namespace plumbline::desk

// SPDX-License-Identifier: Apache-2.0
// Who is at the desk: passwords, sessions and what slows guessing.
//
// A session is 32 random bytes that live in memory: it ends session_idle_max after its last use, session_whole_max after
// sign-in, and with the program. After the n-th wrong password in a row for a name the next try is taken only after
// 2^(n-1) seconds, at most delay_seconds_max; a try before that is not checked at all. Names that do not exist cost and
// answer the same. No address is looked at or kept.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/entropy.h"
#include "base/hash.h"
#include "base/time.h"
#include "seal/password.h"
#include "store/store.h"

namespace plumbline::desk {

inline constexpr std::chrono::minutes session_idle_max{30};
inline constexpr std::chrono::hours session_whole_max{12};
inline constexpr unsigned delay_seconds_max = 300;
inline constexpr std::size_t sessions_max = 512;
inline constexpr std::size_t unknown_names_max = 4096;   // whose failures are remembered; the oldest is forgotten first
inline constexpr int password_checks_max = 2;            // at a time; more are `busy`
inline constexpr std::size_t staff_name_bytes_max = 64;
inline constexpr std::string_view first_staff_name = "desk";

struct Session {
    StaffId staff;
    std::string name;
    std::string role;
    Instant since;
    Instant last_use;
    Instant ends_at() const { return since + session_whole_max; }
};

struct SignInAnswer {
    enum class Kind { signed_in, wrong, too_early };
    Kind kind = Kind::wrong;
    std::string token;             // signed_in: base64url of 32 bytes, for the cookie
    std::optional<Session> session;
    unsigned retry_seconds = 0;    // too_early: when the next try is taken
};

// Any thread. What it is given outlives it.
class SignIn {
  public:
    SignIn(Store& store, Clock& clock, Entropy& entropy, seal::PasswordCost cost = {});

    Result<SignInAnswer> sign_in(std::string_view name, std::string_view password);   // busy; errors of the store
    std::optional<Session> session_of(std::string_view token);                       // and marks it used
    void sign_out(std::string_view token);

  private:
    struct Failures {
        unsigned count = 0;
        Instant last;
        bool is_known = false;     // a name of staff: never forgotten for room
    };
    unsigned note_try(const std::string& name, bool is_known);   // seconds to wait, or 0 and the try is counted as failed
    std::string begin_session(Session session);
    void drop_old_sessions(Instant now);

    Store& store_;
    Clock& clock_;
    Entropy& entropy_;
    std::string no_ones_hash_;     // checked for names that do not exist
    std::mutex mutex_;             // of all that follows; not held while a password is checked
    std::map<Sha256, Session> sessions_;     // by SHA-256 of the token
    std::map<std::string, Failures> failures_;
    int checks_ = 0;
};

// Where there is no staff at all: makes "desk" with a random password, which is returned to be shown once.
Result<std::optional<std::string>> ensure_first_staff(Store& store, Entropy& entropy, Clock& clock, seal::PasswordCost cost = {});
// Adds staff or gives a new password. invalid: the name is empty, too long, or not of a-z A-Z 0-9 . _ -
Result<void> set_staff(Store& store, Entropy& entropy, Clock& clock, std::string_view name, std::string_view password, std::string_view role,
                       seal::PasswordCost cost = {});

}  // namespace plumbline::desk

// SPDX-License-Identifier: Apache-2.0
// The anchor: the signing key that vouches for the desk's keys, kept offline, and what it signed (keys/desk.signed).
#pragma once
#include <string>

#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"
#include "base/time.h"

namespace plumbline::app {

// The text of DIR/keys/desk.signed; "" where there is none. corrupt, denied: it does not check against keys/anchor.pub, its days
// are over, or it names other keys than desk.pub and identity.pub: a hotline must not start with it.
Result<std::string> read_signed_desk_keys(const std::string& data, Day today);

// For `serve`, where all is on one machine: makes the anchor and signs with it where that was not done, and anew when less
// than 30 days are left.
Result<void> ensure_signed_desk_keys(const std::string& data, Day today, Entropy& entropy);

Result<int> run_keys_anchor(const Command& command, Entropy& entropy);
Result<int> run_keys_sign_desk_key(const Command& command, Clock& clock);

}  // namespace plumbline::app

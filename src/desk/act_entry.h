// SPDX-License-Identifier: Apache-2.0
// The ledger entry of an act that moves no state: who did it and why stands in its sealed opening. Private to this room.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "vault/tip_opener.h"

namespace plumbline::desk {

inline NewEntry act_entry(vault::TipOpener& opener, const TipHeader& tip, std::string kind, Json statement, const Session& who, Instant now) {
    statement.set("staff", who.staff.text()).set("name", who.name).set("hour", to_text(hour_of(now)));
    return opener.entry(tip, std::move(kind), day_of(now), statement);
}

// invalid ("reason: ..."): empty, too long, or not UTF-8.
inline Result<void> check_reason(std::string_view reason) {
    if (reason.find_first_not_of(" \t\r\n") == std::string_view::npos) return fail(ErrorKind::invalid, "reason: is needed");
    if (reason.size() > reason_bytes_max) return fail(ErrorKind::invalid, "reason: at most {} bytes", reason_bytes_max);
    if (!is_utf8(reason)) return fail(ErrorKind::invalid, "reason: must be UTF-8");
    return {};
}

}  // namespace plumbline::desk

// SPDX-License-Identifier: Apache-2.0
// Mailboxes in the mbox family (RFC 4155): mails behind each other, each behind a line "From sender date". One mail alone is
// left to the mail format.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// Where the first mail starts whose "From " line is at or behind `from`; text.size() where there is none. It looks at the
// three bytes before that line and at the 500 behind its start.
std::uint64_t next_mail_at(std::string_view text, std::uint64_t from);
bool looks_like_mbox(ByteView bytes, const Hints& hints);
void open_mbox(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats

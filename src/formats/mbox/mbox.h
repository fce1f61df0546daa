// SPDX-License-Identifier: Apache-2.0
// Mailboxes in the mbox family (RFC 4155): mails behind each other, each behind a line "From sender date". One mail alone is
// left to the mail format.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_mbox(ByteView bytes, const Hints& hints);
void open_mbox(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats

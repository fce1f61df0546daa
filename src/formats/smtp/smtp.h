// SPDX-License-Identifier: Apache-2.0
// Mail on its way: what an SMTP client sends (RFC 5321), what POP3 (RFC 1939) and IMAP (RFC 9051) servers answer. Mails in
// them are children, everything else is text. A side that turns to TLS in the middle (STARTTLS, RFC 3207) is cut there.
//
//     dots     lines to the one that is a single ".", a dot at the start of a line taken away (RFC 5321 section 4.5.2)
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_smtp(ByteView bytes, const Hints& hints);
void open_smtp(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_pop3(ByteView bytes, const Hints& hints);
void open_pop3(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_imap(ByteView bytes, const Hints& hints);
void open_imap(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// Lines of text, then TLS.
bool looks_like_starttls(ByteView bytes, const Hints& hints);
void open_starttls(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// `size_in` counts to behind the line with the dot.
Decoded decode_dots(ByteView source, Budget& budget);

}  // namespace plumbline::formats

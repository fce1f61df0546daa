// SPDX-License-Identifier: Apache-2.0
// Mailboxes of Outlook (PST, OST, PAB), read by libpff from memory. Each item of each folder gives one readable text (who, to
// whom, subject, body, every other string) and its headers, HTML, packed RTF and attachments as children; items that were
// deleted or that no folder holds are read too. Its blocks are scrambled in the file, so no byte has a place of its own
// there: the path names the item.
//
//     pst:2097188/text       the text of item 2097188        pst:2097188/a0/data/x.doc   its first attachment
//     pst:r3/text            the fourth recovered item       pst:2097188/a1/text         the message in its second attachment
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_pst(ByteView bytes, const Hints& hints);
void open_pst(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// One part of one item; `argument` is what stands behind "pst:".
Result<Bytes> decode_pst(ByteView bytes, std::string_view argument, Budget& budget);

}  // namespace plumbline::formats

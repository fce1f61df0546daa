// SPDX-License-Identifier: Apache-2.0
// Messages of Outlook ([MS-OXMSG]): a storage of a compound file whose streams are the properties. One readable text: who,
// to whom, subject, body, then every other string; headers, HTML, packed RTF and attachments are children. A message within
// a message is a storage in it, read in the same way.
#pragma once
#include <set>

#include "formats/ole/text_view.h"

namespace plumbline::formats {

// Whether the storage is a message: it has a stream of properties.
bool is_message(const CompoundFile& file, std::uint32_t storage);
// The text of the message; the streams that it has taken whole are added to `taken_ids`.
TextView read_message(const CompoundFile& file, std::uint32_t storage, std::string_view decoder, Budget& budget, std::set<std::uint32_t>* taken_ids);

// What the streams of a message are, for those that are children.
struct MessagePart {
    std::uint32_t id = 0;
    Hints hints;
};
std::vector<MessagePart> message_parts(const CompoundFile& file, std::uint32_t storage, Budget& budget);

}  // namespace plumbline::formats

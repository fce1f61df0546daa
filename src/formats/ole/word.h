// SPDX-License-Identifier: Apache-2.0
// The text of a document of Word 6 to 2003 ([MS-DOC]): the piece table of the table stream says in which order which
// stretches of the document stream are read, and in which writing.
#pragma once
#include "formats/ole/text_view.h"

namespace plumbline::formats {

bool looks_like_word(ByteView stream);
bool is_encrypted_word(ByteView stream);
// "0Table" or "1Table"; empty where the document needs none.
std::string_view table_of_word(ByteView stream);
// `damage` says why the text is not all.
TextView read_word(const CompoundStream& document, ByteView table, std::string_view decoder, Budget& budget, std::string& damage);

}  // namespace plumbline::formats

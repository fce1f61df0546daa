// SPDX-License-Identifier: Apache-2.0
// Property sets ([MS-OLEPS]): title, author, company, last path and what else Office writes about a document. Strings, one a
// line.
#pragma once
#include "formats/ole/text_view.h"

namespace plumbline::formats {

bool looks_like_property_set(ByteView stream);
TextView read_property_set(ByteView stream, Budget& budget);

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
// The document stream of PowerPoint 97 to 2003 ([MS-PPT]): records in records. Text atoms make one text; embedded objects,
// which are compound files packed by zlib, and pictures are given as children.
#pragma once
#include "formats/ole/text_view.h"

namespace plumbline::formats {

bool looks_like_presentation(ByteView stream);
TextView read_presentation(ByteView stream, Budget& budget);
void open_presentation(ByteView stream, Budget& budget, Visitor& visitor);
// The "Pictures" stream: JPEG and PNG as files.
void open_pictures(ByteView stream, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats

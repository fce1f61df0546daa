// SPDX-License-Identifier: Apache-2.0
// The text of a workbook of Excel 5 to 2003 ([MS-XLS]): shared strings (also over CONTINUE records), labels, results of
// formulas, names of sheets, text boxes, headers; numbers of eight digits or more. One piece a line.
#pragma once
#include "formats/ole/text_view.h"

namespace plumbline::formats {

bool looks_like_workbook(ByteView stream);
struct WorkbookText {
    TextView view;
    std::string damage;
    bool is_encrypted = false;
};
WorkbookText read_workbook(ByteView stream, Budget& budget);

}  // namespace plumbline::formats

// SPDX-License-Identifier: Apache-2.0
// What goes into the sandbox and what comes back (task "report"). The answer is of a process that hostile bytes may have taken over:
// every length in it is checked.
//
//     sandbox.run("report", mail, encode_report_parameters(ReportForm::mail, nullptr))  ->  decode_report_answer(answer)
#pragma once
#include "reports/readers.h"

namespace plumbline::reports {

Bytes encode_report_parameters(ReportForm form, const CsvMapping* mapping);
// The function that runs inside.
Result<Bytes> read_in_sandbox(const ReportReaders& readers, ByteView input, ByteView parameters);
Bytes encode_report_answer(const std::vector<Outcome>& outcomes);
Result<std::vector<Outcome>> decode_report_answer(ByteView answer);     // corrupt

}  // namespace plumbline::reports

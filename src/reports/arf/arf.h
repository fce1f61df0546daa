// SPDX-License-Identifier: Apache-2.0
// Mails: feedback reports (ARF, RFC 5965; authentication failures, RFC 6591), mails with an XARF report attached, and all others,
// which are kept as a mail. Docs: docs/formats/arf.md. In the sandbox only.
#pragma once
#include <functional>

#include "reports/category_map.h"
#include "reports/report.h"

namespace plumbline::reports {

// One part of a mail, its transfer encoding undone.
struct MailPart {
    std::string media_type;     // lower case
    std::string name;
    Bytes bytes;
};
struct ReadMail {
    std::string subject, from;
    std::vector<MailPart> parts;    // leaves, an attached message whole; at most 100
};
// Lenient; never fails. Multiparts are walked at most 5 deep.
ReadMail read_mail(ByteView mail);

// `attached_json` reads a part that is a JSON report.
Outcome read_report_mail(ByteView mail, const ReportLimits& limits, const std::function<Outcome(std::string_view)>& attached_json);

}  // namespace plumbline::reports

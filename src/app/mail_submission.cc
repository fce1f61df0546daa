// SPDX-License-Identifier: Apache-2.0
#include "app/mail_submission.h"

#include "base/hash.h"

namespace plumbline::app {

Result<intake::Receipt> submit_mail(intake::Intake& intake, ByteView mail, const std::string& category, const intake::SubmissionOptions& options) {
    const auto writer = TRY(intake.begin(options));
    TRY(writer->begin_file("message.eml", "message/rfc822"));
    TRY(writer->file_data(mail));
    TRY(writer->end_file());
    TipContent content;
    content.text = "A mail was handed in for examination.";
    content.category = category;
    return writer->finish(std::move(content));
}

Bytes dedup_source_of(TipChannel channel, ByteView what) {
    Bytes source = to_bytes(name_of(channel));
    append_u8(source, 0);
    append(source, ByteView(sha256(what).bytes));
    return source;
}

}  // namespace plumbline::app

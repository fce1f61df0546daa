// SPDX-License-Identifier: Apache-2.0
// What the holder of the 12 words may do: private to this room, Intake's own verbs call it.
#pragma once
#include "intake/intake.h"
#include "intake/tip_writer.h"

namespace plumbline::intake {

Result<Intake::Mailbox> opened_mailbox(const IntakeParts& parts, std::string_view words);
Result<std::unique_ptr<Addition>> begun_addition(const IntakeParts& parts, std::string_view words);
Result<void> withdrawn(const IntakeParts& parts, std::string_view words);
Result<AnswerFile> answer_file_of(const IntakeParts& parts, std::string_view words, MessageId message, std::uint32_t n);

}  // namespace plumbline::intake

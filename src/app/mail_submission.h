// SPDX-License-Identifier: Apache-2.0
// A mail as a tip: the mail is its one file, and the text says no more than that.
#pragma once
#include <string>

#include "base/bytes.h"
#include "intake/intake.h"

namespace plumbline::app {

Result<intake::Receipt> submit_mail(intake::Intake& intake, ByteView mail, const std::string& category, const intake::SubmissionOptions& options);
// By what a repeated import is known: the channel and the hash of what comes in.
Bytes dedup_source_of(TipChannel channel, ByteView what);

}  // namespace plumbline::app

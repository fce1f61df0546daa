// SPDX-License-Identifier: Apache-2.0
// What a large file is, asked inside the sandbox before it is cut into pieces.
#pragma once
#include "base/bytes.h"

namespace plumbline::examination {

// A task of the sandbox: the input is the whole file (of which little is looked at), the parameters its name. The answer is
// a format's name as in PartEvidence::format; text in UTF-16 is "unknown", which is how it can be read in stretches.
Result<Bytes> detect_in_sandbox(ByteView input, ByteView parameters);

}  // namespace plumbline::examination

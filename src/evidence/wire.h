// SPDX-License-Identifier: Apache-2.0
// What goes into a decoder process and what comes back: docs/formats/scan_answer.md. The answer is made by a process that
// hostile bytes may have taken over, so reading it checks every count and size.
#pragma once
#include "evidence/scan.h"

namespace plumbline::evidence {

Bytes encode_scan_parameters(std::string_view name, const ScanOptions& options);
Bytes encode_part_evidence(const PartEvidence& evidence);
// corrupt: not an answer. `part` is 0; the caller numbers it.
Result<PartEvidence> decode_scan_answer(ByteView answer);

// The function that runs inside the process: parameters as encode_scan_parameters makes them, the answer for
// decode_scan_answer. Call prepare_scan() there before it is locked.
Result<Bytes> scan_in_sandbox(ByteView input, ByteView parameters);
// The same for print_bytes_at; the parameters' name is the place. The answer is the bytes.
Result<Bytes> print_in_sandbox(ByteView input, ByteView parameters);

}  // namespace plumbline::evidence

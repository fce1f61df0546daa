// SPDX-License-Identifier: Apache-2.0
// What goes into a decoder process and what comes back: docs/formats/scan_answer.md. One call scans one part, many small
// ones behind each other, or one stretch of a large file; the answer holds a part for each and is read by
// evidence/answer.h. The parameters say which, so it is one task of the sandbox.
//
//     sandbox.run("scan", bytes, encode_scan_parameters("mail.eml", options))
//     sandbox.run("scan", bytes of all, encode_many_parameters({{"a.eml", 100}, {"b.eml", 200}}, options))
//     sandbox.run_on_range("scan", fd, window.begin, window.end - window.begin, encode_stretch_parameters(stretch, name, options))
#pragma once
#include <span>

#include "evidence/answer.h"
#include "evidence/scan.h"

namespace plumbline::evidence {

struct PartName {
    std::string_view name;         // cut at 4,096 bytes
    std::uint64_t size_bytes = 0;
};
Bytes encode_scan_parameters(std::string_view name, const ScanOptions& options);
// The input is the parts, one behind the other. The parameters take 12 bytes and the name for each.
Bytes encode_many_parameters(std::span<const PartName> parts, const ScanOptions& options);
// Everything of the stretch but its window, which is the input.
Bytes encode_stretch_parameters(const Stretch& stretch, std::string_view name, const ScanOptions& options);

Bytes encode_scan_answer(std::span<const ScanAnswer> parts);
Bytes encode_part_evidence(const PartEvidence& evidence);
// The one part of an answer. corrupt: not an answer, or not of one part. `part` is 0; the caller numbers it.
Result<PartEvidence> decode_scan_answer(ByteView answer);

// The function that runs inside the process: parameters as encode_*_parameters make them, the answer for
// read_scan_answer. Call prepare_scan() there before it is locked. invalid: parts that are not in the input.
Result<Bytes> scan_in_sandbox(ByteView input, ByteView parameters);
// print_bytes_at; the parameters' name is the place. The answer is the bytes.
Result<Bytes> print_in_sandbox(ByteView input, ByteView parameters);

}  // namespace plumbline::evidence

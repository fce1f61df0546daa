// SPDX-License-Identifier: Apache-2.0
// plumbline-disk: says what lies on a disk image, by The Sleuth Kit (CPL/IPL), which is why it is a program of its own.
// Started by run_program() (sandbox/program.h): request on descriptor 0, image files on 3, 4, ..., answer on 1.
#include <cstdio>

#include "disk_program/questions.h"
#include "sandbox/program.h"

namespace plumbline::disk_program {
namespace {

Result<disk::Linear> open_given(std::uint32_t segments) {
    std::vector<std::unique_ptr<disk::RandomBytes>> parts;
    for (std::uint32_t i = 0; i < segments; ++i) parts.push_back(TRY(disk::bytes_of_file(program_first_file + static_cast<int>(i))));
    return disk::open_linear(std::move(parts));
}

Result<void> answer_request() {
    const disk::Request request = TRY(disk::read_request(TRY(take_request())));
    if (request.segments == 0 || request.segments > program_files_max) return fail(ErrorKind::invalid, "{} segments", request.segments);
    TRY(confine_this_process({request.cpu_seconds_max, request.memory_bytes_max, request.segments}));
    // From here on, bytes are hostile.
    Answer answer(request.files_max);
    auto linear = open_given(request.segments);
    if (!linear) {
        answer.start({0, "unknown"});
        answer.trouble(UINT32_MAX, linear.error().message);
        answer.end();
        return {};
    }
    answer.start({linear->bytes->size_bytes(), linear->container});
    if (request.verb == disk::Verb::list) answer_list(request, *linear, answer);
    else answer_read(request, *linear, answer);
    answer.end();
    return {};
}

}  // namespace
}  // namespace plumbline::disk_program

int main() {
    const auto done = plumbline::disk_program::answer_request();
    if (done) return 0;
    std::fprintf(stderr, "plumbline-disk: %s\n", done.error().message.c_str());
    return 2;
}

// SPDX-License-Identifier: Apache-2.0
// A death costs the volume that it happened in: the list is asked for again from the volume after it.
#include "disk/ask.h"

#include <algorithm>

#include "sandbox/program.h"

namespace plumbline::disk {
namespace {

ProgramAnswer ask(const std::vector<int>& files, const AskLimits& limits, const Request& request) {
    ProgramCall call;
    call.program = "plumbline-disk";
    call.request = write_request(request);
    call.files = files;
    call.wall_seconds_max = limits.wall_seconds_max;
    call.answer_bytes_max = limits.answer_bytes_max;
    return run_program(call);
}

Request request_of(Verb verb, const std::vector<int>& files, const AskLimits& limits) {
    Request request;
    request.verb = verb;
    request.cpu_seconds_max = limits.cpu_seconds_max;
    request.memory_bytes_max = limits.memory_bytes_max;
    request.segments = static_cast<std::uint32_t>(files.size());
    request.files_max = limits.files_max;
    return request;
}

// Passes on what is new: after a restart the volumes before `first` come again, by name alone.
struct Progress {
    std::uint32_t volumes = 0;   // seen in this answer
    std::uint32_t passed_on = 0;
    std::uint64_t files = 0;
    bool has_started = false;
};

AnswerVisitor visit_new(const AnswerVisitor& visitor, Progress& progress) {
    AnswerVisitor inner = visitor;
    inner.start = [&](const Start& start) -> Result<void> {
        if (progress.has_started) return {};
        progress.has_started = true;
        return visitor.start(start);
    };
    inner.volume = [&](const Volume& volume) -> Result<void> {
        if (++progress.volumes <= progress.passed_on) return {};
        progress.passed_on = progress.volumes;
        return visitor.volume(volume);
    };
    inner.file = [&](FileEntry&& file) -> Result<void> {
        ++progress.files;
        return visitor.file(std::move(file));
    };
    return inner;
}

}  // namespace

Result<Asked> ask_list(const std::vector<int>& files, const AskLimits& limits, const AnswerVisitor& visitor) {
    Asked asked;
    Progress progress;
    Request request = request_of(Verb::list, files, limits);
    const AnswerVisitor inner = visit_new(visitor, progress);
    for (unsigned i = 0; i <= limits.restarts_max; ++i) {
        progress.volumes = 0;
        request.files_max = limits.files_max - std::min(limits.files_max, progress.files);
        const ProgramAnswer answer = ask(files, limits, request);
        if (answer.trouble && answer.trouble->kind == ErrorKind::unavailable) return fail(*answer.trouble);
        const std::optional<End> end = TRY(read_answer(answer.bytes, inner));
        if (end) {
            asked.is_cut = end->is_cut;
            return asked;
        }
        const std::string reason = answer.trouble ? answer.trouble->message : "plumbline-disk: left without an end";
        asked.deaths.push_back(progress.volumes == 0 ? reason : fmt::format("{}, at volume {}", reason, progress.volumes - 1));
        if (progress.volumes <= request.volume_first) break;  // it died again before it came to anything new
        request.volume_first = progress.volumes;
    }
    asked.is_cut = true;
    return asked;
}

Result<Asked> ask_read(const std::vector<int>& files, const AskLimits& limits, const std::vector<ReadItem>& items, const AnswerVisitor& visitor) {
    Asked asked;
    Request request = request_of(Verb::read, files, limits);
    request.items = items;
    const ProgramAnswer answer = ask(files, limits, request);
    if (answer.trouble && answer.trouble->kind == ErrorKind::unavailable) return fail(*answer.trouble);
    const std::optional<End> end = TRY(read_answer(answer.bytes, visitor));
    asked.is_cut = !end || end->is_cut;
    if (answer.trouble) asked.deaths.push_back(answer.trouble->message);
    return asked;
}

}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
// The pool: seats for workers, a bounded queue for callers, and start().
#include "sandbox/sandbox.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "base/check.h"
#include "sandbox/lockdown.h"
#include "sandbox/pool.h"
#include "sandbox/zygote.h"

namespace plumbline {
namespace sandbox {
namespace {

class Pool final : public Sandbox {
  public:
    Pool(std::vector<SandboxTask> tasks, const SandboxOptions& options, Descriptor control, pid_t zygote)
        : options_(options), tasks_(std::move(tasks)), control_(std::move(control)), zygote_(zygote) {}
    ~Pool() override;
    Result<void> open();
    Result<Bytes> run(std::string_view task, ByteView input, ByteView parameters) override;
    Result<Bytes> run_on_range(std::string_view task, int input_fd, std::uint64_t begin, std::uint64_t bytes_max, ByteView parameters) override;
    unsigned workers_alive() const override { return alive_.load(); }
    std::string confinement() const override { return confinement_; }

  private:
    Result<std::uint32_t> place_of(std::string_view task) const;
    Result<Bytes> run_call(Call& call);
    Result<Bytes> run_on_seat(WorkerSeat& seat, const Call& call);
    Result<WorkerSeat*> take_seat();
    void give_back(WorkerSeat& seat);
    Result<void> fill(WorkerSeat& seat);
    void empty(WorkerSeat& seat);

    const SandboxOptions options_;
    const std::vector<SandboxTask> tasks_;
    Control control_;
    const pid_t zygote_;
    std::string confinement_;
    std::atomic<unsigned> alive_ = 0;
    std::atomic<std::uint64_t> next_call_ = 1;
    std::mutex mutex_;
    std::condition_variable seat_free_;
    std::vector<std::unique_ptr<WorkerSeat>> seats_;
    std::vector<WorkerSeat*> free_seats_;  // the last used is on top: its caches are warm
    unsigned waiting_ = 0;
};

Pool::~Pool() {
    for (auto& seat : seats_) seat->bury();
    control_.close();  // the zygote leaves when our end closes
    while (::waitpid(zygote_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Result<void> Pool::open() {
    const ControlReply ready = TRY(control_.first_reply());
    confinement_ = is_sanitizer_build() ? "seccomp (sanitizer list), limits but memory" : "seccomp, limits";
    if (ready.landlock_abi > 0) confinement_ += fmt::format(", landlock {}", ready.landlock_abi);
    if (ready.has_namespaces != 0) confinement_ += ", namespaces";
    for (unsigned i = 0; i < options_.workers; ++i) {
        seats_.push_back(std::make_unique<WorkerSeat>(control_, options_));
        TRY(fill(*seats_.back()));
        free_seats_.push_back(seats_.back().get());
    }
    return {};
}

Result<void> Pool::fill(WorkerSeat& seat) {
    TRY(seat.spawn());
    ++alive_;
    return {};
}

void Pool::empty(WorkerSeat& seat) {
    seat.bury();
    --alive_;
}

Result<std::uint32_t> Pool::place_of(std::string_view task) const {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        if (tasks_[i].name == task) return static_cast<std::uint32_t>(i);
    }
    return fail(ErrorKind::invalid, "sandbox: no task {}", task);
}

Result<WorkerSeat*> Pool::take_seat() {
    std::unique_lock lock(mutex_);
    if (free_seats_.empty()) {
        if (waiting_ >= options_.queue_max) return fail(ErrorKind::busy, "sandbox: {} calls are waiting", waiting_);
        ++waiting_;
        const bool has_seat = seat_free_.wait_for(lock, std::chrono::seconds(options_.wall_seconds_max),
                                                  [this] { return !free_seats_.empty(); });
        --waiting_;
        if (!has_seat) return fail(ErrorKind::busy, "sandbox: no worker was free within {} s", options_.wall_seconds_max);
    }
    WorkerSeat* seat = free_seats_.back();
    free_seats_.pop_back();
    return seat;
}

void Pool::give_back(WorkerSeat& seat) {
    {
        const std::lock_guard lock(mutex_);
        free_seats_.push_back(&seat);
    }
    seat_free_.notify_one();
}

Result<Bytes> Pool::run_on_seat(WorkerSeat& seat, const Call& call) {
    for (int attempt = 1;; ++attempt) {
        if (!seat.is_alive()) TRY(fill(seat));
        bool never_started = false;
        auto answer = seat.call(call, never_started);
        if (!seat.is_alive()) --alive_;
        if (!never_started || attempt == 2) return answer;
    }
}

Result<Bytes> Pool::run_call(Call& call) {
    if (call.parameters.size() > parameters_bytes_max) {
        return fail(ErrorKind::too_large, "sandbox: parameters have at most {} bytes", parameters_bytes_max);
    }
    call.number = next_call_++;
    WorkerSeat* seat = TRY(take_seat());
    auto answer = run_on_seat(*seat, call);
    if (seat->is_alive() && seat->is_worn()) empty(*seat);
    // The next caller finds a worker in place; where there is no memory for one now, it tries again itself.
    if (!seat->is_alive()) static_cast<void>(fill(*seat).has_value());
    give_back(*seat);
    return answer;
}

Result<Bytes> Pool::run(std::string_view task, ByteView input, ByteView parameters) {
    Call call;
    call.task = TRY(place_of(task));
    call.input = input;
    call.parameters = parameters;
    return run_call(call);
}

Result<Bytes> Pool::run_on_range(std::string_view task, int input_fd, std::uint64_t begin, std::uint64_t bytes_max, ByteView parameters) {
    Call call;
    call.task = TRY(place_of(task));
    struct stat state {};
    if (::fstat(input_fd, &state) != 0) return fail(ErrorKind::invalid, "sandbox: fstat: {}", std::strerror(errno));
    if (!S_ISREG(state.st_mode)) return fail(ErrorKind::invalid, "sandbox: the input is not a regular file");
    call.input_file = input_fd;
    const auto size = static_cast<std::uint64_t>(state.st_size);
    if (begin > size) return fail(ErrorKind::invalid, "sandbox: the file ends at {}, before {}", size, begin);
    call.input_file_at = begin;
    call.input_file_bytes = std::min(bytes_max, size - begin);
    call.parameters = parameters;
    return run_call(call);
}

}  // namespace
}  // namespace sandbox

Result<std::unique_ptr<Sandbox>> Sandbox::start(std::vector<SandboxTask> tasks, const SandboxOptions& options,
                                                std::function<void()> before_lockdown) {
    CHECK(options.workers > 0 && options.jobs_per_worker_max > 0 && options.cpu_seconds_max > 0 && options.wall_seconds_max > 0);
    sandbox::SocketPair pair = TRY(sandbox::make_socket_pair());
    const pid_t zygote = ::fork();
    if (zygote < 0) return fail(ErrorKind::unavailable, "sandbox: fork: {}", std::strerror(errno));
    if (zygote == 0) sandbox::run_zygote(pair.theirs.release(), tasks, options, before_lockdown);
    pair.theirs.close();
    auto pool = std::make_unique<sandbox::Pool>(std::move(tasks), options, std::move(pair.ours), zygote);
    TRY(pool->open());
    return std::unique_ptr<Sandbox>(std::move(pool));
}

}  // namespace plumbline

// SPDX-License-Identifier: Apache-2.0
#include "app/lab_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

#include "app/config.h"
#include "app/data_folder.h"
#include "app/decoder_sandbox.h"
#include "app/system_clock.h"
#include "base/log.h"
#include "lab/http_source.h"
#include "lab/lab_keys.h"
#include "lab/worker.h"
#include "seal/keys.h"

namespace plumbline::app {
namespace {

Result<lab::LabKeys> read_lab_keys(const Command& command) {
    struct stat state {};
    if (::stat(command.key.c_str(), &state) != 0) return fail(ErrorKind::not_found, "{}: cannot be read", command.key);
    if ((state.st_mode & 077U) != 0) return fail(ErrorKind::denied, "{}: others may read it; chmod 600", command.key);
    const auto passphrase = TRY(read_passphrase(command.passphrase_file));
    auto keys = lab::lab_keys_from(TRY(read_small_file(command.key)), passphrase);
    if (!keys) return fail_in(command.key, keys.error());
    return keys;
}

Result<ClientOptions> client_options_of(const Command& command) {
    ClientOptions options;
    options.base_url = command.server;
    if (command.fingerprint.empty()) return options;
    const auto fingerprint = Sha256::from_hex(command.fingerprint);
    if (!fingerprint) return fail(ErrorKind::invalid, "--fingerprint: 64 hexadecimal digits");
    options.certificate_sha256 = *fingerprint;
    return options;
}

// Waits for a signal on a thread of its own. Threads that are started after it inherit the mask.
class StopOnSignal {
  public:
    StopOnSignal() {
        sigemptyset(&signals_);
        for (const int number : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&signals_, number);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        thread_ = std::thread([this] { wait(); });
    }
    ~StopOnSignal() {
        is_over_ = true;
        ::pthread_kill(thread_.native_handle(), SIGUSR1);
        thread_.join();
    }
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;
    std::stop_token token() const { return source_.get_token(); }

  private:
    void wait() {
        for (int number = 0; ::sigwait(&signals_, &number) == 0 && !is_over_;) {
            if (source_.stop_requested()) ::_exit(0);   // asked twice
            log_event(LogLevel::info, "lab.stopping", {{"signal", number}});
            source_.request_stop();
        }
    }
    sigset_t signals_{};
    std::atomic<bool> is_over_ = false;
    std::stop_source source_;
    std::thread thread_;
};

struct Shared {
    Sandbox& sandbox;
    const lab::LabKeys& keys;
    Clock& clock;
    Entropy& entropy;
    const Limits& limits;
    const ClientOptions& client;
    const lab::WorkerOptions& options;
    bool once;
};

// One worker with its own connections. The number of jobs done where it ends by itself.
Result<std::size_t> work(const Shared& shared, const std::stop_token& stop) {
    const auto source = TRY(lab::HttpSource::open(shared.client, shared.keys, shared.clock, shared.entropy));
    lab::Worker worker({*source, shared.sandbox, shared.keys, shared.clock, shared.entropy, shared.limits}, shared.options);
    if (shared.once) return worker.run_until_idle(stop);
    worker.run(stop);
    return std::size_t{0};
}

Result<std::size_t> work_in_threads(const Shared& shared, unsigned workers, const std::stop_token& stop) {
    std::vector<Result<std::size_t>> results(workers, std::size_t{0});
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < workers; ++i) {
        threads.emplace_back([&shared, &stop, &result = results[i]] { result = work(shared, stop); });
    }
    for (std::thread& thread : threads) thread.join();
    std::size_t done = 0;
    for (const auto& result : results) {
        if (!result) return fail(result.error());
        done += *result;
    }
    return done;
}

}  // namespace

Result<int> run_lab(const Command& command, Entropy& entropy) {
    const Limits limits;
    const ClientOptions client = TRY(client_options_of(command));
    const unsigned workers = std::max(command.jobs, 1U);
    // Before the keys are read: a decoder is a copy of this process and must find no secret in its memory.
    const auto sandbox = TRY(start_decoder_sandbox(workers, limits, command.reads_text_in_pictures));
    keep_out_of_dumps();
    const lab::LabKeys keys = TRY(read_lab_keys(command));
    const StopOnSignal stop;
    SystemClock clock;
    lab::WorkerOptions options;
    options.engine = "plumbline scan " PLUMBLINE_VERSION;
    if (command.once) options.wait_seconds = 0;
    if (command.reads_text_in_pictures) options.skills.emplace_back(skill_read_pictures);
    options.part_bytes_max = std::uint64_t{command.hold_mib} << 20;
    options.bookmark_every = std::chrono::seconds(command.bookmark_seconds);
    log_event(LogLevel::info, "lab.ready", {{"lab", keys.id.text()}, {"server", command.server}, {"sandbox", sandbox->confinement()}});
    const Shared shared{*sandbox, keys, clock, entropy, limits, client, options, command.once};
    const std::size_t done = TRY(work_in_threads(shared, workers, stop.token()));
    if (command.once) fmt::print("{} jobs done\n", done);
    return 0;
}

}  // namespace plumbline::app

// SPDX-License-Identifier: Apache-2.0
// The cost of one call, both processes counted: CPU time of caller and workers is what `cpu_us` says.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "sandbox/sandbox.h"

namespace plumbline {
namespace {

Result<Bytes> echo(ByteView input, ByteView) { return to_bytes(input); }

double cpu_us(int who) {
    rusage used{};
    ::getrusage(who, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

void round_trip(benchmark::State& state) {
    SandboxOptions options;
    options.workers = 1;
    options.jobs_per_worker_max = static_cast<unsigned>(state.range(1));
    const Bytes input(static_cast<std::size_t>(state.range(0)), std::byte{7});
    double workers = 0;
    const double children = cpu_us(RUSAGE_CHILDREN);
    {
        auto box = Sandbox::start({{"echo", echo}}, options);
        if (!box) return state.SkipWithError(box.error().message.c_str());
        const double own = cpu_us(RUSAGE_SELF);
        for (auto _ : state) benchmark::DoNotOptimize((*box)->run("echo", input, {}));
        state.counters["caller_us"] = benchmark::Counter((cpu_us(RUSAGE_SELF) - own) / static_cast<double>(state.iterations()));
    }
    // The zygote has waited for its workers and we for the zygote, so their time is in ours now.
    workers = cpu_us(RUSAGE_CHILDREN) - children;
    state.counters["worker_us"] = benchmark::Counter(workers / static_cast<double>(state.iterations()));
}
BENCHMARK(round_trip)->Args({6 * 1024, 1'000'000})->Args({6 * 1024, 1000})->Args({6 * 1024, 1})->Args({1 << 20, 1000})->UseRealTime();

}  // namespace
}  // namespace plumbline

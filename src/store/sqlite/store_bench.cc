// SPDX-License-Identifier: Apache-2.0
// How many small tips a second become durable, and how fast every product of a name goes by.
//     store_sqlite_bench --benchmark_filter=accept
#include <benchmark/benchmark.h>

#include <atomic>

#include "store/sqlite/sqlite_store.h"
#include "store/test_folder.h"

namespace plumbline {
namespace {

TipId numbered(std::uint64_t number) {
    // Spread as random ids are, so that the indexes work as hard as they will.
    const Sha256 hash = sha256(view(std::to_string(number)));
    IdBytes random;
    std::copy_n(hash.bytes.begin(), random.size(), random.begin());
    return TipId::make(Instant(std::chrono::hours(490'000)), random);
}

NewTip small_tip(std::uint64_t number) {
    NewTip tip;
    tip.header.id = numbered(number);
    tip.wrapped_keys = Bytes(100, std::byte{1});
    Bytes sealed(700, std::byte{2});
    SealedPart content;
    content.sealed_bytes = sealed.size();
    content.sealed_sha256 = sha256(sealed);
    content.where = std::move(sealed);
    tip.parts.push_back(std::move(content));
    tip.mailbox_hash = sha256(view("mailbox " + std::to_string(number)));
    tip.reporter_public_key = Bytes(32, std::byte{3});
    tip.receipt = std::string(400, 'r');
    tip.received.entry.kind = kind_of_received();
    tip.received.tip = tip.header.id;
    tip.received.opening = Bytes(150, std::byte{4});
    tip.first_job = NewJob{JobId(numbered(number + (std::uint64_t{1} << 40)).bytes()), tip.header.id, std::string(skill_line), 0, {}};
    return tip;
}

struct Fixture {
    TestFolder folder;
    std::unique_ptr<Blobs> blobs = Blobs::in_memory();
    std::unique_ptr<Store> store = open_sqlite_store({.path = folder.file("store.db")}, *blobs).take();
};

std::unique_ptr<Fixture> fixture;
std::atomic<std::uint64_t> next{0};

void accept_small_tips(benchmark::State& state) {
    if (state.thread_index() == 0) fixture = std::make_unique<Fixture>();
    for (auto _ : state)
        if (!fixture->store->accept_tip(small_tip(next.fetch_add(1)))) state.SkipWithError("a tip was refused");
    state.SetItemsProcessed(state.iterations());
    if (state.thread_index() == 0) fixture.reset();
}
BENCHMARK(accept_small_tips)->Threads(1)->Threads(16)->Threads(64)->UseRealTime()->MeasureProcessCPUTime();

void visit_products(benchmark::State& state) {
    const Fixture here;
    constexpr std::uint64_t tips = 2000;
    for (std::uint64_t i = 0; i < tips; ++i) {
        const NewTip tip = small_tip(i);
        Change change;
        change.products = {Product{tip.header.id, "facts", 1, Bytes(1000, std::byte{5})}};
        if (!here.store->accept_tip(tip) || !here.store->apply(change)) state.SkipWithError("not stored");
    }
    for (auto _ : state) {
        std::uint64_t bytes = 0;
        const auto done = here.store->each_product("facts", [&](const Product& product) { return (bytes += product.sealed.size()) > 0; });
        if (!done || bytes != tips * 1000) state.SkipWithError("not all products came");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tips));
}
BENCHMARK(visit_products)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumbline

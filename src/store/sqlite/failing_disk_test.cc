// SPDX-License-Identifier: Apache-2.0
// The shim itself, and what the store does over it: whatever fails and when, nothing that was acknowledged is lost, nothing
// that was refused is half there, and the store works again once the disk does.
// The shim passes everything on to SQLite's own file system and fails from the Nth write or sync on until told to work again.
#include <sqlite3.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <thread>

#include "store/sqlite/sqlite_store.h"
#include "store/test_folder.h"
#include "store/test_values.h"

namespace plumbline::sqlite {

namespace {

enum class Fault { none, disk_full_at_write, fault_at_write, fault_at_sync };

std::atomic<Fault> fault_now{Fault::none};
std::atomic<long> left{0};
std::atomic<bool> failed{false};

bool fails(bool is_sync) {
    const Fault fault = fault_now.load();
    if (fault == Fault::none || (fault == Fault::fault_at_sync) != is_sync) return false;
    if (left.fetch_sub(1) > 1) return false;
    failed = true;
    return true;
}

// Our file is this header with the real file behind it.
struct ShimFile {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(this) + shim_bytes()); }
    static constexpr std::size_t shim_bytes() { return 16; }
};
static_assert(sizeof(ShimFile) <= ShimFile::shim_bytes());

sqlite3_vfs* real_vfs() {
    static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
    return found;
}
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<ShimFile*>(file)->real(); }

int write_shim(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    if (fails(false)) return fault_now == Fault::disk_full_at_write ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}
int sync_shim(sqlite3_file* file, int flags) {
    if (fails(true)) return SQLITE_IOERR_FSYNC;
    return real(file)->pMethods->xSync(real(file), flags);
}

const sqlite3_io_methods* shim_methods() {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;  // with shared memory, which the write-ahead log needs; without mapped reading
        m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
        m.xRead = [](sqlite3_file* f, void* out, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), out, n, at); };
        m.xWrite = write_shim;
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); };
        m.xSync = sync_shim;
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); };
        m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
        m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); };
        m.xFileControl = [](sqlite3_file* f, int op, void* argument) { return real(f)->pMethods->xFileControl(real(f), op, argument); };
        m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
        m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), offset, n, flags); };
        m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        return m;
    }();
    return &methods;
}

int open_shim(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    file->pMethods = nullptr;
    const int code = real_vfs()->xOpen(real_vfs(), name, real(file), flags, flags_out);
    if (code == SQLITE_OK) file->pMethods = shim_methods();
    return code;
}

// Registers the shim and gives its name for SqliteOptions::vfs.
const char* failing_vfs() {
    static sqlite3_vfs shim = [] {
        sqlite3_vfs made = *real_vfs();
        made.zName = "plumbline-failing";
        made.pNext = nullptr;
        made.szOsFile = static_cast<int>(ShimFile::shim_bytes()) + real_vfs()->szOsFile;
        made.xOpen = open_shim;
        return made;
    }();
    sqlite3_vfs_register(&shim, 0);
    return shim.zName;
}

void fail_from(Fault fault, long nth) {
    failed = false;
    left = nth;
    fault_now = fault;
}
void fail_never() { fault_now = Fault::none; }
bool has_failed() { return failed; }

}  // namespace
}  // namespace plumbline::sqlite

namespace plumbline::conformance {

namespace {

struct Round {
    sqlite::Fault fault;
    long nth;
};

// Accepts tips from two threads while the disk begins to fail, then heals it, and looks.
void lose_nothing(const Round& round) {
    const TestFolder folder;
    const auto blobs = Blobs::in_memory();
    SqliteOptions options;
    options.path = folder.file("store.db");
    options.vfs = sqlite::failing_vfs();
    sqlite::fail_never();
    std::set<TipId> acknowledged;
    std::set<TipId> refused;
    {
        auto opened = open_sqlite_store(options, *blobs);
        ASSERT_WORKS(opened);
        Store& store = **opened;
        std::mutex mutex;
        const auto accept = [&](std::uint64_t number) {
            const NewTip tip = tip_number(number, 5000);
            const auto accepted = store.accept_tip(tip);
            EXPECT_TRUE(accepted || accepted.error().kind == ErrorKind::unavailable) << accepted.error().message;
            const std::lock_guard lock(mutex);
            (accepted ? acknowledged : refused).insert(tip.header.id);
        };
        accept(1);
        sqlite::fail_from(round.fault, round.nth);
        std::thread other([&] {
            for (std::uint64_t number = 100; number < 106; ++number) accept(number);
        });
        for (std::uint64_t number = 200; number < 206; ++number) accept(number);
        other.join();
        EXPECT_TRUE(sqlite::has_failed());
        EXPECT_FALSE(refused.empty());
        // There is room again: the same store goes on.
        sqlite::fail_never();
        accept(300);
        EXPECT_TRUE(acknowledged.contains(id_of<TipId>(300)));
        for (const TipId tip : acknowledged) EXPECT_TRUE(store.tip(tip).has_value()) << tip.text();
        for (const TipId tip : refused) EXPECT_FALSE(store.tip(tip).has_value()) << tip.text();
        EXPECT_EQ(*store.ledger_size(), acknowledged.size());
        EXPECT_THAT(*store.check(), IsEmpty());
    }
    options.vfs = nullptr;
    auto again = open_sqlite_store(options, *blobs);
    ASSERT_WORKS(again);
    for (const TipId tip : acknowledged) EXPECT_TRUE((*again)->tip(tip).has_value()) << tip.text();
    EXPECT_EQ(*(*again)->ledger_size(), acknowledged.size());
    EXPECT_THAT(*(*again)->check(), IsEmpty());
}

TEST(FailingDiskTest, a_disk_that_is_full_at_the_nth_write) {
    for (long nth = 1; nth <= 40; nth += 3) {
        SCOPED_TRACE(nth);
        ASSERT_NO_FATAL_FAILURE(lose_nothing({sqlite::Fault::disk_full_at_write, nth}));
    }
}

TEST(FailingDiskTest, a_write_that_fails) {
    for (long nth = 1; nth <= 40; nth += 5) {
        SCOPED_TRACE(nth);
        ASSERT_NO_FATAL_FAILURE(lose_nothing({sqlite::Fault::fault_at_write, nth}));
    }
}

TEST(FailingDiskTest, a_sync_that_fails) {
    for (long nth = 1; nth <= 4; ++nth) {
        SCOPED_TRACE(nth);
        ASSERT_NO_FATAL_FAILURE(lose_nothing({sqlite::Fault::fault_at_sync, nth}));
    }
}

}  // namespace
}  // namespace plumbline::conformance

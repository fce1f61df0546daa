// SPDX-License-Identifier: Apache-2.0
// The one writer: a thread that takes writes from a bounded queue and commits many at once. Each write runs inside its own
// savepoint, so one that fails takes nothing from its neighbours; a caller hears "done" only after the shared COMMIT has
// returned. Where the COMMIT fails, every write of the group fails with `unavailable` and none has happened.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.h"

namespace plumbline::sqlite {

struct WriterOptions {
    std::size_t queue_max = 4096;
    std::size_t group_max = 256;
};

// Any thread may call run(). The destructor finishes what is queued.
class Writer {
  public:
    using Write = std::function<Result<void>(Connection&)>;

    Writer(std::unique_ptr<Connection> connection, WriterOptions options);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer();

    // Blocks until the write is durable or has failed whole; so `write` may refer to the caller's stack. `busy` at once where
    // the queue is full. `write` runs on the writer's thread and must not call run().
    Result<void> run(Write write);

  private:
    struct Pending {
        Write write;
        std::promise<Result<void>> done;
    };
    void loop();
    void commit_group(std::vector<Pending>& group);
    // Runs all writes of the group; an error means that the whole transaction is lost.
    Result<void> run_group(std::vector<Pending>& group, std::vector<Result<void>>& outcomes);

    std::unique_ptr<Connection> connection_;
    const WriterOptions options_;
    std::mutex mutex_;
    std::condition_variable something_to_do_;
    std::deque<Pending> queue_;
    bool is_stopping_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace plumbline::sqlite

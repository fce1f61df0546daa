// SPDX-License-Identifier: Apache-2.0
// A few connections that read while the writer writes. A reader sees what was committed when it began.
#pragma once
#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/sqlite/connection.h"

namespace plumbline::sqlite {

// Any thread.
class Readers {
  public:
    explicit Readers(std::vector<std::unique_ptr<Connection>> connections) : free_(std::move(connections)) {}

    // Gives its connection back when it goes.
    class Loan {
      public:
        Loan(Readers& readers, std::unique_ptr<Connection> connection)
            : readers_(&readers), connection_(std::move(connection)) {}
        Loan(Loan&&) noexcept = default;
        Loan& operator=(Loan&&) = delete;
        ~Loan() {
            if (connection_) readers_->give_back(std::move(connection_));
        }
        Connection& operator*() const { return *connection_; }

      private:
        Readers* readers_;
        std::unique_ptr<Connection> connection_;
    };

    // `busy` where all are in use for a minute.
    Result<Loan> borrow() {
        std::unique_lock lock(mutex_);
        if (!one_is_free_.wait_for(lock, std::chrono::seconds(60), [this] { return !free_.empty(); }))
            return fail(ErrorKind::busy, "every reader of the store is in use");
        auto connection = std::move(free_.back());
        free_.pop_back();
        return Loan(*this, std::move(connection));
    }

  private:
    void give_back(std::unique_ptr<Connection> connection) {
        {
            const std::lock_guard lock(mutex_);
            free_.push_back(std::move(connection));
        }
        one_is_free_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable one_is_free_;
    std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace plumbline::sqlite

// SPDX-License-Identifier: Apache-2.0
// One thread reads, several hand in: each waits for its own commit, and the store commits what waits together. Lines are
// printed in the order of the input.
#include "app/import_command.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "app/assets.h"
#include "app/mail_submission.h"
#include "face/tip_fields.h"

namespace plumbline::app {

namespace {

constexpr unsigned threads_default = 16;
constexpr std::size_t queue_items_max = 256;
constexpr std::size_t queue_bytes_max = 128 * 1024 * 1024;
constexpr int busy_tries_max = 600;  // of 50 ms

using intake::ImportItem;
using intake::ImportKind;

struct Numbered {
    std::uint64_t number = 0;
    ImportItem item;
};

// Between the reader and the threads; bounded by items and bytes.
class ItemQueue {
  public:
    void push(Numbered item) {
        std::unique_lock lock(mutex_);
        has_room_.wait(lock, [this] { return is_closed_ || (items_.size() < queue_items_max && bytes_ < queue_bytes_max); });
        if (is_closed_) return;
        bytes_ += item.item.bytes.size();
        items_.push_back(std::move(item));
        has_item_.notify_one();
    }
    std::optional<Numbered> pop() {
        std::unique_lock lock(mutex_);
        has_item_.wait(lock, [this] { return is_closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        Numbered item = std::move(items_.front());
        items_.pop_front();
        bytes_ -= item.item.bytes.size();
        has_room_.notify_one();
        return item;
    }
    // What is queued is still given out, unless it is dropped.
    void close(bool drops) {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        if (drops) items_.clear();
        has_item_.notify_all();
        has_room_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable has_room_, has_item_;
    std::deque<Numbered> items_;
    std::size_t bytes_ = 0;
    bool is_closed_ = false;
};

// The store has many writers: one that is busy is asked again, for half a minute.
template <class Submit>
Result<intake::Receipt> patiently(const Submit& submit) {
    for (int attempt = 1;; ++attempt) {
        auto receipt = submit();
        if (receipt || receipt.error().kind != ErrorKind::busy || attempt == busy_tries_max) return receipt;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

class Importer {
  public:
    Importer(const ImportArguments& arguments, const Categories& categories, intake::Intake& intake)
        : arguments_(arguments), categories_(categories), intake_(intake), category_(arguments.category) {
        if (category_.empty()) category_ = category_not_sure;
    }

    Result<int> run() {
        if (categories_.find(category_) == nullptr) return fail(ErrorKind::invalid, "--category: no category \"{}\"", category_.substr(0, 80));
        auto opened = intake::ImportSource::open(arguments_.paths, arguments_.import_limits);
        // A path that is not there is the caller's mistake, not the world's.
        if (!opened && opened.error().kind == ErrorKind::not_found) return fail(ErrorKind::invalid, "{}", opened.error().message);
        const auto source = TRY(std::move(opened));
        std::vector<std::thread> threads;
        const unsigned count = arguments_.jobs == 0 ? threads_default : arguments_.jobs;
        for (unsigned i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
        const auto start = std::chrono::steady_clock::now();
        for (std::uint64_t number = 0; !has_failed_; ++number) {
            auto item = source->next();
            if (!item) break;
            queue_.push(Numbered{number, std::move(*item)});
            show_progress(*source, start, false);
        }
        queue_.close(has_failed_);
        for (std::thread& thread : threads) thread.join();
        show_progress(*source, start, true);
        return summary();
    }

  private:
    void work() {
        while (auto numbered = queue_.pop()) {
            const ImportItem& item = numbered->item;
            const auto receipt = item.refused ? Result<intake::Receipt>(fail(*item.refused)) : submit(item);
            note(numbered->number, item.place, receipt);
            const bool is_worlds = !receipt && !item.refused && (receipt.error().kind == ErrorKind::unavailable || receipt.error().kind == ErrorKind::busy);
            if (!is_worlds) continue;
            {
                const std::lock_guard lock(mutex_);
                failure_ = receipt.error();
            }
            has_failed_ = true;
            queue_.close(true);
            return;
        }
    }

    Result<intake::Receipt> submit(const ImportItem& item) {
        intake::SubmissionOptions options;
        options.channel = TipChannel::import;
        options.partner = "import";
        if (item.kind == ImportKind::mail) {
            options.dedup_source = dedup_source_of(TipChannel::import, item.bytes);
            return patiently([&] { return submit_mail(intake_, item.bytes, category_, options); });
        }
        const Json json = TRY(parse_json(text_of(item.bytes), arguments_.limits.json_depth_max));
        const face::CheckedJson checked = face::check_json(json, categories_, arguments_.limits);
        if (!checked.errors.empty()) return fail(ErrorKind::invalid, "{}: {}", checked.errors.front().field, checked.errors.front().text);
        options.dedup_source = dedup_source_of(TipChannel::import, view(to_json(checked.content).dump()));
        return patiently([&]() -> Result<intake::Receipt> { return TRY(intake_.begin(options))->finish(checked.content); });
    }

    void note(std::uint64_t number, const std::string& place, const Result<intake::Receipt>& receipt) {
        const bool is_jsonl = arguments_.format == "jsonl";
        std::string line;
        if (is_jsonl) {
            Json row = Json::object();
            row.set("place", place);
            if (receipt) row.set("tip", receipt->tip.text()).set("is_new", receipt->is_new);
            else row.set("error", receipt.error().message);
            line = row.dump() + "\n";
        } else if (!receipt) {
            line = fmt::format("refused: {}: {}\n", place, receipt.error().message);
        }
        const std::lock_guard lock(mutex_);
        ++(!receipt ? counts_.refused : receipt->is_new ? counts_.taken : counts_.already_there);
        lines_.emplace(number, std::move(line));
        for (auto first = lines_.begin(); first != lines_.end() && first->first == next_line_; first = lines_.erase(first), ++next_line_)
            std::fwrite(first->second.data(), 1, first->second.size(), stdout);
    }

    void show_progress(const intake::ImportSource& source, std::chrono::steady_clock::time_point start, bool is_last) {
        if (::isatty(STDERR_FILENO) == 0) return;
        const auto now = std::chrono::steady_clock::now();
        if (!is_last && now - shown_ < std::chrono::milliseconds(200)) return;
        shown_ = now;
        std::uint64_t done = 0;
        {
            const std::lock_guard lock(mutex_);
            done = counts_.taken + counts_.already_there + counts_.refused;
        }
        const double seconds = std::max(1e-3, std::chrono::duration<double>(now - start).count());
        const double share = source.bytes_total() == 0 ? 1 : static_cast<double>(source.bytes_read()) / static_cast<double>(source.bytes_total());
        const double left = share > 0 ? seconds * (1 - share) / share : 0;
        fmt::print(stderr, "\r{} done, {:.0f} a second, {:.0f} s left   {}", done, static_cast<double>(done) / seconds, is_last ? 0.0 : left, is_last ? "\n" : "");
    }

    Result<int> summary() {
        for (const auto& line : lines_) std::fwrite(line.second.data(), 1, line.second.size(), stdout);
        if (arguments_.format == "jsonl") {
            Json row = Json::object();
            row.set("taken", counts_.taken).set("already_there", counts_.already_there).set("refused", counts_.refused);
            fmt::print("{}\n", row.dump());
        } else {
            fmt::print("{} taken, {} already there, {} refused\n", counts_.taken, counts_.already_there, counts_.refused);
        }
        std::fflush(stdout);
        if (failure_) return fail(*failure_);
        return counts_.refused > 0 ? 1 : 0;
    }

    const ImportArguments& arguments_;
    const Categories& categories_;
    intake::Intake& intake_;
    std::string category_;
    ItemQueue queue_;
    std::atomic<bool> has_failed_ = false;
    std::chrono::steady_clock::time_point shown_{};
    std::mutex mutex_;  // of all below
    ImportCounts counts_;
    std::optional<Error> failure_;
    std::map<std::uint64_t, std::string> lines_;
    std::uint64_t next_line_ = 0;
};

}  // namespace

Result<int> run_import(const ImportArguments& arguments, intake::Intake& intake) {
    const Categories categories = TRY(built_in_categories());
    return Importer(arguments, categories, intake).run();
}

}  // namespace plumbline::app

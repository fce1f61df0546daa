// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>

#include "base/check.h"
#include "store/uploads.h"

namespace plumbline {

namespace {

constexpr std::size_t entries_in_stripe_max = 64;
constexpr std::size_t read_piece_bytes = 256 * 1024;

class File {
  public:
    explicit File(int number) : number_(number) {}
    File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    File& operator=(File&&) = delete;
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }

  private:
    int number_;
};

tl::unexpected<Error> disk_fault(std::string_view what, int number) {
    return fail(number == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable, "an upload: {}: {}", what, std::generic_category().message(number));
}

Instant hour_at(const struct stat& status) {
    return std::chrono::floor<std::chrono::hours>(Instant{std::chrono::seconds(status.st_mtim.tv_sec)});
}

void cut_time_to_hour(int file) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= now.tv_sec % 3600;
    now.tv_nsec = 0;
    const timespec times[2] = {now, now};
    (void)::futimens(file, times);
}

// What is known of an upload that is under way: who writes it, and the hash of what came. An entry that is gone costs one
// reading of the file.
struct Entry {
    std::uint64_t writer = 0;
    std::uint64_t hashed_bytes = 0;
    std::optional<Sha256Stream> hash;
    std::optional<Sha256> whole;
};
struct Stripe {
    std::mutex mutex;                       // guards `entries`, and is held while a piece is written
    std::map<std::string, Entry> entries;
    Entry& entry(const std::string& path) {
        if (entries.size() >= entries_in_stripe_max && !entries.contains(path)) entries.erase(entries.begin());
        return entries[path];
    }
};

class FileUploadWriter final : public UploadWriter {
  public:
    FileUploadWriter(Stripe& stripe, std::string path, File file, std::uint64_t writer, std::uint64_t offset, std::uint64_t length)
        : stripe_(stripe), path_(std::move(path)), file_(std::move(file)), writer_(writer), offset_(offset), length_(length) {}

    Result<void> write(ByteView bytes) override {
        const std::lock_guard lock(stripe_.mutex);
        const auto entry = stripe_.entries.find(path_);
        if (entry == stripe_.entries.end() || entry->second.writer != writer_) return fail(ErrorKind::conflict, "another request goes on with this upload");
        if (bytes.size() > length_ - offset_) return fail(ErrorKind::too_large, "more bytes than the upload's length");
        for (ByteView rest = bytes; !rest.empty();) {
            const auto at = static_cast<off_t>(offset_ + (bytes.size() - rest.size()));
            const ssize_t count = ::pwrite(file_.get(), rest.data(), rest.size(), at);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) {
                const int number = errno;
                (void)(::ftruncate(file_.get(), static_cast<off_t>(offset_)) == 0);
                return disk_fault("writing", number);
            }
            rest = rest.subspan(static_cast<std::size_t>(count));
        }
        if (entry->second.hash && entry->second.hashed_bytes == offset_) {
            entry->second.hash->update(bytes);
            entry->second.hashed_bytes += bytes.size();
        }
        offset_ += bytes.size();
        return {};
    }

    Result<std::uint64_t> commit() override {
        cut_time_to_hour(file_.get());
        if (::fdatasync(file_.get()) != 0) return disk_fault("syncing", errno);
        return offset_;
    }
    ~FileUploadWriter() override { cut_time_to_hour(file_.get()); }

  private:
    Stripe& stripe_;
    const std::string path_;
    File file_;
    const std::uint64_t writer_;
    std::uint64_t offset_;
    const std::uint64_t length_;
};

class FileUploads final : public Uploads {
  public:
    explicit FileUploads(std::string folder) : folder_(std::move(folder)) {}

    Result<void> create(const UploadName& name) override {
        const std::string path = path_of(name);
        const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.get() < 0) return disk_fault("making", errno);
        cut_time_to_hour(file.get());
        const File folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        cut_time_to_hour(folder.get());
        if (folder.get() < 0 || ::fsync(folder.get()) != 0) return disk_fault("syncing the folder", errno);
        return {};
    }

    Result<UploadState> state(const UploadName& name) override {
        const File file = TRY(open_file(name, O_RDONLY));
        struct stat status {};
        if (::fdatasync(file.get()) != 0 || ::fstat(file.get(), &status) != 0) return disk_fault("reading", errno);
        return UploadState{static_cast<std::uint64_t>(status.st_size), hour_at(status)};
    }

    Result<std::unique_ptr<UploadWriter>> append(const UploadName& name, std::uint64_t offset_bytes) override {
        const std::string path = path_of(name);
        File file = TRY(open_file(name, O_WRONLY));
        Stripe& stripe = stripe_of(name);
        const std::lock_guard lock(stripe.mutex);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return disk_fault("reading", errno);
        const auto size = static_cast<std::uint64_t>(status.st_size);
        if (size != offset_bytes) return fail(ErrorKind::conflict, "the upload stands at {}, not at {}", size, offset_bytes);
        Entry& entry = stripe.entry(path);
        entry.writer = ++writers_;
        if (size == 0) {
            entry.hash.emplace();
            entry.hashed_bytes = 0;
        }
        return std::make_unique<FileUploadWriter>(stripe, path, std::move(file), entry.writer, size, name.length_bytes);
    }

    Result<Bytes> bytes(const UploadName& name) override {
        Bytes all;
        TRY(each_piece(name, [&all](ByteView piece) { plumbline::append(all, piece); }));
        return all;
    }

    Result<BlobRef> keep(const UploadName& name, Blobs& blobs) override {
        if (TRY(state(name)).offset_bytes != name.length_bytes) return fail(ErrorKind::conflict, "the upload is not whole yet");
        return blobs.link_file(path_of(name), BlobRef{TRY(hash_of(name)), name.length_bytes});
    }

    Result<void> remove(const UploadName& name) override {
        const std::string path = path_of(name);
        {
            Stripe& stripe = stripe_of(name);
            const std::lock_guard lock(stripe.mutex);
            stripe.entries.erase(path);
        }
        if (::unlink(path.c_str()) != 0) return disk_fault("removing", errno);
        return {};
    }

    Result<Totals> totals() override {
        Totals totals;
        TRY(each_file([&totals](const std::string&, const std::string& name) {
            std::uint64_t length = 0;
            const std::size_t dash = name.find('-');
            std::from_chars(name.data() + dash + 1, name.data() + name.size(), length);
            ++totals.uploads;
            totals.bytes += length;
        }));
        return totals;
    }

    Result<std::size_t> sweep(Instant before) override {
        std::size_t removed = 0;
        TRY(each_file([&](const std::string& path, const std::string&) {
            struct stat status {};
            if (::stat(path.c_str(), &status) == 0 && hour_at(status) < before && ::unlink(path.c_str()) == 0) ++removed;
        }));
        return removed;
    }

  private:
    std::string path_of(const UploadName& name) const { return fmt::format("{}/{}-{}", folder_, name.secret_hash.hex(), name.length_bytes); }
    Stripe& stripe_of(const UploadName& name) { return stripes_[std::to_integer<std::size_t>(name.secret_hash.bytes[0]) % stripes_.size()]; }

    Result<File> open_file(const UploadName& name, int flags) {
        File file(::open(path_of(name).c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
        if (file.get() < 0 && errno == ENOENT) return fail(ErrorKind::not_found, "there is no such upload: it has run out, was ended, or never began");
        if (file.get() < 0) return disk_fault("opening", errno);
        return file;
    }

    template <class Take>
    Result<void> each_piece(const UploadName& name, Take take) {
        const File file = TRY(open_file(name, O_RDONLY));
        Bytes piece(read_piece_bytes);
        for (;;) {
            const ssize_t count = ::read(file.get(), piece.data(), piece.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return disk_fault("reading", errno);
            if (count == 0) return {};
            take(ByteView(piece).first(static_cast<std::size_t>(count)));
        }
    }

    // Known from the pieces as they came; read again where the process has changed meanwhile.
    Result<Sha256> hash_of(const UploadName& name) {
        Stripe& stripe = stripe_of(name);
        {
            const std::lock_guard lock(stripe.mutex);
            Entry& entry = stripe.entry(path_of(name));
            if (!entry.whole && entry.hash && entry.hashed_bytes == name.length_bytes) {
                entry.whole = entry.hash->finish();
                entry.hash.reset();
            }
            if (entry.whole) return *entry.whole;
        }
        Sha256Stream hash;
        TRY(each_piece(name, [&hash](ByteView piece) { hash.update(piece); }));
        return hash.finish();
    }

    template <class Take>
    Result<void> each_file(Take take) {
        DIR* stream = ::opendir(folder_.c_str());
        if (stream == nullptr) return disk_fault("listing", errno);
        while (const dirent* entry = ::readdir(stream)) {
            const std::string name = entry->d_name;
            if (name.find('-') == 64) take(folder_ + "/" + name, name);
        }
        ::closedir(stream);
        return {};
    }

    const std::string folder_;
    std::array<Stripe, 64> stripes_;
    std::atomic<std::uint64_t> writers_{0};
};

}  // namespace

Result<std::unique_ptr<Uploads>> Uploads::open(const std::string& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return disk_fault("making the folder", errno);
    return std::make_unique<FileUploads>(folder);
}

}  // namespace plumbline

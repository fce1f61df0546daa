// SPDX-License-Identifier: Apache-2.0
// Blobs as files. The order of a commit: bytes to DIR/incoming/, file synced, renamed to its name, folders synced. A crash
// before the rename leaves a file in incoming/ (removed at the next start), one after it a blob that no row names (swept).
// Modification times are cut to the hour: when somebody reported is kept no finer than that.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "store/blobs.h"

namespace plumbline {

namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::size_t hash_piece_bytes = 256 * 1024;

// An open file that closes itself.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

  private:
    int number_ = -1;
};

// Every fault of the disk is `unavailable`: the caller may try again when there is room. `number` is errno.
tl::unexpected<Error> disk_fault(std::string_view what, const std::string& path, int number) {
    const ErrorKind kind = number == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable;
    return fail(kind, "{} {}: {}", what, path, std::generic_category().message(number));
}

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return disk_fault("making", path, errno);
    return {};
}

Result<void> sync_folder(const std::string& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) return disk_fault("opening", path, errno);
    if (::fsync(folder.get()) != 0) return disk_fault("syncing", path, errno);
    return {};
}

// Best effort: a file system that cannot set times keeps its own.
void cut_time_to_hour(const std::string& path) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= now.tv_sec % 3600;
    now.tv_nsec = 0;
    const timespec times[2] = {now, now};
    (void)::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Where a blob lies, its folders made.
struct BlobPlace {
    std::string folder, outer, inner, target;

    static Result<BlobPlace> made(const std::string& folder, const Sha256& hash) {
        const std::string hex = hash.hex();
        const std::string outer = folder + "/" + hex.substr(0, 2);
        const std::string inner = outer + "/" + hex.substr(2, 2);
        TRY(make_folder(outer));
        TRY(make_folder(inner));
        return BlobPlace{folder, outer, inner, inner + "/" + hex};
    }
    Result<void> sync() const {
        for (const std::string& changed : {inner, outer, folder}) cut_time_to_hour(changed);
        for (const std::string& changed : {inner, outer, folder}) TRY(sync_folder(changed));
        return {};
    }
};

class FileBlobWriter final : public BlobWriter {
  public:
    FileBlobWriter(std::string folder, std::string path, Descriptor file)
        : folder_(std::move(folder)), path_(std::move(path)), file_(std::move(file)) {
        buffer_.reserve(buffer_bytes);
    }
    FileBlobWriter(const FileBlobWriter&) = delete;
    FileBlobWriter& operator=(const FileBlobWriter&) = delete;
    ~FileBlobWriter() override {
        if (path_.empty()) return;
        ::unlink(path_.c_str());
        cut_time_to_hour(parent_of(path_));
    }

    Result<void> write(ByteView bytes) override {
        CHECK(!path_.empty());
        hash_.update(bytes);
        size_bytes_ += bytes.size();
        if (buffer_.size() + bytes.size() <= buffer_bytes) {
            append(buffer_, bytes);
            return {};
        }
        TRY(flush());
        if (bytes.size() >= buffer_bytes) return write_out(bytes);
        append(buffer_, bytes);
        return {};
    }

    Result<BlobRef> commit() override {
        CHECK(!path_.empty());
        TRY(flush());
        if (::fsync(file_.get()) != 0) return disk_fault("syncing", path_, errno);
        const BlobRef ref{hash_.finish(), size_bytes_};
        const BlobPlace place = TRY(BlobPlace::made(folder_, ref.sha256));
        cut_time_to_hour(path_);
        if (::rename(path_.c_str(), place.target.c_str()) != 0) return disk_fault("renaming to", place.target, errno);
        path_.clear();
        cut_time_to_hour(folder_ + "/incoming");
        TRY(place.sync());
        return ref;
    }

  private:
    Result<void> flush() {
        TRY(write_out(buffer_));
        buffer_.clear();
        return {};
    }
    Result<void> write_out(ByteView bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return disk_fault("writing", path_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    std::string folder_;
    std::string path_;  // "" once it has its name
    Descriptor file_;
    Bytes buffer_;
    Sha256Stream hash_;
    std::uint64_t size_bytes_ = 0;
};

class FileBlobReader final : public BlobReader {
  public:
    FileBlobReader(std::string path, Descriptor file, std::uint64_t size_bytes)
        : path_(std::move(path)), file_(std::move(file)), size_bytes_(size_bytes) {}
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
        if (offset >= size_bytes_) return std::size_t{0};
        for (;;) {
            const ssize_t count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return disk_fault("reading", path_, errno);
            return static_cast<std::size_t>(count);
        }
    }
    std::uint64_t size_bytes() const override { return size_bytes_; }

  private:
    std::string path_;
    Descriptor file_;
    std::uint64_t size_bytes_;
};

// The names in a folder, without those that start with a point; sorted, so that listings repeat.
Result<std::vector<std::string>> names_in(const std::string& folder) {
    DIR* stream = ::opendir(folder.c_str());
    if (stream == nullptr) return disk_fault("listing", folder, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream))
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    ::closedir(stream);
    std::sort(names.begin(), names.end());
    return names;
}

class FileBlobs final : public Blobs {
  public:
    explicit FileBlobs(std::string folder) : folder_(std::move(folder)) {}

    Result<std::unique_ptr<BlobWriter>> begin() override {
        for (int attempt = 0; attempt < 100; ++attempt) {
            std::string path = fmt::format("{}/incoming/{}-{}", folder_, ::getpid(), next_.fetch_add(1));
            Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
            if (!file.is_open() && errno == EEXIST) continue;
            if (!file.is_open()) return disk_fault("creating", path, errno);
            // The lock tells a process that starts now that this file is still being written. Where that process was
            // quicker than the lock, the name is gone: take another.
            struct stat status {};
            if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;
            if (::fstat(file.get(), &status) != 0 || status.st_nlink == 0) continue;
            return std::make_unique<FileBlobWriter>(folder_, std::move(path), std::move(file));
        }
        return fail(ErrorKind::unavailable, "no free name in {}/incoming", folder_);
    }

    // The same inode under a second name: a crash before the row is committed leaves the upload as it was.
    Result<BlobRef> link_file(const std::string& path, const BlobRef& ref) override {
        {
            const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
            if (!file.is_open()) return disk_fault("opening", path, errno);
            if (::fsync(file.get()) != 0) return disk_fault("syncing", path, errno);
        }
        const BlobPlace place = TRY(BlobPlace::made(folder_, ref.sha256));
        cut_time_to_hour(path);
        if (::link(path.c_str(), place.target.c_str()) != 0 && errno != EEXIST) return disk_fault("linking", place.target, errno);
        TRY(place.sync());
        return ref;
    }

    Result<std::unique_ptr<BlobReader>> read(const BlobRef& ref) override {
        std::string path = path_of(ref.sha256);
        Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.is_open()) return disk_fault("opening", path, errno);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return disk_fault("reading", path, errno);
        return std::make_unique<FileBlobReader>(std::move(path), std::move(file), static_cast<std::uint64_t>(status.st_size));
    }

    Result<bool> check(const BlobRef& ref) override {
        const auto reader = TRY(read(ref));
        Sha256Stream hash;
        Bytes piece(hash_piece_bytes);
        std::uint64_t offset = 0;
        while (const std::size_t count = TRY(reader->read(offset, piece))) {
            hash.update(ByteView(piece).first(count));
            offset += count;
        }
        return offset == ref.size_bytes && hash.finish() == ref.sha256;
    }

    Result<std::vector<BlobRef>> list(std::optional<Instant> there_before) override {
        std::vector<BlobRef> refs;
        for (const std::string& outer : TRY(names_in(folder_))) {
            if (outer.size() != 2) continue;
            for (const std::string& inner : TRY(names_in(folder_ + "/" + outer))) {
                const std::string folder = folder_ + "/" + outer + "/" + inner;
                for (const std::string& name : TRY(names_in(folder))) {
                    const auto hash = Sha256::from_hex(name);
                    struct stat status {};
                    if (!hash || ::stat((folder + "/" + name).c_str(), &status) != 0) continue;
                    const Instant hour{std::chrono::seconds(status.st_mtim.tv_sec)};
                    if (there_before && hour + std::chrono::hours(1) > *there_before) continue;
                    refs.push_back(BlobRef{*hash, static_cast<std::uint64_t>(status.st_size)});
                }
            }
        }
        return refs;
    }

    Result<void> remove(const BlobRef& ref) override {
        const std::string path = path_of(ref.sha256);
        if (::unlink(path.c_str()) != 0) return disk_fault("removing", path, errno);
        cut_time_to_hour(parent_of(path));
        return sync_folder(parent_of(path));
    }

    // Removes what unfinished writers left, save what another process holds locked.
    Result<void> clear_incoming() {
        const std::string incoming = folder_ + "/incoming";
        for (const std::string& name : TRY(names_in(incoming))) {
            const std::string path = incoming + "/" + name;
            const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
            if (!file.is_open() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;
            ::unlink(path.c_str());
        }
        return {};
    }

  private:
    std::string path_of(const Sha256& hash) const {
        const std::string hex = hash.hex();
        return fmt::format("{}/{}/{}/{}", folder_, hex.substr(0, 2), hex.substr(2, 2), hex);
    }

    std::string folder_;
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace

Result<std::unique_ptr<Blobs>> Blobs::open(const std::string& folder) {
    TRY(make_folder(folder));
    TRY(make_folder(folder + "/incoming"));
    auto blobs = std::make_unique<FileBlobs>(folder);
    TRY(blobs->clear_incoming());
    TRY(sync_folder(folder));
    if (const std::size_t slash = folder.rfind('/'); slash != std::string::npos && slash > 0) TRY(sync_folder(folder.substr(0, slash)));
    return blobs;
}

}  // namespace plumbline

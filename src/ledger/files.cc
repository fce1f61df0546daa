// SPDX-License-Identifier: Apache-2.0
#include "ledger/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace plumbline::ledger {
namespace {
constexpr std::size_t synced_one_by_one_max = 16;  // with more files, one syncfs is cheaper

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

  private:
    int number_;
};

tl::unexpected<Error> disk_fault(std::string_view what, const std::string& path) {
    const int number = errno;
    return fail(number == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable, "{} {}: {}", what, path,
                std::generic_category().message(number));
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Result<void> sync_path(const std::string& path, int flags) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
    if (!file.is_open()) return disk_fault("opening", path);
    if (::fsync(file.get()) != 0) return disk_fault("syncing", path);
    return {};
}
}  // namespace

Result<void> make_folders(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) == 0) return sync_path(folder_of(path).empty() ? "." : folder_of(path), O_DIRECTORY);
    if (errno == EEXIST) return {};
    if (errno != ENOENT || path.find('/') == std::string::npos) return disk_fault("making", path);
    TRY(make_folders(folder_of(path)));
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return disk_fault("making", path);
    return sync_path(folder_of(path), O_DIRECTORY);
}

Result<Bytes> read_file(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) return disk_fault("opening", path);
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return disk_fault("reading", path);
    if (!S_ISREG(about.st_mode)) return fail(ErrorKind::corrupt, "{}: not a plain file", path);
    if (static_cast<std::uint64_t>(about.st_size) > bytes_max) return fail(ErrorKind::too_large, "{}: over {} bytes", path, bytes_max);
    Bytes bytes(static_cast<std::size_t>(about.st_size));
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t count = ::read(file.get(), bytes.data() + at, bytes.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return disk_fault("reading", path);
        if (count == 0) break;
        at += static_cast<std::size_t>(count);
    }
    bytes.resize(at);
    return bytes;
}

FileBatch::~FileBatch() {
    for (std::size_t i = renamed_; i < waiting_.size(); ++i) ::unlink(waiting_[i].temporary.c_str());
}

Result<void> FileBatch::write_temporary(const std::string& path, ByteView bytes, Day modified) const {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file.is_open()) return disk_fault("making", path);
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t count = ::write(file.get(), bytes.data() + at, bytes.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return disk_fault("writing", path);
        at += static_cast<std::size_t>(count);
    }
    const std::time_t seconds = std::chrono::system_clock::to_time_t(modified);
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    if (::futimens(file.get(), times) != 0) return disk_fault("dating", path);
    return {};
}

Result<void> FileBatch::add(const std::string& path, ByteView bytes, Day modified) {
    Waiting file{fmt::format("{}/{}", incoming_, waiting_.size()), folder_ + "/" + path};
    waiting_.push_back(std::move(file));  // before it is written: half a file is removed too
    return write_temporary(waiting_.back().temporary, bytes, modified);
}

Result<void> FileBatch::commit() {
    if (waiting_.size() > synced_one_by_one_max) {
        const Descriptor folder(::open(incoming_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.is_open()) return disk_fault("opening", incoming_);
        if (::syncfs(folder.get()) != 0) return disk_fault("syncing", incoming_);
    } else {
        for (const Waiting& file : waiting_) TRY(sync_path(file.temporary, 0));
    }
    std::set<std::string> folders;
    for (const Waiting& file : waiting_) {
        if (folders.insert(folder_of(file.target)).second) TRY(make_folders(folder_of(file.target)));
        if (std::rename(file.temporary.c_str(), file.target.c_str()) != 0) return disk_fault("naming", file.target);
        ++renamed_;
    }
    for (const std::string& folder : folders) TRY(sync_path(folder, O_DIRECTORY));
    return {};
}

}  // namespace plumbline::ledger

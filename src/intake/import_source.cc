// SPDX-License-Identifier: Apache-2.0
// Walks folders first, so that the work ahead is known, then reads file by file. Links inside folders are not followed: a
// folder may hold what somebody else put there.
#include "intake/import_source.h"

#include <filesystem>

#include "intake/file_reader.h"

namespace plumbline::intake {

namespace {

namespace fs = std::filesystem;
constexpr int depth_max = 64;

struct FoundFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    bool is_maildir_mail = false;
};

bool is_maildir(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "cur", ignored) && fs::is_directory(folder / "new", ignored);
}

class Walk {
  public:
    explicit Walk(const ImportLimits& limits) : limits_(limits) {}

    Result<void> add(const std::string& path) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::exists(status)) return fail(ErrorKind::not_found, "{}: no such file or folder", path);
        if (fs::is_directory(status)) return add_folder(path, 0);
        return add_file(path, false);
    }
    std::vector<FoundFile> files() && { return std::move(files_); }

  private:
    Result<void> add_file(const fs::path& path, bool is_maildir_mail) {
        if (files_.size() >= limits_.files_max) return fail(ErrorKind::invalid, "there are over {} files", limits_.files_max);
        std::error_code ignored;
        const std::uintmax_t size = fs::file_size(path, ignored);
        files_.push_back(FoundFile{path.string(), ignored ? 0 : std::uint64_t{size}, is_maildir_mail});
        return {};
    }

    Result<void> add_folder(const fs::path& folder, int depth) {
        if (depth > depth_max) return fail(ErrorKind::invalid, "{}: folders lie over {} deep", folder.string(), depth_max);
        std::vector<fs::directory_entry> entries;
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) entries.push_back(*it);
        if (error) return fail(ErrorKind::unavailable, "{}: {}", folder.string(), error.message());
        std::sort(entries.begin(), entries.end());
        const bool is_box = is_maildir(folder);
        const bool is_box_part = (folder.filename() == "cur" || folder.filename() == "new") && is_maildir(folder.parent_path());
        for (const fs::directory_entry& entry : entries) {
            const fs::path& path = entry.path();
            const std::string name = path.filename().string();
            std::error_code ignored;
            const fs::file_type type = entry.symlink_status(ignored).type();
            // Beside its mails a Maildir holds lists of its server's and, in tmp, mails that are not whole.
            if (is_box && (type == fs::file_type::regular || name == "tmp")) continue;
            if (name.starts_with('.') && !(type == fs::file_type::directory && is_maildir(path))) continue;
            if (type == fs::file_type::directory) TRY(add_folder(path, depth + 1));
            if (type == fs::file_type::regular) TRY(add_file(path, is_box_part));
        }
        return {};
    }

    const ImportLimits& limits_;
    std::vector<FoundFile> files_;
};

class FilesSource final : public ImportSource {
  public:
    FilesSource(std::vector<FoundFile> files, const ImportLimits& limits) : files_(std::move(files)), limits_(limits) {
        for (const FoundFile& file : files_) bytes_total_ += file.size_bytes;
    }

    std::optional<ImportItem> next() override {
        while (next_ < files_.size()) {
            const FoundFile& file = files_[next_];
            if (!reader_) {
                auto opened = open(file);
                if (!opened) return end_file(opened.error());
                reader_ = std::move(*opened);
            }
            auto item = reader_->next();
            if (!item) return end_file(item.error());
            if (*item) return std::move(*item);
            (void)end_file(std::nullopt);
        }
        return std::nullopt;
    }
    std::uint64_t bytes_total() const override { return bytes_total_; }
    std::uint64_t bytes_read() const override { return bytes_before_ + (reader_ ? reader_->bytes_read() : 0); }

  private:
    Result<std::unique_ptr<FileReader>> open(const FoundFile& file) {
        switch (file.is_maildir_mail ? FileKind::mail : TRY(kind_of_file(file.path))) {
            case FileKind::mail: return open_mail(file.path, limits_);
            case FileKind::mbox: return open_mbox(file.path, limits_);
            case FileKind::json_lines: return open_json_lines(file.path, limits_);
            case FileKind::unknown: break;
        }
        return fail(ErrorKind::unsupported, "is neither a mail, nor mbox, nor JSON lines");
    }
    ImportItem end_file(std::optional<Error> error) {
        ImportItem item;
        item.place = files_[next_].path;
        item.refused = std::move(error);
        bytes_before_ += files_[next_].size_bytes;
        reader_.reset();
        ++next_;
        return item;
    }

    std::vector<FoundFile> files_;
    ImportLimits limits_;
    std::size_t next_ = 0;
    std::unique_ptr<FileReader> reader_;
    std::uint64_t bytes_total_ = 0;
    std::uint64_t bytes_before_ = 0;
};

}  // namespace

Result<std::unique_ptr<ImportSource>> ImportSource::open(const std::vector<std::string>& paths, const ImportLimits& limits) {
    Walk walk(limits);
    for (const std::string& path : paths) TRY(walk.add(path));
    std::vector<FoundFile> files = std::move(walk).files();
    if (files.empty()) return fail(ErrorKind::invalid, "there is no file to take in");
    return std::make_unique<FilesSource>(std::move(files), limits);
}

}  // namespace plumbline::intake

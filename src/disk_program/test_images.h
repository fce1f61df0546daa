// SPDX-License-Identifier: Apache-2.0
// For the tests: an image as a list of files with their content's hash, by the program itself.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/hash.h"
#include "disk/ask.h"
#include "disk/linear.h"

namespace plumbline::disk {

struct ListedFile {
    FileEntry entry;
    std::string sha256;  // empty where the content is lost
    Bytes content;       // only of files under 64 MiB that have runs or are made
};
struct Listed {
    Start start;
    std::vector<Volume> volumes;
    std::vector<ListedFile> files;
    std::vector<std::string> troubles;
    Asked asked;
    const ListedFile* find(std::string_view path) const {
        for (const ListedFile& file : files) {
            if (file.entry.path == path) return &file;
        }
        return nullptr;
    }
};

class OpenFiles {
  public:
    explicit OpenFiles(const std::vector<std::string>& paths) {
        for (const std::string& path : paths) numbers_.push_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    }
    OpenFiles(const OpenFiles&) = delete;
    OpenFiles& operator=(const OpenFiles&) = delete;
    ~OpenFiles() {
        for (const int number : numbers_) ::close(number);
    }
    const std::vector<int>& numbers() const { return numbers_; }

  private:
    std::vector<int> numbers_;
};

inline Result<Bytes> content_by_runs(RandomBytes& image, const FileEntry& file) {
    Bytes content;
    for (const Run& run : file.runs) {
        if (run.kind == RunKind::slack) break;
        if (run.kind == RunKind::zero) content.resize(content.size() + run.length);
        else append(content, TRY(image.bytes(run.offset, run.length)));
    }
    return content;
}

inline Result<Listed> list_image(const std::vector<std::string>& paths, const AskLimits& limits = {}) {
    const OpenFiles open(paths);
    Listed listed;
    AnswerVisitor visitor;
    visitor.start = [&](const Start& start) { listed.start = start; return Result<void>(); };
    visitor.volume = [&](const Volume& volume) { listed.volumes.push_back(volume); return Result<void>(); };
    visitor.trouble = [&](const Trouble& trouble) { listed.troubles.push_back(trouble.text); return Result<void>(); };
    visitor.file = [&](FileEntry&& file) { listed.files.push_back({std::move(file), "", {}}); return Result<void>(); };
    listed.asked = TRY(ask_list(open.numbers(), limits, visitor));
    std::vector<std::unique_ptr<RandomBytes>> segments;
    for (const int number : open.numbers()) segments.push_back(TRY(bytes_of_file(number)));
    auto linear = open_linear(std::move(segments));
    std::vector<ReadItem> items;
    std::vector<std::size_t> asked_for;
    for (std::size_t i = 0; i < listed.files.size(); ++i) {
        ListedFile& file = listed.files[i];
        if (file.entry.is(file_is_made)) {
            items.push_back({listed.volumes.at(file.entry.volume).offset, file.entry.meta, file.entry.stream, file.entry.size_bytes});
            asked_for.push_back(i);
        } else if (linear && !file.entry.runs.empty() && file.entry.size_bytes < 64 * 1024 * 1024) {
            // A damaged container may not give all of it.
            file.content = content_by_runs(*linear->bytes, file.entry).value_or(Bytes());
            if (file.content.size() == file.entry.size_bytes) file.sha256 = plumbline::sha256(file.content).hex();
        }
    }
    if (items.empty()) return listed;
    AnswerVisitor reader;
    reader.content = [&](const Content& content) {
        ListedFile& file = listed.files[asked_for.at(content.item)];
        append(file.content, content.bytes);
        if (content.is_last) file.sha256 = plumbline::sha256(file.content).hex();
        return Result<void>();
    };
    reader.trouble = visitor.trouble;
    const Asked read = TRY(ask_read(open.numbers(), limits, items, reader));
    listed.asked.deaths.insert(listed.asked.deaths.end(), read.deaths.begin(), read.deaths.end());
    return listed;
}

// A folder of its own, gone at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "plumbline-disk-XXXXXX").string();
        path_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
#include "app/import_evidence.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "app/assets.h"

namespace plumbline::app {

namespace {
constexpr std::size_t piece_bytes = 1024 * 1024;

// Closed when the scope ends.
struct OpenedFile {
    int number;
    ~OpenedFile() {
        if (number >= 0) ::close(number);
    }
};

Result<intake::Receipt> take_in(const std::string& path, const std::string& category, intake::Intake& intake) {
    const OpenedFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    struct stat info {};
    if (file.number < 0 || ::fstat(file.number, &info) != 0) return fail(ErrorKind::invalid, "{}: {}", path, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fail(ErrorKind::invalid, "{}: not a regular file", path);
    intake::SubmissionOptions options;
    options.channel = TipChannel::import;
    options.partner = "import";
    options.has_no_size_limit = true;
    const auto writer = TRY(intake.begin(options));
    const std::string name = path.substr(path.find_last_of('/') + 1);
    TRY(writer->begin_file(name, "application/octet-stream"));
    Bytes piece(piece_bytes);
    const bool is_watched = ::isatty(STDERR_FILENO) != 0;
    auto shown = std::chrono::steady_clock::now();
    for (std::uint64_t done = 0;;) {
        const ssize_t count = ::read(file.number, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
        if (count == 0) break;
        TRY(writer->file_data(ByteView(piece).first(static_cast<std::size_t>(count))));
        done += static_cast<std::uint64_t>(count);
        if (!is_watched || std::chrono::steady_clock::now() - shown < std::chrono::seconds(1)) continue;
        shown = std::chrono::steady_clock::now();
        fmt::print(stderr, "\r{}: {} of {} MB   ", name, done / 1'000'000, info.st_size / 1'000'000);
    }
    if (is_watched) fmt::print(stderr, "\n");
    TRY(writer->end_file());
    TipContent content;
    content.text = "Evidence was handed in for examination: " + name.substr(0, 200);
    content.category = category;
    return writer->finish(std::move(content));
}
}  // namespace

Result<int> run_import_evidence(const ImportArguments& arguments, intake::Intake& intake) {
    const Categories categories = TRY(built_in_categories());
    const std::string category = arguments.category.empty() ? std::string(category_not_sure) : arguments.category;
    if (categories.find(category) == nullptr) return fail(ErrorKind::invalid, "--category: no category \"{}\"", category.substr(0, 80));
    for (const std::string& path : arguments.paths) {
        const intake::Receipt receipt = TRY(take_in(path, category, intake));
        if (arguments.format == "jsonl") {
            Json row = Json::object();
            row.set("place", path).set("tip", receipt.tip.text()).set("is_new", receipt.is_new);
            fmt::print("{}\n", row.dump());
        } else {
            fmt::print("{} {}\n", receipt.tip.text(), path);
        }
        std::fflush(stdout);
    }
    return 0;
}

}  // namespace plumbline::app

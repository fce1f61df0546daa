// SPDX-License-Identifier: Apache-2.0
#include "app/mail_folders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "base/hash.h"
#include "base/log.h"

namespace plumbline::app {

namespace {

constexpr std::uint64_t mail_bytes_max = 64ULL * 1024 * 1024;
constexpr std::chrono::seconds look_every{2};
constexpr std::size_t mails_a_look_max = 1000;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The names in new/, oldest first as far as their names tell.
Result<std::vector<std::string>> new_mails(const std::string& path) {
    std::error_code failed;
    std::filesystem::directory_iterator at(path + "/new", failed);
    if (failed) return fail(ErrorKind::unavailable, "{}/new: {}", path, failed.message());
    std::vector<std::string> names;
    for (const std::filesystem::directory_iterator end; at != end; at.increment(failed)) {
        if (failed) return fail(ErrorKind::unavailable, "{}/new: {}", path, failed.message());
        const std::string name = at->path().filename().string();
        if (!name.starts_with('.') && at->is_regular_file(failed)) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    if (names.size() > mails_a_look_max) names.resize(mails_a_look_max);
    return names;
}

Result<Bytes> read_mail_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(ErrorKind::unavailable, "{}: cannot be read", path);
    Bytes bytes;
    char buffer[65536];
    while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
        append(bytes, std::string_view(buffer, static_cast<std::size_t>(in.gcount())));
        if (bytes.size() > mail_bytes_max) return fail(ErrorKind::too_large, "{}: has more than {} bytes", path, mail_bytes_max);
    }
    return bytes;
}

Result<void> move_to_cur(const std::string& folder, const std::string& name, std::string_view flags) {
    const std::string to = fmt::format("{}/cur/{}:2,{}", folder, name.substr(0, name.find(':')), flags);
    if (std::rename((folder + "/new/" + name).c_str(), to.c_str()) != 0) return fail(ErrorKind::unavailable, "{}: cannot be moved to cur/", name);
    return {};
}

}  // namespace

Result<std::vector<MailFolder>> mail_folders_from(std::string_view text) {
    std::vector<MailFolder> folders;
    while (!trimmed(text).empty()) {
        const std::string_view one = trimmed(text.substr(0, text.find(',')));
        text.remove_prefix(std::min(text.size(), text.find(',') == std::string_view::npos ? text.size() : text.find(',') + 1));
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos || equals == 0 || equals + 1 == one.size()) return fail(ErrorKind::invalid, "mail.folders: PARTNER=FOLDER, with commas between several");
        folders.push_back({std::string(trimmed(one.substr(0, equals))), std::string(trimmed(one.substr(equals + 1)))});
    }
    return folders;
}

Result<partners::ItemAnswer> take_mail(const partners::ReportServices& services, const TokenRow& token, ByteView mail) {
    std::optional<partners::ItemAnswer> answer;
    partners::ReportTaker taker(services, token, "mail " + sha256(mail).hex(), [&answer](const partners::ItemAnswer& given) {
        // One mail may hold several reports: what was taken counts.
        if (!answer || given.tip) answer = given;
    });
    TRY(taker.take(1, reports::ReportForm::mail, mail));
    TRY(taker.flush());
    if (!answer) return fail(ErrorKind::unavailable, "the mail got no answer");
    if (answer->outcome == partners::ItemOutcome::over_rate) return fail(ErrorKind::busy, "this partner's items of the hour are used up");
    return *answer;
}

Result<std::size_t> take_mail_folder(const partners::ReportServices& services, const MailFolder& folder) {
    const std::vector<std::string> names = TRY(new_mails(folder.path));
    if (names.empty()) return std::size_t{0};
    const TokenRow token = TRY(partners::token_of_partner(services.store, folder.partner));
    std::size_t moved = 0;
    for (const std::string& name : names) {
        auto mail = read_mail_file(folder.path + "/new/" + name);
        if (!mail && mail.error().kind == ErrorKind::too_large) {
            // Flagged, so that a person finds it: it is not read and not lost.
            log_event(LogLevel::error, "mail.too_large", {{"partner", folder.partner}, {"mail", name}});
            TRY(move_to_cur(folder.path, name, "F"));
            continue;
        }
        if (!mail) return fail(mail.error());
        const partners::ItemAnswer answer = TRY(take_mail(services, token, *mail));
        if (answer.outcome == partners::ItemOutcome::refused) log_event(LogLevel::error, "mail.refused", {{"partner", folder.partner}, {"mail", name}, {"reason", answer.reason}});
        TRY(move_to_cur(folder.path, name, answer.outcome == partners::ItemOutcome::refused ? "F" : "S"));
        ++moved;
    }
    return moved;
}

MailWatch::MailWatch(const partners::ReportServices& services, std::vector<MailFolder> folders)
    : thread_([&services, folders = std::move(folders)](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any woken;
          while (!stop.stop_requested()) {
              for (const MailFolder& folder : folders) {
                  const auto moved = take_mail_folder(services, folder);
                  if (!moved) log_event(LogLevel::error, "mail.folder_failed", {{"partner", folder.partner}, {"error", moved.error().message}});
              }
              std::unique_lock lock(mutex);
              woken.wait_for(lock, stop, look_every, [] { return false; });
          }
      }) {}

}  // namespace plumbline::app

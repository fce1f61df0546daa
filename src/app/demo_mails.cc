// SPDX-License-Identifier: Apache-2.0
#include "app/demo_mails.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "app/data_folder.h"
#include "app/import_command.h"
#include "app/mail_submission.h"
#include "base/hash.h"
#include "model/category.h"

namespace plumbline::app {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t mail_bytes_max = 4 * 1024 * 1024;
constexpr unsigned demo_threads = 16;

struct Share {
    std::string_view group;
    std::size_t count;
};
constexpr Share shares[] = {{"spam-1", 130}, {"spam-2", 170}, {"easy-ham-1", 50}, {"easy-ham-2", 25}, {"hard-ham-1", 25}};

constexpr std::string_view advance_words[] = {"next of kin", "beneficiary", "nigeria", "united states dollars", "foreign partner",
                                              "lottery", "inheritance", "late father"};
constexpr std::string_view phishing_words[] = {"verify your", "password", "account information", "credit card number",
                                               "social security", "confirm your", "paypal", "ebay"};

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& letter : lower)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return lower;
}

Result<std::vector<std::string>> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".txt") names.push_back(it->path().filename().string());
    if (error) return fail(ErrorKind::not_found, "{}: {}", folder.string(), error.message());
    std::sort(names.begin(), names.end());
    return names;
}

// Evenly over the group; where a mail was seen before, the next one in its place.
Result<void> choose_from(const fs::path& folder, const Share& share, std::set<Sha256>& seen, std::vector<DemoMail>& chosen) {
    const std::vector<std::string> names = TRY(names_in(folder));
    std::size_t next = 0;
    for (std::size_t i = 0; i < share.count; ++i) {
        next = std::max(next, i * names.size() / share.count);
        for (bool is_taken = false; !is_taken; ++next) {
            if (next >= names.size()) return fail(ErrorKind::not_found, "{} has not {} different mails", folder.string(), share.count);
            const std::string text = TRY(read_small_file((folder / names[next]).string(), mail_bytes_max));
            const ByteView mail = intake::without_mbox_line(view(text));
            is_taken = seen.insert(sha256(mail)).second;
            if (is_taken) chosen.push_back(DemoMail{std::string(share.group), names[next], to_bytes(mail), std::string(demo_category(share.group, text_of(mail)))});
        }
    }
    return {};
}

}  // namespace

std::string_view demo_category(std::string_view group, std::string_view mail) {
    if (!group.starts_with("spam")) return category_not_sure;
    const std::string text = lower_case(mail);
    const auto has_any = [&text](const auto& words) {
        return std::any_of(std::begin(words), std::end(words), [&text](std::string_view word) { return text.find(word) != std::string::npos; });
    };
    if (has_any(advance_words)) return "fraud.advance";
    if (has_any(phishing_words)) return "fraud.phishing";
    return "nuisance.spam";
}

Result<std::vector<DemoMail>> choose_demo_mails(const std::string& folder) {
    const fs::path inner = fs::path(folder) / "data";
    const fs::path base = file_exists(inner.string()) ? inner : fs::path(folder);
    std::set<Sha256> seen;
    std::vector<DemoMail> chosen;
    for (const Share& share : shares) TRY(choose_from(base / share.group, share, seen, chosen));
    // The groups mixed, by the hash of the name: no group has a time of its own.
    std::sort(chosen.begin(), chosen.end(), [](const DemoMail& a, const DemoMail& b) {
        const Sha256 of_a = sha256(view(a.group + "/" + a.name));
        const Sha256 of_b = sha256(view(b.group + "/" + b.name));
        return of_a < of_b;
    });
    return chosen;
}

namespace {

Result<bool> submit_one(intake::Intake& intake, const DemoMail& mail, Instant from, std::chrono::microseconds step) {
    const Sha256 hash = sha256(mail.bytes);
    // Somewhere inside its own step, the same place every time.
    const auto within = std::chrono::microseconds(step.count() / 256 * std::to_integer<std::int64_t>(hash.bytes[0]));
    intake::SubmissionOptions options;
    options.channel = TipChannel::demo;
    options.received = from + within;
    options.dedup_source = dedup_source_of(TipChannel::demo, mail.bytes);
    return TRY(submit_mail(intake, mail.bytes, mail.category, options)).is_new;
}

}  // namespace

// Several threads, each taking the next mail: they wait for the disk together and share its commits. The days of the log
// ascend but for neighbours.
Result<ImportCounts> load_demo(intake::Intake& intake, const std::string& folder, Instant now) {
    const std::vector<DemoMail> mails = TRY(choose_demo_mails(folder));
    const std::chrono::microseconds span = std::chrono::days(59);
    const std::chrono::microseconds step = span / static_cast<std::int64_t>(mails.size());
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    ImportCounts counts;
    Result<void> outcome;
    std::vector<std::jthread> threads;
    for (unsigned number = 0; number < demo_threads; ++number)
        threads.emplace_back([&] {
            for (std::size_t i = next++; i < mails.size(); i = next++) {
                const auto is_new = submit_one(intake, mails[i], now - span + step * static_cast<std::int64_t>(i), step);
                const std::lock_guard lock(mutex);
                if (!is_new) {
                    if (outcome) outcome = fail(is_new.error());
                    next = mails.size();
                    return;
                }
                ++(*is_new ? counts.taken : counts.already_there);
            }
        });
    threads.clear();
    if (!outcome) return fail(outcome.error());
    return counts;
}

}  // namespace plumbline::app

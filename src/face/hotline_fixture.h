// SPDX-License-Identifier: Apache-2.0
// For tests: the hotline over a memory store and an intake that keeps what it was given, with the real pages.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "base/check.h"
#include "face/hotline.h"
#include "seal/envelope.h"
#include "seal/test_entropy.h"
#include "store/memory/memory_store.h"

namespace plumbline::face {

inline std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct KeptFile {
    std::string name;
    std::string media_type;
    std::uint64_t bytes = 0;
    std::string start;        // its first bytes
    bool is_ended = false;
};
struct KeptTip {
    TipContent content;
    std::vector<KeptFile> files;
    intake::SubmissionOptions options;
};

inline constexpr const char* test_words = "legal winner thank year wave sausage worth useful legal winner thank yellow";

class FakeIntake final : public intake::Intake {
  public:
    std::vector<KeptTip> tips;
    std::vector<std::string> messages;
    std::uint64_t file_bytes_max = UINT64_MAX;
    std::optional<Error> failure;        // of finish()
    int writers = 0;                     // that live
    Mailbox mailbox;

    Result<std::unique_ptr<intake::TipWriter>> begin(const intake::SubmissionOptions& options) override {
        return std::make_unique<Writer>(*this, options);
    }
    std::unique_ptr<intake::ReportBatch> begin_reports(const intake::ReportBatchOptions&) override {
        CHECK(false);   // reports_api_test.cc has a real intake
        return nullptr;
    }
    Result<Mailbox> open_mailbox(std::string_view words) override {
        if (words == test_words) return mailbox;
        if (words.find("zoo") != std::string_view::npos) return fail(ErrorKind::not_found, "no such mailbox");
        return fail(ErrorKind::invalid, "a receipt has 12 words, these are 1");
    }
    std::vector<KeptFile> added;         // files of additions that were finished
    bool is_withdrawn = false;
    std::uint64_t added_bytes_max = UINT64_MAX;
    std::string answer_bytes;            // of the one file that there is
    Result<std::unique_ptr<intake::Addition>> begin_addition(std::string_view words) override {
        TRY(open_mailbox(words));
        return std::make_unique<Adder>(*this);
    }
    Result<void> withdraw(std::string_view words) override {
        TRY(open_mailbox(words));
        is_withdrawn = true;
        mailbox.tip.withdrawn_hour = *instant_from("2026-11-23T15:00:00Z");
        return {};
    }
    Result<intake::AnswerFile> answer_file(std::string_view words, MessageId, std::uint32_t n) override {
        TRY(open_mailbox(words));
        if (n != 1 || answer_bytes.empty()) return fail(ErrorKind::not_found, "no such file");
        ByteArray<32> secret{};
        const seal::TipKey key(secret);
        seal::TestEntropy entropy("answer file");
        const Bytes sealed = seal::seal_part(key, TipId(), 1, view(answer_bytes), entropy);
        return intake::AnswerFile{{"r\u00e9ponse.pdf", "application/pdf", answer_bytes.size()},
                                  std::make_unique<seal::PartReader>(key, TipId(), 1, [sealed](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
                                      const std::size_t at = std::min<std::size_t>(static_cast<std::size_t>(offset), sealed.size());
                                      const std::size_t count = std::min(out.size(), sealed.size() - at);
                                      std::copy_n(sealed.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
                                      return count;
                                  })};
    }

  private:
    class Adder final : public intake::Addition {
      public:
        explicit Adder(FakeIntake& owner) : owner_(owner) { ++owner_.writers; }
        ~Adder() override { --owner_.writers; }
        Result<void> begin_file(std::string_view name, std::string_view media_type) override {
            files_.push_back({std::string(name), std::string(media_type), 0, "", false});
            return {};
        }
        Result<void> file_data(ByteView piece) override {
            files_.back().bytes += piece.size();
            if (files_.back().bytes > owner_.added_bytes_max) return fail(ErrorKind::too_large, "files: this mailbox is full");
            return {};
        }
        Result<void> end_file() override {
            files_.back().is_ended = true;
            return {};
        }
        std::size_t files() const override { return files_.size(); }
        Result<void> finish(std::string_view text) override {
            owner_.messages.emplace_back(text);
            owner_.added.insert(owner_.added.end(), files_.begin(), files_.end());
            return {};
        }

      private:
        FakeIntake& owner_;
        std::vector<KeptFile> files_;
    };
    class Writer final : public intake::TipWriter {
      public:
        Writer(FakeIntake& owner, const intake::SubmissionOptions& options) : owner_(owner) {
            tip_.options = options;
            ++owner_.writers;
        }
        ~Writer() override { --owner_.writers; }
        Result<void> begin_file(std::string_view name, std::string_view media_type) override {
            if (tip_.files.size() == 20) return fail(ErrorKind::too_large, "too many files");
            tip_.files.push_back({std::string(name), std::string(media_type), 0, "", false});
            return {};
        }
        Result<void> file_data(ByteView piece) override {
            KeptFile& file = tip_.files.back();
            CHECK(!file.is_ended);
            file.bytes += piece.size();
            if (file.start.size() < 64) file.start += text_of(piece).substr(0, 64);
            if (file.bytes > owner_.file_bytes_max) return fail(ErrorKind::too_large, "a file is over the limit");
            return {};
        }
        Result<void> end_file() override {
            tip_.files.back().is_ended = true;
            return {};
        }
        std::size_t files() const override { return tip_.files.size(); }
        Result<intake::Receipt> finish(TipContent content) override {
            if (owner_.failure) return fail(*owner_.failure);
            const bool is_new = !tip_.options.dedup_source || std::none_of(owner_.tips.begin(), owner_.tips.end(), [&](const KeptTip& tip) {
                return tip.options.dedup_source == tip_.options.dedup_source;
            });
            intake::Receipt receipt;
            receipt.tip = TipId::make(Instant{}, IdBytes{});
            receipt.is_new = is_new;
            if (!is_new) return receipt;
            tip_.content = std::move(content);
            owner_.tips.push_back(std::move(tip_));
            receipt.words = test_words;
            receipt.proof = "Plumbline proof of receipt, version 1\n\ntip: " + receipt.tip.text() + "\nreceived: 2026-11-23\nsignature: AAAA<&>\n";
            return receipt;
        }

      private:
        FakeIntake& owner_;
        KeptTip tip_;
    };
};

class HotlineFixture : public testing::Test {
  public:
    std::string folder = testing::TempDir() + "plumbline-hotline-" + std::to_string(::getpid());
    std::unique_ptr<Blobs> blobs = Blobs::in_memory();
    std::unique_ptr<Store> store = make_memory_store(*blobs);
    FakeClock clock{*instant_from("2026-11-23T15:04:05Z")};
    FakeIntake intake;
    Limits limits;
    Categories categories = *Categories::from_json(*parse_json(file_text(PLUMBLINE_SOURCE_DIR "/rules/categories.json")));
    std::map<std::string, std::string, std::less<>> assets;
    bool is_demo = false;
    intake::SealedIntake* sealed_intake = nullptr;
    std::string emergency_number;
    WorkGate* work = nullptr;
    std::string onion_location;
    bool is_strict_tls = false;
    std::function<Result<figures::Figures>(Day, Day)> figures;
    std::function<Result<std::string>()> keys_text;
    std::function<Result<std::string>(std::uint64_t)> proof_of;
    const partners::ReportServices* reports = nullptr;
    std::string rulebook_html = "<section><h2>Severity</h2><table><caption>Severity</caption><tr><th scope=\"col\">When</th></tr><tr><td>danger now</td></tr></table></section>";
    Router router;

    void open() {
        HotlineServices services{.intake = intake, .store = *store, .clock = clock, .categories = categories, .limits = limits, .asset = {},
                                 .rulebook_html = rulebook_html, .ledger_folder = folder, .figures = figures, .figures_chart = {}, .blobs = blobs.get(), .keys_text = keys_text, .proof_of = proof_of, .reports = reports, .is_ready = {}, .sealed = sealed_intake, .signed_desk_key = {}, .emergency_number = emergency_number, .is_demo = is_demo};
        services.work = work;
        services.onion_location = onion_location;
        services.is_strict_tls = is_strict_tls;
        services.asset = [this](std::string_view name) -> Result<std::string_view> {
            auto& text = assets[std::string(name)];
            text = file_text(std::string(PLUMBLINE_SOURCE_DIR "/") + std::string(name));
            if (text.empty()) return fail(ErrorKind::not_found, "{}", name);
            return std::string_view(text);
        };
        const auto added = add_hotline_routes(router, services);
        ASSERT_TRUE(added) << added.error().message;
    }
    Response get(std::string path, std::map<std::string, std::string> query = {}) {
        Request request;
        request.method = "GET";
        request.path = std::move(path);
        request.query = std::move(query);
        return router.handle(std::move(request));
    }
    Response post(std::string path, std::string media_type, std::string body, std::map<std::string, std::string> headers = {}) {
        Request request;
        request.method = "POST";
        request.path = std::move(path);
        request.headers = std::move(headers);
        request.headers["content-type"] = std::move(media_type);
        request.body = std::move(body);
        return router.handle(std::move(request));
    }
};

// One part of a form; a file where it has a file name.
struct FormPart {
    std::string name;
    std::string value;
    std::optional<std::string> file_name = {};
};
inline constexpr const char* form_type = "multipart/form-data; boundary=----edge";
inline std::string form_body(const std::vector<FormPart>& parts) {
    std::string body;
    for (const FormPart& part : parts) {
        body += "------edge\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
        if (part.file_name) body += "; filename=\"" + *part.file_name + "\"\r\nContent-Type: text/plain";
        body += "\r\n\r\n" + part.value + "\r\n";
    }
    return body + "------edge--\r\n";
}

}  // namespace plumbline::face

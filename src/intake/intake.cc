// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include "base/check.h"
#include "intake/mailbox.h"
#include "intake/report_writer.h"
#include "intake/tip_writer.h"

namespace plumbline::intake {

namespace {

class SealingIntake final : public Intake {
  public:
    explicit SealingIntake(IntakeParts parts) : parts_(std::move(parts)) {
        CHECK(!parts_.keys.desk.empty());
        CHECK(parts_.keys.dedup_secret.size() == 32);
    }

    Result<std::unique_ptr<TipWriter>> begin(const SubmissionOptions& options) override {
        if (options.received && options.channel != TipChannel::demo)
            return fail(ErrorKind::invalid, "received: only demo data may say when it came");
        return make_tip_writer(parts_, options);
    }

    std::unique_ptr<ReportBatch> begin_reports(const ReportBatchOptions& options) override { return make_report_batch(parts_, options); }

    Result<Mailbox> open_mailbox(std::string_view words) override { return opened_mailbox(parts_, words); }
    Result<std::unique_ptr<Addition>> begin_addition(std::string_view words) override { return begun_addition(parts_, words); }
    Result<void> withdraw(std::string_view words) override { return withdrawn(parts_, words); }
    Result<AnswerFile> answer_file(std::string_view words, MessageId message, std::uint32_t n) override { return answer_file_of(parts_, words, message, n); }

  private:
    const IntakeParts parts_;
};

}  // namespace

std::unique_ptr<Intake> Intake::make(Store& store, Blobs& blobs, Clock& clock, Entropy& entropy, const Categories& categories,
                                     IntakeKeys keys, const Limits& limits) {
    return std::make_unique<SealingIntake>(IntakeParts{store, blobs, clock, entropy, categories, std::move(keys), limits});
}

}  // namespace plumbline::intake

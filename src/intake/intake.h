// SPDX-License-Identifier: Apache-2.0
// Takes a tip in: seals content and files as they stream, commits tip row, parts, ledger entry and first job in one
// transaction, and only then gives the receipt.
//
//     auto writer = TRY(intake.begin({.channel = TipChannel::form}));
//     TRY(writer->begin_file("letter.eml", "message/rfc822"));
//     TRY(writer->file_data(piece));          // as often as pieces come; memory does not grow
//     TRY(writer->end_file());
//     const Receipt receipt = TRY(writer->finish(content));   // durable
//
// Intake holds public keys only (the desk's), and the key that signs receipts. It cannot open what it took.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/entropy.h"
#include "base/limits.h"
#include "base/time.h"
#include "intake/report_batch.h"
#include "model/category.h"
#include "model/tip.h"
#include "seal/keys.h"
#include "seal/message.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::intake {

struct SubmissionOptions {
    TipChannel channel = TipChannel::form;
    std::string partner = {};                     // name of the token or import source: goes into the sealed origin
    std::optional<Bytes> dedup_source = {};       // what makes two submissions the same: hashed with a secret key at once
    std::optional<Instant> received = {};         // demo data only; everything else is the clock's hour
    bool has_no_size_limit = false;               // evidence that the operator brings in: the disk alone bounds it
};

struct Receipt {
    TipId tip;
    bool is_new = true;                           // false: the same submission was here before; words and proof are empty then
    std::string words;                            // 12 words that open the mailbox; given here once and kept nowhere
    std::string proof;                            // the signed proof of receipt
};

// One thread at a time. Destroyed without finish() it leaves nothing behind.
class TipWriter {
  public:
    virtual ~TipWriter() = default;
    virtual Result<void> begin_file(std::string_view name, std::string_view media_type) = 0;  // too_large: too many files
    virtual Result<void> file_data(ByteView piece) = 0;                                       // too_large, unavailable
    virtual Result<void> end_file() = 0;
    virtual std::size_t files() const = 0;
    // Checks the content (category known, text not over its limit ...; the error's message starts with the field's name,
    // "category: ..."), seals it and commits. `files` of the content is filled in here.
    virtual Result<Receipt> finish(TipContent content) = 0;
};

// What a reporter adds later: a message, files, or both. As TipWriter: nothing is left without finish().
class Addition {
  public:
    virtual ~Addition() = default;
    virtual Result<void> begin_file(std::string_view name, std::string_view media_type) = 0;
    virtual Result<void> file_data(ByteView piece) = 0;
    virtual Result<void> end_file() = 0;
    virtual std::size_t files() const = 0;
    virtual Result<void> finish(std::string_view text) = 0;   // durable. invalid: neither text nor a file
};

// A file that the desk sent, opened as it is read.
struct AnswerFile {
    AttachedFile file;
    std::unique_ptr<seal::PartReader> reader;
};

// What the hotline may hold of keys.
struct IntakeKeys {
    std::vector<seal::PublicKey> desk;            // every tip is sealed to each
    seal::SigningKey receipt;                     // signs receipts
    Bytes dedup_secret;                           // 32 bytes
    seal::PublicKey identity;                     // who a reporter is is sealed to it alone
};

// Any thread.
class Intake {
  public:
    static std::unique_ptr<Intake> make(Store& store, Blobs& blobs, Clock& clock, Entropy& entropy, const Categories& categories,
                                        IntakeKeys keys, const Limits& limits);
    virtual ~Intake() = default;
    virtual Result<std::unique_ptr<TipWriter>> begin(const SubmissionOptions& options) = 0;
    virtual std::unique_ptr<ReportBatch> begin_reports(const ReportBatchOptions& options) = 0;   // of machines: intake/report_batch.h
    // The mailbox: what the holder of the words may do.
    struct Mailbox {
        TipRow tip;
        std::vector<Message> messages;            // sealed; to_reporter ones open with the words, from_reporter ones do not
        std::vector<std::optional<MessageContent>> answers;   // the to_reporter ones, opened, in the same order; nullopt: damaged
        struct Step {
            std::string kind;                     // of a ledger entry: "tip.received", "tip.decided>opened", "tip.withdrawn"
            Day day;
        };
        std::vector<Step> steps;                  // in order
    };
    virtual Result<Mailbox> open_mailbox(std::string_view words) = 0;                          // invalid, not_found
    virtual Result<std::unique_ptr<Addition>> begin_addition(std::string_view words) = 0;      // and too_large: the mailbox is full
    // Marks the tip for the desk, which decides what may be erased. The words go on opening the mailbox. Again: nothing more.
    virtual Result<void> withdraw(std::string_view words) = 0;
    virtual Result<AnswerFile> answer_file(std::string_view words, MessageId message, std::uint32_t n) = 0;   // n from 1
    // A message without files.
    Result<void> add_message(std::string_view words, std::string_view text) { return TRY(begin_addition(words))->finish(text); }
};

}  // namespace plumbline::intake

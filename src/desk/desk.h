// SPDX-License-Identifier: Apache-2.0
// What staff ask of tips and what they may do with them. Answers are Json values in the shapes of docs/formats/desk_api.md;
// face/desk_api maps them to HTTP. Reading changes nothing: an opening, a new state and an answer are acts of their own,
// each one transaction with its ledger entry.
//
// Errors: not_found (no such tip), invalid (the message starts with the field: "reason: ..."), conflict (the tip is in another
// state by now), and those of the store. A section of a tip that cannot be read does not fail the whole: it is in `troubles`.
// Any thread; several calls may run at once.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/entropy.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "desk/sign_in.h"
#include "flow/link_board.h"
#include "merkle/note.h"
#include "model/category.h"
#include "model/indicator.h"
#include "model/link.h"
#include "store/blobs.h"
#include "store/store.h"
#include "vault/tip_opener.h"

namespace plumbline::desk {

inline constexpr std::size_t queue_rows_max = 200;
inline constexpr std::size_t first_line_characters_max = 80;
inline constexpr std::size_t part_text_bytes_max = 256 * 1024;
inline constexpr std::size_t sightings_listed_max = 2000;
inline constexpr std::size_t links_listed_max = 200;
inline constexpr std::size_t graph_nodes_max = 60;
inline constexpr std::size_t reason_bytes_max = 2000;
inline constexpr std::size_t whom_bytes_max = 200;
inline constexpr std::int64_t due_soon_hours_max = 24 * 14;
inline constexpr std::chrono::seconds tally_age_max{10};

// How the desk proves that an entry is in the log: the ledger's own proof (C2SP tlog-proof text, with the signed checkpoint in
// it), checked here against the ledger's public key. not_found: the entry is younger than the newest checkpoint.
struct LedgerProofs {
    std::function<Result<std::string>(std::uint64_t index)> proof_of;   // may be empty: then verify says that it was not checked
    std::optional<merkle::NoteKey> key;
};

struct QueueQuery {
    std::optional<TipState> state;
    bool is_any_state = false;        // else, without a state: all that is not closed
    std::string queue;                // "" = any
    bool by_severity = false;
    bool is_aside = false;            // only what is put aside; else only what is not
    bool is_folded = true;            // floods as one line each; `offset` counts lines then
    std::size_t offset = 0;
    std::size_t count = 50;
};

// One file of a tip in pieces. One thread at a time.
class FileReader {
  public:
    virtual ~FileReader() = default;
    virtual Result<bool> next(Bytes& out) = 0;     // appends at most about 64 KiB; false: nothing is left
    virtual const std::string& name() const = 0;   // as the reporter gave it
    virtual std::uint64_t size_bytes() const = 0;
};

// An answer with files, sealed to the reporter as it comes. Nothing is left without finish(). One thread at a time.
class AnswerWriter {
  public:
    virtual ~AnswerWriter() = default;
    virtual Result<void> begin_file(std::string_view name, std::string_view media_type) = 0;
    virtual Result<void> file_data(ByteView piece) = 0;
    virtual Result<void> end_file() = 0;
    virtual Result<Json> finish(std::string_view text) = 0;   // {"state","message"}
};

class DeskService {
  public:
    struct Parts {                    // everything outlives the service
        Store& store;
        Blobs& blobs;
        vault::TipOpener& opener;
        flow::LinkBoard& links;
        const Categories& categories;
        Clock& clock;
        Entropy& entropy;
        std::string version;          // of the program
        Limits limits = {};
        LedgerProofs proofs = {};
    };
    explicit DeskService(Parts parts) : parts_(std::move(parts)) {}

    Result<Json> status();
    Result<Json> queue(const QueueQuery& query);
    Result<Json> queue_row(TipId id);          // one row as queue() has it
    Result<Json> tip(TipId id);
    Result<Json> graph(TipId id);
    Result<Json> verify(TipId id);
    Result<std::unique_ptr<FileReader>> file(TipId id, std::uint32_t n);   // n from 1

    Result<Json> open(TipId id, const Session& who);
    // `told`: what the reporter reads of it in the mailbox, sealed to them alone; the reason stays at the desk.
    struct Told {
        std::string whom;             // to which body it was referred
        std::string words;            // why, in plain words
    };
    Result<Json> set_state(TipId id, TipState from, TipState to, std::string_view reason, const Session& who, const Told& told = {});
    Result<Json> answer(TipId id, std::string_view text, const Session& who);
    Result<std::unique_ptr<AnswerWriter>> begin_answer(TipId id, const Session& who);
    // Tips that no person has opened and that fall due within `hours`, overdue ones first.
    Result<Json> due_soon(std::int64_t hours);

  private:
    struct Tally {
        Instant made;
        bool is_demo = false;
        Json json;
    };
    // desk.cc
    Result<Tally> tally();
    Json row_json(const TipRow& row);
    Json line_json(const TipRow& row);
    Result<std::vector<TipRow>> folded_rows(TipFilter filter, const QueueQuery& query);
    std::string title_line(const TipRow& row, const TipContent& content);
    // tip_page.cc
    Json category_json(std::string_view code) const;
    Json parts_json(const TipContent& content, const Evidence& evidence) const;
    Json links_json(const std::vector<Link>& links);
    Json jobs_json(TipId id, Json& troubles);
    Json messages_json(TipId id, Json& troubles);
    void add_content(Json& json, const TipContent& content, const Evidence& evidence, const std::vector<vault::TipOpener::AddedFile>& added) const;
    // trail.cc
    Json custody_json(TipId id, Json& troubles);
    Json inclusion_json(const StoredEntry& stored, std::optional<merkle::Checkpoint>& checkpoint);
    // acts.cc
    NewEntry entry_of(const TipRow& row, TipState to, Json statement, const Session& who);
    Result<seal::PublicKey> reporter_of(const TipRow& row);
    class Answering;
    // Adds the notice for the reporter to a change, and what its entry commits to.
    Result<void> tell(const TipRow& row, StepNotice notice, Json& statement, Change& change, const Session& who);
    Result<std::optional<NewJob>> lab_job(const TipRow& row);

    Parts parts_;
    std::mutex tally_mutex_;
    std::optional<Tally> tally_;
};

// The desk's own copy of an answer, which only the reporter can open otherwise.
std::string product_answer(MessageId message);
bool is_overdue(const TipRow& row, Instant now);
// The first line with a letter or digit, cut to first_line_characters_max characters, without control characters.
std::string first_line_of(std::string_view text);

}  // namespace plumbline::desk

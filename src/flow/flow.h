// SPDX-License-Identifier: Apache-2.0
// The line: the only list of its steps, in order. Each takes a value and gives a value; none calls another.
//
//   step      takes                               gives
//   tip       a sealed tip, the desk's key        TipContent
//   evidence  content and files (in the sandbox)  Evidence: every sighting with its place
//   link      Evidence, content                   LinkFacts, and Links to the tips present
//   decide    Facts (never an origin)             Decision with the rows that fired
//   dispatch  Decision, Evidence                  jobs for labs
//
// `plumbline flow FILE --print STEP` prints what a step made. Line works the store's jobs of skill "line" through all of
// them and commits what they made, with the ledger entry, in one transaction. Steps are idempotent: a job that is worked
// again after a crash makes the same products.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "dispatch/part_hashes.h"
#include "evidence/warning_lists.h"
#include "flow/link_board.h"
#include "model/decision.h"
#include "model/indicator.h"
#include "model/link.h"
#include "rulebook/facts.h"
#include "rulebook/reference_rates.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "store/store.h"
#include "vault/tip_opener.h"

namespace plumbline::flow {

// Product names in the store.
inline constexpr std::string_view product_evidence = "evidence";
inline constexpr std::string_view product_hashes = dispatch::product_hashes;  // of the parts: what a finding is held against
inline constexpr std::string_view product_link_facts = "link_facts"; // to fill the link board at a start
inline constexpr std::string_view product_facts = "facts";          // what decide() saw: for replay
inline constexpr std::string_view product_decision = "decision";
inline std::string product_finding(JobId job) { return "finding/" + job.text(); }

struct Products {
    TipId tip;
    TipContent content;
    Evidence evidence;
    LinkFacts link_facts;
    std::vector<Link> links;
    rulebook::Facts facts;
    Decision decision;
    std::vector<NewJob> jobs;
};
Json to_json(const Products& products, std::string_view step);       // step: tip, evidence, link, decide, dispatch

class Line {
  public:
    struct Parts {                       // everything outlives the line
        Store& store;
        Sandbox& sandbox;
        vault::TipOpener& opener;
        LinkBoard& links;
        const rulebook::Rulebook& rulebook;
        const rulebook::ReferenceRates& rates;
        Clock& clock;
        Entropy& entropy;
        Limits limits;
        const evidence::WarningLists* warnings = nullptr;   // mark what is everyone's; null: nothing is marked
        bool has_picture_readers = false;                   // labs with the skill read-pictures: such jobs are made
    };
    explicit Line(Parts parts) : parts_(parts) {}

    // Fills the link board from the stored products: once, before work_one().
    Result<std::size_t> load_links();
    // Leases one line job, works it, commits. false: no job was there. An Error is of the store; a part of a tip that could
    // not be read is not an error but stands in its evidence. One thread a Line; several Lines may share the parts.
    Result<bool> work_one(std::string_view worker);
    // The pure part: what the steps make of one tip, nothing stored. `file` gives a file part's bytes.
    Result<Products> run_steps(TipId tip, const TipHeader& header, const TipContent& content,
                               const std::function<Result<Bytes>(std::uint32_t part)>& file);

  private:
    PartEvidence scan(std::uint32_t part, std::string_view name, ByteView bytes);
    Result<Change> change_of(const TipRow& row, const Products& products);
    Result<bool> work(const Lease& lease);
    Parts parts_;
};

}  // namespace plumbline::flow

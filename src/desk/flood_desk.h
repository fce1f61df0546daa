// SPDX-License-Identifier: Apache-2.0
// What staff do with a flood (link/flood_index.h): look into it, put it aside with one reason, bring it back. Nothing is closed or
// deleted; each tip keeps its state and deadline, and gets a ledger entry of its own. And the two flags that are like it: a muted
// mailbox, a legal hold.
//
// Errors: not_found, invalid ("reason: ..."), conflict (it is so already). Any thread.
#pragma once
#include "desk/desk.h"

namespace plumbline::desk {

inline constexpr std::size_t aside_tips_in_change = 250;

class FloodDesk {
  public:
    struct Parts {                    // everything outlives it
        Store& store;
        vault::TipOpener& opener;
        flow::LinkBoard& links;
        DeskService& desk;            // for rows as the queue has them
        Clock& clock;
    };
    explicit FloodDesk(Parts parts) : parts_(parts) {}

    // {"tips":10000,"aside":0,"standing":5,"rows":[...]}: those with the most of their own first.
    Result<Json> look(TipId of, std::size_t offset, std::size_t count);
    // The folded tips of the flood that `of` is in; of a tip in none, that one alone. {"tips":10000}. Interrupted, it is done in
    // part: the same call does the rest.
    Result<Json> set_aside(TipId of, bool is_aside, std::string_view reason, const Session& who);
    Result<Json> set_muted(TipId tip, bool is_muted, std::string_view reason, const Session& who);
    Result<Json> set_held(TipId tip, bool is_held, std::string_view reason, const Session& who);

  private:
    Result<Json> set_flag(TipId tip, TipFlag flag, bool is_set, std::string_view kind, std::string_view act, std::string_view reason, const Session& who);
    const Parts parts_;
};

}  // namespace plumbline::desk

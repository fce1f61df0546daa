// SPDX-License-Identifier: Apache-2.0
// Cuts a batch that streams in into its items, without understanding them: JSON texts one behind the other, in lines or in a list;
// the mails of an mbox. Memory is one item, whatever the batch's size; what is longer is an item that says so. A CSV file goes out
// in pieces of whole rows, each with the first row before it.
//
//     ItemSplitter splitter(BatchForm::json, {});
//     splitter.feed(piece, [&](const BatchItem& item) -> Result<void> { ... });
//     splitter.end(take);
#pragma once
#include <functional>

#include "base/bytes.h"

namespace plumbline::reports {

enum class BatchForm { json, mbox, csv };

struct BatchItem {
    std::uint64_t number = 0;       // from 1; of csv: the number of the piece's first row (the file's second row is 2)
    std::string_view text;          // valid during the call; empty where refused
    std::string refused;            // why it was not cut out: the batch goes on where that is possible
};

class ItemSplitter {
  public:
    struct Bounds {
        std::size_t item_bytes_max = 16 * 1024 * 1024;
        std::size_t csv_piece_bytes = 256 * 1024;
    };
    using Take = std::function<Result<void>(const BatchItem&)>;
    ItemSplitter(BatchForm form, const Bounds& bounds) : form_(form), bounds_(bounds) {}
    Result<void> feed(ByteView piece, const Take& take);    // the Error of `take`, at once
    Result<void> end(const Take& take);

  private:
    Result<void> feed_json(std::string_view text, const Take& take);
    Result<void> feed_lines(std::string_view text, const Take& take);
    Result<void> line_of_mbox(std::string_view line, const Take& take);
    Result<void> line_of_csv(std::string_view line, const Take& take);
    Result<void> give(const Take& take, std::string refused = {});
    void keep(std::string_view piece);

    BatchForm form_;
    Bounds bounds_;
    std::uint64_t number_ = 0;
    std::string item_;              // what is collected
    bool is_too_long_ = false;
    // json
    unsigned depth_ = 0;
    bool is_in_text_ = false, is_escaped_ = false, is_in_item_ = false, is_in_list_ = false, was_list_ = false, is_garbage_ = false;
    // lines
    std::string line_;
    std::string head_;              // csv: the first row
    std::uint64_t rows_ = 0, row_first_ = 0;
    bool is_in_quotes_ = false, was_blank_ = true;
};

}  // namespace plumbline::reports

// SPDX-License-Identifier: Apache-2.0
// The door to libpff: owners for what it hands out, and reads with bounds. Every call may fail on damage; a failed call is
// an absent thing here. The bytes of the file must outlive all of it.
#pragma once
#include <libpff.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/format.h"
#include "formats/memory_file.h"

namespace plumbline::formats::pst {

struct FreeItem {
    void operator()(libpff_item_t* item) const { libpff_item_free(&item, nullptr); }
};
using Item = std::unique_ptr<libpff_item_t, FreeItem>;

class Mailbox {
  public:
    // corrupt: libpff does not open it.
    static Result<Mailbox> open(ByteView bytes);
    Item root() const;
    Item store() const;
    Item item(std::uint32_t id) const;
    // Looks for deleted items: needed once before the next two.
    void recover();
    int recovered_count() const;
    int orphan_count() const;
    Item recovered(int index) const;
    Item orphan(int index) const;
    bool is_damaged() const;

  private:
    struct FreeFile {
        void operator()(libpff_file_t* file) const {
            libpff_file_close(file, nullptr);
            libpff_file_free(&file, nullptr);
        }
    };
    explicit Mailbox(ByteView bytes) : bytes_(bytes) {}
    MemoryFile bytes_;  // goes after the file
    std::unique_ptr<libpff_file_t, FreeFile> file_;
};

struct Value {
    std::uint32_t id = 0;
    std::uint32_t type = 0;
    Bytes bytes;
};
// One list for each record set: a message has one, a table of recipients one a recipient. Values over the budget are left
// out, and `damage` says so.
std::vector<std::vector<Value>> values_of(libpff_item_t* item, Budget& budget, std::string& damage);
std::optional<std::uint32_t> id_of(libpff_item_t* item);

enum class AttachmentKind { none, data, item };
int attachment_count(libpff_item_t* message);
Item attachment(libpff_item_t* message, int index);
AttachmentKind kind_of(libpff_item_t* attachment);
Item attached_item(libpff_item_t* attachment);
Bytes attachment_bytes(libpff_item_t* attachment, Budget& budget, std::string& damage);
Item recipients(libpff_item_t* message);

}  // namespace plumbline::formats::pst

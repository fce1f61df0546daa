// SPDX-License-Identifier: Apache-2.0
#include "formats/pst/library.h"

#include <algorithm>

namespace plumbline::formats::pst {

namespace {
constexpr int sets_max = 10'000;
constexpr int values_max = 5'000;
constexpr int attachments_max = 10'000;

template <class Call>
Item taken(Call&& call) {
    libpff_item_t* item = nullptr;
    const int status = call(&item);
    Item out(item);
    if (status != 1) out.reset();
    return out;
}
int count_of(int (*call)(libpff_file_t*, int*, libpff_error_t**), libpff_file_t* file) {
    int count = 0;
    return call(file, &count, nullptr) == 1 ? std::max(count, 0) : 0;
}

struct FreeSet {
    void operator()(libpff_record_set_t* set) const { libpff_record_set_free(&set, nullptr); }
};
struct FreeEntry {
    void operator()(libpff_record_entry_t* entry) const { libpff_record_entry_free(&entry, nullptr); }
};

bool read_value(libpff_record_set_t* set, int index, Value& value, Budget& budget, std::string& damage) {
    libpff_record_entry_t* raw = nullptr;
    const int status = libpff_record_set_get_entry_by_index(set, index, &raw, nullptr);
    const std::unique_ptr<libpff_record_entry_t, FreeEntry> entry(raw);
    std::size_t size = 0;
    if (status != 1 || libpff_record_entry_get_entry_type(raw, &value.id, nullptr) != 1 || libpff_record_entry_get_value_type(raw, &value.type, nullptr) != 1 ||
        libpff_record_entry_get_data_size(raw, &size, nullptr) != 1 || size == 0)
        return false;
    if (!budget.take_bytes(size) || !budget.take_steps(size + 64)) {
        damage = "pst: over the budget of decoded bytes";
        return false;
    }
    value.bytes.resize(size);
    return libpff_record_entry_get_data(raw, uchar(std::span(value.bytes)), size, nullptr) == 1;
}
}  // namespace

Result<Mailbox> Mailbox::open(ByteView bytes) {
    Mailbox out(bytes);
    if (!out.bytes_.handle()) return fail(ErrorKind::unavailable, "pst: no memory");
    libpff_file_t* file = nullptr;
    if (libpff_file_initialize(&file, nullptr) != 1) return fail(ErrorKind::unavailable, "pst: no memory");
    out.file_.reset(file);
    if (libpff_file_open_file_io_handle(file, out.bytes_.handle(), LIBPFF_OPEN_READ, nullptr) != 1) return fail(ErrorKind::corrupt, "pst: damaged, or in a form that is not read");
    return out;
}

Item Mailbox::root() const {
    return taken([&](libpff_item_t** item) { return libpff_file_get_root_folder(file_.get(), item, nullptr); });
}
Item Mailbox::store() const {
    return taken([&](libpff_item_t** item) { return libpff_file_get_message_store(file_.get(), item, nullptr); });
}
Item Mailbox::item(std::uint32_t id) const {
    return taken([&](libpff_item_t** item) { return libpff_file_get_item_by_identifier(file_.get(), id, item, nullptr); });
}
void Mailbox::recover() { libpff_file_recover_items(file_.get(), 0, nullptr); }
int Mailbox::recovered_count() const { return count_of(libpff_file_get_number_of_recovered_items, file_.get()); }
int Mailbox::orphan_count() const { return count_of(libpff_file_get_number_of_orphan_items, file_.get()); }
Item Mailbox::recovered(int index) const {
    return taken([&](libpff_item_t** item) { return libpff_file_get_recovered_item_by_index(file_.get(), index, item, nullptr); });
}
Item Mailbox::orphan(int index) const {
    return taken([&](libpff_item_t** item) { return libpff_file_get_orphan_item_by_index(file_.get(), index, item, nullptr); });
}
bool Mailbox::is_damaged() const { return libpff_file_is_corrupted(file_.get(), nullptr) == 1; }

std::vector<std::vector<Value>> values_of(libpff_item_t* item, Budget& budget, std::string& damage) {
    std::vector<std::vector<Value>> out;
    int sets = 0;
    if (libpff_item_get_number_of_record_sets(item, &sets, nullptr) != 1) return out;
    for (int i = 0; i < std::min(sets, sets_max) && budget.take_steps(64); ++i) {
        libpff_record_set_t* raw = nullptr;
        const int status = libpff_item_get_record_set_by_index(item, i, &raw, nullptr);
        const std::unique_ptr<libpff_record_set_t, FreeSet> set(raw);
        int count = 0;
        if (status != 1 || libpff_record_set_get_number_of_entries(raw, &count, nullptr) != 1) continue;
        std::vector<Value>& values = out.emplace_back();
        for (int n = 0; n < std::min(count, values_max) && budget.take_steps(64); ++n) {
            Value value;
            if (read_value(raw, n, value, budget, damage)) values.push_back(std::move(value));
        }
    }
    return out;
}

std::optional<std::uint32_t> id_of(libpff_item_t* item) {
    std::uint32_t id = 0;
    if (libpff_item_get_identifier(item, &id, nullptr) != 1) return std::nullopt;
    return id;
}

int attachment_count(libpff_item_t* message) {
    int count = 0;
    return libpff_message_get_number_of_attachments(message, &count, nullptr) == 1 ? std::clamp(count, 0, attachments_max) : 0;
}
Item attachment(libpff_item_t* message, int index) {
    return taken([&](libpff_item_t** item) { return libpff_message_get_attachment(message, index, item, nullptr); });
}
AttachmentKind kind_of(libpff_item_t* attachment) {
    int type = 0;
    if (libpff_attachment_get_type(attachment, &type, nullptr) != 1) return AttachmentKind::none;
    return type == LIBPFF_ATTACHMENT_TYPE_DATA ? AttachmentKind::data : type == LIBPFF_ATTACHMENT_TYPE_ITEM ? AttachmentKind::item : AttachmentKind::none;
}
Item attached_item(libpff_item_t* attachment) {
    return taken([&](libpff_item_t** item) { return libpff_attachment_get_item(attachment, item, nullptr); });
}

Bytes attachment_bytes(libpff_item_t* attachment, Budget& budget, std::string& damage) {
    constexpr std::size_t piece_bytes = 1024 * 1024;
    size64_t size = 0;
    Bytes out;
    if (libpff_attachment_get_data_size(attachment, &size, nullptr) != 1) {
        damage = "pst: the attachment's data is damaged";
        return out;
    }
    while (out.size() < size) {
        const std::size_t wanted = std::min<std::size_t>(piece_bytes, size - out.size());
        if (!budget.take_bytes(wanted) || !budget.take_steps(wanted)) {
            damage = "pst: over the budget of decoded bytes";
            return out;
        }
        const std::size_t before = out.size();
        out.resize(before + wanted);
        const ssize_t got = libpff_attachment_data_read_buffer(attachment, uchar(std::span(out)) + before, wanted, nullptr);
        out.resize(before + (got > 0 ? std::min(static_cast<std::size_t>(got), wanted) : 0));
        if (got <= 0) {
            damage = "pst: the attachment's data is damaged";
            return out;
        }
    }
    return out;
}

Item recipients(libpff_item_t* message) {
    return taken([&](libpff_item_t** item) { return libpff_message_get_recipients(message, item, nullptr); });
}

}  // namespace plumbline::formats::pst

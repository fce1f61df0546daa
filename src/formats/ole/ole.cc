// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/ole.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "formats/ole/excel.h"
#include "formats/little.h"
#include "formats/ole/lzfu.h"
#include "formats/ole/macro.h"
#include "formats/ole/msg.h"
#include "formats/ole/powerpoint.h"
#include "formats/ole/properties.h"
#include "formats/ole/text_view.h"
#include "formats/ole/word.h"

namespace plumbline::formats {

namespace {
constexpr std::string_view magic("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
// What the directory says of a stream whose bytes do not speak for themselves.
constexpr std::string_view native_type = "application/x-ole-native";
constexpr std::string_view macro_type = "application/x-vba";
constexpr std::string_view pictures_type = "application/x-ppt-pictures";

bool is_encrypted_stream(std::string_view name) {
    return name == "EncryptedPackage" || name == "\tDRMContent" || name == "\tDRMViewerContent" || name == "EncryptedSummary";
}

class OleReader {
  public:
    OleReader(const CompoundFile& file, ByteView bytes, Budget& budget, Visitor& visitor) : file_(file), bytes_(bytes), budget_(budget), visitor_(visitor) {}

    void read() {
        for (const std::string& damage : file_.damage()) visitor_.unread(0, "ole", damage);
        for (const auto& [begin, end] : file_.structure()) taken_.add(begin, end);
        if (const CompoundEntry* user = file_.find(0, "Current User"); user && !user->is_storage) {
            // headerToken of a presentation that is encrypted ([MS-PPT] 2.3.2).
            if (little32(file_.stream(*user, budget_).bytes, 12) == 0xf3d1c4df) visitor_.unread(0, "ole", "ppt: encrypted");
        }
        for (const CompoundEntry& entry : file_.entries()) {
            if (entry.is_storage && is_message(file_, entry.id) && !is_storage_of_message(entry)) message(entry);
            if (!entry.is_storage && entry.name == "WordDocument") document(entry);
        }
        std::set<std::pair<std::uint32_t, bool>> starts;
        for (const CompoundEntry& entry : file_.entries()) {
            if (entry.is_storage || entry.size == 0 || done_.count(entry.id) != 0) continue;
            if (!stream(entry, starts)) break;
        }
        give_rest(bytes_, taken_, visitor_);
    }

  private:
    // Recipients and attachments have properties too, and belong to their message.
    static bool is_storage_of_message(const CompoundEntry& entry) { return entry.name.starts_with("__recip_") || entry.name.starts_with("__attach_"); }

    void message(const CompoundEntry& storage) {
        if (!budget_.take_items(1)) return visitor_.unread(0, "ole", "msg: over the budget of items");
        TextView view = read_message(file_, storage.id, "msg:" + std::to_string(storage.id), budget_, &done_);
        taken_.add_all(view.taken());
        give_view(view, bytes_.size(), visitor_);
        for (MessagePart& part : message_parts(file_, storage.id, budget_)) hints_.emplace(part.id, std::move(part.hints));
    }

    void document(const CompoundEntry& entry) {
        if (!budget_.take_items(1)) return visitor_.unread(0, "ole", "doc: over the budget of items");
        const CompoundStream stream = file_.stream(entry, budget_);
        const std::string decoder = "doc:" + std::to_string(entry.id);
        if (!looks_like_word(stream.bytes)) return;
        if (is_encrypted_word(stream.bytes)) return visitor_.unread(0, decoder, "doc: encrypted");
        const CompoundEntry* table = file_.find(entry.parent, table_of_word(stream.bytes));
        CompoundStream rows;
        if (table && !table->is_storage) rows = file_.stream(*table, budget_);
        std::string damage;
        TextView view = read_word(stream, rows.bytes, decoder, budget_, damage);
        if (!damage.empty()) visitor_.unread(0, decoder, damage);
        if (!stream.damage.empty()) visitor_.unread(0, decoder, "doc: " + stream.damage);
        if (view.empty()) return;
        taken_.add_all(view.taken());
        give_view(view, bytes_.size(), visitor_);
        // What the text has not taken (old text, properties) is left for the rest, where the stream is in one piece.
        if (stream.runs.size() == 1 && stream.damage.empty()) done_.insert(entry.id);
    }

    // False where the budget ended.
    bool stream(const CompoundEntry& entry, std::set<std::pair<std::uint32_t, bool>>& starts) {
        const std::string decoder = "ole:" + std::to_string(entry.id) + "/" + path_name(entry.path);
        if (is_encrypted_stream(entry.name)) {
            visitor_.unread(0, decoder, "ole: encrypted");
            taken_.add(file_.stream(entry, budget_).runs);
            return true;
        }
        // A table can lead many names to one chain: the first is read, the others are named.
        if (!starts.emplace(entry.start, file_.is_small(entry)).second) {
            visitor_.unread(0, decoder, "ole: a second name for the same stream");
            return true;
        }
        if (!budget_.take_items(1)) {
            visitor_.unread(0, "ole", "ole: over the budget of items");
            return false;
        }
        CompoundStream stream = file_.stream(entry, budget_);
        if (!stream.damage.empty()) visitor_.unread(0, decoder, stream.damage);
        taken_.add(stream.runs);
        if (stream.bytes.empty()) return true;
        Decoded child;
        child.decoder = decoder;
        child.size_in = bytes_.size();
        child.bytes = std::move(stream.bytes);
        child.damage = std::move(stream.damage);
        for (const SourceRun& run : stream.runs) child.map.add(run.at, run.source_at, OffsetMap::Run::same);
        visitor_.decoded(std::move(child), hints_of(entry), false);
        return true;
    }

    Hints hints_of(const CompoundEntry& entry) const {
        if (const auto row = hints_.find(entry.id); row != hints_.end()) return row->second;
        Hints hints;
        const CompoundEntry* parent = file_.find(entry.parent);
        if (entry.name == "\1Ole10Native") hints.media_type = native_type;
        else if (entry.name == "Pictures") hints.media_type = pictures_type;
        else if (parent && !entry.is_lost && parent->name == "VBA") hints.media_type = macro_type;
        return hints;
    }

    const CompoundFile& file_;
    ByteView bytes_;
    Budget& budget_;
    Visitor& visitor_;
    Coverage taken_;
    std::set<std::uint32_t> done_;
    std::map<std::uint32_t, Hints> hints_;
};

// An embedded file behind its names, as the packager writes them ([MS-OLEDS] 2.3.6): size, 2, label, path, 4 bytes, length
// of the temporary path, that path, size of the data, data.
void open_native(ByteView bytes, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    Hints hints;
    hints.is_file = true;
    std::uint64_t at = 4;
    std::uint64_t size = little32(bytes, 0);
    if (little16(bytes, 4) == 2) {
        const std::size_t label_end = text.find('\0', 6);
        const std::size_t path_end = label_end == std::string_view::npos ? label_end : text.find('\0', label_end + 1);
        const std::uint64_t sizes_at = path_end == std::string_view::npos ? bytes.size() : path_end + 5;
        const std::uint64_t data_at = sizes_at + 4 + little32(bytes, sizes_at);
        if (data_at + 4 <= bytes.size()) {
            hints.name = text.substr(6, label_end - 6);
            at = data_at + 4;
            size = little32(bytes, data_at);
        }
    }
    if (size > bytes.size() - std::min<std::uint64_t>(at, bytes.size())) visitor.unread(0, "", "ole: the embedded file is cut short");
    const ByteView data = cut(bytes, at, size);
    visitor.window(0, std::min<std::uint64_t>(at, bytes.size()), Hints{}, true);
    if (data.empty()) return;
    visitor.window(at, at + data.size(), hints, false);
    visitor.window(at + data.size(), bytes.size(), Hints{}, true);
}

void open_workbook(ByteView bytes, Budget& budget, Visitor& visitor) {
    WorkbookText book = read_workbook(bytes, budget);
    if (book.is_encrypted) visitor.unread(0, "xls", "xls: encrypted");
    if (!book.damage.empty()) visitor.unread(0, "xls", book.damage);
    Coverage taken = book.view.taken();
    give_view(book.view, bytes.size(), visitor);
    give_rest(bytes, taken, visitor);
}

// The entry's number: "17/Workbook".
Result<CompoundEntry> entry_of(const CompoundFile& file, std::string_view decoder, std::string_view argument) {
    std::uint32_t id = 0;
    const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), id);
    const CompoundEntry* entry = error == std::errc{} ? file.find(id) : nullptr;
    if (!entry) return fail(ErrorKind::invalid, "{}: no entry's number in \"{}\"", decoder, argument.substr(0, 40));
    return *entry;
}
}  // namespace

bool looks_like_ole(ByteView bytes, const Hints&) { return text_of(bytes).starts_with(magic); }

void open_ole(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const Result<CompoundFile> file = CompoundFile::read(bytes, budget);
    if (!file) {
        visitor.unread(0, "ole", file.error().message);
        return visitor.window(0, bytes.size(), Hints{}, true);
    }
    OleReader(*file, bytes, budget, visitor).read();
}

bool looks_like_office_stream(ByteView bytes, const Hints& hints) {
    return hints.media_type == native_type || hints.media_type == macro_type || hints.media_type == pictures_type || looks_like_workbook(bytes) ||
           looks_like_presentation(bytes) || looks_like_property_set(bytes) || looks_like_lzfu(bytes, hints);
}

void open_office_stream(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) return visitor.unread(0, "", "ole: over the budget of steps");
    if (hints.media_type == native_type) return open_native(bytes, visitor);
    if (hints.media_type == macro_type) return open_macro(bytes, budget, visitor);
    if (hints.media_type == pictures_type) return open_pictures(bytes, budget, visitor);
    if (looks_like_workbook(bytes)) return open_workbook(bytes, budget, visitor);
    if (looks_like_presentation(bytes)) return open_presentation(bytes, budget, visitor);
    if (looks_like_lzfu(bytes, hints)) return open_lzfu(bytes, hints, budget, visitor);
    TextView properties = read_property_set(bytes, budget);
    Coverage taken = properties.taken();
    give_view(properties, bytes.size(), visitor);
    give_rest(bytes, taken, visitor);
}

bool is_ole_decoder(std::string_view decoder) {
    static constexpr std::string_view all[] = {"ole", "msg", "doc", "xls", "ppt", "oleprops", "vba", "lzfu"};
    return std::find(std::begin(all), std::end(all), decoder) != std::end(all);
}

Result<Bytes> decode_ole(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget) {
    if (decoder == "lzfu") return std::move(decode_lzfu(bytes, budget).bytes);
    if (decoder == "vba") return std::move(decode_macro(bytes, budget).bytes);
    if (decoder == "xls") return std::move(read_workbook(bytes, budget).view.take(0).bytes);
    if (decoder == "ppt") return std::move(read_presentation(bytes, budget).take(0).bytes);
    if (decoder == "oleprops") return std::move(read_property_set(bytes, budget).take(0).bytes);
    const CompoundFile file = TRY(CompoundFile::read(bytes, budget));
    const CompoundEntry entry = TRY(entry_of(file, decoder, argument));
    if (decoder == "msg") return std::move(read_message(file, entry.id, "msg", budget, nullptr).take(0).bytes);
    if (entry.is_storage) return fail(ErrorKind::invalid, "{}: entry {} is no stream", decoder, entry.id);
    CompoundStream stream = file.stream(entry, budget);
    if (decoder == "ole") return std::move(stream.bytes);
    const CompoundEntry* table = file.find(entry.parent, table_of_word(stream.bytes));
    CompoundStream rows;
    if (table && !table->is_storage) rows = file.stream(*table, budget);
    std::string damage;
    return std::move(read_word(stream, rows.bytes, "doc", budget, damage).take(0).bytes);
}

}  // namespace plumbline::formats

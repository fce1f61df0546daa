// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/document.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "formats/pdf/flate.h"

namespace plumbline::formats::pdf {

namespace {
constexpr unsigned tree_depth_max = 64;
constexpr std::size_t pages_max = 50'000;
constexpr std::uint64_t steps_of_object = 200;

// qpdf makes filters itself and hands them nothing: what they need of the document that is being read waits here.
struct OpenDocument {
    Budget* budget = nullptr;
    std::string damage;  // of what was inflated last
};
thread_local OpenDocument open_document;

Predictor predictor_of(QPDFObjectHandle parms) {
    Predictor out;
    const auto field = [&](const char* key, unsigned& value) {
        QPDFObjectHandle number = parms.getKeyIfDict(key);
        if (number.isInteger()) value = static_cast<unsigned>(std::clamp<long long>(number.getIntValue(), 0, 1 << 24));
    };
    field("/Predictor", out.kind);
    field("/Colors", out.colors);
    field("/BitsPerComponent", out.bits);
    field("/Columns", out.columns);
    return out;
}

// Gathers what comes, decodes it at the end.
class FlatePipeline final : public Pipeline {
  public:
    FlatePipeline(Pipeline* then, const Predictor& predictor) : Pipeline("flate", then), predictor_(predictor) {}
    void write(const unsigned char* data, std::size_t size) override { append(source_, std::as_bytes(std::span(data, size))); }
    void finish() override {
        Budget of_one;
        Budget& budget = open_document.budget ? *open_document.budget : of_one;
        std::string damage;
        Bytes bytes = inflate(source_, budget, damage);
        if (!damage.empty()) open_document.damage = damage;
        source_.clear();
        undo_predictor(bytes, predictor_);
        if (!bytes.empty()) getNext()->write(uchar(ByteView(bytes)), bytes.size());
        getNext()->finish();
    }

  private:
    Predictor predictor_;
    Bytes source_;
};

class FlateFilter final : public QPDFStreamFilter {
  public:
    bool setDecodeParms(QPDFObjectHandle parms) override {
        if (parms.isDictionary()) predictor_ = predictor_of(parms);
        return predictor_.is_sane();
    }
    Pipeline* getDecodePipeline(Pipeline* next) override {
        pipeline_ = std::make_unique<FlatePipeline>(next, predictor_);
        return pipeline_.get();
    }

  private:
    Predictor predictor_;
    std::unique_ptr<FlatePipeline> pipeline_;
};

// The end of a chain of filters, within the budget.
class Sink final : public Pipeline {
  public:
    explicit Sink(Budget& budget) : Pipeline("sink", nullptr), budget_(budget) {}
    void write(const unsigned char* data, std::size_t size) override {
        if (is_over || !budget_.take_bytes(size)) is_over = true;
        else append(bytes, std::as_bytes(std::span(data, size)));
    }
    void finish() override {}
    Bytes bytes;
    bool is_over = false;

  private:
    Budget& budget_;
};

// A file in memory of which only so much may be read. qpdf looks for lost objects from each line to the next word, so that
// it reads lines of comments again from each of them, and searches the end of a stream to the end of the file.
class BoundedSource final : public BufferInputSource {
  public:
    explicit BoundedSource(ByteView file)
        : BufferInputSource("pdf", new Buffer(const_cast<unsigned char*>(uchar(file)), file.size()), true), left_(16 * std::uint64_t{file.size()} + 1024 * 1024) {}
    size_t read(char* to, size_t length) override {
        // As a file that ends here; qpdf then gives up what it looked for.
        const std::size_t given = static_cast<std::size_t>(std::min<std::uint64_t>(length, left_));
        left_ -= given;
        return given == 0 ? 0 : BufferInputSource::read(to, given);
    }

  private:
    std::uint64_t left_;
};

std::string full_name(std::string name) {
    static const std::map<std::string, std::string> shorts = {{"/A85", "/ASCII85Decode"}, {"/AHx", "/ASCIIHexDecode"}, {"/CCF", "/CCITTFaxDecode"}, {"/DCT", "/DCTDecode"},
                                                              {"/Fl", "/FlateDecode"}, {"/LZW", "/LZWDecode"}, {"/RL", "/RunLengthDecode"}};
    const auto row = shorts.find(name);
    return row == shorts.end() ? name : row->second;
}
}  // namespace

void register_filters() {
    static const bool once = [] {
        QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<FlateFilter>(); });
        return true;
    }();
    (void)once;
}

std::vector<std::string> filters_of(QPDFObjectHandle stream_dict) {
    std::vector<std::string> out;
    QPDFObjectHandle filter = stream_dict.getKeyIfDict("/Filter");
    if (filter.isName()) out.push_back(full_name(filter.getName()));
    if (filter.isArray())
        for (int i = 0; i < std::min(filter.getArrayNItems(), 8); ++i)
            if (QPDFObjectHandle one = filter.getArrayItem(i); one.isName()) out.push_back(full_name(one.getName()));
    return out;
}

Document::Document(ByteView file, Budget& budget) : file_(file), budget_(budget) {
    register_filters();
    open_document.budget = &budget;
    qpdf_.setSuppressWarnings(true);
    qpdf_.processInputSource(std::make_shared<BoundedSource>(file), "");
    is_encrypted_ = qpdf_.isEncrypted();
}

Document::Document(Budget& budget) : budget_(budget) {}

Document::~Document() { open_document.budget = nullptr; }

std::string Document::warning() {
    for (const QPDFExc& one : qpdf_.getWarnings())
        if (warning_.empty()) warning_ = one.getMessageDetail().substr(0, 200);
    return warning_;
}

const std::vector<QPDFObjectHandle>& Document::objects() {
    if (std::exchange(has_objects_, true)) return objects_;
    const std::map<QPDFObjGen, QPDFXRefEntry> table = qpdf_.getXRefTable();
    objects_.reserve(table.size());
    for (const auto& entry : table) {
        if (!budget_.take_steps(steps_of_object)) {
            is_cut_ = true;
            break;
        }
        QPDFObjectHandle object = qpdf_.getObject(entry.first);
        if (!object.isNull()) objects_.push_back(std::move(object));
        else if (entry.second.getType() == 2) ++lost_;
        if (objects_.size() % 1024 == 0) warning();
    }
    return objects_;
}

void Document::add_pages(QPDFObjectHandle node, QPDFObjectHandle resources, unsigned depth) {
    if (!node.isDictionary() || depth == tree_depth_max || pages_.size() >= pages_max || !budget_.take_steps(steps_of_object)) return;
    if (node.isIndirect() && !page_objects_.insert(node.getObjectID()).second) return;
    if (QPDFObjectHandle own = node.getKey("/Resources"); own.isDictionary()) resources = own;
    QPDFObjectHandle kids = node.getKey("/Kids");
    if (!kids.isArray()) {
        pages_.push_back({node, resources});
        return;
    }
    for (int i = 0; i < kids.getArrayNItems(); ++i) add_pages(kids.getArrayItem(i), resources, depth + 1);
}

const std::vector<Page>& Document::pages() {
    if (std::exchange(has_pages_, true)) return pages_;
    const QPDFObjectHandle nothing = QPDFObjectHandle::newNull();
    add_pages(qpdf_.getTrailer().getKeyIfDict("/Root").getKeyIfDict("/Pages"), nothing, 0);
    for (QPDFObjectHandle object : objects())
        if (object.isDictionary() && object.getKey("/Type").isNameAndEquals("/Page") && object.hasKey("/Contents")) add_pages(object, nothing, 0);
    return pages_;
}

std::pair<std::uint64_t, std::uint64_t> Document::place_of(QPDFObjectHandle stream) {
    const long long offset = stream.getParsedOffset();
    QPDFObjectHandle length = stream.getDict().getKey("/Length");
    if (offset <= 0 || static_cast<std::uint64_t>(offset) >= file_.size()) return {0, 0};
    const auto begin = static_cast<std::uint64_t>(offset);
    const std::string_view text = text_of(file_);
    if (text.substr(begin < 16 ? 0 : begin - 16, std::min<std::size_t>(begin, 16)).find("stream") == std::string_view::npos) return {0, 0};
    const std::uint64_t said = length.isInteger() && length.getIntValue() >= 0 ? static_cast<std::uint64_t>(length.getIntValue()) : file_.size();
    if (said < file_.size() - begin && text.substr(begin + said, 20).find("endstream") != std::string_view::npos) return {begin, said};
    std::size_t end = text.find("endstream", begin);
    if (!budget_.take_steps(std::min(end, text.size()) - begin) || end == std::string_view::npos) return {0, 0};
    if (end > begin && text[end - 1] == '\n') --end;
    if (end > begin && text[end - 1] == '\r') --end;
    return {begin, end - begin};
}

StreamBytes Document::read(QPDFObjectHandle stream) {
    StreamBytes out;
    QPDFObjectHandle dict = stream.getDict();
    const std::vector<std::string> filters = filters_of(dict);
    const auto place = place_of(stream);
    const bool is_simple = filters.empty() || (filters.size() == 1 && filters[0] == "/FlateDecode" && !dict.hasKey("/DecodeParms"));
    if (!is_encrypted_ && is_simple && place.second > 0) {
        const ByteView raw = file_.subspan(place.first, place.second);
        out.is_decoded = true;
        if (!filters.empty()) out.bytes = inflate(raw, budget_, out.damage);
        else if (budget_.take_bytes(raw.size())) out.bytes = to_bytes(raw);
        else out.damage = "over the budget of decoded bytes";
        return out;
    }
    bool is_filtered = false;
    out = piped(stream, qpdf_dl_specialized, is_filtered);
    out.is_decoded = filters.empty() || is_filtered;
    return out;
}

// qpdf's way: key and filters. Its exceptions end here.
StreamBytes Document::piped(QPDFObjectHandle stream, qpdf_stream_decode_level_e level, bool& is_filtered) {
    StreamBytes out;
    Sink sink(budget_);
    open_document.damage.clear();
    try {
        if (!stream.pipeStreamData(&sink, &is_filtered, 0, level, true, false)) out.damage = "a stream could not be decoded";
    } catch (const std::exception& error) {
        out.damage = std::string(error.what()).substr(0, 200);
    }
    if (!open_document.damage.empty()) out.damage = open_document.damage;
    if (sink.is_over) out.damage = "over the budget of decoded bytes";
    out.is_decoded = out.damage.empty() || !sink.bytes.empty();
    out.bytes = std::move(sink.bytes);
    return out;
}

StreamBytes Document::read_before_last(QPDFObjectHandle stream) {
    QPDFObjectHandle dict = stream.getDict();
    const std::vector<std::string> filters = filters_of(dict);
    bool is_filtered = false;
    StreamBytes out = piped(stream, qpdf_dl_none, is_filtered);
    if (filters.size() < 2 || !out.is_decoded) return out;
    // The filters before it are undone by qpdf on a stream of our own.
    QPDFObjectHandle before = qpdf_.newStream(std::string(text_of(out.bytes)));
    QPDFObjectHandle names = QPDFObjectHandle::newArray();
    for (std::size_t i = 0; i + 1 < filters.size(); ++i) names.appendItem(QPDFObjectHandle::newName(filters[i]));
    before.getDict().replaceKey("/Filter", names);
    StreamBytes unpacked = piped(before, qpdf_dl_specialized, is_filtered);
    unpacked.is_decoded = is_filtered;
    return unpacked;
}

}  // namespace plumbline::formats::pdf

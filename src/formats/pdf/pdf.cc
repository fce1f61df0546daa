// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/pdf.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "formats/gzip/gzip.h"
#include "formats/html/html.h"
#include "formats/mail/mail.h"
#include "formats/mbox/mbox.h"
#include "formats/pdf/between.h"
#include "formats/pdf/content.h"
#include "formats/pdf/document.h"
#include "formats/pdf/glyph_names.h"
#include "formats/pdf/info.h"

namespace plumbline::formats {

namespace {
using namespace pdf;
constexpr std::size_t image_min = 1024;
constexpr std::uint64_t unknown_codes_min = 8;

// The door: what qpdf throws becomes a message.
template <class Work>
std::string guarded(Work&& work) {
    try {
        work();
    } catch (const QPDFExc& error) {
        return error.getErrorCode() == qpdf_e_password ? "encrypted" : "damaged: " + error.getMessageDetail().substr(0, 200);
    } catch (const std::bad_alloc&) {
        return "over the limit of memory";
    } catch (const std::exception& error) {
        return "damaged: " + std::string(error.what()).substr(0, 200);
    }
    return {};
}

enum class StreamUse { none, image_file, pixels, form, other };

StreamUse use_of(QPDFObjectHandle stream) {
    QPDFObjectHandle dict = stream.getDict();
    QPDFObjectHandle type = dict.getKey("/Type");
    if (type.isNameAndEquals("/ObjStm") || type.isNameAndEquals("/XRef")) return StreamUse::none;
    QPDFObjectHandle subtype = dict.getKey("/Subtype");
    const std::vector<std::string> filters = filters_of(dict);
    if (!filters.empty() && (filters.back() == "/DCTDecode" || filters.back() == "/JPXDecode")) return StreamUse::image_file;
    if (subtype.isNameAndEquals("/Image")) return StreamUse::pixels;
    return subtype.isNameAndEquals("/Form") ? StreamUse::form : StreamUse::other;
}

class Opening {
  public:
    Opening(ByteView bytes, Budget& budget, Visitor& visitor) : bytes_(bytes), budget_(budget), visitor_(visitor) {}

    void open() {
        const std::string_view text = text_of(bytes_);
        const bool has_objects = text.find("obj") != std::string_view::npos || text.find("trailer") != std::string_view::npos;
        const std::string failure = !has_objects ? "damaged: it holds no object" : guarded([&] {
            Document document(bytes_, budget_);
            pages(document);
            objects(document);
        });
        if (!failure.empty()) visitor_.unread(0, "pdf", "pdf: " + failure);
        const std::string between = guarded([&] { visit_between(bytes_, std::move(streams_), budget_, visitor_); });
        if (!between.empty()) visitor_.unread(0, "pdf", "pdf: " + between);
    }

  private:
    void pages(Document& document) {
        TextReader reader(document);
        std::uint64_t unknown = 0;
        std::size_t number = 0;
        for (const Page& page : document.pages()) {
            const std::string decoder = fmt::format("pdf:p{}", ++number);
            if (!budget_.take_items(1)) return visitor_.unread(0, decoder, "pdf: over the budget of items: pages from here on are not read");
            PageText text;
            const std::string failure = guarded([&] { text = reader.page(page); });
            if (!failure.empty()) visitor_.unread(0, decoder, "pdf: " + failure);
            if (!text.damage.empty()) visitor_.unread(0, decoder, "pdf: damaged: " + text.damage);
            unknown += text.unknown;
            give_text(decoder, std::move(text.text), {}, true);
        }
        if (unknown >= unknown_codes_min) visitor_.unread(0, "pdf", fmt::format("pdf: {} letters in fonts that do not say what they are", unknown));
    }

    void objects(Document& document) {
        const std::vector<QPDFObjectHandle>& all = document.objects();
        const bool is_cut = document.is_cut();
        Info info(document);
        for (const QPDFObjectHandle& object : all) {
            const std::string failure = guarded([&] { info.add(object); });
            if (!failure.empty()) visitor_.unread(0, "pdf:info", "pdf: " + failure);
        }
        give_text("pdf:info", info.take_text(), info.take_map(), false);
        for (QPDFObjectHandle object : all) {
            if (!object.isStream()) continue;
            if (const auto place = document.place_of(object); place.second > 0) streams_.push_back(place);
            if (is_cut || document.is_used(object)) continue;
            if (!budget_.take_items(1)) {
                visitor_.unread(0, "pdf", "pdf: over the budget of items: streams are not read");
                break;
            }
            const std::string failure = guarded([&] { stream(document, object, info.files()); });
            if (!failure.empty()) visitor_.unread(0, fmt::format("pdf:s{}", object.getObjectID()), "pdf: " + failure);
        }
        if (is_cut) visitor_.unread(0, "pdf", "pdf: over the budget of steps: objects are not read");
        const std::string warning = document.warning();
        if (document.lost() > 0) visitor_.unread(0, "pdf", fmt::format("pdf: damaged: {} objects could not be read: {}", document.lost(), warning));
    }

    void stream(Document& document, QPDFObjectHandle object, const std::map<int, std::string>& files) {
        const int id = object.getObjectID();
        const auto file = files.find(id);
        const bool is_file = file != files.end() || object.getDict().getKey("/Type").isNameAndEquals("/EmbeddedFile");
        switch (is_file ? StreamUse::other : use_of(object)) {
            case StreamUse::none:
            case StreamUse::pixels: return;
            case StreamUse::image_file: return image(document, object);
            case StreamUse::form: {
                TextReader reader(document);
                give_text(fmt::format("pdf:x{}", id), reader.form(object).text, {}, false);
                return;
            }
            case StreamUse::other: break;
        }
        StreamBytes content = document.read(object);
        const std::string decoder = fmt::format("pdf:s{}", id);
        if (!content.damage.empty()) visitor_.unread(0, decoder, "pdf: damaged: " + content.damage);
        else if (!content.is_decoded && is_file) visitor_.unread(0, decoder, "pdf: an embedded file has a filter that is not read");
        const bool is_cmap = text_of(content.bytes).substr(0, 2000).find("begincmap") != std::string_view::npos;
        if (!content.is_decoded || is_cmap || (content.bytes.empty() && !content.damage.empty())) return;
        Hints hints;
        hints.is_file = is_file;
        if (file != files.end()) hints.name = file->second;
        give(decoder, std::move(content.bytes), hints);
    }

    // The bytes of the stream are a JPEG or JPEG 2000 file.
    void image(Document& document, QPDFObjectHandle object) {
        const bool is_jpeg = filters_of(object.getDict()).back() == "/DCTDecode";
        Hints hints;
        hints.is_file = true;
        hints.name = fmt::format("image-{}.{}", object.getObjectID(), is_jpeg ? "jpg" : "jp2");
        const auto place = document.place_of(object);
        if (!document.is_encrypted() && place.second > 0 && filters_of(object.getDict()).size() == 1) {
            if (place.second >= image_min) visitor_.window(place.first, place.first + place.second, hints, false);
            return;
        }
        StreamBytes content = document.read_before_last(object);
        if (content.is_decoded && content.bytes.size() >= image_min) give(fmt::format("pdf:i{}", object.getObjectID()), std::move(content.bytes), hints);
    }

    void give_text(const std::string& decoder, std::string text, OffsetMap map, bool is_shown) {
        if (text.empty()) return;
        if (!budget_.take_bytes(text.size())) return visitor_.unread(0, decoder, "pdf: over the budget of decoded bytes");
        if (is_shown) visitor_.readable(text);
        Decoded child;
        child.decoder = decoder;
        child.size_in = bytes_.size();
        child.bytes = to_bytes(text);
        child.map = std::move(map);
        visitor_.decoded(std::move(child), {}, true);
    }
    void give(const std::string& decoder, Bytes bytes, const Hints& hints) {
        Decoded child;
        child.decoder = decoder;
        child.size_in = bytes_.size();
        child.bytes = std::move(bytes);
        visitor_.decoded(std::move(child), hints, false);
    }

    ByteView bytes_;
    Budget& budget_;
    Visitor& visitor_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> streams_;
};

Bytes decode_object(Document& document, char what, int number, std::string& damage) {
    if (what == 'p') {
        const std::vector<Page>& pages = document.pages();
        if (number < 1 || static_cast<std::size_t>(number) > pages.size()) return {};
        return to_bytes(TextReader(document).page(pages[static_cast<std::size_t>(number) - 1]).text);
    }
    for (const QPDFObjectHandle& object : document.objects()) {
        if (object.getObjectID() != number || !QPDFObjectHandle(object).isStream()) continue;
        if (what == 'x') return to_bytes(TextReader(document).form(object).text);
        StreamBytes content = what == 'i' ? document.read_before_last(object) : document.read(object);
        damage = content.damage;
        return std::move(content.bytes);
    }
    return {};
}
}  // namespace

bool looks_like_pdf(ByteView bytes, const Hints& hints) {
    const std::string_view head = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
    if (head.starts_with("%PDF-")) return true;
    const std::size_t at = head.find("%PDF-");
    if (at == std::string_view::npos || at + 7 >= head.size()) return false;
    const bool has_version = head[at + 5] >= '1' && head[at + 5] <= '2' && head[at + 6] == '.';
    const std::string_view before = head.substr(0, at);
    if (!has_version || before.find_first_not_of("\xef\xbb\xbf \t\r\n") == std::string_view::npos) return has_version;
    // Readers take a file whose header starts late; texts that speak of one are none.
    if (text_of(bytes).substr(at, 1024).find(" obj") == std::string_view::npos) return false;
    return !looks_like_html(bytes, hints) && !looks_like_xml(bytes, hints) && !looks_like_mbox(bytes, hints) && !looks_like_mail(bytes, hints);
}

void open_pdf(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) { Opening(bytes, budget, visitor).open(); }

Result<Bytes> decode_pdf(ByteView bytes, std::string_view argument, Budget& budget) {
    if (argument == "t") {
        const Decoded content = decode_zlib(bytes, budget);
        if (content.bytes.empty()) return fail(ErrorKind::corrupt, "pdf: no Flate stream at this place");
        Document none(budget);
        return to_bytes(TextReader(none).loose(text_of(content.bytes)).text);
    }
    int number = 0;
    const bool is_info = argument == "info";
    if (!is_info) {
        const auto [end, error] = std::from_chars(argument.data() + std::min<std::size_t>(argument.size(), 1), argument.data() + argument.size(), number);
        const bool is_known = argument.size() > 1 && std::string_view("psix").find(argument[0]) != std::string_view::npos;
        if (!is_known || error != std::errc{} || end != argument.data() + argument.size()) return fail(ErrorKind::invalid, "pdf: \"{}\" is no part of one", argument.substr(0, 40));
    }
    Bytes out;
    std::string damage;
    const std::string failure = guarded([&] {
        Document document(bytes, budget);
        if (!is_info) {
            out = decode_object(document, argument[0], number, damage);
            return;
        }
        Info info(document);
        for (const QPDFObjectHandle& object : document.objects()) (void)guarded([&] { info.add(object); });
        out = to_bytes(info.take_text());
    });
    if (!failure.empty()) return fail(ErrorKind::corrupt, "pdf: {}", failure);
    if (out.empty() && !damage.empty()) return fail(ErrorKind::corrupt, "pdf: damaged: {}", damage);
    return out;
}

void prepare_pdf() {
    register_filters();
    // A document with a key that does not open: qpdf chooses its crypto library at the first one.
    const std::string entry(32, 'x');
    const std::string locked = fmt::format("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R /ID [(a) (a)] /Encrypt << /Filter /Standard "
                                           "/V 1 /R 2 /P -1 /O ({}) /U ({}) >> >>\n", entry, entry);
    Budget budget;
    (void)decode_pdf(view(locked), "info", budget);
    (void)text_of_glyph("Aacute");
}

}  // namespace plumbline::formats

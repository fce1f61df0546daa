// SPDX-License-Identifier: Apache-2.0
// The list of formats, in the order in which they are asked, and the decoders of a forensic path.
#include <charconv>

#include "formats/archive/archive.h"
#include "formats/carve/carve.h"
#include "formats/disk_image/disk_image.h"
#include "formats/encoded/encoded.h"
#include "formats/dns/dns.h"
#include "formats/evtx/evtx.h"
#include "formats/format.h"
#include "formats/gzip/gzip.h"
#include "formats/html/html.h"
#include "formats/image/exif.h"
#include "formats/image/image.h"
#include "formats/http1/http1.h"
#include "formats/lnk/lnk.h"
#include "formats/mail/mail.h"
#include "formats/mail/transfer.h"
#include "formats/mbox/mbox.h"
#include "formats/pdf/pdf.h"
#include "formats/rtf/rtf.h"
#include "formats/ole/ole.h"
#include "formats/prefetch/prefetch.h"
#include "formats/pst/pst.h"
#include "formats/registry/registry.h"
#include "formats/sqlite/sqlite.h"
#include "formats/pcap/network.h"
#include "formats/pcap/pcap.h"
#include "formats/smtp/smtp.h"
#include "formats/text/charset.h"
#include "formats/text/text.h"
#include "formats/text/writing.h"
#include "formats/uuencode/uuencode.h"
#include "formats/tnef/tnef.h"
#include "formats/tls/tls.h"
#include "formats/zip/zip.h"

namespace plumbline::formats {

namespace {
constexpr Format formats[] = {
    {"zip", looks_like_zip, open_zip},
    {"pdf", looks_like_pdf, open_pdf},
    {"rtf", looks_like_rtf, open_rtf},
    {"ole1", looks_like_ole1, open_ole1},
    {"gzip", looks_like_gzip, open_gzip},
    {"zlib", looks_like_zlib, open_zlib},
    {"archive", looks_like_archive, open_archive},
    {"compressed", looks_like_compressed, open_compressed},
    {"image", looks_like_image, open_image},
    {"uuencode", looks_like_uuencode, open_uuencode},
    {"encoded", looks_like_encoded, open_encoded},
    {"ole", looks_like_ole, open_ole},
    {"ole-stream", looks_like_office_stream, open_office_stream},
    {"pst", looks_like_pst, open_pst},
    {"tnef", looks_like_tnef, open_tnef},
    {"sqlite", looks_like_sqlite, open_sqlite},
    {"sqlitewal", looks_like_sqlite_wal, open_sqlite_wal},
    {"sqlitejournal", looks_like_sqlite_journal, open_sqlite_journal},
    {"disk", looks_like_disk_image, open_disk_image},
    {"pcap", looks_like_pcap, open_pcap},
    {"tls", looks_like_tls, open_tls},
    {"http1", looks_like_http1, open_http1},
    {"starttls", looks_like_starttls, open_starttls},
    {"smtp", looks_like_smtp, open_smtp},
    {"pop3", looks_like_pop3, open_pop3},
    {"imap", looks_like_imap, open_imap},
    {"dns", looks_like_dns_stream, open_dns_stream},
    {"evtx", looks_like_evtx, open_evtx},
    {"lnk", looks_like_lnk, open_lnk},
    {"jumplist", looks_like_jump_list, open_jump_list},
    {"registry", looks_like_registry, open_registry},
    {"mam", looks_like_mam, open_mam},
    {"prefetch", looks_like_prefetch, open_prefetch},
    {"text", looks_like_utf16, open_utf16},
    {"html", looks_like_html, open_html},
    {"xml", looks_like_xml, open_html},
    {"mbox", looks_like_mbox, open_mbox},
    {"mail", looks_like_mail, open_mail},
    {"text", looks_like_text, open_raw},
    {"unknown", [](ByteView, const Hints&) { return true; }, open_unknown},
};
bool stays_in_path(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' || c == '+' ||
           c == '@' || c == ' ';
}
}  // namespace

const Format& detect(ByteView bytes, const Hints& hints) {
    for (const Format& format : formats)
        if (format.matches(bytes, hints)) return format;
    return formats[std::size(formats) - 1];
}

Result<Bytes> decode_at(ByteView parent, std::uint64_t offset, std::string_view decoder, std::string_view argument, Budget& budget) {
    if (offset > parent.size()) return fail(ErrorKind::invalid, "{}: offset {} is behind the end at {}", decoder, offset, parent.size());
    if (is_archive_decoder(decoder)) return decode_archive(parent.subspan(offset), decoder, argument, budget);
    if (is_ole_decoder(decoder)) return decode_ole(parent.subspan(offset), decoder, argument, budget);
    if (decoder == "pst") return decode_pst(parent.subspan(offset), argument, budget);
    if (decoder == "tnef") return std::move(decode_tnef(parent.subspan(offset), budget).bytes);
    if (is_sqlite_decoder(decoder)) return decode_sqlite(parent.subspan(offset), decoder, argument, budget);
    if (is_network_decoder(decoder)) return decode_network(parent.subspan(offset), decoder, argument, budget);
    if (decoder == "evtx") return std::move(decode_evtx_chunk(parent.subspan(offset), budget).bytes);
    if (decoder == "lnk") return decode_lnk(parent.subspan(offset), budget);
    if (decoder == "regf") return decode_registry(parent.subspan(offset), argument, budget);
    if (decoder == "mam") return std::move(decode_mam(parent.subspan(offset), budget).bytes);
    if (decoder == "prefetch") return decode_prefetch(parent.subspan(offset), budget);
    if (decoder == "zip") return decode_zip_entry(parent, offset, budget);
    if (decoder == "image") return decode_image(parent.subspan(offset), argument, budget);
    if (decoder == "pdf") return decode_pdf(parent.subspan(offset), argument, budget);
    if (is_rtf_decoder(decoder)) return decode_rtf(parent.subspan(offset), decoder, argument, budget);
    ByteView source = parent.subspan(offset);
    if (decoder == "xor") {
        unsigned key = 0;
        const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), key, 16);
        if (error != std::errc{} || end != argument.data() + argument.size() || key > 255) return fail(ErrorKind::invalid, "xor: not a key: {}", argument);
        return std::move(decode_xor(source, static_cast<std::uint8_t>(key), budget).bytes);
    }
    if (!argument.empty()) {
        std::uint64_t count = 0;
        const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), count);
        if (error != std::errc{} || end != argument.data() + argument.size() || count > source.size())
            return fail(ErrorKind::invalid, "{}: not a count of bytes that are there: {}", decoder, argument);
        source = source.first(count);
    }
    if (decoder == "raw") return to_bytes(source);
    if (decoder == "base64") return std::move(decode_base64(source, budget).bytes);
    if (decoder == "qp") return std::move(decode_quoted_printable(source, budget).bytes);
    if (decoder == "words") return std::move(decode_words(source, budget).view.bytes);
    if (decoder == "html") return std::move(read_html(source, budget).text.bytes);
    if (decoder == "markup") return std::move(read_html(source, budget).markup.bytes);
    if (decoder == "gzip") return std::move(decode_gzip(source, budget).bytes);
    if (decoder == "zlib") return std::move(decode_zlib(source, budget).bytes);
    if (decoder == "utf16le") return std::move(decode_utf16(source, false, budget).bytes);
    if (decoder == "utf16be") return std::move(decode_utf16(source, true, budget).bytes);
    if (decoder == "plain") return std::move(decode_plain(source, budget).bytes);
    if (decoder == "percent") return std::move(decode_percent(source, budget).bytes);
    if (decoder == "entities") return std::move(decode_references(source, budget).bytes);
    if (decoder == "exif") return std::move(exif_text(source, budget).bytes);
    if (decoder == "hex") return std::move(decode_hex(source, budget).bytes);
    if (decoder == "hexdump") return std::move(decode_hexdump(source, budget).bytes);
    if (decoder == "escapes") return std::move(decode_escapes(source, budget).bytes);
    if (decoder == "uu") return std::move(decode_uuencode(source, budget).bytes);
    return fail(ErrorKind::invalid, "no decoder is named \"{}\"", decoder.substr(0, 20));
}

std::string path_name(std::string_view name) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : name.substr(0, 200)) {
        if (stays_in_path(c)) {
            out.push_back(c);
            continue;
        }
        const auto value = static_cast<unsigned char>(c);
        out += {'%', digits[value >> 4], digits[value & 15]};
    }
    return out;
}

}  // namespace plumbline::formats

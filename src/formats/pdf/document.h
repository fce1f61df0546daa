// SPDX-License-Identifier: Apache-2.0
// The door to libqpdf: a PDF in memory, its pages in order, and the decoded bytes of its streams, within a budget. qpdf throws;
// what is called here may throw std::exception, and everything above it in this folder stands inside a guard (pdf.cc).
// Not thread-safe; the bytes must outlive it.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "formats/format.h"
#include "formats/pdf/qpdf_headers.h"

namespace plumbline::formats::pdf {

struct Page {
    QPDFObjectHandle dict;
    QPDFObjectHandle resources;  // its own or those of the tree above it; null where there are none
};

struct StreamBytes {
    Bytes bytes;
    bool is_decoded = false;  // false: a filter that is not read here (images), or nothing could be read
    std::string damage;
};

class Document {
  public:
    // Throws QPDFExc: qpdf_e_password where the empty password does not open it.
    Document(ByteView file, Budget& budget);
    // No file: a content stream alone can be read with it.
    explicit Document(Budget& budget);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    // All objects, by number, read once. Bounded by the budget of steps.
    const std::vector<QPDFObjectHandle>& objects();
    bool is_cut() const { return is_cut_; }  // where the budget did not reach for all
    // Those of the page tree in its order, then pages that no tree leads to, by number.
    const std::vector<Page>& pages();
    // A stream with all its filters undone.
    StreamBytes read(QPDFObjectHandle stream);
    // The bytes in front of the stream's last filter, which is not undone: an image file of its own (DCTDecode).
    StreamBytes read_before_last(QPDFObjectHandle stream);
    // Where the bytes of a stream stand in the file, as they are in the stream; {0, 0} where they do not (encrypted).
    std::pair<std::uint64_t, std::uint64_t> place_of(QPDFObjectHandle stream);
    // Kept from page to page and for the search of what no page used.
    void note_used(const QPDFObjectHandle& object) {
        if (object.isIndirect()) used_.insert(object.getObjectID());
    }
    bool is_used(const QPDFObjectHandle& object) const { return used_.count(object.getObjectID()) > 0; }

    bool is_encrypted() const { return is_encrypted_; }
    ByteView file() const { return file_; }
    Budget& budget() { return budget_; }
    // The first that qpdf had to say about the file; empty where it had nothing to say.
    std::string warning();
    // Objects of packed streams that are not there.
    std::size_t lost() const { return lost_; }

  private:
    StreamBytes piped(QPDFObjectHandle stream, qpdf_stream_decode_level_e level, bool& is_filtered);
    void add_pages(QPDFObjectHandle node, QPDFObjectHandle resources, unsigned depth);

    ByteView file_;
    Budget& budget_;
    QPDF qpdf_;
    bool is_encrypted_ = false;
    bool has_pages_ = false;
    std::vector<Page> pages_;
    std::set<int> page_objects_;
    std::set<int> used_;
    std::string warning_;
    std::size_t lost_ = 0;
    std::vector<QPDFObjectHandle> objects_;
    bool has_objects_ = false;
    bool is_cut_ = false;
};

// The kind of filters of a stream dictionary, by their full names, in order.
std::vector<std::string> filters_of(QPDFObjectHandle stream_dict);
// Makes qpdf undo Flate within the budget of the document that is open in this thread. Once, before any other call.
void register_filters();

}  // namespace plumbline::formats::pdf

// SPDX-License-Identifier: Apache-2.0
// Everything that a PDF says in strings and not on its pages, a line each as "Key: value": targets of links, document
// information, scripts, values of form fields, titles of outlines, names of files. Also which streams are embedded files.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/pdf/document.h"

namespace plumbline::formats::pdf {

class Info {
  public:
    explicit Info(const Document& document) : document_(document) {}
    // Follows no reference: every object is to be added on its own.
    void add(QPDFObjectHandle object);

    std::string take_text() { return std::move(text_); }
    // Where strings stand in the file as they are.
    OffsetMap take_map() { return std::move(map_); }
    // Object number of a stream to the file's name.
    const std::map<int, std::string>& files() const { return files_; }

  private:
    void add_value(const std::string& key, QPDFObjectHandle value, unsigned depth);
    void add_dictionary(QPDFObjectHandle dict, unsigned depth);
    void add_string(const std::string& key, QPDFObjectHandle value);
    void note_file(QPDFObjectHandle dict);

    const Document& document_;
    std::string text_;
    OffsetMap map_;
    std::map<int, std::string> files_;
};

}  // namespace plumbline::formats::pdf

// SPDX-License-Identifier: Apache-2.0
#include "disk_program/answer.h"

#include <algorithm>

#include "sandbox/program.h"

namespace plumbline::disk_program {
namespace {

constexpr std::size_t write_bytes = 64 * 1024;

}  // namespace

bool Answer::add(const disk::FileEntry& file) {
    if (is_full()) return false;
    if (files_left_ == 0) {
        is_cut_ = true;
        return false;
    }
    --files_left_;
    put(disk::record_of(file));
    return !is_broken_;
}

void Answer::trouble(std::uint32_t volume, std::string text) {
    // Libraries quote what they read.
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    put(disk::record_of(disk::Trouble{volume, std::move(text)}));
}

void Answer::end() {
    put(disk::record_of(disk::End{is_cut_}));
    flush();
}

void Answer::flush() {
    if (!is_broken_ && !waiting_.empty() && !write_answer(waiting_)) is_broken_ = true;
    waiting_.clear();
}

void Answer::put(const Bytes& record) {
    append(waiting_, record);
    if (waiting_.size() >= write_bytes) flush();
}

}  // namespace plumbline::disk_program

// SPDX-License-Identifier: Apache-2.0
#include "disk/file_map.h"

#include <gtest/gtest.h>

#include "disk/random_bytes.h"

namespace plumbline::disk {
namespace {

FileEntry example() {
    FileEntry file;
    file.volume = 0;
    file.meta = 57;
    file.stream = 0x800001;
    file.path = "Users/jo/a\nb.txt";
    file.size_bytes = 700;
    file.flags = file_is_deleted | file_is_sparse;
    file.found_by = FoundBy::journal;
    file.times = {1, -2, 3, 0};
    file.runs = {{512, 600, RunKind::bytes}, {0, 100, RunKind::zero}, {1112, 424, RunKind::slack}};
    return file;
}

Bytes answer_with(const FileEntry& file, std::uint64_t image_bytes = 65536) {
    Bytes answer = answer_head({image_bytes, "raw"});
    append(answer, record_of(Volume{0, image_bytes, 512, "fat12", "LABEL", "DOS FAT12 (0x01)", ""}));
    append(answer, record_of(file));
    append(answer, record_of(Trouble{std::nullopt, "words"}));
    append(answer, record_of(End{true}));
    return answer;
}

TEST(FileMap, WhatIsWrittenIsRead) {
    std::vector<FileEntry> files;
    std::vector<std::string> troubles;
    Volume volume;
    AnswerVisitor visitor;
    visitor.file = [&](FileEntry&& file) { files.push_back(std::move(file)); return Result<void>(); };
    visitor.volume = [&](const Volume& seen) { volume = seen; return Result<void>(); };
    visitor.trouble = [&](const Trouble& trouble) { troubles.push_back(trouble.text); return Result<void>(); };
    const auto end = read_answer(answer_with(example()), visitor);
    ASSERT_TRUE(end) << end.error().message;
    ASSERT_TRUE(end->has_value());
    EXPECT_TRUE((*end)->is_cut);
    EXPECT_EQ(volume.label, "LABEL");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].path, example().path);
    EXPECT_EQ(files[0].runs, example().runs);
    EXPECT_EQ(files[0].times, example().times);
    EXPECT_EQ(files[0].flags, example().flags);
    EXPECT_EQ(files[0].meta, 57U);
    EXPECT_EQ(troubles, std::vector<std::string>{"words"});
}

TEST(FileMap, AnyCutIsNoEndAndNoCrash) {
    const Bytes answer = answer_with(example());
    for (std::size_t size = 0; size < answer.size(); ++size) {
        const auto end = read_answer(ByteView(answer).first(size), {});
        ASSERT_TRUE(end) << size << ": " << end.error().message;
        EXPECT_FALSE(end->has_value()) << size;
    }
}

TEST(FileMap, WhatBreaksTheRulesIsRefused) {
    EXPECT_FALSE(read_answer(to_bytes("something else entirely"), {}));
    EXPECT_FALSE(read_answer(answer_with(example(), 1500), {})) << "a run outside the image";
    FileEntry file = example();
    file.runs[0].length = 601;
    EXPECT_FALSE(read_answer(answer_with(file), {})) << "more than its size";
    file.runs[0].length = 599;
    EXPECT_FALSE(read_answer(answer_with(file), {})) << "less than its size";
    file = example();
    file.runs[0].offset = UINT64_MAX - 10;
    EXPECT_FALSE(read_answer(answer_with(file), {})) << "an offset that wraps around";
    file = example();
    file.flags = 1U << 30U;
    EXPECT_FALSE(read_answer(answer_with(file), {})) << "a flag that is not known";
    file = example();
    file.flags |= file_is_made;
    EXPECT_FALSE(read_answer(answer_with(file), {})) << "made, and with runs";
}

TEST(FileMap, ARequestComesBackAsItWas) {
    Request request;
    request.verb = Verb::read;
    request.volume_first = 3;
    request.items = {{1048576, 57, 0x800001, 4096}};
    const auto read = read_request(write_request(request));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->verb, Verb::read);
    EXPECT_EQ(read->volume_first, 3U);
    ASSERT_EQ(read->items.size(), 1U);
    EXPECT_EQ(read->items[0].meta, 57U);
    EXPECT_FALSE(read_request(to_bytes("nothing of the kind")));
}

}  // namespace
}  // namespace plumbline::disk

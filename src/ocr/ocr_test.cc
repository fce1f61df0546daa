// SPDX-License-Identifier: Apache-2.0
// Pictures of text drawn by a browser, read in the real sandbox: one worker, no thread, no file. The main function is this
// test's own, because a sandbox must start before the process has threads.
#include "ocr/ocr.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sandbox/sandbox.h"

namespace plumbline {
namespace {
using ::testing::HasSubstr;
Sandbox* sandbox = nullptr;

Bytes testdata(const std::string& name) {
    std::ifstream in(std::string(PLUMBLINE_ROOM_DIR "/testdata/") + name, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    return to_bytes(bytes);
}
Result<std::string> read(ByteView image, ByteView parameters = {}) {
    const Bytes text = TRY(sandbox->run("ocr", image, parameters));
    return std::string(text_of(text));
}

TEST(Ocr, AddressAndLinkOnAScreen) {
    for (const char* name : {"message.png", "dark.png"}) {
        const Result<std::string> text = read(testdata(name));
        ASSERT_TRUE(text) << text.error().message;
        EXPECT_THAT(*text, HasSubstr("billing.desk@example.com")) << name;
        EXPECT_THAT(*text, HasSubstr("https://parcel-fee.example.net/pay?id=4711")) << name;
    }
}

TEST(Ocr, TheSameTextAgain) {
    const Bytes first = testdata("message.png");
    const Bytes second = testdata("dark.png");
    const Result<std::string> before = read(first);
    ASSERT_TRUE(read(second));
    const Result<std::string> after = read(first);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(*before, *after);
}

TEST(Ocr, LimitsAndWhatIsNoImage) {
    Bytes one_millisecond;
    append_u32(one_millisecond, 1);
    const Result<std::string> late = read(testdata("message.png"), one_millisecond);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::timeout) << late.error().message;
    EXPECT_EQ(read(view("no image at all")).error().kind, ErrorKind::unsupported);
    EXPECT_EQ(read(view("P5 70000 70000 255 x")).error().kind, ErrorKind::too_large);
    const Result<std::string> empty = read(view("P5 40 40 255 " + std::string(1600, '\xff')));
    ASSERT_TRUE(empty) << empty.error().message;
    EXPECT_LT(empty->size(), 4U);
    EXPECT_TRUE(read(testdata("message.png")));
}

TEST(Ocr, NotPrepared) { EXPECT_EQ(ocr::read_text(testdata("message.png"), {}).error().kind, ErrorKind::unavailable); }

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
    using namespace plumbline;
    ::testing::InitGoogleTest(&argc, argv);
    SandboxOptions options;
    options.workers = 1;
    auto started = Sandbox::start({{"ocr", ocr::ocr_in_sandbox}}, options, [] { ocr::prepare_ocr("eng"); });
    if (!started) {
        fmt::print("the sandbox did not start: {}\n", started.error().message);
        return 1;
    }
    sandbox = started->get();
    return RUN_ALL_TESTS();
}

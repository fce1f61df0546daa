// SPDX-License-Identifier: Apache-2.0
// Captures made by hand: order, overlaps, gaps, fragments, tunnels, and what is read in the streams.
#include "formats/pcap/pcap.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/pcap/capture_builder.h"
#include "formats/fuzz_visitor.h"
#include "formats/pcap/network.h"

namespace plumbline::formats {
namespace {
using net::CaptureBuilder;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

// Opens what is given, and what is in it, as a scan does; each child must be had again from its place.
struct Read final : Visitor {
    explicit Read(ByteView bytes, std::string prefix = "") : bytes_(bytes), prefix_(std::move(prefix)) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        ASSERT_LE(begin, end);
        ASSERT_LE(end, bytes_.size());
        const ByteView part = bytes_.subspan(begin, end - begin);
        if (is_own) text += std::string(text_of(part)) + "\n";
        if (hints.is_file) files.emplace_back(hints.name, std::string(text_of(part)));
        if (!is_own) open(part, hints, prefix_ + std::to_string(begin) + ">");
    }
    void decoded(Decoded&& child, const Hints& hints, bool is_view) override {
        const std::string path = prefix_ + std::to_string(child.offset) + "-" + child.decoder;
        children.emplace_back(path, std::string(text_of(child.bytes)));
        const std::size_t colon = std::min(child.decoder.find(':'), child.decoder.size());
        Budget budget;
        const Result<Bytes> again = decode_at(bytes_, child.offset, child.decoder.substr(0, colon), child.decoder.substr(std::min(colon + 1, child.decoder.size())), budget);
        // What ends where its part of a mail ends is had again with what follows.
        const bool is_ours = is_network_decoder(std::string_view(child.decoder).substr(0, colon));
        EXPECT_TRUE(again && again->size() >= child.bytes.size() && std::equal(child.bytes.begin(), child.bytes.end(), again->begin())) << path;
        EXPECT_TRUE(!is_ours || again->size() == child.bytes.size()) << path;
        for (std::uint64_t at = 0; at < child.bytes.size() && !child.map.empty(); ++at) {
            const std::optional<std::uint64_t> same = child.map.same_at(at, 1);
            if (same) { EXPECT_EQ(bytes_[child.offset + *same], child.bytes[at]) << path << " " << at; }
        }
        if (hints.is_file) files.emplace_back(hints.name, std::string(text_of(child.bytes)));
        if (is_view) text += std::string(text_of(child.bytes)) + "\n";
        else open(child.bytes, hints, path + "-");
    }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override {
        EXPECT_LE(offset, bytes_.size());
        damage.push_back(std::move(reason));
    }
    void readable(std::string_view) override {}
    void open(ByteView part, const Hints& hints, const std::string& prefix) {
        Read inner(part, prefix);
        Budget budget;
        Hints inside = hints;
        inside.is_file = false;
        const Format& format = detect(part, inside);
        format.open(part, inside, budget, inner);
        formats.emplace_back(prefix, format.name);
        text += inner.text;
        children.insert(children.end(), inner.children.begin(), inner.children.end());
        files.insert(files.end(), inner.files.begin(), inner.files.end());
        formats.insert(formats.end(), inner.formats.begin(), inner.formats.end());
        damage.insert(damage.end(), inner.damage.begin(), inner.damage.end());
    }
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    std::string child(std::string_view path) const {
        const auto row = std::find_if(children.begin(), children.end(), [&](const auto& pair) { return pair.first == path; });
        return row == children.end() ? "(none)" : row->second;
    }
    Pairs children;
    Pairs files;
    Pairs formats;
    std::string text;
    std::vector<std::string> damage;

  private:
    ByteView bytes_;
    std::string prefix_;
};
Read read_capture(std::string_view bytes) {
    Read out(view(bytes));
    Budget budget;
    EXPECT_EQ(detect(view(bytes), {}).name, "pcap");
    open_pcap(view(bytes), {}, budget, out);
    return out;
}
std::string gzipped(std::string_view text) {
    std::string out(text.size() + 100, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string in(text);
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(Pcap, JoinsSegmentsInAnyOrder) {
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 13, "example.com\r\n");
    capture.say(true, 1, "write to jo@");
    capture.say(true, 1, "WRITE TO JO@");   // came second, so it is not taken
    capture.say(true, 9, "XXXXexample.ORG--tail");
    capture.say(false, 1, "an answer");
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c"), "write to jo@example.com\r\ntail");
    EXPECT_EQ(read.child("0-pcap:tcp/0/s"), "an answer");
    EXPECT_THAT(read.child("0-pcap:flows"), HasSubstr("tcp/0 192.0.2.1 port 40000 to 198.51.100.2 port 80, 5 packets 158 bytes, back 2 packets 49 bytes, 00:16:3e:44:55:66 to 00:16:3e:11:22:33"));
    EXPECT_TRUE(read.damage.empty());
}

TEST(Pcap, NamesAndKeepsTheSizeOfGaps) {
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, "one");
    capture.say(true, 14, "two");
    capture.say(true, 100'017, "three");
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c"), "one" + std::string(10, '\0') + "two" + std::string(16, '\0') + "three");
    EXPECT_THAT(read.damage, Contains(HasSubstr("100010 bytes of the stream were not captured, in 2 gaps")));
}

TEST(Pcap, NewConnectionOnTheSamePorts) {
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, "first");
    capture.say(true, 6, "", 0x11);
    capture.say(true, 70'000, "", 2);
    capture.say(true, 70'001, "second");
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c"), "first");
    EXPECT_EQ(read.child("0-pcap:tcp/1/c"), "second");
}

TEST(Pcap, NumbersThatWrapAround) {
    CaptureBuilder capture;
    capture.say(true, 0xffffffff - 1000 - 3, "before");
    capture.say(true, 0xffffffff - 1000 + 3, " after");
    EXPECT_EQ(read_capture(capture.bytes()).child("0-pcap:tcp/0/c"), "before after");
}

TEST(Pcap, BothByteOrdersGiveTheSame) {
    CaptureBuilder little(1, false);
    CaptureBuilder big(1, true);
    for (CaptureBuilder* capture : {&little, &big}) {
        capture->open();
        capture->say(true, 1, "mail jo@example.com");
    }
    EXPECT_NE(little.bytes(), big.bytes());
    EXPECT_EQ(read_capture(little.bytes()).children, read_capture(big.bytes()).children);
}

TEST(Pcap, JoinsFragmentsOnce) {
    const std::string datagram = CaptureBuilder::udp(4000, 514, "<34>login by jo@example.com from 203.0.113.9");
    const std::string a("\xc0\x00\x02\x01", 4);
    const std::string b("\xc6\x33\x64\x02", 4);
    CaptureBuilder capture;
    capture.record(CaptureBuilder::ethernet(CaptureBuilder::ip(a, b, 17, datagram.substr(24), 3)));
    capture.record(CaptureBuilder::ethernet(CaptureBuilder::ip(a, b, 17, datagram.substr(0, 24), 0x2000)));
    capture.record(CaptureBuilder::ethernet(CaptureBuilder::ip(a, b, 17, "never finished..", 0x2000, 8)));
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:datagrams"), datagram.substr(8) + "\n");
    EXPECT_THAT(read.text, HasSubstr("never finished.."));
    EXPECT_THAT(read.damage, Contains(HasSubstr("1 datagrams lack fragments")));
}

TEST(Pcap, ReadsThroughTagsLabelsAndTunnels) {
    const std::string a("\xc0\x00\x02\x01", 4);
    const std::string b("\xc6\x33\x64\x02", 4);
    const std::string inner = CaptureBuilder::ip(a, b, 17, CaptureBuilder::udp(9, 9, "inner@example.com"));
    const std::vector<std::string> frames = {
        CaptureBuilder::ethernet(CaptureBuilder::big(5, 2) + CaptureBuilder::big(0x0800, 2) + inner, 0x8100),
        CaptureBuilder::ethernet(CaptureBuilder::big(5, 2) + CaptureBuilder::big(0x8100, 2) + CaptureBuilder::big(6, 2) + CaptureBuilder::big(0x0800, 2) + inner, 0x88a8),
        CaptureBuilder::ethernet(CaptureBuilder::big(0x00010040, 4) + CaptureBuilder::big(0x00020140, 4) + inner, 0x8847),
        CaptureBuilder::ethernet(CaptureBuilder::big(0x11000001, 4) + CaptureBuilder::big(inner.size() + 2, 2) + CaptureBuilder::big(0x21, 2) + inner, 0x8864),
        CaptureBuilder::ethernet(CaptureBuilder::ip(b, a, 4, inner)),
        CaptureBuilder::ethernet(CaptureBuilder::ip(b, a, 47, CaptureBuilder::big(0x0800, 4) + inner)),
        CaptureBuilder::ethernet(CaptureBuilder::ip(b, a, 17, CaptureBuilder::udp(7, 4789, std::string(8, '\0') + CaptureBuilder::ethernet(inner)))),
    };
    for (const std::string& frame : frames) {
        CaptureBuilder capture;
        capture.record(frame);
        const Read read = read_capture(capture.bytes());
        EXPECT_THAT(read.text, HasSubstr("inner@example.com\n")) << frame.size();
        EXPECT_THAT(read.child("0-pcap:flows"), HasSubstr("udp 192.0.2.1 port 9 to 198.51.100.2 port 9, 1 packets"));
    }
}

TEST(Pcap, HttpGivesAddressesBodiesAndNames) {
    const std::string page = gzipped("<p>pay to <a href=\"http://shop.example.net/x\">us</a></p>");
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, "GET /files/report.html?x=1 HTTP/1.1\r\nHost: www.example.com\r\n\r\nGET /tool.bin HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
    std::string answers = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    answers += fmt::format("{:x}\r\n", 10) + page.substr(0, 10) + "\r\n" + fmt::format("{:x};a=b\r\n", page.size() - 10) + page.substr(10) + "\r\n0\r\n\r\n";
    answers += "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x01\x02\x03\x04\x05";
    capture.say(false, 1, answers.substr(0, 100));
    capture.say(false, 101, answers.substr(100));
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c-0-http1:urls"), "http://www.example.com/files/report.html?x=1\nhttp://www.example.com/tool.bin\n");
    EXPECT_EQ(read.child("0-pcap:tcp/0/s-0-http1:body"), "<p>pay to <a href=\"http://shop.example.net/x\">us</a></p>");
    EXPECT_THAT(read.files, Contains(Pair("report.html", HasSubstr("shop.example.net"))));
    EXPECT_THAT(read.files, Contains(Pair("tool.bin", "\x01\x02\x03\x04\x05")));
    EXPECT_THAT(read.text, HasSubstr("Host: www.example.com"));
    EXPECT_TRUE(read.damage.empty()) << read.damage.front();
}

TEST(Pcap, HttpUploadsAreFiles) {
    const std::string body = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\njo@example.com\r\n--xyz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n1,2\r\n3,4\r\n--xyz--\r\n";
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, fmt::format("POST /up HTTP/1.1\r\nHost: h.example.com\r\nContent-Type: multipart/form-data; boundary=xyz\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.files, Read::Pairs({{"list.csv", "1,2\r\n3,4"}}));
    EXPECT_THAT(read.text, HasSubstr("jo@example.com"));
}

TEST(Pcap, MailInSmtpWithDots) {
    CaptureBuilder capture;
    capture.open(25);
    capture.say(true, 1, "EHLO a.example.com\r\nMAIL FROM:<jo@example.com>\r\nRCPT TO:<bo@example.net>\r\nDATA\r\nFrom: jo@example.com\r\nTo: bo@example.net\r\nSubject: hi\r\n\r\n..dot\r\nend\r\n.\r\nQUIT\r\n", 0x18, 25);
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c-80-dots"), "From: jo@example.com\r\nTo: bo@example.net\r\nSubject: hi\r\n\r\n.dot\r\nend\r\n");
    EXPECT_THAT(read.formats, Contains(Pair("0-pcap:tcp/0/c-80-dots-", "mail")));
    EXPECT_THAT(read.text, HasSubstr("RCPT TO:<bo@example.net>"));
}

TEST(Pcap, DnsQuestionsAndAnswers) {
    const std::string name("\x03www\x07" "example\x03" "com\x00", 17);
    std::string message = CaptureBuilder::big(1, 2) + CaptureBuilder::big(0x8180, 2) + CaptureBuilder::big(0x0001000300000000, 8) + name + CaptureBuilder::big(0x00010001, 4);
    message += CaptureBuilder::big(0xc00c, 2) + CaptureBuilder::big(0x0001000100000e10, 8) + CaptureBuilder::big(4, 2) + std::string("\xcb\x00\x71\x07", 4);
    message += CaptureBuilder::big(0xc010, 2) + CaptureBuilder::big(0x000f000100000e10, 8) + CaptureBuilder::big(9, 2) + CaptureBuilder::big(10, 2) + "\x04mail\xc0\x10";
    message += CaptureBuilder::big(0xc010, 2) + CaptureBuilder::big(0x0010000100000e10, 8) + CaptureBuilder::big(7, 2) + "\x06v=spf1";
    const std::string a("\xc0\x00\x02\x01", 4);
    CaptureBuilder capture;
    capture.record(CaptureBuilder::ethernet(CaptureBuilder::ip(a, a, 17, CaptureBuilder::udp(53, 4000, message))));
    const std::string loop = CaptureBuilder::big(0x0001010000010000, 8) + CaptureBuilder::big(0, 4) + "\xc0\x0c" + CaptureBuilder::big(0x00010001, 4);
    capture.record(CaptureBuilder::ethernet(CaptureBuilder::ip(a, a, 17, CaptureBuilder::udp(4000, 53, loop))));
    EXPECT_EQ(read_capture(capture.bytes()).child("0-pcap:dns"), "query www.example.com A\nwww.example.com A 203.0.113.7\nexample.com MX 10 mail.example.com\nexample.com TXT v=spf1\n");
}

TEST(Pcap, TlsNames) {
    const std::string host = "secret.example.org";
    const std::string extension = CaptureBuilder::big(0, 2) + CaptureBuilder::big(host.size() + 5, 2) + CaptureBuilder::big(host.size() + 3, 2) + std::string(1, '\0') + CaptureBuilder::big(host.size(), 2) + host;
    const std::string hello = "\x03\x03" + std::string(32, 'r') + std::string(1, '\0') + CaptureBuilder::big(2, 2) + "\x13\x01" + "\x01" + std::string(1, '\0') + CaptureBuilder::big(extension.size(), 2) + extension;
    const std::string message = "\x01" + CaptureBuilder::big(hello.size(), 3) + hello;
    CaptureBuilder capture;
    capture.open(443);
    capture.say(true, 1, "\x16\x03\x01" + CaptureBuilder::big(message.size(), 2) + message + "\x17\x03\x03" + CaptureBuilder::big(4, 2) + "abcd", 0x18, 443);
    const Read read = read_capture(capture.bytes());
    EXPECT_EQ(read.child("0-pcap:tcp/0/c-0-tls"), "server name secret.example.org\n");
    EXPECT_THAT(read.damage, Contains(HasSubstr("4 bytes of application data are encrypted")));
}

TEST(Pcap, DamageIsNamed) {
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, "whole jo@example.com");
    const std::string cut = capture.bytes().substr(0, capture.bytes().size() - 3);
    EXPECT_THAT(read_capture(cut).damage, Contains("pcap: cut short in a packet"));
    EXPECT_EQ(read_capture(cut).child("0-pcap:tcp/0/c"), "whole jo@example.");
    EXPECT_THAT(read_capture(capture.bytes() + std::string(16, '\xff') + "tail bo@example.com").damage, Contains("pcap: a record's length cannot be right"));
    EXPECT_THAT(read_capture(capture.bytes() + std::string(16, '\xff') + "tail bo@example.com").text, HasSubstr("tail bo@example.com"));
    for (std::size_t size = 24; size < capture.bytes().size(); ++size) read_capture(capture.bytes().substr(0, size));
}

TEST(Pcap, BudgetsHold) {
    CaptureBuilder capture;
    capture.open();
    capture.say(true, 1, std::string(500, 'a'));
    Read read(view(capture.bytes()));
    Budget budget;
    budget.bytes_out_left = 300;
    open_pcap(view(capture.bytes()), {}, budget, read);
    EXPECT_THAT(read.damage, Contains(HasSubstr("read packet by packet")));
    EXPECT_THAT(read.text, HasSubstr(std::string(500, 'a')));
}

std::string file_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// What the test files of Suricata say of their captures.
TEST(Pcap, SharedCapturesShowWhatIsKnownOfThem) {
    const std::filesystem::path folder = PLUMBLINE_SHARED_DIR "/data/11-pcap/suricata-verify";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
    const std::pair<std::string, std::string> facts[] = {
        {"tcp-fastopen-11-reject-syn-data__tlpw-tcp-tfo-data-on-syn-nack.pcap", "server name icloud.com"},
        {"community-id-ipv6__input.pcap", "server name ipv6.google.com"},
        {"bug-130__input.pcap", "/publication/pub.home/home.html"},
        {"dhcp-eve-extended__input.pcap", "nas1"},
    };
    std::string missing;
    for (const auto& [name, words] : facts) {
        const std::string bytes = file_bytes(folder / name);
        if (bytes.empty() || read_capture(bytes).text.find(words) == std::string::npos) missing += name + ": " + words + "\n";
    }
    EXPECT_EQ(missing, "");
}

// Every capture there is: nothing breaks, every child is had again from its place, and two readings are the same.
TEST(Pcap, SharedCapturesAreRead) {
    const std::filesystem::path folder = PLUMBLINE_SHARED_DIR "/data/11-pcap";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
    std::size_t captures = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string bytes = file_bytes(entry.path());
        if (!looks_like_pcap(view(bytes), {})) continue;
        ++captures;
        SCOPED_TRACE(entry.path().filename());
        EXPECT_GT(count_packets(view(bytes)) + !read_capture(bytes).damage.empty(), 0u);
    }
    EXPECT_GT(captures, 400u);
}
}  // namespace
}  // namespace plumbline::formats

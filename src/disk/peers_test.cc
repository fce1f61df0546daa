// SPDX-License-Identifier: Apache-2.0
// Containers as others write them: qemu-img, ewfacquirestream and affconvert, where they are installed, make images of one
// disk, and each must read back as that disk.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "disk/linear.h"

namespace plumbline::disk {
namespace {

struct Peer {
    std::string name;
    std::string program;
    std::string command;             // {0} is the disk, {1} the folder
    std::vector<std::string> files;  // that it makes
    std::string container;
};

// Text, noise and holes.
Bytes make_disk() {
    std::mt19937_64 random(11);
    Bytes disk(5 * 1024 * 1024);
    for (std::size_t at = 0; at < disk.size(); at += 65536) {
        const auto kind = random() % 3;
        for (std::size_t i = 0; kind > 0 && i < 65536; ++i) disk[at + i] = kind == 1 ? static_cast<std::byte>(random()) : static_cast<std::byte>('a' + at / 65536 % 26);
    }
    return disk;
}

class Peers : public testing::TestWithParam<Peer> {};

TEST_P(Peers, ReadsBackAsTheDisk) {
    const Peer& peer = GetParam();
    if (!std::filesystem::exists("/usr/bin/" + peer.program)) GTEST_SKIP() << peer.program << " is not installed";
    std::string folder = (std::filesystem::temp_directory_path() / "plumbline-peer-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const Bytes disk = make_disk();
    std::ofstream(folder + "/disk.raw", std::ios::binary).write(reinterpret_cast<const char*>(disk.data()), static_cast<std::streamsize>(disk.size()));
    const std::string command = "cd " + folder + " && (" + peer.command + ") > /dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::vector<int> open;
    std::vector<std::unique_ptr<RandomBytes>> segments;
    for (const std::string& file : peer.files) {
        open.push_back(::open((folder + "/" + file).c_str(), O_RDONLY | O_CLOEXEC));
        auto bytes = bytes_of_file(open.back());
        ASSERT_TRUE(bytes) << file;
        segments.push_back(std::move(*bytes));
    }
    auto linear = open_linear(std::move(segments));
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(linear) << linear.error().message;
    EXPECT_EQ(linear->container, peer.container);
    EXPECT_GE(linear->bytes->size_bytes(), disk.size());
    const auto whole = linear->bytes->bytes(0, disk.size());
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_TRUE(*whole == disk);
    // In small pieces and from the back, as a file system reads.
    for (std::uint64_t at = disk.size() - 100'003; at > 200'000; at -= 199'999) {
        const auto piece = linear->bytes->bytes(at, 1000);
        ASSERT_TRUE(piece) << at;
        EXPECT_EQ(text_of(*piece), text_of(ByteView(disk).subspan(at, 1000))) << at;
    }
    for (const int file : open) ::close(file);
}

Peer qemu(std::string name, const std::string& options, std::string container, std::vector<std::string> files = {"image"}) {
    return {std::move(name), "qemu-img", "qemu-img convert " + options + " disk.raw image", std::move(files), std::move(container)};
}
Peer ewf(std::string name, const std::string& options, std::vector<std::string> files) {
    return {std::move(name), "ewfacquirestream", "ewfacquirestream -t image " + options + " < disk.raw", std::move(files), "ewf"};
}

INSTANTIATE_TEST_SUITE_P(All, Peers, testing::Values(
    qemu("qcow2", "-O qcow2", "qcow2"), qemu("qcow2_packed", "-c -O qcow2", "qcow2"), qemu("qcow2_zstd", "-c -O qcow2 -o compression_type=zstd", "qcow2"),
    qemu("qcow2_version_2", "-O qcow2 -o compat=0.10", "qcow2"), qemu("qcow2_small_clusters", "-O qcow2 -o cluster_size=512", "qcow2"),
    qemu("vmdk", "-O vmdk", "vmdk"), qemu("vmdk_stream", "-O vmdk -o subformat=streamOptimized", "vmdk"),
    qemu("vmdk_flat", "-O vmdk -o subformat=monolithicFlat", "vmdk", {"image", "image-flat"}),
    qemu("vhd", "-O vpc -o force_size=on", "vhd"), qemu("vhd_fixed", "-O vpc -o subformat=fixed,force_size=on", "vhd"),
    qemu("vhdx", "-O vhdx", "vhdx"), qemu("vhdx_fixed", "-O vhdx -o subformat=fixed", "vhdx"), qemu("vdi", "-O vdi", "vdi"),
    ewf("e01_best", "-c best -f encase6", {"image.E01"}), ewf("e01_none", "-c none -f encase5", {"image.E01"}), ewf("e01_empty_blocks", "-c empty-block -f linen6", {"image.E01"}),
    ewf("e01_split", "-c fast -f encase6 -S 1048576", {"image.E01", "image.E02"}), ewf("smart", "-c fast -f smart", {"image.E01"}),
    Peer{"aff", "affconvert", "affconvert -o image.aff disk.raw", {"image.aff"}, "aff"}),
    [](const auto& information) { return information.param.name; });

}  // namespace
}  // namespace plumbline::disk

// SPDX-License-Identifier: Apache-2.0
// Which container it is, by its magic; the readers are one file each under container/.
#include "disk/linear.h"

#include <algorithm>
#include <array>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

using namespace std::string_view_literals;

struct Container {
    std::size_t at;
    std::string_view magic;
    Result<Linear> (*open)(Segments);
    std::string_view not_read;  // named where there is no reader
};
constexpr std::array<Container, 12> containers{{
    {0, "EVF\x09\x0d\x0a\xff\x00"sv, open_ewf, ""sv},
    {0, "QFI\xfb"sv, open_qcow, ""sv},
    {0, "KDMV"sv, open_vmdk, ""sv},
    {0, "# Disk DescriptorFile"sv, open_vmdk_descriptor, ""sv},
    {0, "conectix"sv, open_vhd, ""sv},
    {64, "\x7f\x10\xda\xbe"sv, open_vdi, ""sv},
    {0, "EVF2\x0d\x0a\x81\x00"sv, nullptr, "EWF version 2 (Ex01)"sv},
    {0, "LVF\x09\x0d\x0a\xff\x00"sv, nullptr, "EWF of files (L01)"sv},
    {0, "AFF10\r\n\0"sv, open_aff, ""sv},
    {0, "vhdxfile"sv, open_vhdx, ""sv},
    {0, "COWD"sv, nullptr, "VMDK of ESX (COWD)"sv},
    {0, "WithoutFreeSpace"sv, nullptr, "Parallels disk"sv},
}};
constexpr std::uint64_t tail_bytes = 512;

}  // namespace

Result<Linear> open_linear(std::vector<std::unique_ptr<RandomBytes>> segments) {
    if (segments.empty()) return fail(ErrorKind::invalid, "no image file");
    RandomBytes& first = *segments[0];
    const Bytes head = TRY(first.bytes(0, std::min<std::uint64_t>(first.size_bytes(), 512)));
    for (const Container& container : containers) {
        if (!has_at(head, container.at, container.magic)) continue;
        if (container.open == nullptr) return fail(ErrorKind::unsupported, "not opened: {}", container.not_read);
        return container.open(std::move(segments));
    }
    if (segments.size() == 1 && first.size_bytes() >= 2 * tail_bytes) {
        const Bytes tail = TRY(first.bytes(first.size_bytes() - tail_bytes, tail_bytes));
        if (has_at(tail, 0, "conectix")) return open_vhd(std::move(segments));
        if (has_at(tail, 0, "koly")) return fail(ErrorKind::unsupported, "not opened: Apple disk image (UDIF)");
    }
    if (segments.size() == 1) return Linear{std::move(segments[0]), "raw"};
    return Linear{joined(std::move(segments)), "raw"};
}

}  // namespace plumbline::disk

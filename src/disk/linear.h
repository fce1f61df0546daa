// SPDX-License-Identifier: Apache-2.0
// A disk image as the disk it holds: what a raw, E01, AFF, QCOW2, VHD, VHDX, VDI or VMDK file (or a row of segments) says from its first
// to its last byte.
//
//     std::vector<std::unique_ptr<RandomBytes>> segments;               // image.E01, image.E02, ...
//     const auto linear = TRY(open_linear(std::move(segments)));
//     TRY(linear.bytes->read(446, partition_table));
//
// Read-only, in bounded memory (a cache of a few decoded chunks), never by path: a container that names another file
// (a differencing disk's parent, a VMDK's extent) is `unsupported` and says so. One thread at a time.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "disk/random_bytes.h"

namespace plumbline::disk {

struct Linear {
    std::unique_ptr<RandomBytes> bytes;
    std::string container;  // raw, ewf, aff, qcow2, vhd, vhdx, vdi, vmdk
};
// Segments in their order; raw ones (.000, .001, ...) are joined. unsupported: Ex01, L01, UDIF and others by name; encrypted or differencing images
// and versions that are not known. corrupt: a container whose tables do not make sense. invalid: no segment.
Result<Linear> open_linear(std::vector<std::unique_ptr<RandomBytes>> segments);

}  // namespace plumbline::disk

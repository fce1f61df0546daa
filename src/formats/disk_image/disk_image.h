// SPDX-License-Identifier: Apache-2.0
// Knows a disk image when it sees one; what is on it is for plumbline-disk to read (room disk). Containers: E01 (EWF),
// QCOW2, VMDK, VHD, VHDX, VDI, AFF. Raw: a partition table (MBR, GPT, Apple, BSD) or a file system at the start of the bytes.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// A few bytes at fixed places are looked at; each kind must hold more than its magic, so that text is never taken for one.
bool looks_like_disk_image(ByteView bytes, const Hints& hints);
// Says visitor.later(0, "", "disk") and nothing else: who opens it scans what no file of it holds, too.
void open_disk_image(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats

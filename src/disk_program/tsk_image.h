// SPDX-License-Identifier: Apache-2.0
// A linear image as The Sleuth Kit reads one, and what of its objects must be closed.
#pragma once
#include <tsk/libtsk.h>

#include <memory>
#include <string>

#include "disk/random_bytes.h"

namespace plumbline::disk_program {

struct CloseImage {
    void operator()(TSK_IMG_INFO* image) const { tsk_img_close(image); }
};
struct CloseVolumes {
    void operator()(TSK_VS_INFO* volumes) const { tsk_vs_close(volumes); }
};
struct CloseFiles {
    void operator()(TSK_FS_INFO* files) const { tsk_fs_close(files); }
};
struct CloseFile {
    void operator()(TSK_FS_FILE* file) const { tsk_fs_file_close(file); }
};
using TskImage = std::unique_ptr<TSK_IMG_INFO, CloseImage>;
using TskVolumes = std::unique_ptr<TSK_VS_INFO, CloseVolumes>;
using TskFiles = std::unique_ptr<TSK_FS_INFO, CloseFiles>;
using TskFile = std::unique_ptr<TSK_FS_FILE, CloseFile>;

// `bytes` outlives it. Null where memory ran out.
TskImage open_image(disk::RandomBytes& bytes);
// What the library said last, in one line, and forgotten.
std::string last_trouble();

}  // namespace plumbline::disk_program

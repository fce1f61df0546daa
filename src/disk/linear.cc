// SPDX-License-Identifier: Apache-2.0
// Which container it is, by its magic; the readers are one file each.
#include "disk/linear.h"

namespace plumbline::disk {

Result<Linear> open_linear(std::vector<std::unique_ptr<RandomBytes>> segments) {
    if (segments.empty()) return fail(ErrorKind::invalid, "no image file");
    if (segments.size() == 1) return Linear{std::move(segments[0]), "raw"};
    return Linear{joined(std::move(segments)), "raw"};
}

}  // namespace plumbline::disk

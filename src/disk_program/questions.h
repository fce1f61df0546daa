// SPDX-License-Identifier: Apache-2.0
// The two questions that this program answers, over a linear image.
#pragma once
#include "disk/linear.h"
#include "disk_program/answer.h"

namespace plumbline::disk_program {

void answer_list(const disk::Request& request, disk::Linear& linear, Answer& answer);
void answer_read(const disk::Request& request, disk::Linear& linear, Answer& answer);

}  // namespace plumbline::disk_program

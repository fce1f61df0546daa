// SPDX-License-Identifier: Apache-2.0
// Loads libphonenumber's numbering data, which takes time and memory once.
#pragma once

namespace plumbline::evidence {

void prepare_phones();

}  // namespace plumbline::evidence

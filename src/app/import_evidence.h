// SPDX-License-Identifier: Apache-2.0
// `plumbline import --evidence FILE...`: each file comes in as a tip of its own, whatever its size; a lab reads it in ranges.
#pragma once
#include "app/import_command.h"

namespace plumbline::app {

// Prints a line a file. A file given again is another tip: it is not read twice to know it. invalid: no such category or no
// regular file; what was taken until then stays. Memory is a few chunks, whatever the files' size.
Result<int> run_import_evidence(const ImportArguments& arguments, intake::Intake& intake);

}  // namespace plumbline::app

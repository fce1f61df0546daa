// SPDX-License-Identifier: Apache-2.0
// `plumbline seal`: seals a tip and its files on the machine of who brings it, and writes a bundle (docs/formats/sealed_tip.md) or
// hands it in. `plumbline import` takes a bundle.
#pragma once
#include <string>

#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"
#include "base/time.h"
#include "intake/sealed_intake.h"

namespace plumbline::app {

Result<int> run_seal(const Command& command, Clock& clock, Entropy& entropy);

bool is_sealed_bundle(const std::string& path);
Result<intake::SealedReceipt> import_sealed_bundle(const std::string& path, intake::SealedIntake& sealed);

}  // namespace plumbline::app

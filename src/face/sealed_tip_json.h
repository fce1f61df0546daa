// SPDX-License-Identifier: Apache-2.0
// The JSON of a sealed tip (docs/formats/sealed_tip.md): of a request, and of a bundle's header.
#pragma once
#include "base/json.h"
#include "intake/sealed_intake.h"

namespace plumbline::face {

// invalid, with a message that starts with the field's name. A part may have neither bytes nor an upload here: intake says.
Result<intake::SealedTip> sealed_tip_from(const Json& json);

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// The part of the desk's API that guards people: identities, floods, muted mailboxes, holds and erasure, pictures
// (docs/formats/desk_api.md, "Care").
#pragma once
#include "desk/flood_desk.h"
#include "desk/identity_desk.h"
#include "desk/picture_desk.h"
#include "desk/retention_desk.h"
#include "face/desk_guards.h"

namespace plumbline::face {

// They outlive the router.
struct CareServices {
    desk::IdentityDesk& identities;
    desk::FloodDesk& floods;
    desk::RetentionDesk& retention;
    desk::PictureDesk& pictures;
};
void add_care_routes(Router& router, const DeskGuards& guards, const CareServices& services);

}  // namespace plumbline::face

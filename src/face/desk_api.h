// SPDX-License-Identifier: Apache-2.0
// The desk's own listener: its JSON API (docs/formats/desk_api.md) and the page's files. Cookies, the header that other
// origins cannot send, and statuses are here; what staff may do is in desk/.
#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "desk/desk.h"
#include "desk/sign_in.h"
#include "face/desk_guards.h"
#include "http/server.h"

namespace plumbline::face {

struct DeskApiOptions {
    bool has_tls = false;      // cookies get Secure and the __Host- name
    // A file of the built page by its name in ui/desk/dist ("index.html"); nullopt where the page was not built.
    std::function<std::optional<std::string_view>(std::string_view name)> page_file;
    std::function<void(Router& router, const DeskGuards& guards)> more_routes = {};   // care_api.h; may be empty
    // What stands as an alarm now: {"alarms": [...]}; empty = the route is not there.
    std::function<Result<Json>()> alarms = {};
};

// Service and sign-in outlive the router.
void add_desk_routes(Router& router, desk::DeskService& desk, desk::SignIn& sign_in, DeskApiOptions options);

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// What everybody's mail holds and what therefore says nothing about who is behind a tip: mail providers, page
// namespaces, address ranges that belong to nobody. Rarity does most of that work (grade.h); these lists only help
// while there are few tips. All functions are pure and take normal forms (lower case, no trailing dot).
#pragma once
#include <string_view>

namespace plumbline::link {

// A host under which nothing is evidence, not even a whole URL: namespaces, local and example names (RFC 2606,
// RFC 6761), names of one label.
bool is_silent_host(std::string_view host);
// A host that many unrelated people use (mail, storage, short links, social media): the host says nothing, a whole
// URL or an address at it still does.
bool is_shared_host(std::string_view host);
// An address that is not one party's on the public internet: private, local, documentation, multicast, reserved
// (RFC 6890 and its registry), and the well-known open resolvers.
bool is_silent_ipv4(std::string_view address);
bool is_silent_ipv6(std::string_view address);
// The site of a host: its last two labels, or three under a public second level such as co.uk. An approximation of the
// public suffix list, good enough to see that two hosts of one site are not two pieces of evidence.
std::string_view site_of(std::string_view host);

}  // namespace plumbline::link

// SPDX-License-Identifier: Apache-2.0
// The store as plain maps behind one mutex: what the other backends are measured against, and what tests use. Nothing
// is durable.
#pragma once
#include <memory>

#include "store/store.h"

namespace plumbline {

// `blobs` is what check() looks in; it must outlive the store.
std::unique_ptr<Store> make_memory_store(Blobs& blobs);

}  // namespace plumbline

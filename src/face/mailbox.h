// SPDX-License-Identifier: Apache-2.0
// What a tip's state means, in words for the person who reported. Pure.
#pragma once
#include <string_view>

#include "model/tip.h"

namespace plumbline::face {

struct StateWords {
    std::string_view title;
    std::string_view text;
};
StateWords words_of(TipState state);

}  // namespace plumbline::face

// SPDX-License-Identifier: Apache-2.0
// TipOpener lives in the vault; the line and the desk know it under this name.
#pragma once
#include "vault/tip_opener.h"

namespace plumbline::flow {
using vault::TipOpener;
}

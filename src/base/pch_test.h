// SPDX-License-Identifier: Apache-2.0
// The precompiled header of the tests: pch.h and GoogleTest.
#pragma once
#include "pch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

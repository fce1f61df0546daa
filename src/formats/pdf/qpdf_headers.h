// SPDX-License-Identifier: Apache-2.0
// qpdf's headers, as both compilers take them: JSON.hh is not C++20 for clang 14 (a vector of a class that is not complete),
// and what follows it only names the class.
#pragma once
#define POINTERHOLDER_TRANSITION 4  // nothing here uses qpdf's older pointers
#define JSON_HH
class JSON;

#include <qpdf/Buffer.hh>
#include <qpdf/BufferInputSource.hh>
#include <qpdf/Constants.h>
#include <qpdf/InputSource.hh>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFStreamFilter.hh>

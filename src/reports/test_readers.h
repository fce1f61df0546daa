// SPDX-License-Identifier: Apache-2.0
// The readers with the files that ship, for tests and fuzz targets.
#pragma once
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "reports/readers.h"

namespace plumbline::reports {

inline std::string whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

inline ReportReaders readers_for_test(const std::string& source) {
    auto schemas = parse_json(whole_file(source + "/rules/xarf_schemas.json"));
    auto categories = parse_json(whole_file(source + "/rules/categories.json"));
    CHECK(schemas && categories);
    auto readers = ReportReaders::from_json(*schemas, *categories, {});
    CHECK(readers.has_value());
    return std::move(*readers);
}

}  // namespace plumbline::reports

// SPDX-License-Identifier: Apache-2.0
// What the readers of XML share: a document within bounds, names without prefixes, paths for people. pugixml reads no DTD and fetches
// nothing; entities are the five of XML itself. In the sandbox only.
#pragma once
#include <pugixml.hpp>

#include "reports/report.h"

namespace plumbline::reports {

inline constexpr std::size_t xml_bytes_max = 32 * 1024 * 1024;
inline constexpr unsigned xml_depth_max = 64;

// A refusal where it is no well-formed XML, too large or too deep.
std::optional<Refusal> parse_xml(ByteView bytes, pugi::xml_document& document);
std::string_view local_name(std::string_view name);                              // without "iodef:"
pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name);      // by local name; empty where absent
std::string text_of_node(const pugi::xml_node& node);                            // its own text, trimmed
std::string text_of_child(const pugi::xml_node& node, std::string_view name);
// "/report/incidentSummary/incidentType", "[2]" where a sibling of the name stands before it.
std::string path_of(const pugi::xml_node& node);
// Every text and attribute below `node`, with its path below it.
void append_xml_fields(const pugi::xml_node& node, const std::string& path, const ReportLimits& limits, MachineReport& report);

}  // namespace plumbline::reports

// SPDX-License-Identifier: Apache-2.0
#include "rulebook/dmn.h"

#include <gtest/gtest.h>

namespace plumbline::rulebook {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

const std::string small = R"(<?xml version="1.0"?>
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20191111/MODEL/" name="small">
  <dmn:itemDefinition name="tColour"><dmn:typeRef>string</dmn:typeRef></dmn:itemDefinition>
  <dmn:inputData id="n" name="n"/>
  <dmn:decision id="d" name="colour">
    <dmn:question>Which colour?</dmn:question>
    <dmn:variable name="colour" typeRef="tColour"/>
    <dmn:decisionTable>
      <dmn:input label="How many"><dmn:inputExpression typeRef="number"><dmn:text>n</dmn:text></dmn:inputExpression></dmn:input>
      <dmn:output><dmn:outputValues><dmn:text>"red", "blue"</dmn:text></dmn:outputValues></dmn:output>
      <dmn:annotation name="Why"/>
      <dmn:rule id="r1">
        <dmn:inputEntry><dmn:text><![CDATA[< 5]]></dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text>"red"</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>Few &amp; small.</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="r2">
        <dmn:description>Many.</dmn:description>
        <dmn:inputEntry><dmn:text>&gt;= 5</dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text>"blue"</dmn:text></dmn:outputEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
</dmn:definitions>
)";

TEST(Dmn, ReadsATable) {
    const auto model = read_dmn(small);
    ASSERT_TRUE(model) << model.error().message;
    ASSERT_EQ(model->tables.size(), 1u);
    const Table& table = model->tables[0];
    EXPECT_EQ(table.name, "colour");
    EXPECT_EQ(table.question, "Which colour?");
    EXPECT_EQ(table.inputs[0].name, "n");
    EXPECT_EQ(table.inputs[0].label, "How many");
    EXPECT_EQ(table.outputs[0].type, ValueType::text);
    ASSERT_EQ(table.rules.size(), 2u);
    EXPECT_EQ(table.rules[0].annotation, "Few & small.");
    EXPECT_EQ(table.rules[1].annotation, "Many.");
    EXPECT_EQ(table.rules[0].when[0].text, "< 5");
    EXPECT_EQ(table.rules[1].then[0], Value(std::string("blue")));
}

TEST(Dmn, RefusesAndSaysWhere) {
    const struct {
        std::string text;
        ErrorKind kind;
        const char* says;
    } cases[] = {
        {"", ErrorKind::invalid, "XML"},
        {"<a", ErrorKind::invalid, "XML"},
        {"<a/>", ErrorKind::unsupported, "definitions"},
        {replaced(small, "20191111", "20151101"), ErrorKind::unsupported, "DMN 1.3"},
        {replaced(small, "<dmn:def", "<!DOCTYPE x [<!ENTITY a \"b\">]><dmn:def"), ErrorKind::unsupported, "DOCTYPE"},
        {replaced(small, "&amp;", "&nbsp;"), ErrorKind::unsupported, "entity"},
        {replaced(small, "&gt;= 5", "&xxe;"), ErrorKind::unsupported, "entity"},
        {replaced(small, "<dmn:decisionTable>", "<dmn:decisionTable hitPolicy=\"FIRST\">"), ErrorKind::unsupported, "table colour: hit policy FIRST"},
        {replaced(small, "<dmn:decisionTable>", "<dmn:decisionTable hitPolicy=\"COLLECT\" aggregation=\"SUM\">"), ErrorKind::unsupported, "COLLECT"},
        {replaced(small, "<dmn:decisionTable>", "<dmn:decisionTable preferredOrientation=\"CrossTable\">"), ErrorKind::unsupported, "Rule-as-Row"},
        {replaced(small, "<dmn:question>Which colour?</dmn:question>", "<dmn:literalExpression/>"), ErrorKind::unsupported, "literalExpression"},
        {replaced(small, "<dmn:inputData id=\"n\" name=\"n\"/>", "<dmn:businessKnowledgeModel/>"), ErrorKind::unsupported, "businessKnowledgeModel"},
        {replaced(small, "typeRef=\"number\"", "typeRef=\"date\""), ErrorKind::unsupported, "input n: the type \"date\""},
        {replaced(small, "&gt;= 5", "many"), ErrorKind::unsupported, "table colour: rule r2: column n: the name or function many"},
        {replaced(small, "\"blue\"</dmn:text></dmn:outputEntry>", "\"green\"</dmn:text></dmn:outputEntry>"), ErrorKind::invalid, "rule r2: output column colour: \"green\" is none"},
        {replaced(small, "\"blue\"</dmn:text></dmn:outputEntry>", "7</dmn:text></dmn:outputEntry>"), ErrorKind::invalid, "7 is a number"},
        {replaced(small, "id=\"r2\"", "id=\"r1\""), ErrorKind::invalid, "r1 stands twice"},
        {replaced(small, "id=\"r2\"", ""), ErrorKind::invalid, "rule 2 has no id"},
        {replaced(small, "<dmn:inputEntry><dmn:text>&gt;= 5</dmn:text></dmn:inputEntry>", ""), ErrorKind::invalid, "rule r2: 0 input entries stand under 1"},
        {replaced(small, "<dmn:outputEntry><dmn:text>\"blue\"", "<dmn:outputEntry><dmn:text>\"blue\"</dmn:text></dmn:outputEntry><dmn:outputEntry><dmn:text>\"red\""),
         ErrorKind::invalid, "more output entries"},
        {replaced(small, "&gt;= 5", ""), ErrorKind::invalid, "the entry is empty"},
    };
    for (const auto& each : cases) {
        const auto model = read_dmn(each.text);
        ASSERT_FALSE(model) << each.says;
        EXPECT_EQ(model.error().kind, each.kind) << model.error().message;
        EXPECT_NE(model.error().message.find(each.says), std::string::npos) << model.error().message << " | " << each.says;
    }
}

TEST(Dmn, IsBounded) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<x>";
    for (int i = 0; i < 100'000; ++i) deep += "</x>";
    EXPECT_EQ(read_dmn(replaced(small, "<dmn:question>Which colour?</dmn:question>", "<dmn:description>" + deep + "</dmn:description>")).error().kind, ErrorKind::too_large);
    EXPECT_EQ(read_dmn(std::string(dmn_bytes_max + 1, ' ')).error().kind, ErrorKind::too_large);
    std::string rules;
    for (std::size_t i = 0; i <= rules_max; ++i)
        rules += fmt::format("<dmn:rule id=\"x{}\"><dmn:inputEntry><dmn:text>{}</dmn:text></dmn:inputEntry><dmn:outputEntry><dmn:text>\"red\"</dmn:text></dmn:outputEntry></dmn:rule>", i, i);
    EXPECT_EQ(read_dmn(replaced(small, "<dmn:rule id=\"r1\">", rules + "<dmn:rule id=\"r1\">")).error().kind, ErrorKind::too_large);
}

// Cut at every byte: an Error, never a crash, and never a model with less than was written.
TEST(Dmn, EveryCutIsAnError) {
    const std::size_t end = small.rfind("</dmn:definitions>") + 18;
    for (std::size_t size = 0; size < end; ++size) EXPECT_FALSE(read_dmn(small.substr(0, size))) << size;
}

}  // namespace
}  // namespace plumbline::rulebook

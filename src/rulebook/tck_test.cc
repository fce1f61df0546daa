// SPDX-License-Identifier: Apache-2.0
// The DMN Technology Compatibility Kit, level 2: models that fall inside our subset must be proven and give what the kit
// expects; all others must be refused as unsupported, never read as something that they are not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <pugixml.hpp>

#include "rulebook/check.h"
#include "rulebook/interpret.h"
#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

std::string local(const pugi::xml_node& node) {
    const std::string name = node.name();
    return name.substr(name.find(':') == std::string::npos ? 0 : name.find(':') + 1);
}
std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
    std::vector<pugi::xml_node> out;
    for (const pugi::xml_node& child : node.children())
        if (local(child) == name) out.push_back(child);
    return out;
}
Value value_of(const pugi::xml_node& node) {
    const pugi::xml_node value = children(node, "value").front();
    const std::string type = value.attribute("xsi:type").value();
    if (type.ends_with("decimal") || type.ends_with("double") || type.ends_with("integer")) return std::int64_t{std::stoll(value.text().get())};
    if (type.ends_with("boolean")) return std::string(value.text().get()) == "true";
    return std::string(value.text().get());
}

// The model's own inputs as fields: what a table says that an input can be, any whole number where it says nothing.
std::vector<Field> fields_of(const Model& model) {
    std::vector<Field> fields;
    for (const Table& table : model.tables)
        for (const InputColumn& input : table.inputs) {
            Field field{input.name, input.type, {}, -number_max, number_max};
            if (input.type == ValueType::text && input.allowed)
                for (const Test& test : input.allowed->tests) field.values.push_back(std::get<std::string>(test.value));
            fields.push_back(std::move(field));
        }
    return fields;
}

void run_cases(const std::string& folder, const Model& model, const Compiled& compiled, int& cases) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".xml") continue;
        pugi::xml_document document;
        ASSERT_TRUE(document.load_file(entry.path().c_str()));
        for (const pugi::xml_node& test : children(document.document_element(), "testCase")) {
            std::map<std::string, Value> inputs;
            std::vector<std::int64_t> codes(compiled.slots.size(), 0);
            for (const pugi::xml_node& input : children(test, "inputNode")) {
                const std::string name = input.attribute("name").value();
                inputs[name] = value_of(input);
                for (std::size_t slot = 0; slot < compiled.given_slots; ++slot)
                    if (compiled.slots[slot].name == name) codes[slot] = compiled.slots[slot].code_of(inputs[name]).value();
            }
            std::array<std::uint16_t, tables_max> fired{};
            evaluate(compiled, codes, fired);
            const auto plain = interpret(model, inputs);
            ASSERT_TRUE(plain) << plain.error().message;
            for (const pugi::xml_node& result : children(test, "resultNode")) {
                const std::string name = result.attribute("name").value();
                const pugi::xml_node expected = children(result, "expected").front();
                std::map<std::string, Value> values;
                for (const pugi::xml_node& component : children(expected, "component")) values[name + "." + component.attribute("name").value()] = value_of(component);
                if (values.empty()) values[name] = value_of(expected);
                for (const auto& [slot_name, value] : values) {
                    const auto slot = std::find_if(compiled.slots.begin(), compiled.slots.end(), [&slot_name = slot_name](const Field& field) { return field.name == slot_name; });
                    ASSERT_NE(slot, compiled.slots.end()) << slot_name;
                    EXPECT_EQ(slot->value_of(codes[static_cast<std::size_t>(slot - compiled.slots.begin())]), value) << entry.path() << " " << test.attribute("id").value();
                    EXPECT_EQ(plain->values.at(slot_name), value);
                }
            }
            ++cases;
        }
    }
}

TEST(Tck, LevelTwoIsEitherRightOrRefused) {
    const std::string root = PLUMBLINE_SHARED_DIR "/standards/dmn-tck-level-2";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "the DMN TCK is not in " << root;
    int supported = 0, unsupported = 0, cases = 0;
    std::vector<std::filesystem::path> folders;
    for (const auto& folder : std::filesystem::directory_iterator(root))
        if (folder.is_directory()) folders.push_back(folder.path());
    std::sort(folders.begin(), folders.end());
    for (const std::filesystem::path& folder : folders) {
        const std::string name = folder.filename().string();
        const auto model = read_dmn(file_text(folder / (name + ".dmn")));
        if (!model) {
            EXPECT_EQ(model.error().kind, ErrorKind::unsupported) << name << ": " << model.error().message;
            std::printf("  unsupported  %-45s %s\n", name.c_str(), model.error().message.c_str());
            ++unsupported;
            continue;
        }
        const auto compiled = compile(*model, fields_of(*model));
        ASSERT_TRUE(compiled) << name << ": " << compiled.error().message;
        const auto flaws = flaws_of(*model, *compiled);
        ASSERT_TRUE(flaws);
        for (const Flaw& flaw : *flaws) ADD_FAILURE() << name << ": " << flaw.words;
        const int before = cases;
        run_cases(folder.string(), *model, *compiled, cases);
        std::printf("  supported    %-45s %d cases\n", name.c_str(), cases - before);
        ++supported;
    }
    std::printf("  %d models supported (%d cases), %d refused as unsupported\n", supported, cases, unsupported);
    EXPECT_EQ(supported, 2);  // the kit's two UNIQUE tables
    EXPECT_GE(cases, 6);
}

}  // namespace
}  // namespace plumbline::rulebook

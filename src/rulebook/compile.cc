// SPDX-License-Identifier: Apache-2.0
#include "rulebook/compile.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.h"

namespace plumbline::rulebook {

namespace {

constexpr std::int64_t direct_codes_max = 1024;  // fields of at most so many values get a table from code to cell

std::string slot_name_of(const Table& table, const OutputColumn& output) {
    return table.outputs.size() == 1 ? table.name : table.name + "." + output.name;
}

// What an output can be, as a field for later tables: its declared values, or those that the rules give.
Field output_field_of(const Table& table, std::size_t index) {
    const OutputColumn& output = table.outputs[index];
    Field field{slot_name_of(table, output), output.type, {}, 0, 0};
    std::vector<Value> values = output.allowed;
    if (values.empty())
        for (const Rule& rule : table.rules) values.push_back(rule.then[index]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (const auto* text = std::get_if<std::string>(&values[i])) {
            if (std::find(field.values.begin(), field.values.end(), *text) == field.values.end()) field.values.push_back(*text);
        } else if (const auto* number = std::get_if<std::int64_t>(&values[i])) {
            field.lowest = i == 0 ? *number : std::min(field.lowest, *number);
            field.highest = i == 0 ? *number : std::max(field.highest, *number);
        }
    }
    return field;
}

std::optional<std::size_t> slot_named(const std::vector<Field>& slots, std::string_view name) {
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (slots[i].name == name) return i;
    return std::nullopt;
}

Result<void> check_column(const InputColumn& column, const Field& field) {
    if (column.type != field.type) return fail(ErrorKind::invalid, "the column is a {}, and {} is a {}", name_of(column.type), field.name, name_of(field.type));
    if (!column.allowed) return {};
    const Ranges allowed = TRY(ranges_of(*column.allowed, field));
    if (allowed != Ranges{{field.code_first(), field.code_last()}}) return fail(ErrorKind::invalid, "inputValues leaves out values that {} can have", field.name);
    return {};
}

void cut_into_cells(CompiledColumn& column, const Field& field, const std::vector<Ranges>& when, std::size_t words) {
    std::vector<std::int64_t> starts{field.code_first()};
    for (const Ranges& ranges : when)
        for (const Range& range : ranges) {
            starts.push_back(range.from);
            if (range.to < field.code_last()) starts.push_back(range.to + 1);
        }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    for (const std::int64_t start : starts) {
        std::vector<std::uint64_t> bits(words, 0);
        for (std::size_t rule = 0; rule < when.size(); ++rule)
            if (holds(when[rule], start)) bits[rule / 64] |= std::uint64_t{1} << (rule % 64);
        const bool is_as_before = !column.starts.empty() && std::equal(bits.begin(), bits.end(), column.bits.end() - static_cast<std::ptrdiff_t>(words));
        if (is_as_before) continue;
        column.starts.push_back(start);
        column.bits.insert(column.bits.end(), bits.begin(), bits.end());
    }
    if (field.code_last() - field.code_first() >= direct_codes_max) return;
    for (std::int64_t code = field.code_first(); code <= field.code_last(); ++code) {
        const auto above = std::upper_bound(column.starts.begin(), column.starts.end(), code);
        column.cell_of.push_back(static_cast<std::uint16_t>(above - column.starts.begin() - 1));
    }
}

Result<CompiledTable> compile_table(const Model& model, std::size_t place, const std::vector<Field>& slots) {
    const Table& table = model.tables[place];
    CompiledTable compiled;
    compiled.table = place;
    compiled.words = (table.rules.size() + 63) / 64;
    compiled.all_rules.assign(compiled.words, 0);
    for (std::size_t rule = 0; rule < table.rules.size(); ++rule) compiled.all_rules[rule / 64] |= std::uint64_t{1} << (rule % 64);
    for (std::size_t i = 0; i < table.inputs.size(); ++i) {
        CompiledColumn column;
        column.slot = *slot_named(slots, table.inputs[i].name);
        const Field& field = slots[column.slot];
        auto checked = check_column(table.inputs[i], field);
        if (!checked) return fail_in("column " + field.name, checked.error());
        std::vector<Ranges> when;
        for (const Rule& rule : table.rules) {
            auto ranges = ranges_of(rule.when[i], field);
            if (!ranges) return fail_in(fmt::format("rule {}: column {}", rule.id, field.name), ranges.error());
            when.push_back(*std::move(ranges));
        }
        cut_into_cells(column, field, when, compiled.words);
        compiled.columns.push_back(std::move(column));
    }
    return compiled;
}

bool is_ready(const Table& table, const std::vector<Field>& slots) {
    return std::all_of(table.inputs.begin(), table.inputs.end(), [&slots](const InputColumn& input) { return slot_named(slots, input.name).has_value(); });
}

Result<void> add_outputs(const Table& table, CompiledTable& compiled, std::vector<Field>& slots) {
    for (std::size_t i = 0; i < table.outputs.size(); ++i) {
        Field field = output_field_of(table, i);
        if (slot_named(slots, field.name)) return fail(ErrorKind::invalid, "the name {} is taken already", field.name);
        compiled.output_slots.push_back(slots.size());
        slots.push_back(std::move(field));
    }
    for (const Rule& rule : table.rules)
        for (std::size_t i = 0; i < table.outputs.size(); ++i) compiled.output_codes.push_back(*slots[compiled.output_slots[i]].code_of(rule.then[i]));
    return {};
}

}  // namespace

std::size_t CompiledColumn::cell_at(std::int64_t code) const {
    if (!cell_of.empty()) return cell_of[static_cast<std::size_t>(code - starts.front())];
    return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), code) - starts.begin()) - 1;
}

Result<Compiled> compile(const Model& model, std::vector<Field> given) {
    Compiled compiled;
    compiled.given_slots = given.size();
    compiled.slots = std::move(given);
    std::vector<bool> is_done(model.tables.size(), false);
    while (compiled.tables.size() < model.tables.size()) {
        std::size_t place = 0;
        while (place < model.tables.size() && (is_done[place] || !is_ready(model.tables[place], compiled.slots))) ++place;
        if (place == model.tables.size()) {
            for (std::size_t i = 0; i < model.tables.size(); ++i)
                for (const InputColumn& input : model.tables[i].inputs)
                    if (!is_done[i] && !slot_named(compiled.slots, input.name))
                        return fail(ErrorKind::invalid, "table {}: column {}: no fact and no table has this name, or tables wait for one another", model.tables[i].name, input.name);
        }
        CHECK(place < model.tables.size());
        const Table& table = model.tables[place];
        auto one = compile_table(model, place, compiled.slots);
        if (!one) return fail_in("table " + table.name, one.error());
        auto added = add_outputs(table, *one, compiled.slots);
        if (!added) return fail_in("table " + table.name, added.error());
        compiled.tables.push_back(*std::move(one));
        is_done[place] = true;
    }
    return compiled;
}

void evaluate(const Compiled& compiled, std::span<std::int64_t> codes, std::span<std::uint16_t> fired) {
    for (std::size_t t = 0; t < compiled.tables.size(); ++t) {
        const CompiledTable& table = compiled.tables[t];
        std::size_t rule = 0;
        if (table.words == 1) {
            std::uint64_t bits = table.all_rules[0];
            for (const CompiledColumn& column : table.columns) bits &= column.bits[column.cell_at(codes[column.slot])];
            CHECK(bits != 0);
            rule = static_cast<std::size_t>(std::countr_zero(bits));
        } else {
            std::array<std::uint64_t, words_max> bits;
            std::copy(table.all_rules.begin(), table.all_rules.end(), bits.begin());
            for (const CompiledColumn& column : table.columns) {
                const std::uint64_t* cell = column.bits.data() + column.cell_at(codes[column.slot]) * table.words;
                for (std::size_t word = 0; word < table.words; ++word) bits[word] &= cell[word];
            }
            std::size_t word = 0;
            while (word < table.words && bits[word] == 0) ++word;
            CHECK(word < table.words);
            rule = word * 64 + static_cast<std::size_t>(std::countr_zero(bits[word]));
        }
        fired[t] = static_cast<std::uint16_t>(rule);
        const std::size_t outputs = table.output_slots.size();
        for (std::size_t i = 0; i < outputs; ++i) codes[table.output_slots[i]] = table.output_codes[rule * outputs + i];
    }
}

}  // namespace plumbline::rulebook

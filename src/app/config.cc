// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <set>
#include <toml++/toml.h>

namespace plumbline::app {

namespace {

// One row of the table: how a whole number or a text of the file reaches its field.
struct Field {
    std::string_view name;   // "hotline.port"
    std::string_view unit;
    std::string_view meaning;
    std::int64_t low = 0, high = 0;                                   // of numbers
    std::function<std::int64_t(const Config&)> number = nullptr;      // one of the two pairs is set
    std::function<void(Config&, std::int64_t)> set_number = nullptr;
    std::function<std::string(const Config&)> text = nullptr;
    std::function<void(Config&, std::string)> set_text = nullptr;
};

template <class Get>
Field number_field(std::string_view name, std::string_view unit, std::int64_t low, std::int64_t high, std::string_view meaning, Get get) {
    Field field{name, unit, meaning, low, high};
    field.number = [get](const Config& config) { return static_cast<std::int64_t>(get(const_cast<Config&>(config))); };
    field.set_number = [get](Config& config, std::int64_t value) {
        auto& target = get(config);
        target = static_cast<std::decay_t<decltype(target)>>(value);
    };
    return field;
}
template <class Get>
Field text_field(std::string_view name, std::string_view meaning, Get get) {
    Field field{name, "text", meaning};
    field.text = [get](const Config& config) { return get(const_cast<Config&>(config)); };
    field.set_text = [get](Config& config, std::string value) { get(config) = std::move(value); };
    return field;
}

constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;

void add_listeners(std::vector<Field>& fields) {
    fields.push_back(text_field("hotline.address", "where the public face listens", [](Config& c) -> auto& { return c.hotline.address; }));
    fields.push_back(number_field("hotline.port", "port", 0, 65535, "of the public face; 0 = any free one", [](Config& c) -> auto& { return c.hotline.port; }));
    fields.push_back(text_field("hotline.emergency_number", "shown where somebody is in danger, as one dials it; empty: a text without a number", [](Config& c) -> auto& { return c.emergency_number; }));
    fields.push_back(text_field("hotline.certificate", "PEM file; empty: plain HTTP, behind a proxy that has TLS", [](Config& c) -> auto& { return c.hotline_certificate; }));
    fields.push_back(text_field("hotline.certificate_key", "PEM file of its key", [](Config& c) -> auto& { return c.hotline_certificate_key; }));
    fields.push_back(text_field("onion.address", "where the onion service's listener is", [](Config& c) -> auto& { return c.onion.address; }));
    fields.push_back(number_field("onion.port", "port", 0, 65535, "of that listener; 0 = none", [](Config& c) -> auto& { return c.onion.port; }));
    fields.push_back(text_field("onion.location", "\"http://NAME.onion\", told to visitors of the hotline", [](Config& c) -> auto& { return c.onion_location; }));
    fields.push_back(number_field("onion.work_bits", "bits", 0, 24, "of proof of work on that listener; 0 = none, where Tor has its own", [](Config& c) -> auto& { return c.onion_work_bits; }));
    fields.push_back(number_field("work.bits", "bits", 0, 24, "of each of 16 puzzles before a tip from a script; 0 = none", [](Config& c) -> auto& { return c.work.bits; }));
    fields.push_back(number_field("work.bits_more", "bits", 0, 12, "that a flood adds at most", [](Config& c) -> auto& { return c.work.bits_more_max; }));
    fields.push_back(number_field("work.tips_per_minute", "tips", 1, 1'000'000, "of the whole desk; each doubling above adds a bit", [](Config& c) -> auto& { return c.work.tips_per_minute; }));
    fields.push_back(number_field("work.plain_per_minute", "tips", 0, 1'000'000, "of the whole desk without proof of work; 0 = no bound", [](Config& c) -> auto& { return c.work.plain_per_minute; }));
    fields.push_back(text_field("desk.address", "where the desk listens", [](Config& c) -> auto& { return c.desk.address; }));
    fields.push_back(number_field("desk.port", "port", 0, 65535, "of the desk", [](Config& c) -> auto& { return c.desk.port; }));
    fields.push_back(text_field("lab.address", "where labs dial in (TLS)", [](Config& c) -> auto& { return c.lab.address; }));
    fields.push_back(number_field("lab.port", "port", 0, 65535, "for labs", [](Config& c) -> auto& { return c.lab.port; }));
    fields.push_back(text_field("lab.certificate", "PEM file; empty: one is made under DIR/keys", [](Config& c) -> auto& { return c.lab_certificate; }));
    fields.push_back(text_field("lab.certificate_key", "PEM file of its key", [](Config& c) -> auto& { return c.lab_certificate_key; }));
    fields.push_back(number_field("lab.workers", "threads", 0, 64, "lab workers inside `serve`", [](Config& c) -> auto& { return c.lab_workers; }));
    fields.push_back(text_field("ledger.name", "the log's name in its checkpoint", [](Config& c) -> auto& { return c.ledger_name; }));
    fields.push_back(number_field("ledger.publish_millis", "ms", 10, 3'600'000, "at most this often a new checkpoint", [](Config& c) -> auto& { return c.publish_millis; }));
    fields.push_back(text_field("line.warning_lists", "MISP warning lists that mark sightings, colons between; \"built-in\": what RFCs reserve; empty: none", [](Config& c) -> auto& { return c.warning_lists; }));
    fields.push_back(number_field("line.read_pictures", "0 or 1", 0, 1, "1: text in pictures is a lab's job (Tesseract, seconds a picture)", [](Config& c) -> auto& { return c.reads_pictures; }));
    fields.push_back(text_field("mail.folders", "Maildirs of partners: NAME=FOLDER, NAME=FOLDER", [](Config& c) -> auto& { return c.mail_folders; }));
    fields.push_back(number_field("line.threads", "threads", 1, 64, "workers of the line", [](Config& c) -> auto& { return c.line_threads; }));
    fields.push_back(number_field("retention.is_automatic", "0 or 1", 0, 1, "1: closed tips past their days are erased without a person's word", [](Config& c) -> auto& { return c.retention_is_automatic; }));
    fields.push_back(number_field("sandbox.workers", "processes", 1, 64, "decoder processes", [](Config& c) -> auto& { return c.sandbox_workers; }));
}

void add_tip_limits(std::vector<Field>& fields) {
    fields.push_back(number_field("limits.tip_text_bytes", "bytes", kib, mib, "a tip's text", [](Config& c) -> auto& { return c.limits.tip_text_bytes_max; }));
    fields.push_back(number_field("limits.tip_files", "files", 0, 1000, "of one tip", [](Config& c) -> auto& { return c.limits.tip_files_max; }));
    fields.push_back(number_field("limits.file_bytes", "bytes", kib, 1024 * gib, "one file", [](Config& c) -> auto& { return c.limits.file_bytes_max; }));
    fields.push_back(number_field("limits.tip_bytes", "bytes", kib, 1024 * gib, "all files of a tip", [](Config& c) -> auto& { return c.limits.tip_bytes_max; }));
    fields.push_back(number_field("limits.field_bytes", "bytes", 64, mib, "a form field other than the text", [](Config& c) -> auto& { return c.limits.field_bytes_max; }));
    fields.push_back(number_field("limits.file_name_bytes", "bytes", 16, 4096, "a file's name", [](Config& c) -> auto& { return c.limits.file_name_bytes_max; }));
    fields.push_back(number_field("limits.message_text_bytes", "bytes", 256, mib, "a message in the mailbox", [](Config& c) -> auto& { return c.limits.message_text_bytes_max; }));
}

void add_upload_limits(std::vector<Field>& fields) {
    fields.push_back(number_field("limits.upload_hours", "h", 1, 24 * 365, "an unfinished upload is kept after its last byte", [](Config& c) -> auto& { return c.limits.upload_hours; }));
    fields.push_back(number_field("limits.uploads", "uploads", 1, 1'000'000, "unfinished at a time; more are refused as busy", [](Config& c) -> auto& { return c.limits.uploads_max; }));
    fields.push_back(number_field("limits.uploads_bytes", "bytes", mib, 1024 * 1024 * gib, "of all unfinished uploads", [](Config& c) -> auto& { return c.limits.uploads_bytes_max; }));
}

void add_door_limits(std::vector<Field>& fields) {
    fields.push_back(number_field("limits.http_header_bytes", "bytes", kib, mib, "of a request's head", [](Config& c) -> auto& { return c.limits.http_header_bytes_max; }));
    fields.push_back(number_field("limits.http_body_bytes", "bytes", kib, 64 * mib, "of a body held in memory", [](Config& c) -> auto& { return c.limits.http_body_bytes_max; }));
    fields.push_back(number_field("limits.http_connections", "connections", 1, 100'000, "open at a time, a listener", [](Config& c) -> auto& { return c.limits.http_connections_max; }));
    fields.push_back(number_field("limits.http_uploads", "requests", 1, 10'000, "streaming at a time", [](Config& c) -> auto& { return c.limits.http_uploads_max; }));
    fields.push_back(number_field("limits.http_handlers", "requests", 1, 100'000, "waiting for a thread; more get 503", [](Config& c) -> auto& { return c.limits.http_handlers_max; }));
    fields.push_back(number_field("limits.http_read_seconds", "s", 1, 3600, "between two pieces of a request", [](Config& c) -> auto& { return c.limits.http_read_seconds_max; }));
    fields.push_back(number_field("limits.http_request_seconds", "s", 1, 7 * 86'400, "a whole request", [](Config& c) -> auto& { return c.limits.http_request_seconds_max; }));
    fields.push_back(number_field("limits.json_bytes", "bytes", kib, gib, "a JSON text", [](Config& c) -> auto& { return c.limits.json_bytes_max; }));
    fields.push_back(number_field("limits.json_depth", "levels", 4, 1000, "of a JSON text", [](Config& c) -> auto& { return c.limits.json_depth_max; }));
    fields.push_back(number_field("limits.writer_queue", "writes", 1, 1'000'000, "waiting for the store's writer; more are refused as busy", [](Config& c) -> auto& { return c.limits.writer_queue_max; }));
    fields.push_back(number_field("limits.writer_group", "writes", 1, 100'000, "in one commit", [](Config& c) -> auto& { return c.limits.writer_group_max; }));
    fields.push_back(number_field("limits.inline_part_bytes", "bytes", kib, mib, "a sealed part kept in its row; larger ones are files", [](Config& c) -> auto& { return c.limits.inline_part_bytes_max; }));
}

void add_work_limits(std::vector<Field>& fields) {
    fields.push_back(number_field("limits.decode_depth", "levels", 1, 64, "of containers in containers", [](Config& c) -> auto& { return c.limits.decode_depth_max; }));
    fields.push_back(number_field("limits.decode_bytes_out", "bytes", mib, 1024 * gib, "decoded of one part", [](Config& c) -> auto& { return c.limits.decode_bytes_out_max; }));
    fields.push_back(number_field("limits.decode_items", "items", 1, 100'000'000, "inside one part", [](Config& c) -> auto& { return c.limits.decode_items_max; }));
    fields.push_back(number_field("limits.sightings", "sightings", 1, 100'000'000, "of one part", [](Config& c) -> auto& { return c.limits.sightings_max; }));
    fields.push_back(number_field("limits.decode_cpu_seconds", "s", 1, 86'400, "of processor time, one part", [](Config& c) -> auto& { return c.limits.decode_cpu_seconds_max; }));
    fields.push_back(number_field("limits.decode_memory_bytes", "bytes", 64 * mib, 64 * gib, "of one decoder", [](Config& c) -> auto& { return c.limits.decode_memory_bytes_max; }));
    fields.push_back(number_field("limits.lease_seconds", "s", 5, 86'400, "of a job's lease", [](Config& c) -> auto& { return c.limits.lease_seconds; }));
    fields.push_back(number_field("limits.job_tries", "tries", 1, 100, "before a job is failed", [](Config& c) -> auto& { return c.limits.job_tries_max; }));
    fields.push_back(number_field("limits.lab_poll_seconds", "s", 1, 300, "a lab's request for work waits", [](Config& c) -> auto& { return c.limits.lab_poll_seconds_max; }));
}

std::vector<Field> fields_of_config() {
    std::vector<Field> fields;
    add_listeners(fields);
    add_tip_limits(fields);
    add_upload_limits(fields);
    add_door_limits(fields);
    add_work_limits(fields);
    return fields;
}

Result<void> set_field(const Field& field, Config& config, const toml::node& node, std::string_view where) {
    if (field.number) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value) return fail(ErrorKind::invalid, "{}: {} must be a whole number ({})", where, field.name, field.unit);
        if (*value < field.low || *value > field.high)
            return fail(ErrorKind::invalid, "{}: {} = {} is outside {} to {} {}", where, field.name, *value, field.low, field.high, field.unit);
        field.set_number(config, *value);
    } else {
        const auto value = node.value_exact<std::string>();
        if (!value) return fail(ErrorKind::invalid, "{}: {} must be a text", where, field.name);
        field.set_text(config, *value);
    }
    return {};
}

Result<void> read_table(const toml::table& table, const std::string& prefix, const std::string& path, const std::vector<Field>& fields, Config& config) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const std::string where = fmt::format("{}:{}", path, node.source().begin.line);
        if (const toml::table* inner = node.as_table(); inner != nullptr && prefix.empty()) {
            TRY(read_table(*inner, name + ".", path, fields, config));
            continue;
        }
        const auto field = std::find_if(fields.begin(), fields.end(), [&name](const Field& row) { return row.name == name; });
        if (field == fields.end()) return fail(ErrorKind::invalid, "{}: no setting {} (see `plumbline config --explain`)", where, name);
        TRY(set_field(*field, config, node, where));
    }
    return {};
}

}  // namespace

Result<Config> read_config(const std::string& path, bool must_exist) {
    Config config;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        if (must_exist) return fail(ErrorKind::not_found, "{}: cannot be read", path);
        return config;
    }
    try {
        const toml::table table = toml::parse(in, path);
        TRY(read_table(table, "", path, fields_of_config(), config));
        if (config.emergency_number.size() > 20 || config.emergency_number.find_first_not_of("0123456789+*# -") != std::string::npos)
            return fail(ErrorKind::invalid, "{}: hotline.emergency_number must be digits as one dials them, at most 20", path);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::invalid, "{}:{}: {}", path, error.source().begin.line, error.description());
    }
    return config;
}

std::string explain_config(const Config& config) {
    std::string text = fmt::format("{:<30} {:>22}  {:<32} {:<12} {}\n", "setting", "value", "bounds", "unit", "meaning");
    for (const Field& field : fields_of_config()) {
        const std::string value = field.number ? std::to_string(field.number(config)) : '"' + field.text(config) + '"';
        const std::string bounds = field.number ? fmt::format("{} to {}", field.low, field.high) : "";
        text += fmt::format("{:<30} {:>22}  {:<32} {:<12} {}\n", field.name, value, bounds, field.unit, field.meaning);
    }
    return text;
}

}  // namespace plumbline::app

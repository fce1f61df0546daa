// SPDX-License-Identifier: Apache-2.0
#include "model/message.h"

namespace plumbline {

namespace {
constexpr std::size_t files_max = 1000;   // what anybody could have put in; those who make messages have smaller bounds

Result<AttachedFile> file_from(const Json& json) {
    AttachedFile file;
    file.name = TRY(json.text_at("name"));
    file.media_type = TRY(json.text_at_or("media_type", ""));
    const std::int64_t size = TRY(json.integer_at("size_bytes"));
    if (size < 0) return fail(ErrorKind::invalid, "size_bytes: must not be below zero");
    file.size_bytes = static_cast<std::uint64_t>(size);
    return file;
}
}  // namespace

Json to_json(const MessageContent& content) {
    Json json = Json::object();
    json.set("text", content.text);
    if (!content.files.empty()) {
        Json files = Json::array();
        for (const AttachedFile& file : content.files)
            files.push(Json::object().set("name", file.name).set("media_type", file.media_type).set("size_bytes", file.size_bytes));
        json.set("files", std::move(files)).set("key", content.key);
    }
    if (content.notice) json.set("notice", Json::object().set("to", name_of(content.notice->to)).set("whom", content.notice->whom).set("words", content.notice->words));
    return json;
}

Result<MessageContent> message_content_from(const Json& json) {
    if (!json.is_object()) return fail(ErrorKind::invalid, "message: must be an object");
    MessageContent content;
    content.text = TRY(json.text_at_or("text", ""));
    content.key = TRY(json.text_at_or("key", ""));
    if (const Json* files = json.find("files")) {
        if (!files->is_array() || files->as_array().size() > files_max) return fail(ErrorKind::invalid, "files: must be an array of at most {}", files_max);
        for (const Json& file : files->as_array()) content.files.push_back(TRY(file_from(file)));
    }
    if (const Json* notice = json.find("notice")) {
        if (!notice->is_object()) return fail(ErrorKind::invalid, "notice: must be an object");
        content.notice = StepNotice{TRY(tip_state_from(TRY(notice->text_at("to")))), TRY(notice->text_at_or("whom", "")), TRY(notice->text_at_or("words", ""))};
    }
    return content;
}

}  // namespace plumbline

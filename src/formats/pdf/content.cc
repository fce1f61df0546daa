// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/content.h"

#include <algorithm>
#include <cmath>

#include "formats/pdf/lexer.h"

namespace plumbline::formats::pdf {

namespace {
constexpr std::uint64_t page_steps = 64ULL * 1024 * 1024;
constexpr unsigned page_forms = 2000;
constexpr unsigned depth_max = 10;
constexpr std::size_t saved_max = 256;
constexpr std::size_t operands_max = 100'000;

Matrix matrix_of(QPDFObjectHandle array) {
    if (!array.isMatrix()) return {};
    const QPDFObjectHandle::Matrix m = array.getArrayAsMatrix();
    return {m.a, m.b, m.c, m.d, m.e, m.f};
}
}  // namespace

Matrix operator*(const Matrix& m, const Matrix& n) {
    return {m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c,
            m.c * n.b + m.d * n.d, m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

struct TextReader::Run {
    QPDFObjectHandle resources;
    QPDFObjectHandle fonts;
    State state;
    std::vector<State> saved;
    std::size_t saved_too_deep = 0;
    Matrix text;
    Matrix line;
    std::vector<Token> operands;
    unsigned depth = 0;

    double number(std::size_t from_end) const {
        if (from_end >= operands.size()) return 0;
        const Token& token = operands[operands.size() - 1 - from_end];
        return token.kind == TokenKind::number ? number_of(token.text) : 0;
    }
    Matrix matrix() const { return {number(5), number(4), number(3), number(2), number(1), number(0)}; }
    void move(double x, double y) { text = line = Matrix{1, 0, 0, 1, x, y} * line; }
};

const Font* TextReader::font_of(QPDFObjectHandle fonts, const std::string& name) {
    QPDFObjectHandle dict = fonts.getKeyIfDict(name);
    if (!dict.isDictionary()) return &plain_;
    if (dict.isIndirect()) {
        const auto known = fonts_.find(dict.getObjectID());
        if (known != fonts_.end()) return &known->second;
        return &fonts_.emplace(dict.getObjectID(), Font::load(dict, document_)).first->second;
    }
    // Another form may mean another font by the same name.
    const std::string own_name = std::to_string(forms_left_) + name;
    const auto known = own_fonts_.find(own_name);
    if (known != own_fonts_.end()) return &known->second;
    return &own_fonts_.emplace(own_name, Font::load(dict, document_)).first->second;
}

// The bytes of a string at the pen. Kerning inside it is the font's business; gaps are seen from piece to piece.
void TextReader::show(Run& run, std::string_view bytes) {
    TextState& state = run.state.text;
    const Font& font = state.font ? *state.font : plain_;
    const Matrix to_page = run.text * run.state.page;
    const double em = state.size * font.em();
    double moved = 0;
    scratch_.clear();
    for (std::size_t at = 0; at < bytes.size();) {
        const std::string_view rest = bytes.substr(at);
        const Font::Code code = font.next(rest);
        if (!font.append_text(code, rest, scratch_)) ++out_.unknown;
        const bool is_blank = code.size == 1 && code.value == ' ';
        const double spaced = state.char_space + (is_blank ? state.word_space : 0);
        if (font.is_vertical()) moved -= state.size - spaced;
        else moved += (font.width(code.value) * em + spaced) * state.scale;
        at += code.size;
    }
    const double way_x = font.is_vertical() ? -to_page.c : to_page.a;
    const double way_y = font.is_vertical() ? -to_page.d : to_page.b;
    const double unit = std::hypot(way_x, way_y);
    Pen pen{run.state.text.rise * to_page.c + to_page.e, run.state.text.rise * to_page.d + to_page.f, 1, 0, std::abs(state.size) * unit};
    if (unit > 1e-9) {
        const double sign = state.size < 0 && !font.is_vertical() ? -1 : 1;
        pen.along_x = sign * way_x / unit;
        pen.along_y = sign * way_y / unit;
    }
    const double length = (font.is_vertical() ? -moved : state.size < 0 ? -moved : moved) * unit;
    if (std::isfinite(pen.x) && std::isfinite(pen.y) && std::isfinite(length) && std::isfinite(pen.em)) lines_.piece(pen, scratch_, length);
    run.text = (font.is_vertical() ? Matrix{1, 0, 0, 1, 0, moved} : Matrix{1, 0, 0, 1, moved, 0}) * run.text;
}

void TextReader::show_array(Run& run) {
    const std::vector<Token> items = std::move(run.operands);
    std::string bytes;
    for (const Token& item : items) {
        if (item.kind == TokenKind::number) {
            const TextState& state = run.state.text;
            const double moved = -number_of(item.text) / 1000 * state.size;
            const bool is_vertical = state.font && state.font->is_vertical();
            run.text = (is_vertical ? Matrix{1, 0, 0, 1, 0, moved} : Matrix{1, 0, 0, 1, moved * state.scale, 0}) * run.text;
        } else if (item.kind == TokenKind::string || item.kind == TokenKind::hex) {
            bytes.clear();
            append_string(bytes, item);
            show(run, bytes);
        }
    }
    run.operands.clear();
}

void TextReader::set_font(Run& run) {
    run.state.text.size = run.number(0);
    if (run.operands.size() < 2 || run.operands[run.operands.size() - 2].kind != TokenKind::name) return;
    run.state.text.font = font_of(run.fonts, "/" + name_of(run.operands[run.operands.size() - 2].text));
}

void TextReader::do_object(Run& run) {
    if (run.operands.empty() || run.operands.back().kind != TokenKind::name) return;
    QPDFObjectHandle object = run.resources.getKeyIfDict("/XObject").getKeyIfDict("/" + name_of(run.operands.back().text));
    if (!object.isStream() || !object.getDict().getKey("/Subtype").isNameAndEquals("/Form")) return;
    run_form(object, run.resources, run.state.page, run.depth + 1);
}

void TextReader::run_form(QPDFObjectHandle stream, QPDFObjectHandle resources, const Matrix& start, unsigned depth) {
    document_.note_used(stream);
    if (depth > depth_max || forms_left_ == 0) {
        out_.damage = "forms nested too deep or too many";
        return;
    }
    --forms_left_;
    QPDFObjectHandle dict = stream.getDict();
    StreamBytes content = document_.read(stream);
    if (!content.damage.empty()) out_.damage = content.damage;
    if (!content.is_decoded) return;
    QPDFObjectHandle own = dict.getKey("/Resources");
    run(text_of(content.bytes), own.isDictionary() ? own : resources, matrix_of(dict.getKey("/Matrix")) * start, depth);
}

void TextReader::operate(Run& run, std::string_view name) {
    const auto is = [name](std::string_view other) { return name == other; };
    TextState& text = run.state.text;
    const auto show_last = [&] {
        if (run.operands.empty()) return;
        std::string bytes;
        append_string(bytes, run.operands.back());
        show(run, bytes);
    };
    switch (name[0]) {
        case 'q':
            if (!is("q")) return;
            if (run.saved.size() < saved_max) run.saved.push_back(run.state);
            else ++run.saved_too_deep;
            return;
        case 'Q':
            if (!is("Q")) return;
            if (run.saved_too_deep > 0) {
                --run.saved_too_deep;
            } else if (!run.saved.empty()) {
                run.state = run.saved.back();
                run.saved.pop_back();
            }
            return;
        case 'c':
            if (is("cm")) run.state.page = run.matrix() * run.state.page;
            return;
        case 'B':
            if (is("BT")) run.text = run.line = {};
            return;
        case 'D':
            if (is("Do")) do_object(run);
            return;
        case '\'':
            run.move(0, -text.leading);
            return show_last();
        case '"':
            text.word_space = run.number(2);
            text.char_space = run.number(1);
            run.move(0, -text.leading);
            return show_last();
        case 'T': break;
        default: return;
    }
    if (name.size() != 2) return;
    switch (name[1]) {
        case 'j': return show_last();
        case 'J': return show_array(run);
        case 'f': return set_font(run);
        case 'm': run.text = run.line = run.matrix(); return;
        case 'D': text.leading = -run.number(0); [[fallthrough]];
        case 'd': run.move(run.number(1), run.number(0)); return;
        case '*': run.move(0, -text.leading); return;
        case 'c': text.char_space = run.number(0); return;
        case 'w': text.word_space = run.number(0); return;
        case 'z': text.scale = run.number(0) / 100; return;
        case 'L': text.leading = run.number(0); return;
        case 's': text.rise = run.number(0); return;
        default: return;
    }
}

void TextReader::run(std::string_view content, QPDFObjectHandle resources, const Matrix& start, unsigned depth) {
    if (content.size() > steps_left_ || !document_.budget().take_steps(content.size())) {
        out_.damage = "over the budget of steps";
        return;
    }
    steps_left_ -= content.size();
    Run run;
    run.resources = resources;
    run.fonts = resources.getKeyIfDict("/Font");
    run.state.page = start;
    run.depth = depth;
    Lexer lexer(content);
    for (Token token = lexer.next(); token.kind != TokenKind::end && !lines_.is_full(); token = lexer.next()) {
        if (token.kind != TokenKind::word) {
            if (run.operands.size() < operands_max) run.operands.push_back(token);
            continue;
        }
        if (token.text == "ID") lexer.skip_inline_image();
        else operate(run, token.text);
        run.operands.clear();
    }
}

// What fields and notes show: their normal appearance, or the one that is chosen now.
void TextReader::appearances(QPDFObjectHandle annotations) {
    if (!annotations.isArray()) return;
    for (int i = 0; i < std::min(annotations.getArrayNItems(), 10'000); ++i) {
        QPDFObjectHandle annotation = annotations.getArrayItem(i);
        QPDFObjectHandle normal = annotation.getKeyIfDict("/AP").getKeyIfDict("/N");
        if (normal.isDictionary()) {
            QPDFObjectHandle chosen = annotation.getKey("/AS");
            normal = chosen.isName() ? normal.getKey(chosen.getName()) : chosen;
        }
        if (!normal.isStream()) continue;
        lines_.end_line();
        run_form(normal, QPDFObjectHandle::newNull(), {}, 1);
    }
}

PageText TextReader::finish() {
    out_.text = lines_.take();
    lines_ = {};
    return std::exchange(out_, {});
}

PageText TextReader::page(const Page& page) {
    own_fonts_.clear();
    steps_left_ = page_steps;
    forms_left_ = page_forms;
    QPDFObjectHandle dict = page.dict;
    QPDFObjectHandle contents = dict.getKey("/Contents");
    std::string content;
    const auto add = [&](QPDFObjectHandle stream) {
        if (!stream.isStream()) return;
        document_.note_used(stream);
        const StreamBytes part = document_.read(stream);
        if (!part.damage.empty()) out_.damage = part.damage;
        if (!part.is_decoded) return;
        content += text_of(part.bytes);
        content.push_back('\n');
    };
    add(contents);
    if (contents.isArray())
        for (int i = 0; i < contents.getArrayNItems() && content.size() < page_steps; ++i) add(contents.getArrayItem(i));
    run(content, page.resources, {}, 0);
    lines_.end_line();
    appearances(dict.getKey("/Annots"));
    return finish();
}

PageText TextReader::loose(std::string_view content) {
    own_fonts_.clear();
    steps_left_ = page_steps;
    forms_left_ = page_forms;
    run(content, QPDFObjectHandle::newNull(), {}, 0);
    return finish();
}

bool is_text_content(std::string_view content) {
    const std::string_view head = content.substr(0, 64 * 1024);
    const std::size_t begin = head.find("BT");
    if (begin == std::string_view::npos || head.find("Tf", begin) == std::string_view::npos) return false;
    return head.find("Tj", begin) != std::string_view::npos || head.find("TJ", begin) != std::string_view::npos;
}

PageText TextReader::form(QPDFObjectHandle stream) {
    own_fonts_.clear();
    steps_left_ = page_steps;
    forms_left_ = page_forms;
    run_form(stream, QPDFObjectHandle::newNull(), {}, 0);
    return finish();
}

}  // namespace plumbline::formats::pdf

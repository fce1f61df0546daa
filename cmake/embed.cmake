# embed(TARGET FILE...) compiles files into the binary byte for byte. Each is found at run time by its path relative to
# the source tree through base/assets.h. The assembler's .incbin does the work: no generated C arrays, no copies.
function(embed TARGET)
    set(assembly ${CMAKE_BINARY_DIR}/${TARGET}.S)
    set(table ${CMAKE_BINARY_DIR}/${TARGET}.cc)
    set(text "    .section .note.GNU-stack,\"\",@progbits\n    .section .rodata\n")
    set(declarations "")
    set(rows "")
    set(number 0)
    foreach(pair ${ARGN})
        string(REGEX REPLACE "=.*" "" name "${pair}")
        string(REGEX REPLACE ".*=" "" path "${pair}")
        string(APPEND text "    .global asset_${number}\n    .global asset_${number}_end\nasset_${number}:\n    .incbin \"${path}\"\nasset_${number}_end:\n    .byte 0\n")
        string(APPEND declarations "extern \"C\" const char asset_${number}[];\nextern \"C\" const char asset_${number}_end[];\n")
        string(APPEND rows "    {\"${name}\", asset_${number}, asset_${number}_end},\n")
        math(EXPR number "${number}+1")
        list(APPEND files ${path})
    endforeach()
    file(CONFIGURE OUTPUT ${assembly} CONTENT "${text}")
    file(CONFIGURE OUTPUT ${table} CONTENT
"#include \"base/assets.h\"
${declarations}
namespace plumbline {
namespace {
const AssetRow rows[] = {
${rows}};
}
std::span<const AssetRow> asset_rows() { return rows; }
}
")
    set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS "${files}")
    add_library(${TARGET} STATIC ${assembly} ${table})
    target_include_directories(${TARGET} PUBLIC ${PROJECT_SOURCE_DIR}/src)
endfunction()

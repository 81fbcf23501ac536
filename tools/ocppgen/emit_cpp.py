"""C++: what files there are, and the structs and enums, which need no JSON library."""

import emit_cpp_actions
import emit_cpp_codecs
from cpp_names import doc, generated, identifier, member_type, version_set


def outputs(family):
    """Relative path -> text, all below the include root of generated code."""
    space = family.namespace
    files = {
        f"messages/{space}.hpp": _umbrella(family),
        f"messages/{space}/types.hpp": types_header(family),
        f"messages/{space}/codecs.hpp": emit_cpp_codecs.header(family),
    }
    if family.messages:
        files[f"messages/{space}/actions.hpp"] = emit_cpp_actions.header(family)
        files[f"messages/{space}/actions.cpp"] = emit_cpp_actions.source(family)
    for block in family.blocks:
        files[f"messages/{space}/{block.stem}.cpp"] = emit_cpp_codecs.source(family, block)
    return files


def _umbrella(family):
    space = family.namespace
    actions = f'#include "messages/{space}/actions.hpp"\n' if family.messages else ""
    return (
        f'{generated(space)}#pragma once\n\n{actions}#include "messages/{space}/codecs.hpp"\n'
        f'#include "messages/{space}/types.hpp"\n'
    )


# -- types -------------------------------------------------------------------------------------------------------


def types_header(family):
    out = [generated(family.namespace), "#pragma once\n\n"]
    out.append(
        '#include "base/time.hpp"\n#include "messages/enum.hpp"\n#include "messages/value_types.hpp"\n\n'
    )
    out.append(
        "#include <cstdint>\n#include <optional>\n#include <string>\n#include <string_view>\n#include <vector>\n\n"
    )
    out.append(f"namespace ladestrom::{family.namespace} {{\n\n")
    if family.enums:
        out.append(
            "using messages::enum_values;\nusing messages::parse_enum;\nusing messages::to_string;\n\n"
        )
    out.extend(_enum(enum) for enum in family.enums.values())
    out.extend(_struct(family, struct) for struct in family.structs())
    out.append(f"}}  // namespace ladestrom::{family.namespace}\n")
    if family.enums:
        out.append("\nnamespace ladestrom::messages {\n\n")
        out.extend(_enum_table(family, enum) for enum in family.enums.values())
        out.append("}  // namespace ladestrom::messages\n")
    return "".join(out)


def _enum(enum):
    values = "".join(f"    {identifier(text)},\n" for text in enum.texts())
    return f"{doc(enum.doc)}enum class {enum.name} {{\n{values}}};\n\n"


def _enum_table(family, enum):
    names = "".join(f'        "{text}",\n' for text in enum.texts())
    known = ""
    if enum.restricted():
        sets = ", ".join(
            version_set([v for v in family.versions if versions is None or v in versions])
            for _, versions in enum.values
        )
        known = f"    static constexpr std::array<std::uint8_t, {len(enum.values)}> known_in{{{sets}}};\n"
    return (
        f"template <>\nstruct EnumTable<{family.namespace}::{enum.name}> {{\n"
        f"    static constexpr std::array<std::string_view, {len(enum.values)}> names{{\n{names}    }};\n{known}}};\n\n"
    )


def _struct(family, struct):
    members = []
    for field in struct.fields:
        default = "" if field.optional or field.items is not None else " = {}"
        members.append(
            f"{doc(field.doc, '    ')}    {member_type(field)} {identifier(field.name)}{default};\n"
        )
    if struct.open:
        members.append(
            "    // The other members of the object, as JSON text without braces.\n    std::string further;\n"
        )
    return (
        f"{doc(struct.doc)}struct {struct.name} {{\n{''.join(members)}"
        f"{chr(10) if members else ''}    bool operator==(const {struct.name}&) const = default;\n}};\n\n"
    )

"""C++: what files there are, and the structs and enums, which need no JSON library."""

from string import Template

import emit_cpp_actions
import emit_cpp_codecs
from cpp_names import doc, generated, identifier, member_type, version_set

_TYPES = Template("""\
#pragma once

#include "base/time.hpp"
#include "messages/enum.hpp"
#include "messages/value_types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::$space {

using messages::enum_values;
using messages::parse_enum;
using messages::to_string;

$enums$structs}  // namespace ladestrom::$space

namespace ladestrom::messages {

$tables}  // namespace ladestrom::messages
""")

_ENUM = Template("""\
${doc}enum class $name {
$values};

""")

_TABLE = Template("""\
template <>
struct EnumTable<$name> {
    static constexpr std::array<std::string_view, $count> names{
$names    };
$known};

""")


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
    parts = ["actions", "codecs", "types"] if family.messages else ["codecs", "types"]
    includes = "".join(f'#include "messages/{family.namespace}/{part}.hpp"\n' for part in parts)
    return f"{generated(family.namespace)}#pragma once\n\n{includes}"


def types_header(family):
    return generated(family.namespace) + _TYPES.substitute(
        space=family.namespace,
        enums="".join(_enum(enum) for enum in family.enums.values()),
        structs="".join(_struct(struct) for struct in family.structs()),
        tables="".join(_enum_table(family, enum) for enum in family.enums.values()),
    )


def _enum(enum):
    values = "".join(f"    {identifier(text)},\n" for text in enum.texts())
    return _ENUM.substitute(doc=doc(enum.doc), name=enum.name, values=values)


def _enum_table(family, enum):
    known = ""
    if enum.restricted():
        sets = ", ".join(version_set(versions or family.versions) for _, versions in enum.values)
        known = f"    static constexpr std::array<std::uint8_t, {len(enum.values)}> known_in{{{sets}}};\n"
    return _TABLE.substitute(
        name=f"{family.namespace}::{enum.name}",
        count=len(enum.values),
        names="".join(f'        "{text}",\n' for text in enum.texts()),
        known=known,
    )


def _struct(struct):
    members = "".join(_member(field) for field in struct.fields)
    if struct.open:
        members += (
            "    // The other members of the object, as JSON text without braces.\n    std::string further;\n"
        )
    if members:
        members += "\n"
    comparison = f"    bool operator==(const {struct.name}&) const = default;\n"
    return f"{doc(struct.doc)}struct {struct.name} {{\n{members}{comparison}}};\n\n"


def _member(field):
    default = "" if field.optional or field.items is not None else " = {}"
    return f"{doc(field.doc, '    ')}    {member_type(field)} {identifier(field.name)}{default};\n"

"""C++ codecs: thin code over the primitives of src/messages/reader.hpp and writer.hpp."""

from string import Template

from cpp_names import VERSION_NAMES, generated, identifier, version_set
from model import before

_HEADER = Template("""\
#pragma once

#include "messages/codec.hpp"
#include "messages/$space/types.hpp"

#include <string>

namespace ladestrom::messages {

$codecs}  // namespace ladestrom::messages
""")

_CODEC = Template("""\
template <>
struct Codec<$name> {
    static void encode(const $name& value, OcppVersion version, std::string& out);
    static bool read(Reader& reader, JsonValue value, $name& out);
};

""")

_SOURCE = Template("""\
#include "messages/$space/codecs.hpp"

#include "messages/reader.hpp"
#include "messages/writer.hpp"

namespace ladestrom::messages {

$functions}  // namespace ladestrom::messages
""")

_READ = Template("""\
bool Codec<$name>::read(Reader& reader, JsonValue value, $name& out)
{
    static constexpr Field fields[] = {
$rows    };
    return reader.object(value, {fields, Unknown::$unknown}, [&](std::size_t field, JsonValue member) {
        switch (field) {
$cases            default: return true;
        }
    }$further);
}

""")

_READ_EMPTY = Template("""\
bool Codec<$name>::read(Reader& reader, JsonValue value, $name& $out)
{
    return reader.object(value, {{}, Unknown::$unknown}, [](std::size_t, JsonValue) { return true; }$further);
}

""")

_ENCODE = Template("""\
void Codec<$name>::encode(const $name& value, OcppVersion version, std::string& out)
{
    ObjectWriter object(out, version);
$members    object.close();
}

""")

_ENCODE_EMPTY = Template("""\
void Codec<$name>::encode(const $name& /*value*/, OcppVersion /*version*/, std::string& out)
{
    out += "{}";
}

""")


def header(family):
    codecs = "".join(_CODEC.substitute(name=_qualified(family, struct)) for struct in family.structs())
    return generated(family.namespace) + _HEADER.substitute(space=family.namespace, codecs=codecs)


def source(family, block):
    functions = []
    for struct in family.structs_of(block):
        functions.append(_read(family, struct))
        functions.append(_encode(family, struct))
    return generated(f"{family.namespace}/{block.stem}.ocpp") + _SOURCE.substitute(
        space=family.namespace, functions="".join(functions)
    )


def _qualified(family, struct):
    return f"{family.namespace}::{struct.name}"


# -- decoding -------------------------------------------------------------------------------------


def _read(family, struct):
    unknown = "kept" if struct.open else "ignored" if family.lenient_fields else "refused"
    common = {
        "name": _qualified(family, struct),
        "unknown": unknown,
        "further": ", &out.further" if struct.open else "",
    }
    if not struct.fields:
        return _READ_EMPTY.substitute(common, out="out" if struct.open else "/*out*/")
    return _READ.substitute(
        common,
        rows="".join(f"        {_field_row(family, field)},\n" for field in struct.fields),
        cases="".join(_read_case(family, index, field) for index, field in enumerate(struct.fields)),
    )


def _field_row(family, field):
    """name, the versions that require it, the versions that know it; defaults left out."""
    if not family.versions:
        required, known = () if field.optional else None, None
    else:
        required = _unless_all(family, [v for v in family.versions if field.required_in(v)])
        known = _unless_all(family, [v for v in family.versions if field.known_in(v)])
    cells = [f'"{field.wire}"']
    if required != () or known is not None:
        cells.append("every_version" if required is None else version_set(required))
    if known is not None:
        cells.append(version_set(known))
    return f"{{{', '.join(cells)}}}"


def _unless_all(family, versions):
    return None if tuple(versions) == family.versions else tuple(versions)


def _read_case(family, index, field):
    lines = [f'if (reader.ignores(member, "{text}")) return true;' for text in field.ignored_texts]
    lines += _read_lines(family, field)
    if len(lines) == 1:
        return f"            case {index}: {lines[0]}\n"
    return f"            case {index}:\n" + "".join(f"                {line}\n" for line in lines)


def _read_lines(family, field):
    target = f"out.{identifier(field.name)}"
    destination = f"{target}.emplace()" if field.optional else target
    if field.items is not None:
        limits = _limits(family, "ItemLimits", field.items_of)
        item = _versioned_call(family, field, "item", "to")
        return [
            f"return reader.array(member, {limits}, {destination},",
            f"                    [&](JsonValue item, auto& to) {{ return {item}; }});",
        ]
    if field.unknown == "ignored":
        return [f"return reader.enumeration_or_nothing(member, {target});"]
    return [f"return {_versioned_call(family, field, 'member', destination)};"]


def _versioned_call(family, field, value, to):
    """As _read_call, but a field whose type has changed is read by the type of the version."""
    usual = _read_call(family, field, value, to)
    changed_in = field.number_since or field.string_in
    if changed_in is None:
        return usual
    old = " || ".join(f"reader.is({VERSION_NAMES[v]})" for v in family.versions if before(v, changed_in))
    return f"{old} ? {_old_call(family, field, value, to)} : {usual}"


def _old_call(family, field, value, to):
    if field.string_in:
        return f"reader.enumeration_as_text<{family.namespace}::{field.base}>({value}, {to})"
    return f"reader.integer_as_number({value}, {_limits(family, 'IntegerLimits', field.bounds_of)}, {to})"


def _read_call(family, field, value, to):
    if field.string_in:
        return (
            f"reader.text({value}, {_limits(family, 'TextLimits', lambda _: field.string_in_bounds)}, {to})"
        )
    base = "number" if field.number_since else field.base
    limited = {
        "string": ("text", "TextLimits"),
        "number": ("number", "NumberLimits"),
        "int": ("integer", "IntegerLimits"),
    }
    if base in limited:
        function, kind = limited[base]
        return f"reader.{function}({value}, {_limits(family, kind, field.bounds_of)}, {to})"
    plain = {"uri": "uri", "decimal": "decimal", "bool": "boolean", "time": "time", "json": "json"}
    if base in plain:
        return f"reader.{plain[base]}({value}, {to})"
    if base in family.enums:
        return _enum_call(family, field, value, to)
    return f"Codec<{family.namespace}::{base}>::read(reader, {value}, {to})"


def _enum_call(family, field, value, to):
    neutral = family.enums[field.base].unknown
    if field.unknown == "drops item":
        return f"reader.enumeration_or_drop_item({value}, {to})"
    if neutral is not None:
        enumerator = f"{family.namespace}::{field.base}::{identifier(neutral)}"
        return f"reader.enumeration_or({value}, {enumerator}, {to})"
    return f"reader.enumeration({value}, {to})"


def _limits(family, kind, bounds_of):
    """The limits as a braced initialiser, or a choice between those of the versions."""
    spelt = {version: kind + _braced(kind, bounds_of(version)) for version in family.versions or ("",)}
    *earlier, latest = spelt
    text = spelt[latest]
    for version in reversed(earlier):
        if spelt[version] != spelt[latest]:
            text = f"reader.is({VERSION_NAMES[version]}) ? {spelt[version]} : {text}"
    return text


def _braced(kind, bounds):
    parts = []
    if bounds.low is not None and kind != "TextLimits":
        parts.append(f".min = {bounds.low}")
    if bounds.high is not None:
        parts.append(f".max = {bounds.high}")
    return "{" + ", ".join(parts) + "}"


# -- encoding -------------------------------------------------------------------------------------


def _encode(family, struct):
    name = _qualified(family, struct)
    if not struct.fields and not struct.open:
        return _ENCODE_EMPTY.substitute(name=name)
    members = "".join(f"    {_encode_line(family, field)}\n" for field in struct.fields)
    if struct.open:
        members += "    object.further_members(value.further);\n"
    return _ENCODE.substitute(name=name, members=members)


def _encode_line(family, field):
    arguments = f'("{field.wire}", value.{identifier(field.name)});'
    condition = ""
    if field.since and field.since != family.versions[0]:
        condition = f"if (version >= {VERSION_NAMES[field.since]}) "
    if not field.number_since:
        return f"{condition}object.member{arguments}"
    return (
        f"if (version < {VERSION_NAMES[field.number_since]}) object.integer_member{arguments}\n"
        f"    if (version >= {VERSION_NAMES[field.number_since]}) object.member{arguments}"
    )

"""C++ codecs: thin code over the primitives of src/messages/reader.hpp and writer.hpp."""

from cpp_names import VERSION_NAMES, generated, identifier, version_set
from model import ALL_VERSIONS


def header(family):
    space = family.namespace
    out = [generated(space), "#pragma once\n\n"]
    out.append(f'#include "messages/codec.hpp"\n#include "messages/{space}/types.hpp"\n\n')
    out.append("#include <string>\n\nnamespace ladestrom::messages {\n\n")
    for struct in family.structs():
        name = f"{space}::{struct.name}"
        out.append(
            f"template <>\nstruct Codec<{name}> {{\n"
            f"    static Decoded<{name}> decode(JsonValue value, const DecodeContext& context);\n"
            f"    static void encode(const {name}& value, OcppVersion version, std::string& out);\n"
            f"    static bool read(Reader& reader, JsonValue value, {name}& out);\n}};\n\n"
        )
    out.append("}  // namespace ladestrom::messages\n")
    return "".join(out)


def source(family, block):
    space = family.namespace
    out = [generated(f"{space}/{block.stem}.ocpp")]
    out.append(
        f'#include "messages/{space}/codecs.hpp"\n\n#include "messages/reader.hpp"\n#include "messages/writer.hpp"\n\n'
    )
    out.append("namespace ladestrom::messages {\n\n")
    for struct in family.structs_of(block):
        out.append(_decode(family, struct))
        out.append(_read(family, struct))
        out.append(_encode(family, struct))
    out.append("}  // namespace ladestrom::messages\n")
    return "".join(out)


def _decode(family, struct):
    name = f"{family.namespace}::{struct.name}"
    return (
        f"Decoded<{name}> Codec<{name}>::decode(JsonValue value, const DecodeContext& context)\n{{\n"
        f"    return decode_payload<{name}>(value, context);\n}}\n\n"
    )


def _read(family, struct):
    name = f"{family.namespace}::{struct.name}"
    unknown = (
        "Unknown::kept"
        if struct.open
        else "Unknown::ignored" if family.lenient_fields else "Unknown::refused"
    )
    further = ", &out.further" if struct.open else ""
    if not struct.fields:
        return (
            f"bool Codec<{name}>::read(Reader& reader, JsonValue value, {name}& {'out' if struct.open else '/*out*/'})\n{{\n"
            f"    return reader.object(value, {{{{}}, {unknown}}}, [](std::size_t, JsonValue) {{ return true; }}{further});\n}}\n\n"
        )
    rows = "".join(f"        {_field_row(family, field)},\n" for field in struct.fields)
    cases = "".join(_read_case(family, index, field) for index, field in enumerate(struct.fields))
    return (
        f"bool Codec<{name}>::read(Reader& reader, JsonValue value, {name}& out)\n{{\n"
        f"    static constexpr Field fields[] = {{\n{rows}    }};\n"
        f"    return reader.object(value, {{fields, {unknown}}}, [&](std::size_t field, JsonValue member) {{\n"
        f"        switch (field) {{\n{cases}            default: return true;\n        }}\n    }}{further});\n}}\n\n"
    )


def _field_row(family, field):
    if not family.versions:
        return f'{{"{field.wire}"{"" if field.optional else ", every_version"}}}'
    required = [v for v in family.versions if field.required_in(v)]
    known = [v for v in family.versions if field.known_in(v)]
    required_set = (
        "0"
        if not required
        else "every_version" if required == list(family.versions) else version_set(required)
    )
    if known != list(family.versions):
        return f'{{"{field.wire}", {required_set}, {version_set(known)}}}'
    return f'{{"{field.wire}"}}' if not required else f'{{"{field.wire}", {required_set}}}'


def _read_case(family, index, field):
    target = f"out.{identifier(field.name)}"
    lines = [f'if (reader.ignores(member, "{text}")) return true;' for text in field.ignored_texts]
    if field.items is not None:
        item = _read_call(family, field, "item", "to")
        limits = _limits("ItemLimits", "min", "max", field.items_of, family)
        destination = f"{target}.emplace()" if field.optional else target
        lines.append(
            f"return reader.array(member, {limits}, {destination},\n"
            f"                                    [&](JsonValue item, auto& to) {{ return {item}; }});"
        )
    elif field.unknown == "ignored":
        lines.append(f"return reader.enumeration_or_nothing(member, {target});")
    else:
        destination = f"{target}.emplace()" if field.optional else target
        if field.number_since or field.string_in:
            version = field.number_since or field.string_in
            old = [v for v in family.versions if ALL_VERSIONS.index(v) < ALL_VERSIONS.index(version)]
            condition = " || ".join(f"reader.is({VERSION_NAMES[v]})" for v in old)
            lines.append(f"if ({condition}) return {_old_call(family, field, destination)};")
        lines.append(f"return {_read_call(family, field, 'member', destination)};")
    if len(lines) == 1:
        return f"            case {index}: {lines[0]}\n"
    body = "".join(f"                {line}\n" for line in lines)
    return f"            case {index}:\n{body}"


def _old_call(family, field, destination):
    if field.string_in:
        return f"reader.enumeration_as_text<{family.namespace}::{field.base}>(member, {destination})"
    return f"reader.integer_as_number(member, {_limits('IntegerLimits', 'min', 'max', field.bounds_of, family)}, {destination})"


def _read_call(family, field, value, to):
    if field.string_in:
        limits = _limits("TextLimits", None, "max", lambda _: field.string_in_bounds, family)
        return f"reader.text({value}, {limits}, {to})"
    if field.base == "string":
        return f"reader.text({value}, {_limits('TextLimits', None, 'max', field.bounds_of, family)}, {to})"
    if field.base == "number" or field.number_since:
        return (
            f"reader.number({value}, {_limits('NumberLimits', 'min', 'max', field.bounds_of, family)}, {to})"
        )
    if field.base == "int":
        return f"reader.integer({value}, {_limits('IntegerLimits', 'min', 'max', field.bounds_of, family)}, {to})"
    simple = {"uri": "uri", "decimal": "decimal", "bool": "boolean", "time": "time", "json": "json"}
    if field.base in simple:
        return f"reader.{simple[field.base]}({value}, {to})"
    if field.base in family.enums:
        neutral = family.enums[field.base].unknown
        if field.unknown == "drops item":
            return f"reader.enumeration_or_drop_item({value}, {to})"
        if neutral is not None:
            space = family.namespace
            return f"reader.enumeration_or({value}, {space}::{field.base}::{identifier(neutral)}, {to})"
        return f"reader.enumeration({value}, {to})"
    return f"Codec<{family.namespace}::{field.base}>::read(reader, {value}, {to})"


def _limits(kind, low_name, high_name, bounds_of, family):
    """The limits as a braced initialiser, or a choice between the limits of versions."""
    versions = family.versions or ("",)
    spelt = {version: _braced(low_name, high_name, bounds_of(version)) for version in versions}
    choices = sorted(set(spelt.values()), key=lambda text: -list(spelt.values()).count(text))
    if len(choices) == 1:
        return f"{kind}{choices[0]}"
    *special, usual = list(versions)
    text = f"{kind}{spelt[usual]}"
    for version in reversed(special):
        if spelt[version] != spelt[usual]:
            text = f"reader.is({VERSION_NAMES[version]}) ? {kind}{spelt[version]} : {text}"
    return text


def _braced(low_name, high_name, bounds):
    parts = []
    if low_name and bounds.low is not None:
        parts.append(f".{low_name} = {bounds.low}")
    if bounds.high is not None:
        parts.append(f".{high_name} = {bounds.high}")
    return "{" + ", ".join(parts) + "}"


def _encode(family, struct):
    name = f"{family.namespace}::{struct.name}"
    if not struct.fields and not struct.open:
        return (
            f"void Codec<{name}>::encode(const {name}& /*value*/, OcppVersion /*version*/, std::string& out)\n{{\n"
            f'    out += "{{}}";\n}}\n\n'
        )
    lines = "".join(_encode_line(family, field) for field in struct.fields)
    if struct.open:
        lines += "    object.further_members(value.further);\n"
    return (
        f"void Codec<{name}>::encode(const {name}& value, OcppVersion version, std::string& out)\n{{\n"
        f"    ObjectWriter object(out, version);\n{lines}    object.close();\n}}\n\n"
    )


def _encode_line(family, field):
    value = f"value.{identifier(field.name)}"
    line = f'object.member("{field.wire}", {value});'
    if field.number_since:
        line = (
            f"if (version < {VERSION_NAMES[field.number_since]}) {{\n"
            f'        object.integer_member("{field.wire}", {value});\n    }} else {{\n        {line}\n    }}'
        )
    if field.since and field.since != family.versions[0]:
        line = (
            f"if (version >= {VERSION_NAMES[field.since]}) {{\n        {line}\n    }}"
            if "\n" in line
            else (f"if (version >= {VERSION_NAMES[field.since]}) {line}")
        )
    return f"    {line}\n"

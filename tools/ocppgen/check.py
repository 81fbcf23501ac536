"""Proves the notation equal to the official JSON schemas.

Both sides are brought to one normal form, plain dictionaries that say what a value may be and nothing else:
order, descriptions and the names of definitions do not count. A hash of each payload's normal form is its
fingerprint.
"""

import hashlib
import json
import os

from model import before

# Keywords that say nothing about which values are valid here. "additionalItems" is without effect beside a
# single schema for items; defaults are for the reader.
_SILENT = {
    "$schema",
    "$id",
    "id",
    "title",
    "description",
    "comment",
    "javaType",
    "definitions",
    "default",
    "additionalItems",
}


# -- the notation ---------------------------------------------------------------------------------


def normal_payload(family, struct, version):
    known = [field for field in struct.fields if field.known_in(version)]
    return {
        "kind": "object",
        "open": struct.open,
        "required": sorted(field.wire for field in known if field.required_in(version)),
        "properties": {field.wire: _normal_field(family, field, version) for field in known},
    }


def _normal_field(family, field, version):
    value = _normal_value(family, field, version)
    if field.items is None:
        return value
    bounds = field.items_of(version)
    return _without_none({"kind": "array", "items": value, "min": bounds.low, "max": bounds.high})


def _normal_value(family, field, version):
    base = field.base
    bounds = field.bounds_of(version)
    if field.string_in and version_reached(version, field.string_in):
        base, bounds = "string", field.string_in_bounds
    if field.number_since and version_reached(version, field.number_since):
        base = "number"
    if base in family.enums:
        return {"kind": "enum", "values": sorted(family.enums[base].values_of(version))}
    if base in family.types:
        return normal_payload(family, family.types[base], version)
    if base == "string":
        return _without_none({"kind": "string", "min": bounds.low, "max": bounds.high})
    if base in ("int", "number"):
        kind = "integer" if base == "int" else "number"
        return _without_none({"kind": kind, "min": bounds.low, "max": bounds.high})
    return {
        "decimal": {"kind": "number", "step": 0.1},
        "bool": {"kind": "boolean"},
        "time": {"kind": "string", "format": "date-time"},
        "uri": {"kind": "string", "format": "uri"},
        "json": {"kind": "any"},
    }[base]


def version_reached(version, since):
    return not before(version, since)


# -- the schemas ----------------------------------------------------------------------------------


class SchemaError(Exception):
    pass


def normal_schema(schema, definitions=None):
    definitions = schema.get("definitions", {}) if definitions is None else definitions
    if "$ref" in schema:
        return normal_schema(definitions[schema["$ref"].removeprefix("#/definitions/")], definitions)
    rest = {key: value for key, value in schema.items() if key not in _SILENT}
    kind = rest.pop("type", None)
    normal = _NORMALISERS.get(kind, _unknown_kind)(kind, rest, definitions)
    if rest:
        raise SchemaError(f"keywords not understood: {', '.join(sorted(rest))}")
    return normal


def _unknown_kind(kind, rest, _definitions):
    if kind is None and not rest:
        return {"kind": "any"}
    raise SchemaError(f"type not understood: {kind}")


def _schema_object(_kind, rest, definitions):
    properties = rest.pop("properties", {})
    return {
        "kind": "object",
        "open": rest.pop("additionalProperties", True) is not False,
        "required": sorted(rest.pop("required", [])),
        "properties": {name: normal_schema(value, definitions) for name, value in properties.items()},
    }


def _schema_array(_kind, rest, definitions):
    items = normal_schema(rest.pop("items"), definitions)
    return _without_none(
        {
            "kind": "array",
            "items": items,
            "min": rest.pop("minItems", None),
            "max": rest.pop("maxItems", None),
        }
    )


def _schema_string(_kind, rest, _definitions):
    if "enum" in rest:
        rest.pop("additionalProperties", None)  # some 2.x enums carry it; it is about objects
        return {"kind": "enum", "values": sorted(rest.pop("enum"))}
    return _without_none(
        {
            "kind": "string",
            "min": rest.pop("minLength", None),
            "max": rest.pop("maxLength", None),
            "format": rest.pop("format", None),
        }
    )


def _schema_number(kind, rest, _definitions):
    return _without_none(
        {
            "kind": kind,
            "min": rest.pop("minimum", None),
            "max": rest.pop("maximum", None),
            "step": rest.pop("multipleOf", None),
        }
    )


_NORMALISERS = {
    "object": _schema_object,
    "array": _schema_array,
    "string": _schema_string,
    "integer": _schema_number,
    "number": _schema_number,
    "boolean": lambda _kind, _rest, _definitions: {"kind": "boolean"},
}


def _without_none(normal):
    return {key: value for key, value in normal.items() if value is not None}


# -- comparison -----------------------------------------------------------------------------------


def differences(notation, schema, path=""):
    """Sentences, one for each place where the two normal forms differ."""
    found = []
    for key in sorted(notation.keys() | schema.keys()):
        ours, theirs = notation.get(key), schema.get(key)
        if key == "properties" and ours is not None and theirs is not None:
            for name in sorted(ours.keys() | theirs.keys()):
                if name not in ours or name not in theirs:
                    found.append(f"{path}/{name}: only in the {'schema' if name in theirs else 'notation'}")
                else:
                    found += differences(ours[name], theirs[name], f"{path}/{name}")
        elif key == "items" and ours is not None and theirs is not None:
            found += differences(ours, theirs, f"{path}/[]")
        elif ours != theirs:
            found.append(f"{path or '/'}: {key} is {ours} in the notation, {theirs} in the schema")
    return found


def compare_with_schemas(families, folder):
    """Sentences about every difference, in both directions."""
    found = []
    for family in families:
        for version in family.versions:
            for extension in sorted({block.extension for block in family.blocks}, key=lambda e: e or ""):
                directory = os.path.join(folder, f"{version}-{extension}" if extension else version)
                messages = [
                    m
                    for m in family.messages.values()
                    if m.block.extension == extension and m.known_in(version)
                ]
                found += _compare_directory(family, version, messages, directory)
    return found


def _compare_directory(family, version, messages, directory):
    if not os.path.isdir(directory):
        return [f"{directory}: no such directory of schemas"]
    found = []
    seen = set()
    for message in messages:
        for struct in message.payloads():
            names = (f"{struct.name}.json", f"{message.name}.json")
            name = next((n for n in names if os.path.exists(os.path.join(directory, n))), None)
            if name is None:
                found.append(f"{struct.name}: no schema in {directory}")
                continue
            seen.add(name)
            found += [
                f"{version} {struct.name}{text}"
                for text in _compare_file(family, version, struct, os.path.join(directory, name))
            ]
    left = sorted(name for name in os.listdir(directory) if name.endswith(".json") and name not in seen)
    return found + [f"{directory}/{name}: no message in the notation" for name in left]


def _compare_file(family, version, struct, path):
    with open(path, encoding="utf-8-sig") as source:
        schema = json.load(source)
    try:
        return differences(normal_payload(family, struct, version), normal_schema(schema))
    except SchemaError as error:
        return [f": {error} ({path})"]


# -- fingerprints ---------------------------------------------------------------------------------


def fingerprints(families):
    """The text of protocol/fingerprints: version, payload, hash of the payload's normal form."""
    lines = []
    for family in families:
        for version in family.versions:
            for message in family.messages.values():
                if message.known_in(version):
                    lines += [
                        f"{version} {struct.name} {_fingerprint(normal_payload(family, struct, version))}"
                        for struct in message.payloads()
                    ]
    return "".join(line + "\n" for line in sorted(lines))


def _fingerprint(normal):
    text = json.dumps(normal, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def compare_with_fingerprints(families, path):
    now = dict(line.rsplit(" ", 1) for line in fingerprints(families).splitlines())
    try:
        with open(path, encoding="utf-8") as source:
            then = dict(line.rsplit(" ", 1) for line in source.read().splitlines())
    except FileNotFoundError:
        return [f"{path} is missing; write it with: python3 tools/ocppgen check --schemas DIR"]
    return [
        f"{payload}: {_change(payload, now, then)} since the notation was last proved equal to the schemas"
        for payload in sorted(now.keys() | then.keys())
        if now.get(payload) != then.get(payload)
    ]


def _change(payload, now, then):
    if payload not in then:
        return "added"
    return "changed" if payload in now else "removed"

"""Example payloads for tests and the fuzzer: of each struct the smallest and one with everything."""

import json

# Of one, two, three and four bytes, and two that JSON escapes: lengths count characters.
_ALPHABET = 'aé漢😀"\\'


def files(family):
    """Relative path -> text."""
    out = {}
    for version in family.versions or (None,):
        folder = version or family.namespace
        for struct in family.structs():
            for size in ("minimal", "maximal"):
                value = _object(family, struct, version, size == "maximal")
                out[f"{folder}/{struct.name}.{size}.json"] = json.dumps(value, ensure_ascii=False) + "\n"
    return out


def example(family, struct, version):
    """The smallest payload."""
    return _object(family, struct, version, False)


def _object(family, struct, version, everything):
    value = {}
    for field in struct.fields:
        known = version is None or field.known_in(version)
        required = not field.optional if version is None else field.required_in(version)
        if known and (required or everything):
            value[field.wire] = _field(family, field, version, everything)
    if struct.open and everything:
        value["further"] = [1, {"x": None}]
    return value


def _field(family, field, version, everything):
    if field.items is None:
        return _value(family, field, version, everything)
    bounds = field.items_of(version)
    count = bounds.low or 0
    if everything:
        count = max(count, 2 if bounds.high is None else min(bounds.high, 8))
    return [_value(family, field, version, everything) for _ in range(count)]


def _value(family, field, version, everything):
    base, bounds = field.base, field.bounds_of(version)
    if field.string_in and version is not None and version not in _versions_before(family, field.string_in):
        base, bounds = "string", field.string_in_bounds
    if field.number_since and version not in _versions_before(family, field.number_since):
        base = "number"
    if base in family.enums:
        values = family.enums[base].values_of(version) if version else family.enums[base].texts()
        return values[-1 if everything else 0]
    if base in family.types:
        return _object(family, family.types[base], version, everything)
    if base == "string":
        return _text(bounds, everything)
    if base in ("int", "number"):
        return _number(base, bounds, everything)
    return {
        "decimal": 16.5 if everything else 0,
        "bool": everything,
        "time": "2026-12-31T23:59:59.987654+13:45" if everything else "2026-01-01T00:00:00Z",
        "uri": "https://user:secret@example.com:8443/a%20b/c?d=e&f#g" if everything else "ftp://example.com",
        "json": {"any": [1, 2.5, "text", None, True]} if everything else None,
    }[base]


def _versions_before(family, version):
    return family.versions[: family.versions.index(version)]


def _text(bounds, everything):
    length = 300 if bounds.high is None else bounds.high
    if not everything:
        length = max(bounds.low or 0, min(length, 1))
    return "".join(_ALPHABET[i % len(_ALPHABET)] for i in range(length))


def _number(base, bounds, everything):
    if everything:
        return bounds.high if bounds.high is not None else 2147483647 if base == "int" else 2147483647.25
    return bounds.low if bounds.low is not None else min(0, bounds.high or 0)

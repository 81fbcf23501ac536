"""What a folder of notation says, and the rules that hold across its files."""

from dataclasses import dataclass, field as dataclass_field
import re

ALL_VERSIONS = ("1.6", "2.0.1", "2.1")
BUILTINS = ("string", "int", "number", "decimal", "bool", "time", "uri", "json")
SENDERS = {"station -> csms": "station", "csms -> station": "csms", "station <-> csms": "both"}


class NotationError(Exception):
    """A mistake in the notation, at a place a person can open."""

    def __init__(self, place, message):
        super().__init__(f"{place[0]}:{place[1]}: {message}")


@dataclass
class Bounds:
    """Of a string's characters, a number's value or a list's items; None: unbounded."""

    low: float | None = None
    high: float | None = None

    def whole(self):
        return not any(isinstance(bound, float) for bound in (self.low, self.high))


@dataclass
class FieldDef:
    name: str
    wire: str
    place: tuple
    base: str  # a builtin or the name of an enum or type
    bounds: Bounds = dataclass_field(default_factory=Bounds)
    items: Bounds | None = None  # a list when set
    optional: bool = False
    since: str | None = None
    optional_since: str | None = None
    number_since: str | None = None
    string_in: str | None = None
    string_in_bounds: Bounds = dataclass_field(default_factory=Bounds)
    bounds_in: dict = dataclass_field(default_factory=dict)  # version -> Bounds
    items_in: dict = dataclass_field(default_factory=dict)  # version -> Bounds
    ignored_texts: list = dataclass_field(default_factory=list)
    unknown: str | None = None  # "ignored" or "drops item"
    doc: list = dataclass_field(default_factory=list)

    def bounds_of(self, version):
        return self.bounds_in.get(version, self.bounds)

    def items_of(self, version):
        return self.items_in.get(version, self.items)

    def known_in(self, version):
        return self.since is None or not before(version, self.since)

    def required_in(self, version):
        if not self.known_in(version):
            return False
        if self.optional_since is not None:
            return before(version, self.optional_since)
        return not self.optional


@dataclass
class EnumDef:
    name: str
    place: tuple
    block: object
    values: list = dataclass_field(default_factory=list)  # of (text, versions or None)
    unknown: str | None = None
    doc: list = dataclass_field(default_factory=list)

    def values_of(self, version):
        return [text for text, versions in self.values if versions is None or version in versions]

    def texts(self):
        return [text for text, _ in self.values]

    def restricted(self):
        return any(versions is not None for _, versions in self.values)


@dataclass
class TypeDef:
    name: str
    place: tuple
    block: object
    fields: list = dataclass_field(default_factory=list)
    open: bool = False
    doc: list = dataclass_field(default_factory=list)


@dataclass
class MessageDef:
    name: str
    place: tuple
    block: object
    sender: str
    since: str | None = None
    request: TypeDef | None = None
    response: TypeDef | None = None
    sent: bool = False  # a SEND of 2.1: nobody answers, there is no response
    doc: list = dataclass_field(default_factory=list)

    def known_in(self, version):
        return self.since is None or not before(version, self.since)

    def payloads(self):
        return (self.request,) if self.sent else (self.request, self.response)


@dataclass
class Block:
    """One file."""

    stem: str
    namespace: str
    versions: tuple
    title: str
    place: tuple
    extension: str | None = None
    custom_data: str | None = None
    enums: list = dataclass_field(default_factory=list)
    types: list = dataclass_field(default_factory=list)
    messages: list = dataclass_field(default_factory=list)
    digest: str = ""


@dataclass
class Family:
    """One folder: one namespace, one set of versions."""

    namespace: str
    versions: tuple
    blocks: list
    enums: dict = dataclass_field(default_factory=dict)
    types: dict = dataclass_field(default_factory=dict)  # in an order where parts come before wholes
    messages: dict = dataclass_field(default_factory=dict)

    @property
    def lenient_fields(self):
        """Records of no protocol version ignore what they do not know."""
        return not self.versions

    def structs(self):
        """Every struct: types, then payloads."""
        yield from self.types.values()
        for message in self.messages.values():
            yield from message.payloads()

    def structs_of(self, block):
        yield from (t for t in self.types.values() if t.block is block)
        for message in block.messages:
            yield from message.payloads()


def before(version, other):
    return ALL_VERSIONS.index(version) < ALL_VERSIONS.index(other)


def wire_name(name):
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def family_of(blocks):
    """Joins parsed files and checks everything that needs more than one line to check."""
    first = blocks[0]
    for block in blocks[1:]:
        if (block.namespace, block.versions) != (first.namespace, first.versions):
            raise NotationError(
                block.place, f"expected namespace {first.namespace} and the versions of {first.place[0]}"
            )
    family = Family(first.namespace, first.versions, blocks)
    _collect(family)
    _add_custom_data(family)
    for struct in [t for b in blocks for t in b.types] + [
        p for m in family.messages.values() for p in m.payloads()
    ]:
        _check_fields(family, struct)
    _order_types(family)
    _check_dropped_items(family)
    return family


def _collect(family):
    seen = {}
    for block in family.blocks:
        for kind, definitions in (
            ("enums", block.enums),
            ("types", block.types),
            ("messages", block.messages),
        ):
            for definition in definitions:
                names = [definition.name]
                if kind == "messages":
                    names += [payload.name for payload in definition.payloads()]
                for name in names:
                    if name in seen:
                        raise NotationError(
                            definition.place, f"{name} is already defined at {seen[name][0]}:{seen[name][1]}"
                        )
                    seen[name] = definition.place
                getattr(family, kind)[definition.name] = definition
        if block.messages and not block.versions:
            raise NotationError(block.messages[0].place, "records without a version have no messages")


def _add_custom_data(family):
    for block in family.blocks:
        if block.custom_data is None:
            continue
        if block.custom_data not in {t.name for b in family.blocks for t in b.types}:
            raise NotationError(block.place, f"custom_data names {block.custom_data}, which is no type")
        payloads = [p for m in block.messages for p in m.payloads()]
        for struct in block.types + payloads:
            if struct.name != block.custom_data:
                struct.fields.append(
                    FieldDef("custom_data", "customData", struct.place, block.custom_data, optional=True)
                )


def _check_fields(family, struct):
    names = {}
    for field in struct.fields:
        for name in {field.name, field.wire}:
            if name in names and names[name] is not field:
                raise NotationError(field.place, f"{name} is already a field of {struct.name}")
            names[name] = field
        if len(struct.fields) > 64:
            raise NotationError(field.place, f"{struct.name} has more than 64 fields")
        _check_field(family, field)


def _check_field(family, field):
    is_enum = field.base in family.enums
    if not (is_enum or field.base in family.types or field.base in BUILTINS):
        raise NotationError(
            field.place, f"expected {', '.join(BUILTINS)}, an enum or a type, found {field.base}"
        )
    has_bounds = field.bounds != Bounds() or field.bounds_in
    if has_bounds and field.base not in ("string", "int", "number"):
        raise NotationError(field.place, f"{field.base} takes no bounds")
    if not all(bounds.whole() for bounds in (field.items or Bounds(), *field.items_in.values())):
        raise NotationError(field.place, "item counts are whole numbers")
    lengths = (field.bounds, *field.bounds_in.values()) if field.base == "string" else ()
    if not all(bounds.whole() for bounds in (*lengths, field.string_in_bounds)):
        raise NotationError(field.place, "lengths are whole numbers")
    for note, given, wanted in (
        ("string in", field.string_in, is_enum),
        ("unknown", field.unknown or field.ignored_texts, is_enum),
        ("number since", field.number_since, field.base == "int"),
        ("optional since", field.optional_since, field.optional),
    ):
        if given and not wanted:
            expected = (
                "an optional field (?)"
                if note == "optional since"
                else "an int" if note == "number since" else "an enum"
            )
            raise NotationError(field.place, f"'{note}' needs {expected}")
    if (field.unknown == "ignored" or field.ignored_texts) and not (field.optional and field.items is None):
        raise NotationError(field.place, "'unknown ... ignored' needs an optional field (?) that is no list")
    if field.number_since and field.items is not None:
        raise NotationError(field.place, "'number since' is not for lists")
    versions = {v for v in (field.since, field.optional_since, field.number_since, field.string_in) if v}
    versions |= set(field.bounds_in) | set(field.items_in)
    for version in sorted(versions):
        if version not in family.versions:
            raise NotationError(
                field.place,
                f"{version} is not a version of this folder ({', '.join(family.versions) or 'none'})",
            )


def _order_types(family):
    ordered, visiting = {}, []

    def visit(name):
        if name in ordered:
            return
        if name in visiting:
            raise NotationError(family.types[name].place, f"{name} contains itself")
        visiting.append(name)
        for field in family.types[name].fields:
            if field.base in family.types:
                visit(field.base)
        visiting.pop()
        ordered[name] = family.types[name]

    for name in list(family.types):
        visit(name)
    family.types = ordered


def _check_dropped_items(family):
    dropping = {
        s.name for s in family.structs() for f in s.fields if f.unknown == "drops item" and f.items is None
    }
    for struct in family.structs():
        for field in struct.fields:
            if field.base in dropping and field.items is None:
                raise NotationError(
                    field.place, f"{field.base} has fields with 'unknown drops item' and so must be in a list"
                )
    for message in family.messages.values():
        for payload in message.payloads():
            if payload.name in dropping:
                raise NotationError(payload.place, "'unknown drops item' needs a type that is in a list")


def is_identifier(text):
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", text) is not None

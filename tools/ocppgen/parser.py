"""Reads the notation: text to blocks, one line at a time. protocol/README.md describes it."""

import hashlib
import os
import re

from model import (
    ALL_VERSIONS,
    SENDERS,
    Block,
    Bounds,
    EnumDef,
    FieldDef,
    MessageDef,
    NotationError,
    TypeDef,
    before,
    family_of,
    is_identifier,
    wire_name,
)

_FIELD = re.compile(
    r"(?P<name>\S+)\s+(?P<base>[A-Za-z]\w*)(?P<bounds>\([^)]*\))?(?P<items>\[[^\]]*\])?(?P<optional>\?)?"
    r"(?:\s+(?P<notes>\S.*))?"
)
_VERSION = "|".join(re.escape(version) for version in ALL_VERSIONS)


def read_family(folder):
    """Parses every .ocpp file of a folder; raises NotationError."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    paths = sorted(os.path.join(folder, name) for name in names if name.endswith(".ocpp"))
    if not paths:
        raise NotationError((folder, 0), "no .ocpp file here")
    return family_of([parse_block(path, _text_of(path)) for path in paths])


def _text_of(path):
    with open(path, "rb") as source:
        content = source.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotationError((path, line), "expected UTF-8, found other bytes") from None


def parse_block(path, text):
    block = _Parser(path, text).parse()
    block.digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return block


class _Parser:
    def __init__(self, path, text):
        self._path = path
        self._text = text
        self._line = 0
        self._doc = []
        self._header = {}
        self._block = None
        self._top = None  # the enum, type or message being read
        self._section = None  # the type or payload that takes fields

    def parse(self):
        for number, raw in enumerate(self._text.splitlines(), 1):
            self._line = number
            if "\t" in raw:
                raise self._error("expected spaces, found a tab")
            stripped = raw.strip()
            if stripped.startswith("## "):
                self._doc.append(stripped[3:])
                continue
            content = _without_comment(raw).rstrip()
            if content:
                self._take(len(content) - len(content.lstrip()), content.strip())
        self._line = max(self._line, 1)
        block = self._finished_header()
        self._close_message()
        return block

    def _error(self, message):
        return NotationError((self._path, self._line), message)

    def _place(self):
        return (self._path, self._line)

    def _taken_doc(self):
        doc, self._doc = self._doc, []
        return doc

    def _take(self, indent, content):
        if indent == 0:
            self._take_top(content)
        elif self._top is None:
            raise self._error("expected a definition before an indented line")
        elif isinstance(self._top, EnumDef):
            self._expect_indent(indent, 2)
            self._take_values(content)
        elif isinstance(self._top, TypeDef):
            self._expect_indent(indent, 2)
            self._take_field(content)
        elif indent == 2:
            self._take_section(content)
        else:
            self._expect_indent(indent, 4)
            if self._section is None:
                raise self._error("expected 'request' before the first field")
            self._take_field(content)

    def _expect_indent(self, indent, expected):
        if indent != expected:
            raise self._error(f"expected an indent of {expected} spaces, found {indent}")

    # -- definitions -------------------------------------------------------------------------------

    def _take_top(self, content):
        word, _, rest = content.partition(" ")
        rest = rest.strip()
        if word in ("namespace", "versions", "title", "extension", "custom_data"):
            self._take_header(word, rest)
            return
        block = self._finished_header()
        self._close_message()
        if word == "enum":
            self._top = self._parsed_enum(rest)
            block.enums.append(self._top)
        elif word == "message":
            self._top = self._parsed_message(rest)
            block.messages.append(self._top)
        elif content.startswith("type ") or content.startswith("open type "):
            name = content.removeprefix("open ").removeprefix("type ").strip()
            self._top = TypeDef(
                self._name(name), self._place(), block, open=word == "open", doc=self._taken_doc()
            )
            self._section = self._top
            block.types.append(self._top)
        else:
            raise self._error(f"expected enum, type, open type or message, found '{word}'")

    def _take_header(self, word, rest):
        if self._block is not None:
            raise self._error(f"expected '{word}' before the first definition")
        if word in self._header:
            raise self._error(f"'{word}' is already given")
        if not rest:
            raise self._error(f"expected a value after '{word}'")
        if word == "versions":
            rest = () if rest == "none" else tuple(rest.split())
            if any(version not in ALL_VERSIONS for version in rest):
                raise self._error(f"expected 'none' or some of {', '.join(ALL_VERSIONS)}")
        self._header[word] = rest

    def _finished_header(self):
        if self._block is None:
            for word in ("namespace", "versions", "title"):
                if word not in self._header:
                    raise self._error(f"expected a '{word}' line before the first definition")
            stem = os.path.splitext(os.path.basename(self._path))[0]
            self._block = Block(stem, place=self._place(), **self._header)
        return self._block

    def _name(self, text):
        if not is_identifier(text) or not text[0].isupper():
            raise self._error(f"expected a name in PascalCase, found '{text}'")
        return text

    def _parsed_enum(self, rest):
        name, _, notes = rest.partition(" ")
        enum = EnumDef(self._name(name), self._place(), self._block, doc=self._taken_doc())
        notes = notes.strip()
        if notes:
            found = re.fullmatch(r"unknown (\S+)", notes)
            if not found:
                raise self._error(f"expected 'unknown Value' after the enum's name, found '{notes}'")
            enum.unknown = found[1]
        return enum

    def _parsed_message(self, rest):
        found = re.fullmatch(r"(\S+)\s+(station|csms)\s+(->|<->)\s+(station|csms)(?:\s+since\s+(\S+))?", rest)
        sender = found and SENDERS.get(f"{found[2]} {found[3]} {found[4]}")
        if not sender:
            raise self._error(f"expected 'message Name' and one of {', '.join(SENDERS)}")
        message = MessageDef(self._name(found[1]), self._place(), self._block, sender, doc=self._taken_doc())
        message.since = self._version(found[5]) if found[5] else None
        self._section = None
        return message

    def _take_section(self, content):
        if content not in ("request", "response", "send"):
            raise self._error(f"expected 'request', 'response' or 'send', found '{content}'")
        following = self._top.request is not None
        if following != (content == "response") or self._top.response is not None or self._top.sent:
            raise self._error("expected one 'request' and then one 'response', or one 'send'")
        self._top.sent = content == "send"
        part = "request" if self._top.sent else content
        self._section = TypeDef(self._top.name + part.capitalize(), self._place(), self._block)
        setattr(self._top, part, self._section)

    def _close_message(self):
        if isinstance(self._top, EnumDef):
            enum = self._top
            if not enum.values:
                raise NotationError(enum.place, f"enum {enum.name} has no values")
            if enum.unknown is not None and enum.unknown not in enum.texts():
                raise NotationError(enum.place, f"'unknown {enum.unknown}' is not a value of {enum.name}")
        if isinstance(self._top, MessageDef) and self._top.response is None and not self._top.sent:
            raise NotationError(
                self._top.place, f"message {self._top.name} needs 'request' and 'response', or 'send'"
            )
        self._top = None

    # -- lines inside ------------------------------------------------------------------------------

    def _version(self, text):
        if text not in self._block.versions:
            raise self._error(
                f"{text} is not a version of this folder ({', '.join(self._block.versions) or 'none'})"
            )
        return text

    def _take_values(self, content):
        versions = None
        found = re.match(rf"(since|only) ({_VERSION}):\s*(.*)", content)
        if found:
            version = self._version(found[2])
            versions = (
                (version,)
                if found[1] == "only"
                else tuple(v for v in self._block.versions if not before(v, version))
            )
            content = found[3]
        for text in content.split():
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
                raise self._error(f"expected an enum value, found '{text}'")
            if text in self._top.texts():
                raise self._error(f"{text} is already a value of {self._top.name}")
            self._top.values.append((text, versions))

    def _take_field(self, content):
        found = _FIELD.fullmatch(content)
        if not found:
            raise self._error("expected 'name type' and notes, as in: id_token  string(..36)?  since 2.1")
        name = found["name"]
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            raise self._error(f"expected a name in snake_case, found '{name}'")
        field = FieldDef(name, wire_name(name), self._place(), found["base"], doc=self._taken_doc())
        field.optional = found["optional"] is not None
        if found["bounds"]:
            field.bounds = self._bounds(found["bounds"][1:-1])
        if found["items"]:
            field.items = self._bounds(found["items"][1:-1], empty_allowed=True)
        for note in (found["notes"] or "").split(","):
            if note.strip():
                self._take_note(field, note.strip())
        self._section.fields.append(field)

    def _bounds(self, text, empty_allowed=False, unbounded_allowed=False):
        if not text.strip() and empty_allowed:
            return Bounds()
        found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?\s*", text)
        if not found or (found[1] is None and found[2] is None and not unbounded_allowed):
            raise self._error(f"expected bounds as ..20, 1.. or 1..4, found '{text}'")
        low, high = (
            None if part is None else float(part) if "." in part else int(part) for part in found.groups()
        )
        if low is not None and high is not None and low > high:
            raise self._error(f"expected the lower bound first, found '{text}'")
        return Bounds(low, high)

    def _take_note(self, field, note):
        if found := re.fullmatch(r"(since|optional since|number since) (\S+)", note):
            setattr(field, found[1].replace(" ", "_"), self._version(found[2]))
        elif found := re.fullmatch(r"string(?:\(([^)]*)\))? in (\S+)", note):
            field.string_in = self._version(found[2])
            field.string_in_bounds = self._bounds(found[1]) if found[1] else Bounds()
        elif found := re.fullmatch(r"(\d\S*):\s*([^\s[]*\.\.[^\s[]*)?\s*(?:\[([^\]]*)\])?", note):
            version = self._version(found[1])
            if found[2]:
                field.bounds_in[version] = self._bounds(found[2], unbounded_allowed=True)
            if found[3]:
                if field.items is None:
                    raise self._error("item counts need a list")
                field.items_in[version] = self._bounds(found[3])
        elif found := re.fullmatch(r"wire (\w+)", note):
            field.wire = found[1]
        elif note in ("unknown ignored", "unknown drops item"):
            field.unknown = note.removeprefix("unknown ")
        elif found := re.fullmatch(r'unknown "([^"]+)" ignored', note):
            field.ignored_texts.append(found[1])
        else:
            raise self._error(
                f"expected since, optional since, number since, string in, VERSION: bounds, wire or "
                f"unknown, found '{note}'"
            )


def _without_comment(line):
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0]

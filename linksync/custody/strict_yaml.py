"""Strict YAML: the small part of YAML that people read as it is meant, and nothing else (format 1, "YAML").

``load`` gives only None, bool, int, float, str, list and dict. Quoted is always text; unquoted is text too,
unless it is ``true``, ``false``, ``null``, nothing at all, a whole number or a plain decimal: ``no``,
``0123``, ``12:30`` and dates stay what was typed. Anchors, aliases, tags, merge keys, directives, second
documents, duplicate keys, tabs, carriage returns, and characters that hide or turn text are refused, each by
name.

It builds from PyYAML's *events* and stops at the first that is not allowed. That is why it is safe: events
come one by one from an iterative parser (a bomb of 100,000 brackets costs 23 events), while PyYAML's own
loaders recurse and the C one then crashes the process. ``dump`` writes one canonical block style; nothing
invisible stands raw in it.
"""

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias, TypeVar

import msgspec
import yaml

from linksync.custody import names
from linksync.errors import FormatError

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
"""What strict YAML can say."""

T = TypeVar("T")

BYTES_MAX = 1024 * 1024
DEPTH_MAX = 20
NODES_MAX = 200_000
"""Scalars, keys, lists and maps together."""

_FORMAT = 1
_SHOWN_MAX = 200
_SIMPLE_KEY_MAX = 1000  # YAML gives up on a one-line key at 1,024 characters

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML has it, as its wheels do; 15 times faster. For its events and marks only."""

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,308})\.[0-9]{1,330}")
_INT_BOUND = 10**18

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_TURNING = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST = re.compile(rb"^ *+[^ #\n]", re.MULTILINE)

# Fixed here, not asked of unicodedata: the same bytes from every version of Python.
_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_ESCAPED = re.compile(rf'["\\{_HIDDEN}]')
_PLAIN = re.compile(rf"(?![{_HIDDEN}])[A-Za-z0-9_/(+\xc0-\U0010ffff][^{_HIDDEN}]*")
_NOT_PLAIN = re.compile(r": |:\Z| #| \Z")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def load(data: bytes, *, limit: int = BYTES_MAX) -> Value:
    """Read one strict YAML document (format 1, "YAML").

    Args:
        data: the bytes as they travelled.
        limit: the most bytes that are looked at; more is refused before any work.

    Raises:
        FormatError: ``yaml-…``; the field ``line`` counts from 1 and says where, as far as that is known.
    """
    _require_readable(data, limit)
    builder = _Builder()
    try:
        for event in yaml.parse(data, Loader=LOADER):
            builder.feed(event)
    except (yaml.YAMLError, ArithmeticError, LookupError, RecursionError, ValueError) as error:
        # libyaml since 0.2.6 reads ahead through a heap of brackets, and stops at its own depth before ours is seen
        if "nesting depth" in str(getattr(error, "problem", "")):
            raise FormatError("yaml-depth", line=_line_of(error, data), limit=DEPTH_MAX) from error
        raise FormatError("yaml-syntax", line=_line_of(error, data)) from error
    if not builder.documents:
        raise FormatError("yaml-empty")
    return builder.root


def dump(value: object) -> bytes:
    """Write a value as canonical YAML: block style, keys in their order, LF, UTF-8.

    ``load(dump(value)) == value``. Text stands unquoted where ``load`` would read the same text, else in
    double quotes with everything invisible escaped.

    Args:
        value: a ``Value``; tuples and other mappings are written as lists and maps.

    Raises:
        ValueError: the value is none that strict YAML can say: not a ``Value``, a whole number of 10**18 or
            more, infinite, a lone surrogate, deeper than 20.
    """
    return ("\n".join(_block(value, 1)) + "\n").encode()


def convert(value: object, record: type[T], /, *, what: str) -> T:
    """Turn a loaded value into a record, strictly: no coercion, no unknown fields.

    Args:
        value: what ``load`` gave.
        record: the type that it must fit.
        what: the name of the record's file, for the error.

    Raises:
        FormatError: ``record-fields``, with ``why`` it does not fit, in msgspec's words.
    """
    try:
        return msgspec.convert(value, record, strict=True)
    except msgspec.ValidationError as error:
        raise FormatError("record-fields", what=what, why=_shown(str(error))) from error


def load_record(data: bytes, record: type[T], /, *, what: str, limit: int = BYTES_MAX) -> T:
    """Read a record of format 1; a newer format is said to be newer, not wrong.

    Raises:
        FormatError: as ``load`` and ``convert``; ``future-format`` with ``found`` when it is newer than 1.
    """
    value = load(data, limit=limit)
    found = value.get("format") if isinstance(value, dict) else None
    if isinstance(found, int) and not isinstance(found, bool) and found > _FORMAT:
        raise FormatError("future-format", what=what, found=found)
    return convert(value, record, what=what)


def _require_readable(data: bytes, limit: int) -> None:
    """Refuse by the bytes alone: size, encoding, and characters that deceive the eye or the line count."""
    if len(data) > limit:
        raise FormatError("yaml-too-large", size=len(data), limit=limit)
    if data.startswith(b"\xef\xbb\xbf"):
        raise FormatError("yaml-bom")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("yaml-not-utf8", line=data.count(b"\n", 0, error.start) + 1) from error
    for slug, at in (("yaml-carriage-return", text.find("\r")), ("yaml-tab", text.find("\t"))):
        if at >= 0:
            raise FormatError(slug, line=text.count("\n", 0, at) + 1)
    for slug, pattern in (("yaml-control", _CONTROL), ("yaml-invisible", _TURNING)):
        if match := pattern.search(text):
            line = text.count("\n", 0, match.start()) + 1
            raise FormatError(slug, line=line, code=f"U+{ord(match[0]):04X}")
    first = _FIRST.search(data)
    if first and first[0] == b"%":
        raise FormatError("yaml-directive", line=data.count(b"\n", 0, first.start()) + 1)


class _Builder:
    """Grows a value from events on a stack of its own; the first event that is not allowed ends it."""

    def __init__(self) -> None:
        self.root: Value = None
        self.documents = 0
        self._open: list[list[Value] | dict[str, Value]] = []
        self._keys: list[str | None] = []  # beside each open map, the key that waits for its value
        self._nodes = 0

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event)
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._refuse_marks(event)
            self._start({}, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_marks(event)
            self._start([], event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise FormatError("yaml-alias", line=_line(event))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        if event.version or event.tags:
            raise FormatError("yaml-directive", line=_line(event))
        self.documents += 1
        if self.documents > 1:
            raise FormatError("yaml-documents", line=_line(event))

    def _refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            raise FormatError("yaml-anchor", line=_line(event))
        if event.tag is not None:
            raise FormatError("yaml-tag", line=_line(event))
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise FormatError("yaml-nodes", line=_line(event), limit=NODES_MAX)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        plain = not event.style
        if not self._open and plain and event.value == "":
            raise FormatError("yaml-empty")
        if _SURROGATE.search(event.value):
            raise FormatError("yaml-syntax", line=_line(event))
        value = _resolved(event.value) if plain else event.value
        if self._awaits_key():
            if plain and value == "<<":
                raise FormatError("yaml-merge", line=_line(event))
            self._key(value, event)
        else:
            self._place(value)

    def _key(self, key: Value, event: yaml.ScalarEvent) -> None:
        if not isinstance(key, str):
            raise FormatError("yaml-key", line=_line(event), key=_shown(event.value))
        if key in self._open[-1]:
            raise FormatError("yaml-duplicate-key", line=_line(event), key=_shown(key))
        self._keys[-1] = key

    def _start(self, value: list[Value] | dict[str, Value], event: yaml.CollectionStartEvent) -> None:
        if self._awaits_key():
            raise FormatError("yaml-key", line=_line(event), key="…")
        if len(self._open) >= DEPTH_MAX:
            raise FormatError("yaml-depth", line=_line(event), limit=DEPTH_MAX)
        self._place(value)
        self._open.append(value)
        self._keys.append(None)

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], dict) and self._keys[-1] is None

    def _place(self, value: Value) -> None:
        if not self._open:
            self.root = value
            return
        inside, key = self._open[-1], self._keys[-1]
        if isinstance(inside, list):
            inside.append(value)
        elif key is not None:
            inside[key] = value
            self._keys[-1] = None


def _resolved(text: str) -> Value:
    """What an unquoted scalar says."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _block(value: object, depth: int) -> Iterator[str]:
    """The lines of a value, not yet indented."""
    if isinstance(value, (list, tuple, Mapping)) and depth > DEPTH_MAX:
        raise ValueError(f"deeper than {DEPTH_MAX}")
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(key, item, depth)
    elif isinstance(value, (list, tuple)) and value:
        for item in value:
            lines = _block(item, depth + 1)
            yield f"- {next(lines)}"
            yield from (f"  {line}" for line in lines)
    else:
        yield _inline(value)


def _entry(key: object, item: object, depth: int) -> Iterator[str]:
    if not isinstance(key, str):
        raise ValueError(f"a key is text, not {type(key).__name__}")
    name = _text(key)
    if len(name) > _SIMPLE_KEY_MAX:
        yield f"? {name}"
        name = ""
    lines = _block(item, depth + 1)
    if isinstance(item, (list, tuple, Mapping)) and item:
        yield f"{name}:"
        yield from (f"  {line}" for line in lines)
    else:
        yield f"{name}: {next(lines)}"


def _inline(value: object) -> str:
    """A scalar or an empty collection, on one line."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and -_INT_BOUND < value < _INT_BOUND:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _decimal(value)
    if isinstance(value, (list, tuple, Mapping)):
        return "{}" if isinstance(value, Mapping) else "[]"
    raise ValueError(f"strict YAML cannot say {value!r:.50}")


def _decimal(value: float) -> str:
    """The shortest digits that give the same float back, without an exponent."""
    digits = format(Decimal(repr(value)), "f")
    return digits if "." in digits else f"{digits}.0"


def _text(text: str) -> str:
    """A string, unquoted where that reads the same."""
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and isinstance(_resolved(text), str):
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char, code = match[0], ord(match[0])
    if "\ud800" <= char <= "\udfff":
        raise ValueError("a lone surrogate is not text")
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _line_of(error: Exception, data: bytes) -> int | None:
    """Where PyYAML stumbled; it may say the line after the last."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return None if mark is None else min(mark.line, data.count(b"\n")) + 1


def _shown(text: str) -> str:
    """Foreign text for an error's field: nothing hidden in it, and short."""
    return names.escape(text[:_SHOWN_MAX].encode("utf-8", "surrogatepass"))

"""Adding to a YAML page that people keep by hand: all they wrote stays, comments too (format 1, "YAML").

``relay.yaml`` is edited by an organiser in a text editor and by ``linksync relay add-host``, ``config.yaml`` by a host
and by ``linksync host setup``. Writing them anew would throw away the comments, so what is new is put in at its place
in the text, and the result is read again: it must say exactly what the old page said plus that, else it is not given
back.
"""

import re
from collections.abc import Mapping

import yaml

from linksync.custody.strict_yaml import LOADER, Value, dump, load
from linksync.errors import FormatError

_INDENT = 2
_COMMENT = re.compile(r"( *)#")


def append_to_list(text: str, key: str, item: Mapping[str, object]) -> str:
    """Add an item at the end of the list under a key at the top of the page.

    A list in block style keeps its indent; ``key: []``, an empty ``key:`` and a missing key become a block; a
    list in ``[…]`` that holds something is written anew as a block, its comments above it.

    Args:
        text: the page, strict YAML with a map at the top.
        key: the list's key.
        item: what to add.

    Returns:
        The new page.

    Raises:
        FormatError: the page is not strict YAML; ``relay-edit`` when it cannot be added to by machine.
        ValueError: the item is none that strict YAML can say.
    """
    page = load(text.encode("utf-8", "surrogatepass"))
    old = page.get(key) if isinstance(page, dict) else None
    if not isinstance(page, dict) or not isinstance(old, list | None):
        raise FormatError("relay-edit", key=key)
    new = _edited(text, key, old or [], item)
    wanted = dump({**page, key: [*(old or []), item]})
    if new is None or _dumped(new) != wanted:
        raise FormatError("relay-edit", key=key)
    return new


def set_fields(text: str, fields: Mapping[str, object]) -> str:
    """Set fields at the top of a page; those that are not there yet come at its end.

    A page that cannot be changed in place, as one in ``{…}``, is written anew, its comments above it.

    Args:
        text: the page, strict YAML with a map at the top, or nothing but comments.
        fields: name to value.

    Raises:
        FormatError: the page is not strict YAML, or has no map at the top.
        ValueError: a value is none that strict YAML can say.
    """
    page = load(text.encode("utf-8", "surrogatepass")) if _says_something(text) else {}
    if not isinstance(page, dict):
        raise FormatError("record-fields", why="object")
    wanted: dict[str, object] = {**page}
    for key, value in fields.items():
        wanted[key] = value
        text = _with_field(text, key, value, dump(wanted))
    return text


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _with_field(text: str, key: str, value: object, wanted: bytes) -> str:
    """The page with one field set: in place, else written anew with its comments above it."""
    new = _in_place(text, key, dump({key: value}).decode())
    if new is not None and _dumped(new) == wanted:
        return new
    return "".join(f"{comment}\n" for comment in _comments(text, 0, len(text) + 1)) + wanted.decode()


def _in_place(text: str, key: str, head: str) -> str | None:
    """The page with a field as ``head`` says it; it may be no such page."""
    root = yaml.compose(text, Loader=LOADER)  # already read strictly
    if root is None:
        return _inserted(text, len(text), head)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    column = root.start_mark.column
    node = next((found for name, found in root.value if name.value == key), None)
    if node is None:
        return _inserted(text, _after(text, root, column), _indented(head, column))
    start, end = node.start_mark.index, node.end_mark.index
    gap = " " if text[start - 1 : start] == ":" else ""
    return text[:start] + gap + head.partition(":")[2].strip() + text[end:]


def _dumped(text: str) -> bytes | None:
    try:
        return dump(load(text.encode()))
    except FormatError:
        return None


def _edited(text: str, key: str, old: list[Value], item: Mapping[str, object]) -> str | None:
    root = yaml.compose(text, Loader=LOADER)  # already read strictly: shallow, no aliases
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    column = root.start_mark.column
    node = next((value for name, value in root.value if name.value == key), None)
    if node is None:
        head = dump({key: [item]}).decode()
        return _inserted(text, _after(text, root, column), _indented(head, column))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        at = node.start_mark.column
        return _inserted(text, _after(text, node, at), _indented(dump([item]).decode(), at))
    return _made_a_block(text, node, [*old, item], column + _INDENT)


def _made_a_block(text: str, node: yaml.Node, items: list[object], column: int) -> str:
    """Take the value out of its line and put a block beneath what is left of that line."""
    start, end = node.start_mark.index, node.end_mark.index
    comments = "".join(f"{comment}\n" for comment in _comments(text, start, end))
    left = text[:start] if start == end else text[:start].rstrip(" ")
    below = left + text[end:]
    return _inserted(below, _line_end(below, len(left)), _indented(comments + dump(items).decode(), column))


def _comments(text: str, start: int, end: int) -> list[str]:
    """The comments between the tokens of a list in brackets."""
    found: list[str] = []
    last = start
    for token in yaml.scan(text, Loader=LOADER):
        if token.start_mark.index >= end:
            break
        if token.start_mark.index >= last:
            found += re.findall("#.*", text[last : token.start_mark.index])
            last = token.end_mark.index
    return [comment.rstrip() for comment in found]


def _after(text: str, node: yaml.Node, column: int) -> int:
    """Where the line after a block begins, past the comments that are indented deeper than it."""
    leaf = node
    while isinstance(leaf, yaml.CollectionNode) and leaf.value and not leaf.flow_style:
        leaf = leaf.value[-1][1] if isinstance(leaf, yaml.MappingNode) else leaf.value[-1]
    mark = leaf.end_mark
    # a block scalar ends at the start of the line after it
    at = mark.index if mark.column == 0 and mark.index else _line_end(text, mark.index)
    while (comment := _COMMENT.match(text, at)) and len(comment[1]) > column:
        at = _line_end(text, at)
    return at


def _line_end(text: str, at: int) -> int:
    """Just past the line break that follows ``at``."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _indented(block: str, column: int) -> str:
    return "".join(f"{' ' * column}{line}\n" for line in block.splitlines())


def _inserted(text: str, at: int, lines: str) -> str:
    gap = "" if at == 0 or text[at - 1] == "\n" else "\n"
    return text[:at] + gap + lines + text[at:]

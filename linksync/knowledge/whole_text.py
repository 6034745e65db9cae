"""Whether texts with a structure are whole, and whether XML keeps from doing harm: RTF, XML, SVG, JSON, mail.

XML is not parsed here, only its beginning and end are looked at; entities that expand or fetch are told by their
declarations.
"""

import re
from collections.abc import Iterator

from linksync.knowledge.flaws import BOMB_ENTITIES, EXTERNAL, TRUNCATED
from linksync.knowledge.identity import Identity
from linksync.knowledge.sample import Sample

_TAIL = 64 << 10
_SPACE = b" \t\r\n\f\0\x1a"
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?[^\s\"'<>]{1,200}\s+(SYSTEM|PUBLIC|\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_REFERENCE = re.compile(rb"&(?!#|amp;|lt;|gt;|quot;|apos;)|%[A-Za-z_]")
_LONGEST_ENTITY = 4096
_MOST_ENTITIES = 200
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,100})\"|([^\s;\"]{1,100}))", re.IGNORECASE)


def rtf_flaws(sample: Sample) -> Iterator[str]:
    """The group that an RTF is closes at its end."""
    if not sample.tail(4096).rstrip(_SPACE).endswith(b"}"):
        yield TRUNCATED


def json_flaws(sample: Sample) -> Iterator[str]:
    """The bracket that it begins with closes at its end; of lines of JSON, each its own."""
    closing = b"}" if sample.head.lstrip(_SPACE + b"\xef\xbb\xbf")[:1] == b"{" else b"]"
    if not sample.tail(4096).rstrip(_SPACE).endswith(closing):
        yield TRUNCATED


def xml_flaws(sample: Sample, identity: Identity) -> Iterator[str]:
    """A tag that closes the first element stands at the end; entities neither expand each other nor fetch."""
    if identity.encoding not in ("utf-8", "cp1252"):
        return
    yield from _entities(sample.head)
    root, tail = _root(sample.head), sample.tail(_TAIL).rstrip(_SPACE)
    if not root:
        return
    closes = rb"</" + re.escape(root) + rb"\s*>(?>(?:\s|<!--.*?-->|<\?.*?\?>)*)\Z"
    at = tail.rfind(b"</" + root)
    alone = sample.size <= len(sample.head) and tail.endswith(b"/>") and tail.count(b"<" + root) == 1
    if not (at >= 0 and re.match(closes, tail[at:], re.DOTALL)) and not alone:
        yield TRUNCATED


def _root(head: bytes) -> bytes:
    """The name of the first element, after instructions, comments and a DOCTYPE; empty when none is in sight."""
    at = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    while True:
        at += len(head[at:]) - len(head[at:].lstrip(_SPACE))
        if head.startswith(b"<?", at):
            end = head.find(b"?>", at) + 2
        elif head.startswith(b"<!--", at):
            end = head.find(b"-->", at) + 3
        elif head.startswith(b"<!", at):
            end = _after_doctype(head, at)
        else:
            break
        if end <= at:
            return b""
        at = end
    found = re.compile(rb"<([A-Za-z_][\w.:-]{0,200})").match(head, at)
    return found[1] if found else b""


def _after_doctype(head: bytes, at: int) -> int:
    """Where a DOCTYPE ends, with the declarations in it."""
    bracket, closing = head.find(b"[", at), head.find(b">", at)
    if 0 <= bracket < closing:
        inside = head.find(b"]", bracket)
        closing = head.find(b">", inside) if inside >= 0 else -1
    return closing + 1


def _entities(head: bytes) -> Iterator[str]:
    declared = _ENTITY.findall(head) if b"<!" in head else []
    if any(value.upper() in (b"SYSTEM", b"PUBLIC") for _, value in declared):
        yield EXTERNAL
    long = any(len(value) > _LONGEST_ENTITY or _REFERENCE.search(value) for _, value in declared)
    if long or len(declared) > _MOST_ENTITIES or (b"<!ENTITY" in head and b"]" not in head):
        yield BOMB_ENTITIES


def mail_flaws(sample: Sample) -> Iterator[str]:
    """A message of several parts ends with the boundary that it states, and two dashes."""
    header = re.split(rb"\r?\n\r?\n", sample.head, maxsplit=1)[0]
    if not re.search(rb"^content-type:\s*multipart/", header, re.IGNORECASE | re.MULTILINE):
        return
    stated = _BOUNDARY.search(header)
    if stated and b"--" + (stated[1] or stated[2]) + b"--" not in sample.tail(_TAIL):
        yield TRUNCATED

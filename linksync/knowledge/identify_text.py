"""What a text is: web page, mail, table, markup, shortcut or script, else plain text; by how it begins.

Scripts without a ``#!`` are told by weak signs only; a file's name says more, and the screening asks it too.
"""

import json
import re

from linksync.knowledge.encodings import Text, text_of
from linksync.knowledge.identify_prose import markdown, table
from linksync.knowledge.identify_scripts import Found, shebang, windows_script
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.sample import Sample

_BEGIN = 4096
_SPACE = " \t\r\n\f\v\ufeff"


def by_text(sample: Sample) -> Identity | None:
    """What a text is; ``None`` when the file is none."""
    text = text_of(sample)
    if text is None:
        return None
    begin = text.head[:_BEGIN].lstrip(_SPACE)
    if not begin:
        return _told(text, "text/plain", Family.TEXT, "x-fmt/111")
    for kind in (shebang, _markup, _marked, _mail, _json, windows_script, table, markdown):
        found = kind(begin, text, sample)
        if found is not None:
            return _told(text, *found)
    return _told(text, "text/plain", Family.TEXT, "x-fmt/111")


def _told(text: Text, media_type: str, family: Family, pronom: str) -> Identity:
    return Identity(media_type=media_type, family=family, pronom=pronom, encoding=text.encoding)


_MISC = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE\b(?:[^<>\[]|\[.*?\]\s*(?=>))*>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)([^<>]{0,2000})")
_DOCTYPE_HTML = re.compile(r"<!DOCTYPE\s+html", re.IGNORECASE)
_PAGE_TAGS = frozenset(
    {
        "html",
        "head",
        "body",
        "title",
        "meta",
        "script",
        "table",
        "div",
        "p",
        "h1",
        "a",
        "font",
        "center",
        "span",
        "style",
    }
)
_BY_ROOT = {
    "svg": ("image/svg+xml", Family.PICTURE, ""),
    "gpx": ("application/gpx+xml", Family.OTHER, ""),
    "kml": ("application/vnd.google-earth.kml+xml", Family.OTHER, "fmt/244"),
    "rss": ("application/rss+xml", Family.WEB, ""),
    "feed": ("application/atom+xml", Family.WEB, ""),
    "TEI": ("application/tei+xml", Family.TEXT, ""),
}
_FLAT = "application/vnd.oasis.opendocument.{}-flat-xml"
_HTML5 = re.compile(r"<!DOCTYPE\s+html\s*(?:SYSTEM\s+[\"']about:legacy-compat[\"']\s*)?>", re.IGNORECASE)
_HTML_VERSION = re.compile(r"-//(?:W3C|IETF)//DTD (X?HTML) ?(\d\.\d+)?", re.IGNORECASE)
_HTML_PRONOM = {"HTML2.0": "fmt/97", "HTML3.2": "fmt/98", "HTML4.0": "fmt/99", "HTML4.01": "fmt/100"}
_HTML_PRONOM |= {"XHTML1.0": "fmt/102", "XHTML1.1": "fmt/103"}


def _markup(begin: str, text: Text, _: Sample) -> Found | None:
    """HTML, SVG and other XML, by the first element after comments and declarations."""
    if not begin.startswith("<"):
        return None
    misc = _MISC.match(text.head.lstrip(_SPACE))
    rest = text.head.lstrip(_SPACE)[misc.end() if misc else 0 :]
    root = _ROOT.match(rest)
    prefix, name, attributes = (root[1] or "", root[2], root[3]) if root else ("", "", "")
    xml = begin.startswith("<?xml")
    if begin.startswith("<?php"):
        return "text/x-php", Family.PROGRAM, ""
    if name in _BY_ROOT and (xml or prefix or "xmlns" in attributes or name in ("svg", "gpx", "kml", "rss")):
        return _svg_version(attributes) if name == "svg" else _BY_ROOT[name]
    if prefix == "office:" and name == "document":
        kind = re.search(r"application/vnd\.oasis\.opendocument\.([a-z]+)", text.head[:_BEGIN])
        return _FLAT.format(kind[1] if kind else "text"), Family.OFFICE, ""
    if _DOCTYPE_HTML.match(begin) or name.lower() == "html":
        return _html(begin, xml)
    if name.lower() == "plist" and "<key>URL</key>" in rest[:_BEGIN]:
        return "application/x-webloc", Family.OTHER, ""
    if xml or (root and "xmlns" in attributes):
        return "application/xml", Family.TEXT, _xml_pronom(begin)
    return ("text/html", Family.WEB, "fmt/96") if name.lower() in _PAGE_TAGS and not prefix else None


def _html(begin: str, xml: bool) -> Found:
    lowered = begin[:_BEGIN].lower()
    if "<hta:application" in lowered:
        return "application/hta", Family.PROGRAM, ""
    stated = _HTML_VERSION.search(begin)
    if stated and stated[1].upper() == "XHTML":
        return "application/xhtml+xml", Family.WEB, _HTML_PRONOM.get(f"XHTML{stated[2]}", "")
    if xml:
        return "application/xhtml+xml", Family.WEB, ""
    if stated:
        return "text/html", Family.WEB, _HTML_PRONOM.get(f"HTML{stated[2]}", "fmt/96")
    return "text/html", Family.WEB, "fmt/471" if _HTML5.match(begin) else "fmt/96"


def _svg_version(attributes: str) -> Found:
    stated = re.search(r"""\bversion\s*=\s*["'](1\.[01])["']""", attributes)
    return "image/svg+xml", Family.PICTURE, {"1.0": "fmt/91", "1.1": "fmt/92"}.get(stated[1], "") if stated else ""


def _xml_pronom(begin: str) -> str:
    stated = re.match(r"""<\?xml\s+version\s*=\s*["'](1\.[01])["']""", begin)
    return {"1.0": "fmt/101", "1.1": "fmt/1776"}[stated[1]] if stated else ""


RICH_TEXT = "{\\rt"
"""What Word goes by, whatever follows."""
_MARKED = (
    (RICH_TEXT, "application/rtf", Family.OFFICE, ""),
    ("[InternetShortcut]", "application/x-mswinurl", Family.OTHER, "x-fmt/454"),
    ("[Desktop Entry]", "application/x-desktop", Family.OTHER, ""),
    ("[autorun]", "application/x-autorun", Family.PROGRAM, ""),
    ("Windows Registry Editor Version", "text/x-ms-regedit", Family.PROGRAM, ""),
    ("REGEDIT4", "text/x-ms-regedit", Family.PROGRAM, ""),
    ("BEGIN:VCARD", "text/vcard", Family.OTHER, "fmt/395"),
    ("BEGIN:VCALENDAR", "text/calendar", Family.OTHER, "fmt/388"),
    ("\\documentclass", "text/x-tex", Family.TEXT, ""),
    ("%!PS", "application/postscript", Family.OTHER, ""),
    ("%FDF-", "application/vnd.fdf", Family.OTHER, ""),
    ("-----BEGIN PGP", "application/pgp-encrypted", Family.OTHER, ""),
    ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "application/x-eicar", Family.PROGRAM, ""),
)
_SECTION = re.compile(r"^\[(autorun|internetshortcut|desktop entry)\]", re.IGNORECASE | re.MULTILINE)
_SECTIONS = {"autorun": 3, "internetshortcut": 1, "desktop entry": 2}


def _marked(begin: str, _text: Text, _: Sample) -> Found | None:
    """What begins with a word of its own; a section of a settings file may have comments before it."""
    for word, media_type, family, pronom in _MARKED:
        if begin.startswith(word):
            return media_type, family, pronom or _rtf_pronom(begin, media_type)
    section = _SECTION.search(begin) if begin[0] in "[;#" else None
    return _MARKED[_SECTIONS[section[1].lower()]][1:] if section else None


def _rtf_pronom(begin: str, media_type: str) -> str:
    """The version is told by control words alone; what Word 97 and later write, and those before, are told apart."""
    if media_type != "application/rtf":
        return ""
    return "fmt/45" if begin.startswith("{\\rtf1\\ansi") and "\\stshf" not in begin else ""


_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*\r?\n")
# fmt: off
_MAIL_HEADERS = frozenset({
    "from", "to", "cc", "date", "subject", "message-id", "mime-version", "received", "return-path", "reply-to",
    "sender", "delivered-to", "content-type", "dkim-signature", "x-mailer", "x-priority", "in-reply-to", "references",
    "thread-topic", "importance", "authentication-results",
})
# fmt: on
_MBOX = re.compile(r"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ")


def _mail(begin: str, _text: Text, _: Sample) -> Found | None:
    """A message by three header lines that only mail has, one of them from whom or when; a box by its From line."""
    mbox = bool(_MBOX.match(begin))
    if mbox:
        begin = begin.partition("\n")[2]
    at = 0
    names: list[str] = []
    while len(names) < 40 and (match := _HEADER.match(begin, at)):
        names.append(match[1].lower())
        at = match.end()
    known = _MAIL_HEADERS.intersection(names)
    if len(known) < 3 or not known & {"from", "date", "received", "message-id", "mime-version"}:
        return None
    if mbox:
        return "application/mbox", Family.MAIL, "fmt/720"
    return "message/rfc822", Family.MAIL, "fmt/950" if "mime-version" in known else "fmt/278"


_JSON_BEGIN = re.compile(r"""(?:\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\{\s*\}|\[\s*(?:[\[{"\]\d]|-\d|true\b|false\b|null\b))""")


def _json(begin: str, text: Text, sample: Sample) -> Found | None:
    """JSON: parsed when it is all here, else by how it begins and ends; or a line of it after the other."""
    if begin[0] not in "{[" or not _JSON_BEGIN.match(begin):
        return None
    first, _, rest = begin.partition("\n")
    if rest.startswith("{") and _is_json(first):
        return "application/jsonl", Family.TEXT, ""
    broken = sample.size <= len(sample.head) and not _is_json(text.head)
    if broken and (begin[0] == "[" or text.head.rstrip(_SPACE).endswith(("}", "]"))):
        return None
    return "application/json", Family.TEXT, "fmt/817"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

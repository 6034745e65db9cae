"""Text out of HTML, in one pass that is linear in its length whatever it holds; for pages, mail, books and drawings.

``html.parser`` takes quadratic time on what strangers can write. This reader knows tags, comments, and what stands
between them; what is left open at the end is left out.
"""

import re
from html import unescape

from linksync.knowledge.gathering import Gathering

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s*=\s*(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,400}))""")
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg:style", "object", "math"})
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
    }
    | {"s", "samp", "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr", "tspan", "acronym", "big"}
)
_CELLS = frozenset({"td", "th"})
_AUTHORS = frozenset({"author", "dc.creator", "dcterms.creator"})
_DATES = {"created": "created", "dcterms.created": "created", "dc.date": "created", "changed": "modified"}
_DATES |= {"dcterms.modified": "modified"}
_SPACE = re.compile(r"\s+")
_PAUSES = 1000


def read_markup(page: str, into: Gathering) -> None:
    """Say the text of a page, its title and who wrote it.

    Raises:
        FullError: enough was gathered.
    """
    at, tags, small = 0, 0, page.lower() if len(page.lower()) == len(page) else page
    while (begin := page.find("<", at)) >= 0:
        _say(page[at:begin], into)
        tags += 1
        if tags % _PAUSES == 0:
            into.pause()
        if page.startswith("<!--", begin):
            at = _after(page, "-->", begin + 4)
        elif page.startswith("<![CDATA[", begin):
            at = begin + 9
        elif match := _TAG.match(page, begin):
            at = _tag(page, small, begin, match, into)
        elif page[begin + 1 : begin + 2] in ("!", "?", "/"):
            at = _after(page, ">", begin + 2)
        else:
            into.say("<")
            at = begin + 1
        if at < 0:
            return
    _say(page[at:], into)


def _after(page: str, what: str, start: int) -> int:
    """Where what follows begins; -1 when it is never closed."""
    at = page.find(what, start)
    return at + len(what) if at >= 0 else -1


def _tag(page: str, small: str, begin: int, match: re.Match[str], into: Gathering) -> int:
    end = _after(page, ">", match.end())
    if end < 0:
        return -1
    name, closes = match[1].lower(), page[begin + 1] == "/"
    if not closes and name in _HIDDEN and page[end - 2] != "/":
        close = small.find(f"</{name}", end)
        return _after(page, ">", close) if close >= 0 else -1
    if not closes and name == "title" and not into.title:
        close = small.find("</title", end)
        into.title = unescape(page[end : min(close if close >= 0 else len(page), end + 4000)])
        return close
    if name == "meta":
        _meta(page[match.end() : min(end, match.end() + 8000)], into)
    elif name in _CELLS:
        into.say(" ")
    elif name not in _INLINE:
        into.line()
    return end


def _meta(said: str, into: Gathering) -> None:
    given = {name.lower(): unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(said)}
    name, content = (given.get("name") or given.get("property") or "").lower(), given.get("content", "")
    if name in _AUTHORS:
        into.author = into.author or content
    elif name in _DATES and not getattr(into, _DATES[name]):
        setattr(into, _DATES[name], content)


def _say(piece: str, into: Gathering) -> None:
    if piece:
        into.say(_SPACE.sub(" ", unescape(piece) if "&" in piece else piece))

"""Plain text that has a form: tables, and Markdown."""

import re

from linksync.knowledge.encodings import Text
from linksync.knowledge.identify_scripts import Found
from linksync.knowledge.identity import Family
from linksync.knowledge.sample import Sample

_LOOKED_AT = 16 << 10


def table(begin: str, text: Text, sample: Sample) -> Found | None:
    """A table: the same number of cells in every line; prose with commas has another number in each."""
    first = begin.partition("\n")[0]
    separators = [(separator, least) for separator, least in _SEPARATORS if separator in first]
    if not separators or first.startswith("|"):
        return None
    lines = text.head[:_LOOKED_AT].splitlines()
    if sample.size > len(sample.head) and len(lines) > 1:
        lines = lines[:-1]
    lines = [line for line in lines[:60] if line.strip()]
    for separator, least in separators:
        counts = [_cells(line, separator) for line in lines]
        even = len(lines) >= least and min(counts) > 0 and counts.count(counts[0]) * 10 >= len(counts) * 9
        if even and not (separator == "," and _is_prose(lines)):
            media_type = "text/tab-separated-values" if separator == "\t" else "text/csv"
            return media_type, Family.TEXT, "x-fmt/18" if media_type == "text/csv" else "x-fmt/13"
    return None


_SEPARATORS = (("\t", 2), (";", 2), ("|", 3), (",", 3))
"""What parts cells, and how many lines must show it."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def _cells(line: str, separator: str) -> int:
    return (_QUOTED.sub("", line) if '"' in line else line).count(separator)


def _is_prose(lines: list[str]) -> bool:
    """Commas mostly followed by a space, or so few of them that chance does it."""
    joined = "\n".join(lines)
    return joined.count(", ") * 2 > joined.count(",") or (len(lines) < 4 and joined.count(",") <= len(lines))


_LINES = re.compile(
    r"^(?:(?P<list> {0,3}[-*+] \S)|(?P<fence>```|~~~)|(?P<table>\|.*\|[ \t]*$)|(?P<quote>> )|(?P<number>\d+\. )"
    r"|(?P<heading>#{1,6} \S)|(?P<underlined>[^\s#>|-].*\n(?:=={2,}|--{2,})[ \t]*$))",
    re.MULTILINE,
)
_HEADING = re.compile(r"(?:\A|\n[ \t]*\r?\n)#{1,6} [^\n]+\n(?!#[^#])")
_CODE = re.compile(
    r"^(?:import \w|from \S+ import |def \w+\(|class \w+[:({]|#include|use \w|my [$@%]|package \w|function\b|const \w"
    r"|let \w|var \w|export \w|[\w.$@%-]+ ?\+?= ?\S|\w[\w.]*\(.*\)[;:]?$|[{}]\s*;?$|if .*(?:then|:|\{)$"
    r"|[a-z][\w-]*:(?: \S|$)|\.\. )",
    re.MULTILINE,
)
_CODE_LINES = 2
_WORDS = (
    ("](", re.compile(r"\[[^\[\]\n]+\]\([^()\n]+\)")),
    ("**", re.compile(r"\*\*[^*\n]+\*\*")),
    ("`", re.compile(r"`[^`\n]+`")),
    ("_", re.compile(r"(?<!\w)_[^_\n]+_(?!\w)")),
)


def markdown(begin: str, _text: Text, _: Sample) -> Found | None:
    """Markdown: a heading with another of its marks or with prose below, or three marks."""
    if "](" not in begin and "```" not in begin and len(_CODE.findall(begin)) > _CODE_LINES:
        return None
    kinds = {found.lastgroup for found in _LINES.finditer(begin)}
    words = sum(1 for sign, word in _WORDS if sign in begin and word.search(begin))
    heading = _HEADING.search(begin) is not None or "underlined" in kinds
    marks = len(kinds) + words
    titled = _HEADING.match(begin) is not None
    if titled or (heading and marks > 1) or marks > 2:
        return "text/markdown", Family.TEXT, "fmt/1149"
    return None

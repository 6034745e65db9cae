"""Numbers, days, sizes and foreign text as people read them, in Dutch and English.

Everything is spelled out here rather than asked of a locale, so that every host writes the same page to the
byte.
"""

import datetime as dt
import textwrap
from typing import Literal

from linksync.custody import names

Language = Literal["nl", "en"]

LANGUAGES: tuple[Language, ...] = ("nl", "en")

_MONTHS_NL = "januari februari maart april mei juni juli augustus september oktober november december"
_MONTHS_EN = "January February March April May June July August September October November December"
_DAYS_NL = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
_DAYS_EN = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS = {"nl": _MONTHS_NL.split(), "en": _MONTHS_EN.split()}
_SHORT = {
    "nl": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_DAYS = {"nl": _DAYS_NL.split(), "en": _DAYS_EN.split()}
_UNITS = ("kB", "MB", "GB", "TB")
FILES: dict[Language, tuple[str, str]] = {"nl": ("bestand", "bestanden"), "en": ("file", "files")}
BYTES: dict[Language, tuple[str, str]] = {"nl": ("byte", "byte"), "en": ("byte", "bytes")}
"""What is counted: one, and many."""


def day(date: dt.date, language: Language) -> str:
    """A day with its weekday: ``donderdag 12 november 2026``."""
    weekday, month = _DAYS[language][date.weekday()], _MONTHS[language][date.month - 1]
    return f"{weekday} {date.day} {month} {date.year}"


def short_day(date: dt.date, language: Language) -> str:
    """A day where there is little room: ``3 nov 2011``."""
    return f"{date.day} {_SHORT[language][date.month - 1]} {date.year}"


def clock(time: dt.datetime, language: Language) -> str:
    """The time of day in the zone that ``time`` carries: ``14:05 uur``; ``(UTC)`` is said where it is."""
    told = f"{time.hour:02}:{time.minute:02}"
    if time.utcoffset() == dt.timedelta(0):
        return f"{told} (UTC)"
    return f"{told} uur" if language == "nl" else told


def number(value: int, language: Language) -> str:
    """A whole number with its thousands apart: ``12.500`` in Dutch, ``12,500`` in English."""
    told = f"{value:,}"
    return told.replace(",", ".") if language == "nl" else told


def size(count: int, language: Language) -> str:
    """Bytes as people say them, in steps of a thousand: ``1,2 MB`` in Dutch, ``1.2 MB`` in English."""
    if count < 1000:
        return f"{count} {BYTES[language][count != 1]}"
    steps = next((n for n in range(1, len(_UNITS)) if count / 1000**n < 999.5), len(_UNITS))
    value, unit = count / 1000**steps, _UNITS[steps - 1]
    told = f"{value:.1f}" if value < 9.95 else number(round(value), language)
    return f"{told.replace('.', ',') if language == 'nl' and value < 9.95 else told} {unit}"


def files(count: int, language: Language) -> str:
    """``1 bestand``, ``3 bestanden``; ``1 file``, ``3 files``."""
    return f"{number(count, language)} {FILES[language][count != 1]}"


def plain(text: str) -> str:
    r"""Foreign text on one line, nothing in it hidden: controls and turns of direction show as ``\xNN``.

    Spaces and line breaks become one space; a backslash stays single, since this is prose and not a path.
    """
    shown = names.escape(" ".join(text.split()).encode("utf-8", "surrogateescape"))
    return shown.replace("\\\\", "\\")


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of foreign prose, each made ``plain``; an empty line parts them."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return tuple(told for told in map(plain, blocks) if told)


def wrap(text: str, width: int = 74, indent: str = "") -> str:
    """Prose folded into lines of at most ``width`` characters, the lines after the first indented."""
    return "\n".join(
        textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )

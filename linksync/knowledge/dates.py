"""Dates as documents write them, in one form: RFC 3339, as exact as the document says, in the document's own time."""

import re
from datetime import date

_DATE = re.compile(
    r"\s*(?:D:)?(\d{4})(?:[-:/]?(\d\d)(?:[-:/]?(\d\d)"
    r"(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d\d(?:[:']?\d\d)?)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_EARLIEST, _LATEST = 1800, 2200


def when(said: str) -> str:
    """A date as OOXML, ODF, PDF, EXIF and ID3 write them.

    Returns:
        ``2011``, ``2011-11``, ``2011-11-03`` or ``2011-11-03T09:30:00`` with ``Z`` or ``+01:00`` when it is given;
        empty when it is no date of the calendar between 1800 and 2200.
    """
    match = _DATE.match(said[:64])
    if match is None or not _EARLIEST <= int(match[1]) <= _LATEST:
        return ""
    year, month, day = match[1], match[2], match[3]
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        return ""
    if day is None:
        return f"{year}-{month}"
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return ""
    return f"{year}-{month}-{day}{_time(match)}"


def _time(match: re.Match[str]) -> str:
    """The time of day, empty when there is none, or none that exists."""
    if match[4] is None:
        return ""
    hour, minute, second = (int(match[at] or 0) for at in (4, 5, 6))
    if hour > 23 or minute > 59 or second > 59:
        return ""
    return f"T{hour:02}:{minute:02}:{second:02}{_offset(match[7] or '')}"


def _offset(said: str) -> str:
    if not said or said in "Zz":
        return said.upper()
    digits = said[1:].replace(":", "").replace("'", "").ljust(4, "0")
    if int(digits[:2]) > 14 or int(digits[2:]) > 59:
        return ""
    return f"{said[0]}{digits[:2]}:{digits[2:]}" if int(digits) else "Z"

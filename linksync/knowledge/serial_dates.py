"""Dates in sheets: numbers of days, which are dates by the format that they are shown in.

ECMA-376 part 1, 18.8.30 (formats that every program knows) and 18.17.4.1 (the two ways to count).
"""

import re
from datetime import datetime, timedelta

KNOWN_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of formats that show a date or a time and are written down nowhere."""

_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|;.*')
_LATEST = 2_958_466
"""The first day of the year 10000."""


def shows_a_date(code: str) -> bool:
    """Whether a format shows years, months or days: ``dd-mm-yyyy`` does, ``0.00`` and ``"dagen" 0`` do not."""
    bare = _QUIET.sub("", code[:200].lower())
    return "general" not in bare and any(letter in bare for letter in "ydm") and "0" not in bare


def shown(days: float, from_1904: bool = False) -> str:
    """A number of days as a date, ``2011-11-03`` or ``2011-11-03 09:30``; empty when it is none.

    Args:
        days: since the last day but one of 1899, as if 1900 had been a leap year.
        from_1904: since the first day of 1904 instead.
    """
    if not 61 <= days < _LATEST:  # before March 1900 the two counts differ; times of day have no date
        return ""
    epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    moment = epoch + timedelta(seconds=round(days * 86_400))
    return f"{moment:%Y-%m-%d}" if float(days).is_integer() else f"{moment:%Y-%m-%d %H:%M}"

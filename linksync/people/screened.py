"""What is told of one file that was screened: the code that says most, its sentence, and what to do."""

from collections.abc import Collection
from typing import NamedTuple

from linksync.custody.screening import CODES, GRAVEST_FIRST, POLICY, Class, gravest_code
from linksync.people.sentences_screening import SCREENED
from linksync.people.texts import Language


class Told(NamedTuple):
    """A sentence, and what to do about it."""

    sentence: str
    remedy: str


def telling_code(class_: Class, codes: Collection[str]) -> str:
    """The code that tells most of why a file has its class; empty where nothing is to be told.

    Args:
        class_: that of the file.
        codes: all that was said of it.
    """
    gravest = gravest_code(codes, {})
    by_itself = gravest != "" and GRAVEST_FIRST.index(CODES[gravest]) <= GRAVEST_FIRST.index(class_)
    return POLICY if POLICY in codes and not by_itself else gravest


def screened(class_: Class, codes: Collection[str], language: Language) -> Told | None:
    """What is told of a file beside its name; None where nothing is."""
    code = telling_code(class_, codes)
    if code not in SCREENED:
        return None
    _, sentence, remedy = SCREENED[code]
    at = 0 if language == "nl" else 1
    return Told(sentence[at], remedy[at])

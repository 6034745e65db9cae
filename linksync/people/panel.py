"""The panel that a host sees while a stick is in: its words, and the page as bytes. Pure.

The page shows the board (``host/daemon/board.py``) and keeps itself up to date; it fetches nothing from elsewhere and
runs only the one script whose hash its policy names. Names of files come from strangers: they are text in it, never
markup. ``told`` puts the daemon's slugs, and those of errors, into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.people.sentences import error_told, filled
from linksync.people.sentences_daemon import HELD, SAID
from linksync.people.texts import Language
from linksync.people.verdicts import VERDICTS

WORDS = {**SAID, **HELD}
"""Slug to sentence, and to what to do now, in Dutch and English; other errors have a sentence alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A sentence with what to do now, which may be empty, in Dutch and English."""

    nl: str
    en: str
    next_nl: str = ""
    next_en: str = ""


def told(slug: str, fields: Mapping[str, object] | None = None) -> Spoken:
    """What the daemon says, in words; an error without words for the panel says its own sentence.

    Args:
        slug: of the daemon's own, or of an error.
        fields: what fills it; text in it is escaped already. What is missing shows as an ellipsis.
    """
    given = dict(fields or {})
    if slug not in WORDS:
        return Spoken(nl=error_told(slug, given, "nl"), en=error_told(slug, given, "en"))
    sentence, todo = WORDS[slug]
    nl, en = (given | _verdict(given, language) for language in ("nl", "en"))
    return Spoken(
        nl=filled(sentence, nl, "nl"),
        en=filled(sentence, en, "en"),
        next_nl=filled(todo, nl, "nl"),
        next_en=filled(todo, en, "en"),
    )


def _verdict(fields: Mapping[str, object], language: Language) -> dict[str, object]:
    """The verdict of an exit status in words, where a field gives one."""
    status = fields.get("exit")
    verdict = VERDICTS.get(status) if isinstance(status, int) else None
    return {"verdict": verdict.sentence(language), "remedy": verdict.remedy(language)} if verdict else {}

"""The panel that a host sees while a stick is in: its words, and the page as bytes. Pure.

The page shows the board (``host/daemon/board.py``) and keeps itself up to date; it fetches nothing from elsewhere and
runs only the one script whose hash its policy names, which has no words of its own (``panel_words``). Names of files
come from strangers: they are text in it, never markup. ``told`` puts the daemon's slugs, and those of errors, into
words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from linksync.people import look, pages, panel_words
from linksync.people.sentences import error_told, filled
from linksync.people.sentences_daemon import SAID
from linksync.people.sentences_ejecting import EJECTING
from linksync.people.sentences_held import HELD
from linksync.people.sentences_log import LOG
from linksync.people.texts import LANGUAGES, Language, number
from linksync.people.verdicts import VERDICTS

_STEPS = (6, 7)
"""Links of the chain of steps: without an archive, and with one."""

WORDS = {**SAID, **EJECTING, **LOG, **HELD}
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


def time_left(seconds: int, language: Language) -> str:
    """How long something still takes, as roughly as it is known: ``nog 45 seconden``, ``about 3 minutes left``."""
    if seconds < 90:
        unit, shown = "seconds", max(1, seconds) if seconds < 10 else -(-seconds // 5) * 5
    else:
        unit, shown = ("minutes", round(seconds / 60)) if seconds < 5400 else ("hours", round(seconds / 3600))
    told = panel_words.LEFT[unit][shown != 1][language == "en"]
    return told.format(n=number(shown, language))


def page(*, key: str, place: str, language: Language) -> bytes:
    """The page as UTF-8; it finds its board at ``place`` + ``events`` and presses buttons at ``place`` + ``do``.

    Args:
        key: what it shows when a button is pressed; ours, never foreign text.
        place: a path on the same server that ends in a slash.
        language: that stands in front, until somebody switches.
    """
    paint = {f"{n}": f'class="link-{n}"' for n in range(max(_STEPS))}
    paint |= {f"{n}-gap": f'class="gap link-{n}"' for n in range(max(_STEPS))}
    told = pages.HTML.get_template("panel.html.j2").render(
        key=key,
        place=place,
        language=language,
        words=json.dumps({language: panel_words.of_page(language) for language in LANGUAGES}),
        headings=panel_words.HEADINGS,
        empty=panel_words.EMPTY,
        gone=panel_words.GONE,
        now=panel_words.NEXT,
        css=Markup(pages.source("panel.css")),  # noqa: S704 - our own file
        js=Markup(pages.source("panel.js")),  # noqa: S704 - our own file
        mark=look.chain_paths(("done", "here"), _paint("done", "here")),
        mark_width=look.chain_width(2),
        open_chain=look.chain_paths(("done", "done", "ahead"), _paint("done", "ahead")),
        open_width=look.chain_width(3),
        chain={steps: look.chain_paths([str(n) for n in range(steps)], paint) for steps in _STEPS},
        chain_width={steps: look.chain_width(steps) for steps in _STEPS},
        chain_height=look.LINK_HEIGHT + 12,
    )
    return told.encode()


def policy() -> str:
    """The page's Content-Security-Policy; it fetches from its own server alone, and nobody frames it."""
    css, js = pages.source("panel.css"), pages.source("panel.js")
    return pages.policy(css, js, connect="'self'", ancestors="'none'")


def _paint(*states: str) -> dict[str, str]:
    whole = {state: f'class="{state}"' for state in states}
    return whole | {f"{state}-gap": f'class="gap {state}"' for state in states}

"""Queries: what people type, and what else narrows a search.

Words are all looked for, in whatever form. ``"two words"`` are a phrase, ``begin*`` is the beginning of a word, and
``-word`` must not be there. Words that say nothing (*de*, *the*, *hoe*) are left out where others say something.
Nothing that is typed is an error of syntax.
"""

import re
from dataclasses import dataclass
from typing import Literal

from linksync.knowledge.stems import STOPWORDS, composed, words

TERMS_MAX = 16
"""Terms of a query; the others are left out."""

_QUOTES = str.maketrans(dict.fromkeys("„“”‟«»″", '"'))
_TERM = re.compile(r'(?P<not>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Something to look for.

    Attributes:
        words: in lower case; more than one are a phrase.
        prefix: whether the word is the beginning of one.
        excluded: whether it must not be there.
    """

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search.

    Attributes:
        text: as typed.
        host: the id of who handed it over, or a part of it.
        stop: the place where that was, or a part of its name.
        since: the first day, ``2011-11-03`` or the beginning of one; ``until`` the last, likewise. Empty for any.
        type: a family (``pdf``), a media type or the ending of a name.
        audience: only what these may see.
        limit: the most results.
    """

    text: str
    host: str = ""
    stop: str = ""
    since: str = ""
    until: str = ""
    type: str = ""
    audience: Literal["", "everyone", "organisers"] = ""
    limit: int = 20

    @property
    def terms(self) -> tuple[Term, ...]:
        """What to look for."""
        return read_terms(self.text)


def read_terms(text: str) -> tuple[Term, ...]:
    """The terms of what somebody typed; none where no word is in it."""
    found = [term for match in _TERM.finditer(composed(text.translate(_QUOTES))) if (term := _term(match)) is not None]
    telling = [one for one in found if one.excluded or not _says_nothing(one)]
    wanted = telling if any(not one.excluded for one in telling) else found
    return tuple(dict.fromkeys(wanted))[:TERMS_MAX]


def _term(match: re.Match[str]) -> Term | None:
    typed = match["phrase"] if match["phrase"] is not None else match["word"]
    some = tuple(words(typed))
    if not some:
        return None
    prefix = match["phrase"] is None and typed.endswith("*") and len(some) == 1 and len(some[0]) > 1
    return Term(words=some, prefix=prefix, excluded=bool(match["not"]))


def _says_nothing(term: Term) -> bool:
    return len(term.words) == 1 and not term.prefix and term.words[0] in STOPWORDS

"""Stems: what is left of a Dutch or English word when its inflection is taken away, and which words are one word.

A word is searched by its **token**: Porter's Dutch or the English stem, with the last consonant as a Dutch noun in the
singular has it (*brieven*, *brief*). Dutch words whose tokens differ and that are forms of one word all the same
(*rooster*, *geroosterd*; *plannen*, *gepland*) have a **key** in common: the stem by Kraaij and Pohlmann, where it took
no more than a participle's *ge* away, or a token without the ending of a past tense.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar

import Stemmer

VERSION = f"1 {Stemmer.version()}"
"""Goes up whenever a token or a key changes; an index with others is none."""

WORD_MAX = 64
"""Characters of a word; what is longer is cut off."""
WORD = re.compile(r"[^\W_]+")

_MARKS = ".,:;!?·()[]/\"'-_\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022"
"""What mostly stands between words, beside spaces."""
_CACHE = 400_000
T = TypeVar("T")
_DUTCH, _DUTCH_KP = Stemmer.Stemmer("dutch_porter", 0), Stemmer.Stemmer("dutch", 0)
_ENGLISH = Stemmer.Stemmer("english", 0)
_DOUBLED = frozenset("bcdfgklmnprst")
_HARD = {"v": "f", "z": "s"}
_PAST = re.compile(r"(?:[kfspx]|ch)ten?$|[bdglmnrvwz]den?$")
_PAST_ENDS = ("d", "t", "e", "en")
_PLURAL = re.compile(r".{2}(?:[eo][lmnr]|aar|je|.[aeiou])s$")
_PARTICIPLE = re.compile(r"ge(.{4,})[dt]$")
_SEPARABLE = re.compile(
    r"(?:aan|af|achter|bij|binnen|buiten|door|in|los|mee|mis|na|om|onder|op|over|samen|tegen|terug|thuis|toe|uit|vast|"
    r"voor|weg|zelf)?ge.+[dt]$"
)
_IRREGULAR = {"kinder": "kind", "eier": "ei", "lieder": "lied", "blader": "blad", "goeder": "goed"}

STOPWORDS = frozenset(
    """
    de het een en van in is op te dat die voor met zijn aan niet ook als er maar om dan bij nog naar uit door over ze
    tot wordt worden werd werden je hij zij we wij ik u uw hun haar ons onze mijn jouw dit deze of al wel geen zo kan
    kunnen wil willen moet moeten mag zou zal zullen heeft hebben had hadden was waren ben bent wat wie waar hoe wanneer
    waarom welke welk toch daar hier dus want omdat zodat doen doet gaan gaat veel meer meest heel zeer alle alles iets
    onder tegen tussen zonder na per via men hem mij jij jullie hen zich zelf eens even nu toen
    terwijl steeds zelfs tijdens sinds totdat
    the a an and of to in is on that this these those for with as at by from or be are was were been it its not but if
    then than so we you he she they i our your their his her my me us them there here what which who how when where why
    do does did can could will would shall should may might must have has had no nor all any some more most very into
    about over under between through during also only own same such too
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""Words that say nothing of what a document is about: a query goes without them where it has others."""


class Forms(NamedTuple):
    """What a word is searched by.

    Attributes:
        dutch: its token as a Dutch word; ``english`` likewise.
        keys: what other Dutch tokens of the same word may have in common with it.
    """

    dutch: str
    english: str
    keys: tuple[str, ...]


class Table(dict[str, T]):
    """What is made of a word, made once; it forgets all when there is too much of it."""

    def __init__(self, make: Callable[[str], T]) -> None:
        """Make with that."""
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> T:
        if len(self) > _CACHE:
            self.clear()
        made = self[word] = self._make(word)
        return made


def words(text: str) -> list[str]:
    """The words of a text, in lower case, in their order."""
    spaced = lower(text)
    for mark in _MARKS:
        spaced = spaced.replace(mark, " ")
    found = spaced.split()
    return found if "".join(found).isalnum() else WORD.findall(spaced)  # a split is quicker, where it says the same


def lower(text: str) -> str:
    """A text in lower case, composed; as long as the composed text is, so that places stay what they were."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def composed(text: str) -> str:
    """A text with one character for each letter with its accents, as far as there is one."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


@lru_cache(_CACHE)
def forms(word: str) -> Forms:
    """What a word, in lower case, is searched by."""
    folded = fold(word)[:WORD_MAX]
    dutch = dutch_token(folded)
    keys = {_kraaij_pohlmann(folded), _past(folded, dutch), _with_s(folded)} - {""}
    keys |= {dutch_token(key) for key in keys}
    told = tuple(sorted(key for key in keys - STOPWORDS - {dutch} if len(key) > 2))
    return Forms(dutch or folded, _ENGLISH.stemWord(folded) or folded, told)


@lru_cache(_CACHE)
def dutch_token(word: str) -> str:
    """The token of a word without accents, as a Dutch word."""
    token = _singular(_DUTCH.stemWord(word))
    return _IRREGULAR.get(token, token)


DUTCH: Table[str] = Table(lambda word: forms(word).dutch)
ENGLISH: Table[str] = Table(lambda word: forms(word).english)
"""A word's token: quicker than ``forms`` for all words of a text."""


def fold(word: str) -> str:
    """A word without accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) or word


def _singular(stem: str) -> str:
    """A stem with the last consonant of the singular: *plann* is *plan*, *briev* is *brief*, *huiz* is *huis*."""
    if len(stem) < 4:
        return stem
    last = stem[-1]
    if last == stem[-2] and last in _DOUBLED:
        return stem[:-1]
    return stem[:-1] + _HARD[last] if last in _HARD else stem


def _kraaij_pohlmann(word: str) -> str:
    """The stem by Kraaij and Pohlmann; empty where it took away more than an ending and a participle's *ge*."""
    stem = str(_DUTCH_KP.stemWord(word))
    is_whole = (len(stem) > 1 and word.startswith(stem[: max(2, len(stem) - 3)])) or bool(_SEPARABLE.match(word))
    return _singular(stem) if is_whole and len(stem) >= 0.4 * len(word) else ""


def _past(word: str, token: str) -> str:
    """The stem of a participle or a past tense; empty where a word does not look like one."""
    if not word.endswith(_PAST_ENDS):
        return ""
    if participle := _PARTICIPLE.match(word):
        return _singular(participle[1])
    if _PAST.search(word) and len(token) > 4:
        return _singular(token[:-1])
    return _singular(word[:-1]) if word.endswith("t") and token.endswith("t") and len(token) > 5 else ""


def _with_s(word: str) -> str:
    """A plural without its *s*, as *havens*; a word of which the *s* is no plural's with it, as *fiets*."""
    if not word.endswith("s"):
        return ""
    if _PLURAL.search(word):
        return word[:-1]
    return word if len(word) > 3 and _DUTCH.stemWord(word) == word[:-1] else ""

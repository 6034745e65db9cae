"""Stems: what is left of a Dutch or English word when its inflection is taken away, and which words are one word.

A word is searched by its **token**: Porter's Dutch or the English stem, with the last consonant as a Dutch noun in the
singular has it (*brieven*, *brief*). Dutch words whose tokens differ and that are forms of one word all the same
(*rooster*, *geroosterd*; *plannen*, *gepland*) have a **key** in common: the stem by Kraaij and Pohlmann, where it took
no more than a participle's *ge* away, or a token without the ending of a past tense.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer

VERSION = f"1 {Stemmer.version()}"
"""Goes up whenever a token or a key changes; an index with others is none."""

WORD_MAX = 64
"""Characters of a word; what is longer is cut off."""
WORD = re.compile(r"[^\W_]+")

_CACHE = 400_000
_DUTCH, _DUTCH_KP = Stemmer.Stemmer("dutch_porter", 0), Stemmer.Stemmer("dutch", 0)
_ENGLISH = Stemmer.Stemmer("english", 0)
_DOUBLE = re.compile(r"([bcdfgklmnprstz])\1$")
_DOUBLE_VOWEL = re.compile(r"([aeou])\1([^aeiou]*)$")
_PAST = re.compile(r"(?:te?|ten|de?|den)$")
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


def words(text: str) -> list[str]:
    """The words of a text, in lower case, in their order."""
    return WORD.findall(lower(text))


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
    dutch = _singular(_DUTCH.stemWord(folded))
    dutch = _IRREGULAR.get(dutch, dutch)
    english = _ENGLISH.stemWord(folded)
    keys = {_participle(folded), _present(folded, dutch)} - {"", dutch}
    return Forms(dutch or folded, english or folded, tuple(sorted(keys)))


def fold(word: str) -> str:
    """A word without accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) or word


def _singular(stem: str) -> str:
    """A stem with the last consonant of the singular: *plann* is *plan*, *briev* is *brief*, *huiz* is *huis*."""
    if len(stem) < 4:
        return stem
    stem = _DOUBLE.sub(r"\1", stem)
    return stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1])


def _participle(word: str) -> str:
    """The stem by Kraaij and Pohlmann; empty where it took away more of the beginning than a participle's *ge*."""
    stem = str(_DUTCH_KP.stemWord(word))
    same = next((at for at, (a, b) in enumerate(zip(stem, word, strict=False)) if a != b), min(len(stem), len(word)))
    whole = same >= max(2, len(stem) - 3)
    return _singular(stem) if len(stem) > 2 and (whole or _SEPARABLE.match(word)) else ""


def _present(word: str, token: str) -> str:
    """The token without the ending of a past tense or participle; empty where it has none."""
    participle = _PARTICIPLE.match(word)
    if participle:
        base = participle[1]
    elif _PAST.search(word) and token[-1:] in "td" and len(token) > 5:
        base = token[:-1]
    else:
        return ""
    return _singular(_DOUBLE_VOWEL.sub(r"\1\2", base))

"""What is wrong with a field of a page, in people's words: of msgspec's own messages and of our records'.

Whoever fills in ``relay.yaml`` reads these. What no pattern knows is shown as it is.
"""

import re
from typing import Literal, TypeAlias

_Pair: TypeAlias = tuple[str, str]

_AT = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<place>[^`]*)`)?", re.DOTALL)
_KINDS = r"Expected `(.*)`, got `(.*)`"
_INDEX = re.compile(r"\[(\d+|\.\.\.)\]")

_PATTERNS: tuple[tuple[re.Pattern[str], _Pair], ...] = tuple(
    (re.compile(pattern), told)
    for pattern, told in (
        (
            r"Object contains unknown field `(.*)`",
            ('"{0}" is geen veld dat linksync kent', '"{0}" is not a field that linksync knows'),
        ),
        (
            r"Object missing required field `(.*)`",
            ('het veld "{0}" ontbreekt', 'the field "{0}" is missing'),
        ),
        (
            r"Expected `(?:str|array)` of length >= 1",
            ("het mag niet leeg zijn", "it may not be empty"),
        ),
        (
            r"Expected `str` of length <= (\d+)",
            ("het is langer dan {0} tekens", "it is over {0} characters"),
        ),
        (
            r"Expected `array` of length <= (\d+)",
            ("het zijn er meer dan {0}", "there are more than {0}"),
        ),
        (
            r"Expected `str` matching regex '\^\(\?:\[a-z0-9\]\+.*",
            ("een id is kleine letters, cijfers en streepjes", "an id is small letters, digits and hyphens"),
        ),
        (
            r"Expected `str` matching regex '\^\(\?:SHA256:.*",
            ("een vingerafdruk is SHA256: en 43 tekens", "a fingerprint is SHA256: and 43 characters"),
        ),
        (
            r"Expected `str` matching regex '\^\(\?:\[0-9a-f\]\{(\d+)\}.*",
            ("dit zijn {0} tekens uit 0-9 en a-f", "this is {0} characters of 0-9 and a-f"),
        ),
        (
            r"Expected `str` matching regex .*",
            ("de vorm klopt niet", "it has the wrong form"),
        ),
        (
            r"Expected `(?:int|float)` ([<>]=) (-?\d+)(?:\.0)?",
            ("het getal moet {0} {1} zijn", "the number must be {0} {1}"),
        ),
        (
            _KINDS,
            ("hier hoort {0}, en er staat {1}", "this should be {0}, and is {1}"),
        ),
        (
            r"Invalid RFC3339 encoded date",
            ("een dag schrijf je als 2011-10-31", "a day is written as 2011-10-31"),
        ),
        (
            r"Invalid (?:RFC3339 encoded )?datetime.*",
            ("een tijd schrijf je als 2011-10-31T10:00:00Z", "a time is written as 2011-10-31T10:00:00Z"),
        ),
        (
            r"Invalid enum value '?(.*?)'?",
            ('"{0}" is hier geen keus', '"{0}" is no choice here'),
        ),
        (
            r"period ends (\S+) before it starts (\S+)",
            ("de estafette eindigt op {0}, voor ze op {1} begint", "the relay ends on {0}, before it starts on {1}"),
        ),
        (
            r"stop on (\S+) names host (\S+), which is not in hosts",
            (
                "de halte op {0} is bij {1}, en die staat niet bij de gastheren",
                "the stop on {0} is at {1}, which is not in hosts",
            ),
        ),
        (
            r"the same (?:id|revoked key|key) stands (\d+) times: (.*)",
            ("{1} staat er {0} keer", "{1} stands there {0} times"),
        ),
        (
            r"screening names (\S+), a code that this version does not know",
            (
                '"{0}" is geen code van screening die deze versie van linksync kent',
                '"{0}" is no code of screening that this version of linksync knows',
            ),
        ),
        (
            r"(\S+) still has a revoked key",
            ("bij {0} staat nog een sleutel die is ingetrokken", "{0} still has a key that is revoked"),
        ),
        (
            r"key of (\S+): key-other-type",
            ("de sleutel van {0} is geen ssh-ed25519", "the key of {0} is not ssh-ed25519"),
        ),
        (
            r"key of (\S+): key-is-private",
            (
                "bij {0} staat een geheime sleutel; hier hoort de regel uit het .pub-bestand",
                "{0} has a private key there; this is the place for the line in the .pub file",
            ),
        ),
        (
            r"key of (\S+): .*",
            (
                "de sleutel van {0} is niet de regel uit een .pub-bestand",
                "the key of {0} is not the line of a .pub file",
            ),
        ),
    )
)

_TYPES: dict[str, _Pair] = {
    "str": ("tekst", "text"),
    "int": ("een heel getal", "a whole number"),
    "float": ("een getal", "a number"),
    "float | null": ("een getal", "a number"),
    "bool": ("ja of nee", "true or false"),
    "null": ("niets", "nothing"),
    "array": ("een lijst", "a list"),
    "object": ("een blok met velden", "a block of fields"),
    "date": ("een dag", "a day"),
    "datetime": ("een tijd", "a time"),
}
"""What msgspec calls the kinds of values, as people do."""


def field_told(why: str, language: Literal["nl", "en"]) -> str:
    """A field's mistake in words, with its place: ``stops 1, latitude: het getal moet <= 90 zijn``.

    Args:
        why: of a FormatError ``record-fields``.
        language: to tell it in.
    """
    match = _AT.fullmatch(why)
    what, place = (match["what"], match["place"]) if match else (why, None)
    for pattern, told in _PATTERNS:
        if found := pattern.fullmatch(what):
            kinds = pattern.pattern == _KINDS  # elsewhere a word may be a field that is called "date"
            words = [_kind(group, language) if kinds else group for group in found.groups()]
            where = f"{_place(place)}: " if place else ""
            return where + (told[0] if language == "nl" else told[1]).format(*words)
    return why


def _kind(word: str, language: str) -> str:
    if word not in _TYPES:
        return word
    return _TYPES[word][0] if language == "nl" else _TYPES[word][1]


def _place(path: str) -> str:
    """``.stops[0].latitude`` as people count: ``stops 1, latitude``."""
    counted = _INDEX.sub(lambda index: f" {int(index[1]) + 1}" if index[1].isdigit() else "", path)
    return counted.strip(".").replace(".", ", ")

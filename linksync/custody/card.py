"""The participant's card: what somebody says of what they gave (format 1, "The card").

``KAART.txt`` is typed by people in Notepad or Word, so it is read with patience: any encoding, any case, with or
without accents and spaces, Dutch or English, in any order, with a colon or what Word makes of it. Only one thing is not
guessed: whether everyone may see it. Anything but an unmistakable yes leaves a contribution with the organisers. A card
is never sealed and never trusted; it is read again when it is needed.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from linksync.custody.strict_yaml import Value, load
from linksync.errors import FormatError

Language = Literal["nl", "en"]

BYTES_MAX = 64 * 1024
"""A larger file is no card."""
FIELD_MAX = 4000
"""Characters of a field; what is longer is cut off when read."""

_NAMES = frozenset({"kaart.txt", "card.txt", "card.yaml", "card.yml"})
_TEXTS = ("title", "who", "where", "contact", "licence")
_LABELS: dict[str, dict[Language, str]] = {
    "title": {"nl": "Titel", "en": "Title"},
    "who": {"nl": "Wie", "en": "Who"},
    "where": {"nl": "Waar geleerd", "en": "Where learnt"},
    "what": {"nl": "Wat", "en": "What"},
    "keywords": {"nl": "Trefwoorden", "en": "Keywords"},
    "contact": {"nl": "Contact", "en": "Contact"},
    "everyone": {"nl": "Mag iedereen dit zien?", "en": "May everyone see this?"},
    "licence": {"nl": "Licentie", "en": "Licence"},
}
_TWINS: dict[str, tuple[str, ...]] = {
    "title": ("onderwerp", "subject"),
    "who": ("naam", "name", "auteur", "author", "organisatie", "organisation", "organization"),
    "where": ("waar", "where", "wherelearned", "plaats", "place", "locatie", "location"),
    "what": ("watgeleerd", "whatlearnt", "omschrijving", "beschrijving", "description", "samenvatting", "summary"),
    "keywords": ("trefwoord", "keyword", "sleutelwoorden", "steekwoorden", "tags"),
    "contact": ("email", "mail"),
    "everyone": ("everyone", "audience"),
    "licence": ("license",),
}
"""What people call a field as well, as ``_folded`` gives it."""
_LABEL_MAX = 200
"""Characters in which a label and its colon stand."""
_COLON = re.compile("\\s*\\?\\s*[:;=\uff1a\ufe55\ufe13\u2236\ua789]|[:\uff1a\ufe55\ufe13\u2236\ua789]")
_NO_COLON = re.compile("[;=?]|[\u2013\u2014]|-(?=\\s)")
_HINT = re.compile(r"\([^()]*\)")
_WITHIN = re.compile(r"(?<=\w)[\s-]+(?=\w)")
_BULLET = re.compile("(?m)^\\s*(?:[-*\u2022\u2013\u00b7]|\\d{1,2}[.)])\\s+")
_MARKS = "*_#"
_QUESTION = re.compile(
    r"[\s*_#]*(?:mag\s*iedereen\s*dit\s*zien|may\s*everyone\s*see\s*this)\s*"
    "(?:\\?\\s*[:;=\uff1a\ufe55\ufe13\u2236\ua789]|[?:;=\uff1a\ufe55\ufe13\u2236\ua789\u2013\u2014-])[*_]*\\s*"
    r"(?:[(\[]?\s*(?:ja\s*/\s*nee|yes\s*/\s*no|j\s*/\s*n|y\s*/\s*n)(?!\w)\s*[)\]]?)?\s*:?(.*)",
    re.IGNORECASE,
)
_QUOTED = re.compile("(?:> )*")

_YES = frozenset({"ja", "j", "jawel", "jazeker", "yes", "y", "iedereen", "everyone"})
_PADDING = _YES | frozenset(
    {"graag", "hoor", "natuurlijk", "zeker", "prima", "please", "sure", "dat", "dit", "het", "mag", "zien"}
    | {"may", "see", "this"}
)
_BETWEEN_WORDS = re.compile("[\\s,.!;:*\"'\u2018\u2019\u201c\u201d]+")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")

_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a participant says of what they gave. Every field may be empty.

    Attributes:
        title: on one line, as all but ``what``.
        who: a name, an organisation, or both.
        where: where it was learnt.
        what: in a few sentences; may have several lines.
        keywords: without commas, semicolons or repeats.
        contact: how to reach them.
        everyone: whether everyone may see it; only an unmistakable yes makes it so.
        licence: what others may do with it.

    Raises:
        ValueError: a field is longer than 4,000 characters, or not as ``read_card`` gives it: trimmed,
            without controls and characters that turn the direction of text.
    """

    title: str = ""
    who: str = ""
    where: str = ""
    what: str = ""
    keywords: tuple[str, ...] = ()
    contact: str = ""
    everyone: bool = False
    licence: str = ""

    def __post_init__(self) -> None:
        for field in _TEXTS:
            if getattr(self, field) != _one_line([_clean(getattr(self, field))]):
                raise ValueError(f"{field} of a card is one trimmed line")
        if self.what != _many_lines(_clean(self.what).split("\n")):
            raise ValueError("what of a card is trimmed text")
        if self.keywords != _words([_clean(", ".join(self.keywords))]):
            raise ValueError("keywords of a card are trimmed and differ")

    @property
    def audience(self) -> Literal["everyone", "organisers"]:
        """Who may see the contribution, in the words of ``handoff.yaml``."""
        return "everyone" if self.everyone else "organisers"

    def to_text(self, language: Language) -> str:
        """The card as ``KAART.txt``; ``read_card`` gives the same card back.

        Raises:
            ValueError: it is larger than a card may be (64 KiB), which needs thousands of wide characters.
        """
        answer = {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][self.everyone]
        lines = self.what.split("\n")
        values = {field: getattr(self, field) for field in _TEXTS} | {
            "what": "\n".join([*lines[:1], *(f"> {line}" if _quotes(line) else line for line in lines[1:])]),
            "keywords": ", ".join(self.keywords),
            "everyone": answer,
        }
        heads = {field: twins[language] for field, twins in _LABELS.items()}
        shown = (f"{head}{'' if head.endswith('?') else ':'} {values[field]}" for field, head in heads.items())
        text = "".join(f"{line.rstrip()}\n" for line in shown)
        if len(text.encode()) > BYTES_MAX:
            raise ValueError(f"a card is at most {BYTES_MAX} bytes")
        return text


def is_card_name(name: str) -> bool:
    """Whether a file of that name, without its folder, is a participant's card."""
    return name.isascii() and name.lower() in _NAMES


def read_card(name: str, data: bytes) -> Card | None:
    """Read a card with patience; never raises, whatever the bytes.

    Args:
        name: the file's name; ``.yaml`` and ``.yml`` are tried as YAML first.
        data: the whole file.

    Returns:
        The card, or None when the file is over 64 KiB or has none of a card's fields.
    """
    if len(data) > BYTES_MAX:
        return None
    text = _clean(_decoded(data))
    found = list(_yaml_fields(text)) if name.lower().endswith((".yaml", ".yml")) else []
    found = found or list(_typed_fields(text)) or list(_typed_fields(_BULLET.sub("", text)))
    if not found:
        return None
    return Card(
        title=_one_line(_of("title", found)),
        who=_one_line(_of("who", found)),
        where=_one_line(_of("where", found)),
        what=_many_lines(_of("what", found)),
        keywords=_words(_of("keywords", found)),
        contact=_one_line(_of("contact", found)),
        everyone=_consents(" ".join(lines) for field, lines in found if field == "everyone"),
        licence=_one_line(_of("licence", found)),
    )


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        broken = data.startswith(codecs.BOM_UTF8)
        return data.decode("utf-8" if broken else "cp1252", "replace")


def _clean(text: str) -> str:
    """One kind of line break, no tabs, nothing unseen; emoji stay whole."""
    return _UNSEEN.sub("", _LINE_BREAK.sub("\n", text).replace("\t", " "))


def _bare(text: str) -> str:
    """The same without accents, letter by letter."""
    return text if text.isascii() else "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _folded(label: str) -> str:
    """A label as it is looked up: without case, accents, spaces, hyphens, hints in brackets and marks around it."""
    return _WITHIN.sub("", _HINT.sub("", _bare(label)).strip().strip(_MARKS).strip()).casefold()


_LABELLED = {_folded(label): field for field, twins in _LABELS.items() for label in twins.values()}
_CALLED = {name: field for field, names in _TWINS.items() for name in names} | _LABELLED


def _label(line: str) -> tuple[str, str] | None:
    """The field that a line opens, and what follows its label.

    A colon of any kind ends a label; the labels of the form may end in what people and Word make of a colon as well.
    """
    head = line[:_LABEL_MAX]
    if match := _QUESTION.fullmatch(_bare(head) + line[_LABEL_MAX:]):
        return "everyone", line[match.start(1) :]
    for ends, known in ((_COLON, _CALLED), (_NO_COLON, _LABELLED)):
        if match := ends.search(head):
            field = known.get(_folded(head[: match.start()]))
            if field:
                value = line[match.end() :]
                return field, value.lstrip(_MARKS) if head.lstrip()[:1] in _MARKS else value
    return None


def _quotes(line: str) -> bool:
    """Whether a line of free text would be taken for a field, but for any ``> `` before it."""
    prefix = _QUOTED.match(line)
    return _label(line[prefix.end() :] if prefix else line) is not None


def _typed_fields(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each field as typed, with the lines up to the next one; what stands before the first is left alone."""
    lines: list[str] = []
    for line in text.split("\n"):
        if label := _label(line):
            lines = [label[1]]
            yield label[0], lines
        else:
            lines.append(line[2:] if line.startswith("> ") and _quotes(line) else line)


def _yaml_fields(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each field of a YAML map; nothing when it is no strict YAML."""
    try:
        page = load(text.encode(), limit=4 * BYTES_MAX)
    except FormatError:
        return
    for key, value in page.items() if isinstance(page, dict) else ():
        if label := _label(f"{key}:"):
            yield label[0], _spoken(value).split("\n")


def _spoken(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_spoken(item) for item in value)
    return str(value) if isinstance(value, str | int | float) else ""


def _of(field: str, found: Iterable[tuple[str, list[str]]]) -> list[str]:
    """The lines of a field, wherever it was typed."""
    return [line for name, lines in found if name == field for line in lines]


def _paragraph(lines: list[str]) -> list[str]:
    """The first lines that say something, up to an empty one."""
    said: list[str] = []
    for line in lines:
        if line.strip():
            said.append(line)
        elif said:
            break
    return said


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(_paragraph(lines)).split())[:FIELD_MAX].rstrip()


def _many_lines(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()[:FIELD_MAX].rstrip()


def _words(lines: list[str]) -> tuple[str, ...]:
    typed = re.split("[,;\n]", "\n".join(_paragraph(lines)))
    words = dict.fromkeys(" ".join(word.split()).lstrip("-*•# ") for word in typed)
    kept: list[str] = []
    for word in words:
        if word and len(", ".join([*kept, word])) <= FIELD_MAX:
            kept.append(word)
    return tuple(kept)


def _consents(answers: Iterable[str]) -> bool:
    """Whether there is an answer and every one is an unmistakable yes."""
    given = [_is_yes(answer) for answer in answers]
    return bool(given) and all(given)


def _is_yes(answer: str) -> bool:
    bracketed = _BRACKETED.fullmatch(answer.strip())
    words = [word for word in _BETWEEN_WORDS.split((bracketed[1] if bracketed else answer).casefold()) if word]
    return bool(words) and words[0] in _YES and all(word in _PADDING for word in words)

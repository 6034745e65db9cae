"""What people are told: a sentence in Dutch and English for every finding and every error.

The tables stand beside this module, by subject. A finding has a message, which names the thing and both values, and a
remedy, which says what to do. An error says in one or two sentences what happened, whether anything is lost, and what
to do now. A field that an error does not carry shows as an ellipsis: a sentence never fails.
"""

from collections.abc import Mapping
from typing import TypeAlias

from linksync.custody.findings import Finding
from linksync.errors import LinksyncError
from linksync.people import (
    sentences_archive,
    sentences_catalogue,
    sentences_content,
    sentences_custody,
    sentences_daemon,
    sentences_desk,
    sentences_disks,
    sentences_keys,
    sentences_limited,
    sentences_reading,
    sentences_records,
    sentences_screening,
    sentences_service,
    sentences_stick,
    sentences_structure,
    texts,
)
from linksync.people.sentences_fields import field_told
from linksync.people.texts import Language

Pair: TypeAlias = tuple[str, str]
"""The same in Dutch and in English."""

FINDINGS: dict[str, tuple[Pair, Pair]] = {
    **sentences_structure.FINDINGS,
    **sentences_custody.FINDINGS,
    **sentences_content.FINDINGS,
}
"""Code to message and remedy."""

ERRORS: dict[str, Pair] = {
    **sentences_keys.ERRORS,
    **sentences_records.ERRORS,
    **sentences_stick.ERRORS,
    **sentences_desk.ERRORS,
    **sentences_archive.ERRORS,
    **sentences_catalogue.ERRORS,
    **sentences_daemon.ERRORS,
    **sentences_disks.ERRORS,
    **sentences_service.ERRORS,
    **sentences_limited.ERRORS,
}
"""Slug to sentence."""

REASONS: dict[str, Pair] = {
    **sentences_records.REASONS,
    **sentences_content.REASONS,
    **sentences_desk.REASONS,
    **sentences_disks.REASONS,
    **sentences_limited.REASONS,
    **sentences_reading.REASONS,
    **sentences_screening.REASONS,
}
"""Slug of a reason, as it stands in a field, to words that complete a sentence."""

COMPUTED = frozenset({"path", "where"})
"""Placeholders that every sentence may use, whatever fields there are; a finding's ``both`` and ``named`` too."""

_UNKNOWN: Pair = (
    "Er ging iets mis ({slug}) en het werk is niet afgemaakt; er is niets half gedaan. Probeer het opnieuw, en vraag"
    " anders de organisatie.",
    "Something went wrong ({slug}) and the work was not finished; nothing was left half-done. Try again, else ask the"
    " organiser.",
)
_ATTESTED: tuple[Pair, Pair] = (
    (" Overdracht {attested} heeft dit vastgelegd.", " Hand-off {attested} recorded this."),
    (
        "U hoeft niets te doen: overdracht {attested} heeft het getekend en vastgelegd.",
        "Nothing to do: hand-off {attested} signed for it and recorded it.",
    ),
)
_THE_LINK: Pair = ("de Link", "the Link")
_THE_FILE: Pair = ("het bestand", "the file")
_BOTH: Pair = (" ({said} gezegd, {found} geteld)", " ({said} said, {found} counted)")
_LINE: Pair = ("regel {line}", "line {line}")


def finding_sentence(finding: Finding, language: Language) -> str:
    """What was found, in one sentence; for an attested one also which hand-off recorded it."""
    told = _of_finding(finding, language)
    sentence = filled(FINDINGS[finding.code][0], told, language)
    return sentence + (filled(_ATTESTED[0], told, language) if finding.attested else "")


def finding_remedy(finding: Finding, language: Language) -> str:
    """What to do about it, in one sentence."""
    remedy = _ATTESTED[1] if finding.attested else FINDINGS[finding.code][1]
    return filled(remedy, _of_finding(finding, language), language)


def error_sentence(error: LinksyncError, language: Language) -> str:
    """What happened, whether anything is lost, what to do now."""
    return error_told(error.slug, error.fields, language)


def error_told(slug: str, fields: Mapping[str, object], language: Language) -> str:
    """The same of an error of which only slug and fields are left."""
    given = {"slug": slug, **fields}
    given["where"] = _where(given, language)
    given.setdefault("path", _chosen(_THE_FILE, language))
    if "code" in given:
        given["code_told"] = _told_code(str(given["code"]), language)
    return filled(ERRORS.get(slug, _UNKNOWN), given, language)


def reason_told(reason: str, language: Language) -> str:
    """Why something was left out, as words that stand between brackets; what has no words is shown as it is."""
    return _chosen(REASONS[reason], language) if reason in REASONS else reason


def filled(pair: Pair, fields: Mapping[str, object], language: Language) -> str:
    """A sentence with its fields in it; one that is missing shows as an ellipsis.

    Args:
        pair: in Dutch and English; ``{x:bytes}``, ``{x:number}`` and ``{x:files}`` show a number as people say it.
        fields: text is escaped already.
        language: to speak.
    """
    if "why" in fields:
        fields = {**fields, "why": field_told(str(fields["why"]), language)}
    return _chosen(pair, language).format_map(_Fields({k: _Value(v, language) for k, v in fields.items()}))


class _Value:
    """A field's value, to be shown as words, ``{x:bytes}``, ``{x:number}`` or ``{x:files}``."""

    def __init__(self, value: object, language: Language) -> None:
        self._value, self._language = value, language

    def __format__(self, spec: str) -> str:
        text = str(self._value)
        if spec and text.isascii() and text.isdigit():
            shown = {"bytes": texts.size, "files": texts.files}.get(spec, texts.number)
            return shown(int(text), self._language)
        return reason_told(text, self._language)


class _Fields(dict[str, _Value]):
    def __missing__(self, name: str) -> _Value:
        return _Value("…", "en")


def _chosen(pair: Pair, language: Language) -> str:
    return pair[0] if language == "nl" else pair[1]


def _of_finding(finding: Finding, language: Language) -> dict[str, object]:
    fields = dict(finding.fields)
    told: dict[str, object] = {"attested": finding.attested, "both": "", "named": fields.get("path", "…"), **fields}
    told["path"] = finding.path or _chosen(_THE_LINK, language)
    if {"said", "found"} <= fields.keys():
        told["both"] = filled(_BOTH, fields, language)
    return told


def _where(fields: Mapping[str, object], language: Language) -> str:
    """The place of a mistake in a file: its path or name, and its line."""
    place = str(fields.get("path") or fields.get("what") or _chosen(_THE_FILE, language))
    line = fields.get("line")
    return f"{place}, {filled(_LINE, {'line': line}, language)}" if line else place


def _told_code(code: str, language: Language) -> str:
    """The code of a finding with what it says, for an error that rests on one."""
    if code not in FINDINGS:
        return code
    return f"{code}: {filled(FINDINGS[code][0], {'path': _chosen(_THE_LINK, language)}, language)}"

"""Sentences about reading documents for the search: why one has no text, and what the doctor finds of it."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]
_NOTHING: _Pair = ("", "")

REASONS: dict[str, _Pair] = {
    "text-no-reader": ("dit soort bestand wordt niet op tekst gelezen", "this kind of file is not read for text"),
    "text-no-text": ("er staat geen tekst in", "there is no text in it"),
    "text-encrypted": ("het vraagt om een wachtwoord", "it asks for a password"),
    "text-unreadable": (
        "het is beschadigd, of iets anders dan het zegt te zijn",
        "it is damaged, or something else than it says it is",
    ),
    "text-too-much": ("het pakt uit tot meer dan er bekeken wordt", "it unpacks to more than is looked at"),
    "text-not-read": ("het kon op deze computer niet geopend worden", "it could not be opened on this computer"),
    "text-worker-memory": (
        "het vraagt bij het lezen meer geheugen dan er is",
        "it asks for more memory than there is while it is read",
    ),
    "text-worker-time": ("het lezen duurde te lang", "reading it took too long"),
    "text-worker-died": ("het lezen brak af", "reading it broke off"),
    "text-worker-answer": ("er kwam meer uit dan bewaard wordt", "more came out of it than is kept"),
    "text-worker-refused": (
        "het probeerde bij het lezen iets te doen wat geen document nodig heeft; open het niet",
        "while it was read it tried to do what no document needs; do not open it",
    ),
}
"""Why a document has no text; words that follow a colon or stand between brackets."""

CHECKS: dict[str, tuple[_Pair, _Pair]] = {
    "catalogue-none": (
        ("Er is hier nog niets gelezen om in te zoeken.", "Nothing was read here yet to search in."),
        _NOTHING,
    ),
    "catalogue-read": (
        ("Te doorzoeken op deze computer: {count:files}.", "To be searched on this computer: {count:files}."),
        _NOTHING,
    ),
    "catalogue-without": (
        ("Zonder tekst: {count:files}, want {reason}.", "Without text: {count:files}, since {reason}."),
        _NOTHING,
    ),
    "catalogue-unread": (
        (
            "Nog te lezen voor het zoeken: de documenten van {count} overdracht(en).",
            "Still to be read for the search: the documents of {count} hand-off(s).",
        ),
        (
            "Dat gaat vanzelf waar de daemon draait, en anders met: linksync sync",
            "That goes by itself where the daemon runs, else with: linksync sync",
        ),
    ),
    "catalogue-old": (
        (
            "De catalogus om in te zoeken is van een andere versie van linksync.",
            "The catalogue to search in is of another version of linksync.",
        ),
        ("Maak hem opnieuw: linksync sync", "Make it again: linksync sync"),
    ),
}
"""What the doctor finds of it, and how to mend that."""

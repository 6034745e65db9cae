"""What organisers type wrong in relay.yaml is told in their words, whatever msgspec calls it."""

import pytest

from linksync.custody.keys import PublicKey
from linksync.custody.relay import relay_from_bytes
from linksync.demo.estafette import KEY_OWNERS, example_relay
from linksync.errors import FormatError
from linksync.people.sentences import error_sentence
from linksync.people.sentences_fields import field_told
from linksync.people.texts import LANGUAGES, Language

KEYS = {owner: PublicKey(bytes([number]) * 32) for number, owner in enumerate(KEY_OWNERS, start=3)}
PAGE = example_relay({owner: key.line for owner, key in KEYS.items()})

MISTAKES = [
    ("format: 1", "format: een", "format: hier hoort een heel getal, en er staat tekst"),
    ("format: 1", "format: 0", 'format: "0" is hier geen keus'),
    ("hosts:\n", "gasten:\n", '"gasten" is geen veld dat linksync kent'),
    ('    name: "School in Emmen"\n', "", 'hosts 5: het veld "name" ontbreekt'),
    ('name: "NCSI"', "name: 12", "organiser, name: hier hoort tekst, en er staat een heel getal"),
    ('name: "NCSI"', 'name: ""', "organiser, name: het mag niet leeg zijn"),
    ('name: "NCSI"', "name: " + "x" * 300, "organiser, name: het is langer dan 200 tekens"),
    ("id: ncsi", "id: De NCSI", "organiser, id: een id is kleine letters, cijfers en streepjes"),
    ("from: 2011-10-31", "from: 31-10-2011", "period, from: een dag schrijf je als 2011-10-31"),
    ("to: 2011-11-30", "to: 2011-10-01", "de estafette eindigt op 2011-10-01, voor ze op 2011-10-31 begint"),
    ("languages: [nl, en]", "languages: [nl, fr]", 'languages 2: "fr" is hier geen keus'),
    ("  - date: 2011-10-31\n    host", "  - host", 'stops 1: het veld "date" ontbreekt'),
    ("hosts:\n", "date: 2011-10-31\nhosts:\n", '"date" is geen veld dat linksync kent'),
    ("latitude: 53.2194", "latitude: 532194", "stops 1, latitude: het getal moet <= 90 zijn"),
    ("latitude: 53.2194", "latitude: noord", "stops 1, latitude: hier hoort een getal, en er staat tekst"),
    ("ssh-ed25519 ", "ssh-rsa AAAA", "de sleutel van ncsi is geen ssh-ed25519"),
    ('"ssh-ed25519 ', '"ssh-ed25519  ', "de sleutel van ncsi is niet de regel uit een .pub-bestand"),
    ('- "ssh-ed25519', '- "-----BEGIN OPENSSH PRIVATE KEY-----', "bij ncsi staat een geheime sleutel"),
    ("host: gemeente-assen", "host: assen", "de halte op 2011-11-02 is bij assen, en die staat niet bij de gastheren"),
    ("- id: gemeente-assen", "- id: gemeente-groningen", "gemeente-groningen staat er 2 keer"),
    ("hold: []", "hold: x", "policy, hold: hier hoort een lijst, en er staat tekst"),
    (
        "hold: []",
        "screening: {macro: pass}",
        'policy: "macro" is geen code van screening die deze versie van linksync kent',
    ),
    ("hold: []", "screening: {macros: allow}", 'policy, screening: "allow" is hier geen keus'),
    ("hold: []", "screening: {Macro's: pass}", "policy, screening: de vorm klopt niet"),
    ("hold: []", "list_lines: 0", "policy, list_lines: het getal moet >= 1 zijn"),
    ("revoked: []", "revoked:\n  - key: SHA256:x", "revoked 1, key: een vingerafdruk is SHA256: en 43 tekens"),
    (
        "revoked: []",
        f"revoked:\n  - key: {KEYS['ncsi'].fingerprint}",
        "bij ncsi staat nog een sleutel die is ingetrokken",
    ),
    (
        "revoked: []",
        f"revoked:\n  - key: {PublicKey(bytes([99]) * 32).fingerprint}\n    last_good: {{x: y}}",
        "revoked 1, last_good: dit zijn 32 tekens uit 0-9 en a-f",
    ),
]


def why_of(page: str) -> FormatError:
    with pytest.raises(FormatError, match="record-fields") as caught:
        relay_from_bytes(page.encode())
    return caught.value


def test_the_page_is_right_before_anything_is_typed_wrong() -> None:
    assert relay_from_bytes(PAGE.encode()).id == "slimmer-werken-estafette-2011"


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_in_words_with_its_place(old: str, new: str, told: str) -> None:
    assert old in PAGE
    error = why_of(PAGE.replace(old, new, 1))
    assert told in error_sentence(error, "nl")
    english = error_sentence(error, "en")
    assert "`" not in english
    assert "regex" not in english
    assert english.startswith("Something in relay.yaml is wrong: ")


def test_a_page_that_is_a_list_is_told_what_it_should_be() -> None:
    assert "hier hoort een blok met velden, en er staat een lijst" in error_sentence(why_of("- x\n"), "nl")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["", "iets heel anders", "Expected", "x - at `$`", "{0} {why!r} `$.a[0]`"])
def test_what_no_pattern_knows_is_shown_as_it_is(why: str, language: Language) -> None:
    assert field_told(why, language) == why

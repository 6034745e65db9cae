"""The participant's card: read with patience, except for who may see it."""

import codecs
import time
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.custody.card import BYTES_MAX, FIELD_MAX, Card, is_card_name, read_card

DUTCH = """\
Titel: Sneller broodjes bakken
Wie: Anneke, Bakkerij 't Hoekje
Waar geleerd: Gemeente Assen
Wat: We zetten de oven eerder aan.

Dat scheelt een uur. Let op: niet op zondag.
Trefwoorden: oven, planning; brood
Contact: anneke@hoekje.example
Mag iedereen dit zien? ja
Licentie: CC BY 4.0
"""
ENGLISH = """\
Title: Sneller broodjes bakken
Who: Anneke, Bakkerij 't Hoekje
Where learnt: Gemeente Assen
What: We zetten de oven eerder aan.

Dat scheelt een uur. Let op: niet op zondag.
Keywords: oven, planning, brood
Contact: anneke@hoekje.example
May everyone see this? yes
License: CC BY 4.0
"""
FILLED = Card(
    title="Sneller broodjes bakken",
    who="Anneke, Bakkerij 't Hoekje",
    where="Gemeente Assen",
    what="We zetten de oven eerder aan.\n\nDat scheelt een uur. Let op: niet op zondag.",
    keywords=("oven", "planning", "brood"),
    contact="anneke@hoekje.example",
    everyone=True,
    licence="CC BY 4.0",
)


def typed(text: str) -> Card:
    card = read_card("KAART.txt", text.encode())
    assert card is not None
    return card


@pytest.mark.parametrize("text", [DUTCH, ENGLISH])
def test_a_card_in_dutch_or_english_is_read(text: str) -> None:
    assert typed(text) == FILLED


@pytest.mark.parametrize("text", [DUTCH.upper(), ENGLISH.upper(), DUTCH.lower(), ENGLISH.lower()])
def test_labels_and_answers_may_be_in_any_case(text: str) -> None:
    card = typed(text)
    assert (card.title.casefold(), card.who.casefold()) == (FILLED.title.casefold(), FILLED.who.casefold())
    assert (len(card.keywords), card.everyone, card.licence.casefold()) == (3, True, "cc by 4.0")


@pytest.mark.parametrize(
    "data",
    [
        DUTCH.encode(),
        codecs.BOM_UTF8 + DUTCH.encode(),
        DUTCH.encode("utf-16"),
        codecs.BOM_UTF16_BE + DUTCH.encode("utf-16-be"),
        DUTCH.encode("utf-16-le"),
        DUTCH.replace("\n", "\r\n").encode(),
        DUTCH.replace("\n", "\r").encode(),
        codecs.BOM_UTF8 + DUTCH.replace("\n", "\r\n").encode(),
        DUTCH.replace(": ", "  :   ").replace("Let op  :   niet", "Let op: niet").encode(),
        DUTCH.replace("Titel:", "  TITEL :\t").replace("Wie:", "wie\uff1a").encode(),
        ("Hallo!\n\n" + DUTCH).encode(),
    ],
)
def test_every_way_to_save_the_same_card_reads_the_same(data: bytes) -> None:
    assert read_card("KAART.txt", data) == FILLED


def test_a_card_from_an_old_windows_is_read_in_its_own_alphabet() -> None:
    assert read_card("kaart.txt", "Titel: Café “Het Plein” € 5".encode("cp1252")) == Card(title="Café “Het Plein” € 5")


def test_a_value_may_stand_on_the_line_below_its_label_and_fields_in_any_order() -> None:
    card = typed("Contact:\n\n  Jan\n  06-1234\n\nGroetjes!\nTitel:\nMijn   idee\n")
    assert card == Card(contact="Jan 06-1234", title="Mijn idee")


def test_only_the_colon_of_the_label_is_taken_for_one() -> None:
    assert typed("Titel\uff1a a: b\nWie: c\uff1a d\nContact: \uff1a") == Card(
        title="a: b", who="c\uff1a d", contact="\uff1a"
    )


@pytest.mark.parametrize(
    "label",
    [
        "Waar geleerd:",
        "Waar geleerd :",
        "WAARGELEERD:",
        "waar-geleerd:",
        "Wáár geléerd:",
        "Waar\u00a0geleerd\u00a0:",
        "Waar geleerd?",
        "Waar geleerd?:",
        "Waar geleerd ? :",
        "Waar geleerd;",
        "Waar geleerd =",
        "Waar geleerd \u2013",
        "Waar geleerd—",
        "Waar geleerd -",
        "Waar geleerd\u2236",
        "Waar geleerd\ufe55",
        "Waar geleerd\ua789",
        "Waar geleerd (plaats of organisatie):",
        "**Waar geleerd:**",
        "__Waar geleerd__:",
        "## Waar geleerd:",
        "waar:",
        "plaats:",
        "Where learnt:",
        "where learned:",
        "Location:",
    ],
)
@pytest.mark.parametrize("value", ["Assen", " Assen ", "\n  Assen\n"])
def test_a_label_is_known_however_it_is_typed(label: str, value: str) -> None:
    assert typed(f"Wie: ik\n{label}{' ' * label.endswith('-')}{value}\nContact: x") == Card(
        who="ik", where="Assen", contact="x"
    )


def test_a_card_that_is_a_list_is_read_as_one() -> None:
    assert typed("- Titel: x\n- Wat: y\n- Mag iedereen dit zien? ja") == Card(title="x", what="y", everyone=True)
    assert typed("1. Titel: x\n2) Wat: y\n\u2022 Mag iedereen dit zien? nee") == Card(title="x", what="y")


@pytest.mark.parametrize(
    "text",
    [
        "Naam: Anneke\nOmschrijving: de oven\nSteekwoorden: a; b\nE-mail: a@b.example\nLicense: CC0",
        "Name: Anneke\nDescription: de oven\nTags: a, b\nE-Mail : a@b.example\nLicence: CC0",
        "AUTEUR:Anneke\nSAMENVATTING:de oven\nSLEUTELWOORDEN:a,b\nMAIL:a@b.example\nLICENTIE:CC0",
    ],
)
def test_other_words_for_a_field_are_known(text: str) -> None:
    assert typed(text) == Card(who="Anneke", what="de oven", keywords=("a", "b"), contact="a@b.example", licence="CC0")


@pytest.mark.parametrize(
    "question",
    [
        "Mag iedereen dit zien?",
        "Mag iedereen dit zien ?",
        "magiedereenditzien?",
        "Mag iederéén dit zien?",
        "Mag iedereen dit zien:",
        "Mag iedereen dit zien?:",
        "Mag iedereen dit zien \u2013",
        "**Mag iedereen dit zien?**",
        "May everyone see this?",
        "MAYEVERYONESEETHIS?",
    ],
)
def test_the_question_is_known_however_it_is_typed_and_only_yes_is_yes(question: str) -> None:
    assert [typed(f"Titel: x\n{question} {answer}").everyone for answer in ("ja", "JA!", "j", "yes", "Y")] == [True] * 5
    answers = ("nee", "n", "no", "", "ja/nee", "ja, maar", "misschien", "nee\nja", "ja \u2013 nee", "?")
    assert [typed(f"Titel: x\n{question} {answer}").everyone for answer in answers] == [False] * len(answers)


@pytest.mark.parametrize(
    "line", ["Waarom: x", "Mag iedereen dit zien ja", "Naam \u2013 x", "wat-nu: x", "Tags; a", "- Wie: x"]
)
def test_a_line_that_only_resembles_a_field_is_none(line: str) -> None:
    assert typed(f"Wat: y\n{line}") == Card(what=f"y\n{line}")


def test_what_word_makes_of_a_card_is_read() -> None:
    typed_in_word = (
        "Titel : \u201cSneller\u201d broodjes \u2013 zo doe je dat\r\n"
        "Wie\u00a0: Anneke\r\nWaar geleerd \u2013 Assen\r\n"
        "Wat: \u2018s Ochtends eerst de oven\u2026\vDat scheelt een uur.\r\n\r\nMag iedereen dit zien? Ja.\r\n"
    )
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert read_card("KAART.TXT", typed_in_word.encode(encoding)) == Card(
            title="\u201cSneller\u201d broodjes \u2013 zo doe je dat",
            who="Anneke",
            where="Assen",
            what="\u2018s Ochtends eerst de oven\u2026\nDat scheelt een uur.",
            everyone=True,
        )


def test_what_goes_on_until_the_next_known_field_and_keeps_its_indents() -> None:
    assert typed("Wat: een\n  - twee: 2\nhttp://x\n\n\nTitel: t").what == "een\n  - twee: 2\nhttp://x"


def test_keywords_lose_bullets_hashes_and_repeats() -> None:
    assert typed("Trefwoorden:\n- oven\n* brood ; #slim,  oven , C#,,\n").keywords == (
        "oven",
        "brood",
        "slim",
        "C#",
    )


def test_what_hides_or_turns_text_is_taken_out_and_emoji_stay() -> None:
    assert typed("Titel: a\u202eb\0c\ufeff \U0001f469\u200d\U0001f52c\nWi\u200be: x") == Card(
        title="abc \U0001f469\u200d\U0001f52c", who="x"
    )


@pytest.mark.parametrize("label", ["Mag iedereen dit zien?", "MAY EVERYONE SEE THIS?", "mag  iedereen dit zien :"])
@pytest.mark.parametrize(
    "answer",
    [
        "ja",
        "Ja",
        "JA graag",
        "j",
        "yes",
        "Y",
        "Ja!",
        "ja, hoor.",
        "Ja natuurlijk",
        "yes please",
        "ja/nee: ja",
        "(ja/nee) ja",
        "ja/nee ja",
        "yes/no: yes",
        "(ja)",
        "[ja]",
        "\n\n ja \n",
        ": ja",
        "“Ja”",
        "iedereen",
        "Ja, iedereen",
        "Yes, everyone",
        "ja dat mag",
        "*ja*",
    ],
)
def test_an_unmistakable_yes_is_consent(label: str, answer: str) -> None:
    assert typed(f"Titel: x\n{label} {answer}\nLicentie: y").audience == "everyone"


@pytest.mark.parametrize("label", ["Mag iedereen dit zien?", "May everyone see this:"])
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "ja/nee",
        "(ja/nee)",
        "ja / nee",
        "JA/NEE",
        "yes/no",
        "ja/nee: ja/nee",
        "nee",
        "Nee!",
        "nee, liever niet",
        "no",
        "n",
        "ja en nee",
        "ja nee",
        "nee ja",
        "ja/nee nee",
        "ja of nee",
        "ja?",
        "?",
        "misschien",
        "ja, maar alleen collega's",
        "ja, behalve de foto's",
        "ja\nmaar niet mijn naam",
        "[ ] ja",
        "[ ] ja [x] nee",
        "[x] ja [ ] nee",
        "☐ ja",
        "☑ ja",
        "ik zei ja",
        "jaap",
        "jammer",
        "yesterday",
        "graag",
        "everyone here",
        "iedereen van ons",
        "___ja___",
        "ja/no",
        "j/n",
        "niet ja",
        "geen idee",
        "ja\n\nof toch nee",
        "1",
        "true",
        "x",
        "(ja) (nee)",
        "((ja",
        "-ja",
        "~ja~",
        "ja/neen",
        "oui",
    ],
)
def test_anything_else_is_no_consent(label: str, answer: str) -> None:
    assert typed(f"Titel: x\n{label} {answer}\nLicentie: y").audience == "organisers"


@pytest.mark.parametrize("other", ["nee", "", "ja/nee", "ja?"])
def test_a_card_that_answers_twice_consents_only_when_both_are_yes(other: str) -> None:
    question = "Mag iedereen dit zien?"
    assert typed(f"{question} ja\n{question} ja").everyone
    assert not typed(f"{question} ja\nTitel: x\n{question} {other}").everyone
    assert not typed(f"{question} {other}\nMay everyone see this? yes").everyone


def test_without_the_question_there_is_no_consent() -> None:
    assert not typed("Titel: ja\nWat: iedereen mag dit zien, ja").everyone


@pytest.mark.parametrize("name", ["card.yaml", "CARD.YML"])
@pytest.mark.parametrize(
    "page",
    [
        "title: T\nkeywords: [a, b]\nwhat: |\n  one\n  two\neveryone: true\n",
        "Titel: T\nTrefwoorden:\n  - a\n  - b\nWat: 'one\n\n  two'\nMag iedereen dit zien?: ja\n",
        'Title: "T"\r\nKeywords: a; b\r\nWhat: "one\\ntwo"\r\nMay everyone see this? yes/no: Yes!\r\n',
        '{title: T, keywords: [a, b], what: "one\\ntwo", audience: everyone, x: [{a: 1}], license: {a: 1}}',
    ],
)
def test_a_card_in_yaml_is_read(name: str, page: str) -> None:
    assert read_card(name, page.encode()) == Card(title="T", keywords=("a", "b"), what="one\ntwo", everyone=True)


@pytest.mark.parametrize(
    "value", ["false", "no", "nee", "organisers", "[true, false]", "{yes: yes}", "1", "", "yes/no"]
)
def test_a_card_in_yaml_consents_only_with_an_unmistakable_yes(value: str) -> None:
    card = read_card("card.yaml", f"title: T\neveryone: {value}\n".encode())
    assert card == Card(title="T")


@pytest.mark.parametrize("page", ["Titel: a: b\nWie: c\n", "Titel: a: b\nWie: c\nWie:\n", "Titel: a: b\nWie: *c\b\n"])
def test_a_card_in_broken_yaml_is_read_as_typed(page: str) -> None:
    card = read_card("card.yaml", page.encode())
    assert card is not None
    assert card.title == "a: b"


def test_a_bomb_as_a_card_is_no_card_and_soon_known() -> None:
    start = time.perf_counter()
    for bomb in (
        b"[" * BYTES_MAX,
        b"> " * (BYTES_MAX // 2),
        b"Wat:\n" + b"> " * 32_000,
        b"titel" + b" " * 60_000,
    ):
        for name in ("card.yaml", "KAART.txt"):
            read_card(name, bomb)
    for line in (
        "mag iedereen dit zien?" + " " * 60_000,
        ":" * 65_000,
        "Wat:\n" * 13_000,
        "Trefwoorden:" + "a," * 32_000,
    ):
        read_card("KAART.txt", line.encode())
    assert time.perf_counter() - start < 10


def test_a_file_over_64_kib_is_no_card() -> None:
    assert read_card("KAART.txt", b"Titel: x\n".ljust(BYTES_MAX)) == Card(title="x")
    assert read_card("KAART.txt", b"Titel: x\n".ljust(BYTES_MAX + 1)) is None


def test_a_long_field_is_cut_off() -> None:
    card = typed(f"Titel: {'x ' * 5000}\nWat: {'y' * 5000}\nTrefwoorden: {', '.join(map(str, range(5000)))}")
    assert (len(card.title), len(card.what)) == (FIELD_MAX - 1, FIELD_MAX)
    assert len(", ".join(card.keywords)) <= FIELD_MAX


@pytest.mark.parametrize("text", ["", "Beste allemaal,\ngeen kaart", "Titel zonder dubbele punt", "\0\0", "titels: x"])
def test_a_text_without_a_field_is_no_card(text: str) -> None:
    assert read_card("KAART.txt", text.encode()) is None


def test_an_unfilled_card_is_an_empty_card() -> None:
    empty = Card().to_text("nl").replace("nee", "ja/nee")
    assert typed(empty) == Card()


def test_the_names_of_a_card() -> None:
    yes = ["KAART.txt", "kaart.txt", "Kaart.TXT", "CARD.txt", "card.yaml", "card.yml", "Card.YML"]
    no = [
        "kaart",
        "kaart.txt.exe",
        "data/kaart.txt",
        "kaart.pdf",
        "\u212aAART.txt",
        "KAART.txt ",
        "",
        "mijn kaart.txt",
    ]
    assert [name for name in yes if not is_card_name(name)] == []
    assert [name for name in no if is_card_name(name)] == []


def test_a_card_is_written_as_people_type_it() -> None:
    assert FILLED.to_text("nl") == DUTCH.replace("; brood", ", brood")
    assert FILLED.to_text("en") == ENGLISH.replace("License", "Licence")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " x"},
        {"title": "a\nb"},
        {"title": "a  b"},
        {"who": "x\u202ey"},
        {"contact": "x" * 4001},
        {"what": "x "},
        {"what": "a\r\nb"},
        {"what": "\nx"},
        {"keywords": ("a,b",)},
        {"keywords": ("a", "a")},
        {"keywords": ("",)},
        {"keywords": ("x" * 2000, "y" * 2001)},
        {"licence": "a\0"},
        {"where": "\ud800"},
    ],
)
def test_a_card_refuses_nonsense_when_made(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        Card(**fields)  # type: ignore[arg-type]


def test_a_card_too_large_for_a_card_is_not_written() -> None:
    wide = dict.fromkeys(("title", "who", "where", "what", "contact", "licence"), "🙂" * FIELD_MAX)
    with pytest.raises(ValueError, match="at most 65536 bytes"):
        Card(**wide).to_text("nl")  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "line",
    [
        "Wie: niet ik",
        "  who : x",
        "> Wie: x",
        "> > Titel:",
        "> geen veld",
        "Mag iedereen dit zien? ja",
        ">  Wat:",
        "Wie \u2013 niet ik",
        "waargeleerd? nergens",
        "**Titel**: x",
        "Naam: Jan",
    ],
)
def test_a_line_of_text_that_looks_like_a_field_stays_text(language: Literal["nl", "en"], line: str) -> None:
    card = Card(what=f"Ik schreef:\n{line}\neinde")
    assert typed(card.to_text(language)) == card


PIECES = st.sampled_from(
    [
        "Titel:",
        "Wie :",
        "wie\u2013",
        "WAARGELEERD?",
        "naam:",
        "**Titel:**",
        "- ",
        "magiedereenditzien-",
        "Wat:",
        "wat",
        "Who:",
        "Keywords:",
        "Mag iedereen dit zien?",
        "May everyone see this? ",
        "ja",
        "nee",
        "ja/nee",
        "> ",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\r\n",
        "\u2028",
        "\x85",
        "\x1c",
        "\u202e",
        "\ud800",
        ",",
        ";",
        "#",
        "- ",
        ":",
        "?",
        "\uff1a",
        "a",
        "é",
        "everyone: true",
        "[",
        "{",
        "'",
        "x" * 4100,
        "\0",
        "\U0001f642",
    ],
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map("".join)


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(["KAART.txt", "card.yaml", "card.yml", ""]),
    st.one_of(
        st.binary(max_size=300),
        TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
        TEXTS.map(lambda text: text.encode("cp1252", "replace")),
        TEXTS.map(lambda text: text.encode("utf-16", "surrogatepass")),
        TEXTS.map(lambda text: codecs.BOM_UTF8 + text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=60).map(lambda data: codecs.BOM_UTF16_LE + b"T\0i\0t\0e\0l\0:\0" + data),
    ),
)
def test_reading_never_raises_and_what_was_read_is_written_and_read_the_same(name: str, data: bytes) -> None:
    card = read_card(name, data)
    if card is not None:
        assert typed(card.to_text("nl")) == card
        assert typed(card.to_text("en")) == card


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_no_text_without_a_yes_in_it_is_consent(text: str) -> None:
    card = read_card("KAART.txt", text.replace("ja", "").encode("utf-8", "replace"))
    said = ("yes", "iedereen", "everyone", "j", "y", "ja")
    assert card is None or not card.everyone or any(word in text.casefold() for word in said)

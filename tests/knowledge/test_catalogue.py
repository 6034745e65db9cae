"""The catalogue: what people look for is found, once, with who gave it and where it says so; and no more than that."""

import sqlite3
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from catalogues import LINK, document, filled, given, places

from linksync.custody.card import Card
from linksync.errors import MediumError, RefusedError
from linksync.knowledge import catalogue as catalogue_module
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.indexing import contribution_key
from linksync.knowledge.query import Query

SELF = document("data/zorg/zelf.txt", "Hoe medewerkers zelfroosteren in de zorg. Het plan werkt.", title="Zelf aan zet")
SCHOOL = document("data/roc/school.txt", "De scholengemeenschap verstuurde brieven over de gemeenschap.")
WORK = document("data/it/work.txt", "The teams studied new schedules and shared their findings.", language="en")
MIXED = document("data/x/mixed.txt", "Een brief van scholen: a study about learning.", language="")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return filled(tmp_path, SELF, SCHOOL, WORK, MIXED)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("rooster", ["files/zorg/zelf.txt"]),
        ("geroosterd", ["files/zorg/zelf.txt"]),
        ("plannen", ["files/zorg/zelf.txt"]),
        ("medewerker", ["files/zorg/zelf.txt"]),
        ("finding schedule", ["files/it/work.txt"]),
        ('"their findings"', ["files/it/work.txt"]),
        ('"findings their"', []),
        ("werk zorg", ["files/zorg/zelf.txt"]),
        ("zorg scholen", []),
        ("brief -study", ["files/roc/school.txt"]),
        ("gemeenschap", ["files/roc/school.txt"]),
        ("hoe werkt de zorg", ["files/zorg/zelf.txt"]),
        ("medew*", ["files/zorg/zelf.txt"]),
        ("zelf.txt", ["files/zorg/zelf.txt"]),
    ],
)
def test_words_are_found_in_their_forms_and_within_compounds(
    catalogue: Catalogue, asked: str, found: list[str]
) -> None:
    assert places(catalogue, asked) == found


def test_a_document_whose_language_is_not_known_is_found_in_both(catalogue: Catalogue) -> None:
    assert set(places(catalogue, "school")) == {"files/roc/school.txt", "files/x/mixed.txt"}
    assert set(places(catalogue, "studies")) == {"files/it/work.txt", "files/x/mixed.txt"}


@pytest.mark.parametrize(
    "typed", ['"', "*", "a OR", "NEAR(", "x:y", "(", "'; DROP TABLE found", "^", "a AND", "-", "{}"]
)
def test_nothing_that_is_typed_breaks_a_search(catalogue: Catalogue, typed: str) -> None:
    with suppress(RefusedError):  # there is no word in it
        catalogue.search(Query(text=typed))


def test_the_excerpt_shows_the_documents_own_words(catalogue: Catalogue) -> None:
    (result,) = catalogue.search(Query(text="roosters")).results
    assert result.excerpt.text == "Hoe medewerkers zelfroosteren in de zorg. Het plan werkt."
    assert [result.excerpt.text[start:end] for start, end in result.excerpt.marks] == ["zelfroosteren"]
    assert result.kept.title == "Zelf aan zet"
    assert [(one.host, one.stop, one.path) for one in result.kept.document.givers] == [
        ("gemeente-assen", "Assen", "data/zorg/zelf.txt")
    ]


def test_a_word_in_the_title_counts_for_more_than_one_in_the_text(tmp_path: Path) -> None:
    text = document("data/a/een.txt", "Wij fietsen naar de fietsen. " + "Er is meer te doen in de buurt. " * 5)
    title = document("data/a/twee.txt", "Er is meer te doen in de buurt. " * 5, title="De fiets")
    part = document("data/a/drie.txt", "Een bedrijfsfiets kost geld. Dat bedrijf weet het. " * 5)
    others = [document(f"data/b/{n}.txt", f"Heel iets anders, nummer {n}, zonder wielen.") for n in range(30)]
    assert places(filled(tmp_path, part, text, title, *others), "fiets") == [
        "files/a/twee.txt",
        "files/a/een.txt",
        "files/a/drie.txt",
    ]


def test_a_word_that_comes_later_is_found_in_compounds_that_were_there(tmp_path: Path) -> None:
    catalogue = filled(tmp_path, document("data/a/oud.txt", "Over dienstroosters wordt gepraat in deze dienst."))
    catalogue.put([document("data/b/nieuw.txt", "Het rooster hangt op.")])
    catalogue.settle()
    assert set(places(catalogue, "rooster")) == {"files/a/oud.txt", "files/b/nieuw.txt"}


def test_what_was_put_in_is_found_after_it_was_settled_by_another_run(tmp_path: Path) -> None:
    with Catalogue.fill(tmp_path / "c.sqlite") as first:
        first.put([SELF])
    with Catalogue.open(tmp_path / "c.sqlite") as reader:
        assert places(reader, "zorg") == []
    with Catalogue.fill(tmp_path / "c.sqlite") as second:
        second.settle()
        assert places(second, "zorg") == ["files/zorg/zelf.txt"]


def test_filters_narrow_what_is_found(tmp_path: Path) -> None:
    a = document("data/a/een.txt", "energie", audience="everyone")
    b = document("data/b/twee.pdf", "energie", given("data/b/twee.pdf", host="roc", stop="Zwolle", day="2011-12-01"))
    catalogue = filled(tmp_path, a, replace(b, family="pdf", media_type="application/pdf"))
    assert places(catalogue, "energie", host="assen") == ["files/a/een.txt"]
    assert places(catalogue, "energie", stop="zwol") == ["files/b/twee.pdf"]
    assert places(catalogue, "energie", since="2011-12") == ["files/b/twee.pdf"]
    assert places(catalogue, "energie", until="2011-11-03") == ["files/a/een.txt"]
    assert places(catalogue, "energie", since="2011-11-04", until="2011-11-30") == []
    for type_ in ("pdf", ".PDF", "application/pdf"):
        assert places(catalogue, "energie", type=type_) == ["files/b/twee.pdf"]
    assert places(catalogue, "energie", audience="everyone") == ["files/a/een.txt"]
    assert places(catalogue, "energie", host="%") == []


def test_a_document_given_by_several_is_found_once_by_any_of_them(tmp_path: Path) -> None:
    one = document("data/a/x.txt", "energie", given("data/a/x.txt"), given("data/b/y.txt", host="roc", stop="Zwolle"))
    catalogue = filled(tmp_path, one)
    assert places(catalogue, "energie") == places(catalogue, "energie", host="roc") == ["files/a/x.txt"]
    # the host and the day are those of one giving
    assert places(catalogue, "energie", host="roc", stop="Assen") == []


def test_versions_are_one_result_and_the_current_one_leads(tmp_path: Path) -> None:
    old = document("data/a/plan.txt", "Het eerste plan over energie energie energie.", gone=True)
    new = document("data/a/plan.txt", "Het tweede plan, en veel meer dan dat, over energie.", work=old.digest)
    (result,) = filled(tmp_path, old, new).search(Query(text="energie")).results
    assert result.kept.document.digest == new.digest
    assert [(one.kind, one.kept.document.digest) for one in result.related] == [("version", old.digest)]


def test_documents_that_are_nearly_the_same_are_one_result(tmp_path: Path) -> None:
    text = " ".join(f"woord{number} van het verslag over energie" for number in range(60))
    one, two = document("data/a/een.txt", text), document("data/b/twee.txt", f"{text} En nog iets.")
    other = document("data/c/drie.txt", "Iets heel anders over energie, dat nergens op lijkt. " * 8)
    found = filled(tmp_path, one, two, other).search(Query(text="energie")).results
    assert sorted(sorted([r.kept.document.place, *(o.kept.document.place for o in r.related)]) for r in found) == [
        ["files/a/een.txt", "files/b/twee.txt"],
        ["files/c/drie.txt"],
    ]
    assert {o.kind for r in found for o in r.related} == {"alike"}


def test_what_one_may_not_see_is_not_shown_beside_what_one_may(tmp_path: Path) -> None:
    old = document("data/a/plan.txt", "Het eerste plan over energie.", gone=True)
    new = document("data/a/plan.txt", "Het tweede plan over energie.", work=old.digest, audience="everyone")
    (result,) = filled(tmp_path, old, new).search(Query(text="energie", audience="everyone")).results
    assert result.related == ()


def test_who_may_see_it_can_change_without_its_being_read_again(catalogue: Catalogue) -> None:
    catalogue.put([replace(SELF, audience="everyone", extract=None)])
    catalogue.settle()
    assert places(catalogue, "rooster", audience="everyone") == ["files/zorg/zelf.txt"]
    catalogue.put([replace(SELF, audience="organisers", extract=None)])
    catalogue.settle()
    assert places(catalogue, "rooster", audience="everyone") == []
    assert places(catalogue, "rooster") == ["files/zorg/zelf.txt"]


def test_what_is_dropped_is_gone_from_the_file_as_well(tmp_path: Path) -> None:
    secret = document("data/a/geheim.txt", "Het wachtwoord is zonnebloemenveld, zegt Wilhelminapark.")
    catalogue = filled(tmp_path, SELF, secret)
    assert catalogue.drop([secret.digest, b"\0" * 32]) == 1
    assert places(catalogue, "zonnebloemenveld") == []
    assert catalogue.count() == 1
    catalogue.close()
    left = (tmp_path / "catalogue.sqlite").read_bytes().lower()
    assert b"zonnebloemenveld" not in left
    assert b"wilhelminapark" not in left
    check_whole(tmp_path / "catalogue.sqlite")


def check_whole(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_card_speaks_for_pictures_too(tmp_path: Path) -> None:
    card = Card(title="Slim plannen", what="Hoe wij de nacht verdeelden.", keywords=("nachtdienst",), who="Anneke")
    picture = document("data/a/foto.jpg", "", family="picture", card=card)
    catalogue = filled(tmp_path, picture)
    for asked in ("nachtdiensten", "verdeeld", "anneke", "slim plan"):
        assert places(catalogue, asked) == ["files/a/foto.jpg"]


def test_the_telling_words_of_a_contribution_are_its_own(tmp_path: Path) -> None:
    common = "Wij werken met mensen aan een plan voor de buurt en delen wat wij weten."
    bread = [document(f"data/brood/{n}.txt", f"{common} De ovens bakken brood, het brood rijst.") for n in range(5)]
    water = [document(f"data/water/{n}.txt", f"{common} Het gemaal pompt water uit de polder.") for n in range(5)]
    catalogue = filled(tmp_path, *bread, *water)
    topics = catalogue.topics(contribution_key(LINK, "data/brood"))
    assert "brood" in topics
    assert not {"plan", "mensen", "water", "gemaal", "de"} & set(topics)


def test_what_was_dropped_is_no_topic_any_more(tmp_path: Path) -> None:
    common = "Wij werken met mensen aan een plan voor de buurt en delen wat wij weten."
    other = [document(f"data/water/{n}.txt", f"{common} Het gemaal pompt water uit de polder.") for n in range(5)]
    bread = [document(f"data/brood/{n}.txt", f"{common} De ovens bakken brood, het brood rijst.") for n in range(5)]
    catalogue = filled(tmp_path, *other, *bread)
    catalogue.drop(one.digest for one in bread)
    assert catalogue.topics(contribution_key(LINK, "data/brood")) == ()
    catalogue.settle()
    assert catalogue.topics(contribution_key(LINK, "data/brood")) == ()


def test_another_stemmer_means_that_the_index_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, SELF, SCHOOL).close()
    monkeypatch.setattr(catalogue_module, "_INDEX_STAMP", "another")
    with pytest.raises(RefusedError, match="catalogue-old"):
        Catalogue.open(tmp_path / "catalogue.sqlite")
    with Catalogue.fill(tmp_path / "catalogue.sqlite") as again:
        again.settle()
        assert places(again, "rooster") == ["files/zorg/zelf.txt"]
        assert again.count() == 2


def test_a_damaged_catalogue_is_filled_anew(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    filled(tmp_path, SELF).close()
    data = bytearray(path.read_bytes())
    data[:100] = b"\0" * 100
    path.write_bytes(data)
    with pytest.raises(MediumError, match="catalogue-failed"):
        Catalogue.open(path)
    with Catalogue.fill(path) as again:
        assert again.count() == 0


def test_damage_that_shows_later_is_mended_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    filled(tmp_path, *(document(f"data/a/{n}.txt", f"stuk {n} over energie " * 50) for n in range(200))).close()
    data = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(data), 4096):
        data[at : at + 64] = b"\xff" * 64
    path.write_bytes(data)
    with pytest.raises(MediumError, match="catalogue-failed"):
        refill(path)
    refill(path)


def refill(path: Path) -> None:
    with Catalogue.fill(path) as again:
        again.put([SELF])
        again.settle()
        assert places(again, "rooster") == ["files/zorg/zelf.txt"]


def test_a_catalogue_that_lacks_a_table_is_made_anew_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    filled(tmp_path, SELF).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE unsettled")
    with pytest.raises(MediumError, match="catalogue-failed"):
        refill(path)
    refill(path)


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="catalogue-absent"):
        Catalogue.open(tmp_path / "none.sqlite")


def test_a_batch_that_fails_leaves_nothing_of_itself(catalogue: Catalogue) -> None:
    def some() -> object:
        yield document("data/z/half.txt", "halverwege")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        catalogue.put(some())  # type: ignore[arg-type]
    catalogue.settle()
    assert catalogue.count() == 4
    assert places(catalogue, "halverwege") == []


def test_settling_long_documents_holds_the_words_of_one_of_them_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with Catalogue.fill(path) as first:
        first.put(document(f"data/a/{n}.txt", f"boek{n} " + "werk ruimte tafel plek " * 5_000) for n in range(30))
    with Catalogue.fill(path) as cut_off:
        tracemalloc.start()
        try:
            cut_off.settle()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert places(cut_off, "boek7") == ["files/a/7.txt"]
    assert most < 12 * 2**20

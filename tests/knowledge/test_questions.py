"""A hundred and thirty questions with known answers: nearly all are found, little else is."""

import pytest
from catalogues import digests
from corpus import Planted, corpus
from questions import Question, questions

from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query

DOCUMENTS = 1_500


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return list(corpus(DOCUMENTS, words=60))


@pytest.fixture(scope="module")
def catalogue(planted: list[Planted], tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    catalogue = Catalogue.fill(tmp_path_factory.mktemp("questions") / "catalogue.sqlite")
    for start in range(0, DOCUMENTS, 250):
        catalogue.put(one.document for one in planted[start : start + 250])
    catalogue.settle()
    return catalogue


def answers(catalogue: Catalogue, question: Question) -> set[bytes]:
    """What is found, twins and versions too."""
    return digests(catalogue.search(Query(text=question.text, limit=1000)))


def test_there_are_more_than_a_hundred_in_two_languages_of_every_kind() -> None:
    kinds = [question.kind for question in questions()]
    assert len(kinds) >= 100
    assert {kind: kinds.count(kind) >= 10 for kind in set(kinds)} == {"word": True, "inflection": True, "phrase": True}


def test_inflections_and_compounds_are_found(catalogue: Catalogue, planted: list[Planted]) -> None:
    where: dict[str, set[bytes]] = {}
    for one in planted:
        where.setdefault(one.word, set()).add(one.document.digest)
    asked = found = misled = 0
    for question in questions():
        right = set().union(*(where[word] for word in question.answers))
        got = answers(catalogue, question)
        asked, found = asked + len(right), found + len(right & got)
        misled += len(got & set().union(*(where[word] for word in question.wrong), set()))
    assert found / asked >= 0.95
    assert misled / asked <= 0.02


def test_phrases_are_found_as_they_stand_and_not_otherwise(catalogue: Catalogue, planted: list[Planted]) -> None:
    for question in questions():
        if question.kind == "phrase":
            right = {one.document.digest for one in planted if one.word in question.answers}
            assert answers(catalogue, question) == right, question.text

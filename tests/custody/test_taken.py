"""What is taken in stands in columns, and how it is classed may be said anew until it is sealed."""

from linksync.custody.lists import sha256
from linksync.custody.taken import Taken, Takings

A = Taken(digest=sha256(b"a"), size=1, class_="pass", audience="everyone")
B = Taken(digest=sha256(b"bb"), size=2, class_="hold", audience="organisers", codes=("policy",))
C = Taken(digest=sha256(b"ccc"), size=3, class_="refuse", audience="organisers", codes=("program",), media_type="a/b")
FILES = {b"data/a": A, b"data/b": B, b"data/c": C}


def test_columns_say_what_each_file_says() -> None:
    taken = Takings.of(dict(reversed(FILES.items())))
    assert taken == FILES
    assert list(taken) == sorted(FILES)
    assert list(taken.items()) == list(FILES.items())
    assert taken.get(b"data/d") is None
    assert Takings.of(taken) is taken


def test_refused_files_are_told_apart_from_those_that_are_kept() -> None:
    taken = Takings(FILES.items())
    assert dict(taken.kept()) == {b"data/a": A.digest, b"data/b": B.digest}
    assert dict(taken.refused()) == {b"data/c": C.digest}
    assert dict(taken.stopped()) == {b"data/b": B, b"data/c": C}
    assert (taken.octets_kept(), taken.of_class("hold"), len(taken)) == (3, 1, 3)
    only = Takings([(b"data/a", A)])
    assert (list(only.kept()), list(only.refused()), list(only.stopped())) == ([(b"data/a", A.digest)], [], [])


def test_what_is_found_inside_a_file_takes_the_place_of_what_was_said_of_it() -> None:
    taken = Takings(FILES.items())
    taken.judge(0, "hold", ("macros",), "application/x-office")
    taken.judge(2, "pass", ())
    assert taken[b"data/a"] == A._replace(class_="hold", codes=("macros",), media_type="application/x-office")
    assert taken[b"data/c"] == C._replace(class_="pass", codes=(), media_type="")
    assert taken[b"data/b"] == B
    assert (taken.octets_kept(), taken.of_class("refuse")) == (6, 0)

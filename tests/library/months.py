"""Months of hand-offs for tests of the merge: forks, gaps, moves, cards, thieves; no bytes of files."""

import datetime as dt
from collections.abc import Iterable

from hypothesis import strategies as st

from linksync.custody.lists import sha256
from linksync.library.givings import Gift, Given

START = dt.datetime(2011, 10, 31, tzinfo=dt.UTC)
PATHS = [
    b"data/a", b"data/A", b"data/a/b", b"data/a/b.txt", b"data/a/B.TXT", b"data/c.txt", b"data/c?.txt", b"data/c_.txt",
    "data/é.txt".encode(), "data/e\u0301.txt".encode(), b"data/\xff.txt", b"x.txt", b"data/c (h1 2 ~00000000).txt",
]  # fmt: off
CONTENTS = [b"1", b"2", b"3", b"4"]


def a_gift(path: bytes, data: bytes, *, everyone: bool = True, held: bool = False) -> Gift:
    audience = "everyone" if everyone else "organisers"
    return Gift(path=path, digest=sha256(data), size=len(data), audience=audience, held=held)  # type: ignore[arg-type]


def a_handoff(
    number: int,
    gifts: Iterable[Gift] = (),
    *,
    link: str = "l1",
    after: Given | None = None,
    holder: str = "h1",
    gone: Iterable[tuple[bytes, bytes]] = (),
    narrowed: tuple[bytes, ...] = (),
    salt: str = "",
    key: str = "",
) -> Given:
    gifts, gone = tuple(gifts), tuple(gone)
    told = (link, number, holder, after.seal if after else "", gifts, gone, narrowed, salt)
    seal = sha256(repr(told).encode()).hex()
    return Given(
        link=link,
        number=number,
        seal=seal,
        previous=after.seal if after else "",
        holder=holder,
        key=key or holder,
        place="Assen",
        time=START + dt.timedelta(hours=number),
        gifts=gifts,
        gone=frozenset((path, sha256(data)) for path, data in gone),
        narrowed=narrowed,
    )


@st.composite
def gifts(draw: st.DrawFn) -> tuple[Gift, ...]:
    chosen = draw(st.dictionaries(st.sampled_from(PATHS), st.sampled_from(CONTENTS), max_size=4))
    return tuple(
        a_gift(path, data, everyone=draw(st.booleans()), held=draw(st.integers(0, 5)) == 0)
        for path, data in chosen.items()
    )


@st.composite
def months(draw: st.DrawFn) -> list[Given]:
    """Hand-offs on two Links, some forked, some missing, some of them a thief's."""
    made: list[Given] = []
    for link in ("l1", "l2"):
        line = [a_handoff(1, draw(gifts()), link=link)]
        for step in range(draw(st.integers(0, 4))):
            after = draw(st.sampled_from(line[-2:]))
            gone = draw(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(CONTENTS)), max_size=2))
            line.append(
                a_handoff(
                    after.number + 1, draw(gifts()), link=link, after=after, holder=draw(st.sampled_from(["h1", "h2"])),
                    gone=gone, narrowed=draw(st.sampled_from([(), (b"data/a",), (b"data",)])), salt=str(step),
                )
            )  # fmt: skip
        made += line
    return [one for one in made if draw(st.integers(0, 4))]

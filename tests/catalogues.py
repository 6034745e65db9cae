"""Documents for a catalogue, a line each."""

from hashlib import sha256
from pathlib import Path

from linksync.custody.card import Card
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Audience, Document, Giver
from linksync.knowledge.extracted import Extract
from linksync.knowledge.finding import Found
from linksync.knowledge.query import Query

LINK = "a" * 32


def given(path: str, *, host: str = "gemeente-assen", stop: str = "Assen", day: str = "2011-11-03") -> Giver:
    """Somebody who gave something; the contribution is the first folder."""
    contribution = "/".join(path.split("/")[:-1][:2])
    return Giver(
        host=host, stop=stop, time=f"{day}T09:00:00Z", path=path, link=LINK, number=2, contribution=contribution
    )


def document(
    path: str,
    text: str,
    *givers: Giver,
    language: str = "nl",
    title: str = "",
    audience: Audience = "organisers",
    family: str = "text",
    gone: bool = False,
    work: bytes = b"",
    card: Card | None = None,
) -> Document:
    """A document that says something."""
    return Document(
        digest=sha256(f"{path} {text}".encode()).digest(),
        place=path.replace("data/", "files/", 1),
        givers=givers or (given(path),),
        size=len(text),
        media_type="text/plain",
        family=family,
        audience=audience,
        gone=gone,
        work=work,
        card=card,
        extract=Extract(text=text, title=title, language=language),
    )


def filled(folder: Path, *documents: Document) -> Catalogue:
    """A catalogue of some documents."""
    catalogue = Catalogue.fill(folder / "catalogue.sqlite")
    catalogue.put(documents)
    catalogue.settle()
    return catalogue


def places(catalogue: Catalogue, text: str, **narrowed: object) -> list[str]:
    """Where stands what is found, the best first."""
    found = catalogue.search(Query(text=text, **narrowed))  # type: ignore[arg-type]
    return [result.kept.document.place for result in found.results]


def digests(found: Found) -> set[bytes]:
    """Every document of what was found, versions and twins too."""
    related = (one.kept for result in found.results for one in result.related)
    return {kept.document.digest for kept in (*(result.kept for result in found.results), *related)}

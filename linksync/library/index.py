"""What the library says of itself: ``index/``, a record per content, and the page that people read first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from linksync.custody import names
from linksync.custody.consent import contribution
from linksync.custody.relay import Record
from linksync.errors import FormatError
from linksync.library.givings import Giving, Status
from linksync.library.leaves import INDEX, listed
from linksync.library.merge import Content

README = "LEES-MIJ.txt"

_FATES: dict[Status, Literal["gone", "rewritten", "moved"] | None] = {
    Status.HERE: None,
    Status.GONE: "gone",
    Status.REWRITTEN: "rewritten",
    Status.MOVED: "moved",
}


class Giver(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Who gave a content, where and when.

    Attributes:
        path: on the stick, escaped; ``moved_from`` the one that it had before, where this hand-off moved it.
        town: the place where it was handed over.
        fate: what became of it there since, and ``until`` the number of the hand-off that saw so.
        stolen: whether it was sealed with a key that was stolen by then.
    """

    link: str
    number: int
    seal: str
    holder: str
    time: str
    town: str
    path: str
    audience: str
    held: bool = False
    stolen: bool = False
    moved_from: str = ""
    fate: str = ""
    until: int = 0


class Entry(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the index.

    Attributes:
        place: where it stands in the library.
        title: the name of the folder in which it was given.
        size: bytes.
        givers: the first first.
        versions: the contents of its document, oldest first, where there are more than this one.
    """

    sha256: str
    place: str
    title: str
    size: int
    audience: str
    held: bool = False
    gone: bool = False
    givers: tuple[Giver, ...] = ()
    versions: tuple[str, ...] = ()


def entry_of(content: Content) -> Entry:
    """The line of a content."""
    best = content.best
    return Entry(
        sha256=content.digest.hex(),
        place=content.place,
        title=names.escape(contribution(best.gift.path).rpartition(b"/")[2]),
        size=content.size,
        audience=content.audience,
        held=best.held,
        gone=best.status is not Status.HERE,
        givers=tuple(map(_giver, content.givings)),
        versions=tuple(digest.hex() for digest in content.versions) if len(content.versions) > 1 else (),
    )


def line_of(content: Content) -> bytes:
    """The line of a content, as it stands in a leaf of ``index/``."""
    return msgspec.json.encode(entry_of(content)) + b"\n"


def read_index(root: Path) -> Iterator[Entry]:
    """The lines of a library's index, in the order of the digests.

    Args:
        root: of the library; nobody pulls into it meanwhile.

    Raises:
        FormatError: ``library-list`` (``path``): a leaf is damaged.
    """
    decoder = msgspec.json.Decoder(Entry)
    for name in listed(root, INDEX):
        try:
            yield from decoder.decode_lines((root / name).read_bytes())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError("library-list", path=name) from error


def readme_bytes(name: str, organiser: str, contents: int, handoffs: int) -> bytes:
    """The page that people read first.

    Args:
        name: of the relay.
        organiser: the fingerprint of its organiser's key.
        contents: how many contents there are.
        handoffs: from how many hand-offs.
    """
    return _README.format(name=name, organiser=organiser, contents=contents, handoffs=handoffs).encode()


def _giver(giving: Giving) -> Giver:
    by = giving.by
    return Giver(
        link=by.link,
        number=by.number,
        seal=by.seal,
        holder=by.holder,
        time=by.time.isoformat().replace("+00:00", "Z"),
        town=by.place,
        path=names.escape(giving.gift.path),
        audience=giving.gift.audience,
        held=giving.held,
        stolen=giving.stolen,
        moved_from=names.escape(giving.came_from) if giving.came_from is not None else "",
        fate=_FATES[giving.status] or "",
        until=giving.ended,
    )


_README = """\
{name}

DE KENNIS VAN DEZE ESTAFETTE                                    (English below)

Hier staat alles wat onderweg op de Link is gezet: {contents} bestanden uit {handoffs} overdrachten.

files/       de bestanden, in de mappen van wie ze gaf. Een bestand dat meer mensen gaven staat er één keer.
             "plan (gemeente-assen 3 ~1a2b3c4d).docx" is een eerdere versie van plan.docx, of een ander
             plan.docx; tussen haakjes staat van wie het kwam en in welke overdracht.
beside/      wat naast de map data/ op de stick stond.
held/        apart gehouden: eerst bekijken, dan pas openen.
index/       per bestand: wie het gaf, waar en wanneer, en wie het mag zien. "organisers" betekent: niet
             verder verspreiden. Een regel per bestand, over enkele bestanden verdeeld naar het begin van
             de hash; cat index/*.jsonl is het geheel.
sums/        zo verdeeld: welk bestand welke hash heeft.
proof/       het bewijs: de verzegelde lijsten van elke overdracht.

Deze map wordt door linksync bijgewerkt. Verander er niets in; kopieer wat u wilt gebruiken.

Zelf controleren, zonder linksync:
  sha256sum --strict -c --quiet sums/*.sha256
  en in een map van proof/, als bij de stick: ssh-keygen -Y verify en sha256sum --strict -c.
  Elke hash in sums/ staat in een added.sha256 in proof/.
  De sleutel van de organisator is {organiser}

THE KNOWLEDGE OF THIS RELAY

Here is everything that was put on the Link on its way: {contents} files from {handoffs} hand-offs.

files/       the files, in the folders of those who gave them. A file that several people gave stands once.
             "plan (gemeente-assen 3 ~1a2b3c4d).docx" is an earlier version of plan.docx, or another plan.docx;
             between the brackets stands from whom it came and in which hand-off.
beside/      what stood beside the folder data/ on the stick.
held/        held apart: look before you open.
index/       for each file: who gave it, where and when, and who may see it. "organisers" means: do not pass on.
             A line for each file, over several files by how the hash begins; cat index/*.jsonl is all of it.
sums/        divided alike: which file has which hash.
proof/       the proof: the sealed lists of every hand-off.

linksync keeps this folder up to date. Change nothing in it; copy what you want to use.

To check it yourself, without linksync:
  sha256sum --strict -c --quiet sums/*.sha256
  and in a folder of proof/, as on the stick: ssh-keygen -Y verify and sha256sum --strict -c.
  Every hash in sums/ stands in an added.sha256 in proof/.
  The organiser's key is {organiser}
"""

"""What a hand-off leaves on the stick for people and for BagIt: all of it follows from the sealed folders.

The two manifests, BagIt's own files and the START pages. They are unsigned or signed by way of ``state.sha256``, and
any version of linksync can write them again (format 1, "The bag", "START pages").
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from linksync import __version__
from linksync.custody import lists, names
from linksync.custody.chain import Node
from linksync.custody.columns import Paths
from linksync.custody.consent import Consent, contribution, is_card
from linksync.custody.history import History
from linksync.custody.payload import MANIFEST, State
from linksync.custody.relay import Relay
from linksync.people import start_page
from linksync.people.start_page import Hop, Item, Recipe, SealedHandoff, StartPage, Stop
from linksync.people.texts import plain

START_HTML, START_TEXT, READ_ME = "START-HIER.html", "START-HIER.txt", "data/LEES-MIJ.txt"
ITEMS_MAX = 5_000
"""Files that the START pages list; how many more there are is said."""

_BAGIT = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"


class Derived(Mapping[str, bytes]):
    """Files that follow from the records, by path; the manifests among them are printed whenever they are asked for."""

    def __init__(self, state: State, sums: Mapping[str, str], others: Mapping[str, bytes]) -> None:
        """Take the state with the hashes of its manifests, hexadecimal, and the other files."""
        self._state, self._sums, self._others = state, sums, others

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, a piece at a time."""
        return self._state.manifest(name) if name in self._sums else iter((self._others[name],))

    def digest(self, name: str) -> lists.Digest:
        """The SHA-256 of a file."""
        return bytes.fromhex(self._sums[name]) if name in self._sums else lists.sha256(self._others[name])

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return sum(map(len, self.pieces(name)))

    def __getitem__(self, name: str) -> bytes:
        return b"".join(self.pieces(name))

    def __contains__(self, name: object) -> bool:
        return name in self._sums or name in self._others

    def __iter__(self) -> Iterator[str]:
        yield from self._sums
        yield from self._others

    def __len__(self) -> int:
        return len(self._sums) + len(self._others)


def derived_files(history: History, consent: Consent) -> Derived:
    """Every file that is written anew after a hand-off, by path, in the order of writing.

    Args:
        history: with at least one hand-off, and a state that is not damaged.
        consent: the cards that stand on the stick, for titles alone.
    """
    page = start_page_of(history, consent)
    others = {
        **_bag_files(history),
        START_HTML: start_page.render_html(page),
        START_TEXT: start_page.render_text(page),
    }
    return Derived(history.state, history.sums, others)


def read_me_of(relay: Relay, fingerprint: str) -> bytes:
    """``data/LEES-MIJ.txt`` of a relay."""
    empty = _page(relay, fingerprint, link="0" * 32, recipe=_NO_RECIPE)
    return start_page.read_me(empty)


def _bag_files(history: History) -> dict[str, bytes]:
    """BagIt 0.97, which ``sha256sum`` and ``bagit.py`` read alike."""
    head = history.chain.line[-1]
    count = sum(map(names.is_payload, history.state.files))
    octets = sum(size for path, size in history.state.sizes.pairs() if names.is_payload(path))
    relay = head.version.relay
    told = (
        ("Source-Organization", relay.organiser.name),
        ("External-Description", relay.name),
        ("External-Identifier", history.link),
        ("Internal-Sender-Identifier", head.folder),
        ("Bagging-Date", head.handoff.time.date().isoformat() if head.handoff else ""),
        ("Payload-Oxum", f"{octets}.{count}"),
        ("Bag-Software-Agent", f"linksync {__version__}"),
    )
    info = "".join(f"{name}: {plain(value)}\n" for name, value in told if value).encode()
    tags = {"bagit.txt": _BAGIT, "bag-info.txt": info}
    sealed = {path.encode(): lists.sha256(data) for path, data in tags.items()}
    if MANIFEST in history.sums:
        sealed[MANIFEST.encode()] = bytes.fromhex(history.sums[MANIFEST])
    return {**tags, "tagmanifest-sha256.txt": lists.to_bytes(sealed)}


def start_page_of(history: History, consent: Consent) -> StartPage:
    """What the START pages tell of a Link."""
    head = history.chain.line[-1]
    newest = history.roster.newest or head.version
    relay = newest.relay
    shared = Paths(_shared(history))
    documents = (path for path in shared if not is_card(path))
    visited = {node.holder for node in history.chain.line}
    last_day = head.handoff.time.date() if head.handoff else relay.period.from_
    stops = tuple(
        Stop(
            date=stop.date,
            host_name=_name(relay, stop.host),
            place=stop.place,
            passed=stop.host in visited or stop.date < last_day,
        )
        for stop in relay.stops
    )
    read_me = READ_ME.encode()
    items = tuple(
        Item(
            path=path,
            size=history.state.sizes.get(path, 0),
            from_host=_giver(history, path),
            contribution=contribution(path),
            title=consent.title(contribution(path)),
        )
        for path in islice(documents, ITEMS_MAX)
    )
    return _page(
        relay,
        history.roster.organiser,
        link=history.link,
        recipe=_recipe(history, relay),
        stops=stops,
        journey=tuple(_hops(history)),
        shared=items,
        kept=len(history.state.files) - len(shared) - (read_me in history.state.files and read_me not in shared),
        more=sum(1 for _ in documents),
        waiting=len(head.handoff.waiting) if head.handoff else 0,
    )


def _page(
    relay: Relay,
    fingerprint: str,
    *,
    link: str,
    recipe: Recipe,
    stops: tuple[Stop, ...] = (),
    journey: tuple[Hop, ...] = (),
    shared: tuple[Item, ...] = (),
    kept: int = 0,
    more: int = 0,
    waiting: int = 0,
) -> StartPage:
    return StartPage(
        relay_name=relay.name,
        link=link,
        organiser_fingerprint=fingerprint,
        contact=relay.contact,
        privacy=relay.privacy,
        rights=relay.rights,
        languages=relay.languages,
        stops=stops,
        journey=journey,
        shared=shared,
        kept_for_organisers=kept,
        more=more,
        waiting=waiting,
        recipe=recipe,
    )


def _shared(history: History) -> Iterator[bytes]:
    """The paths that were meant for everyone, and that no thief put there, in order."""
    state = history.state
    for path, digest in state.files.items():
        giver = state.givers.get(path)
        stopped = path in state.held or path in state.refused or digest in state.narrow
        if not stopped and giver is not None and not giver.void:
            yield path


def _hops(history: History) -> Iterator[Hop]:
    for node in history.chain.line:
        if node.handoff is not None and not node.void:
            counts = node.handoff.counts
            yield Hop(
                number=node.number,
                host_name=_name(node.version.relay, node.holder),
                place=node.handoff.place,
                time=node.handoff.time,
                added=counts.added + counts.changed + counts.moved,
                bytes=node.handoff.sizes.added,
            )


def _giver(history: History, path: bytes) -> str:
    """The name of the host that took a file in last, or empty."""
    node = history.state.givers.get(path)
    return _name(node.version.relay, node.holder) if node is not None else ""


def _name(relay: Relay, holder: str) -> str:
    party = relay.holder(holder)
    return party.name if party else holder


def _recipe(history: History, relay: Relay) -> Recipe:
    head = history.chain.line[-1]
    return Recipe(
        organiser=relay.organiser.id,
        relay_versions=tuple(version.number for version in history.here.versions),
        handoffs=tuple(_sealed(node) for node in history.chain.line),
        head=head.number,
        head_folder=head.folder,
    )


def _sealed(node: Node) -> SealedHandoff:
    return SealedHandoff(folder=node.folder, holder=node.holder, relay_version=node.version.number)


_NO_RECIPE = Recipe(organiser="x", relay_versions=(), handoffs=(), head=0, head_folder="000000-x")

"""Intake: a stick is read once, and what is new stands on the host's disk afterwards.

Read the tree (hash, compare with the chain, stage what is new); look again, and let wait what changed meanwhile; make
sure that the stick is alive still, since what a dying one does not give back is not its last word; class each file by
what was seen in it. Nothing is written to the stick, nothing is signed yet.
"""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from heapq import merge

from linksync.custody.changes import Changes, compare
from linksync.custody.columns import Digests
from linksync.custody.consent import Consent, is_card, read_cards
from linksync.custody.lists import Digest
from linksync.custody.litter import is_litter_name
from linksync.custody.names import is_payload
from linksync.custody.payload import State
from linksync.custody.relay import Policy
from linksync.custody.taken import Taken, Takings
from linksync.host.judging import Judging, may_change
from linksync.host.screening import screener
from linksync.host.staging import Staging
from linksync.knowledge.clamd import Scanner
from linksync.knowledge.rules_names import twin_codes
from linksync.machine.kept import know
from linksync.stick.contents import litter_of
from linksync.stick.listing import Files
from linksync.stick.medium import Medium, medium_error
from linksync.stick.reading import Reading, Wish, changed_since, read_tree
from linksync.stick.tree import Tree, list_tree
from linksync.stick.verify import Judged, Progress, require_alive, sealed_before, towards

_CHANGED = frozenset({errno.EBUSY, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EINVAL, errno.EXDEV})
"""How opening or reading fails where something else stands now than what was listed."""
_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What stands on the stick, and what of it is new.

    Attributes:
        taken: what the hand-off takes in or refuses, by path.
        gone: missing and moved-away paths with their last hash.
        waiting: path to reason, of files that are not taken in this time and folders that could not be listed.
        litter: all of it; what of it may be removed is in ``data/``.
        needed: the bytes that waiting files for want of room would take; ``room`` what there was.
        bytes_read: payload bytes that were read from the stick.
    """

    tree: Tree
    changes: Changes
    taken: Takings
    gone: Mapping[bytes, Digest]
    waiting: Mapping[bytes, str]
    litter: frozenset[bytes]
    consent: Consent
    narrowed: tuple[bytes, ...]
    needed: int
    room: int
    bytes_read: int

    @property
    def anything(self) -> bool:
        """Whether there is something to seal."""
        return bool(self.taken or self.gone or self.narrowed)


def take_in(
    medium: Medium,
    judged: Judged,
    policy: Policy,
    staging: Staging,
    progress: Progress,
    *,
    keep: bool = True,
    scanner: Scanner | None = None,
    make_room: Callable[[], None] | None = None,
) -> Intake:
    """Read the stick, stage what is new, and look at it meanwhile.

    Args:
        medium: the stick.
        judged: its records.
        policy: of the relay version in force.
        staging: where copies go; they are not durable yet.
        progress: told how far reading has come.
        keep: False to copy nothing, only to see what would be taken in.
        scanner: the virus scanner of this computer; None where there is none.
        make_room: called once where what is new does not fit on the host's disk, to drop what can be missed there.

    Raises:
        MediumError: the stick is gone, or the host's disk failed or is full; nothing was changed.
    """
    history = judged.history
    known = _to_be_looked_at(history.state, policy)
    tree = list_tree(medium)
    room = staging.room()
    too_big, needed = _without_room(tree, known, room)
    if too_big and make_room is not None:
        make_room()
        room = staging.room()
        too_big, needed = _without_room(tree, known, room)
    with closing(screener(staging if keep else None, policy, scanner)) as look:
        look.get_ready()
        wish = Wish(
            known=known,
            stage=staging if keep else None,
            too_big=frozenset(too_big),
            look=look,
            capture=lambda path: is_card(path) or is_litter_name(path),
            progress=towards(tree, progress),
        )
        reading = read_tree(medium, tree, wish)
    for mark, digest in reading.marks.items():
        know(mark, digest)
    again = list_tree(medium)
    _require_root(medium, tree, again)
    require_alive(medium, judged)  # else what fails to be read would wait, and what is not listed would not even do so
    waiting = _waiting(reading, again, too_big)
    litter = litter_of(history, tree, reading) - waiting.keys()
    here = _columns(reading.digests).but({*waiting, *litter})
    unknown = _unknown(tree, again, reading, waiting)
    changes = compare(history.state.files, here, unknown=unknown)
    consent = _consent(tree, again, reading, waiting)
    judging = Judging(history.state, policy, reading.sights, twin_codes(here), scanned=scanner is not None)
    taken = Takings(_taken(_new(history.state, here, changes, judging), here, reading, consent, judging))
    absent = {*changes.missing, *changes.moved.values()}
    return Intake(
        tree=again,
        changes=changes,
        taken=taken,
        gone={path: history.state.files[path] for path in sorted(absent)},
        waiting={path: why for path, why in waiting.items() if path in again.files} | _unlisted(again),
        litter=frozenset(path for path in litter if path in again.files),
        consent=consent,
        narrowed=_narrowed(history.state, taken, consent, unknown, absent),
        needed=needed,
        room=room,
        bytes_read=reading.bytes_read,
    )


def _columns(digests: Mapping[bytes, Digest]) -> Digests:
    return digests if isinstance(digests, Digests) else Digests.of(sorted(digests.items()))


def _to_be_looked_at(state: State, policy: Policy) -> Callable[[bytes], tuple[Digest, int] | None]:
    """What is sealed of a path; nothing of one that is judged anew, so that it is staged and looked at again."""
    sealed = sealed_before(state)
    return lambda path: None if may_change(state, path, policy) else sealed(path)


def _new(state: State, here: Digests, changes: Changes, judging: Judging) -> Iterator[bytes]:
    """The paths of what is taken in or refused, in order."""
    return merge(changes.added, changes.changed, sorted(changes.moved), _judged_anew(state, here, changes, judging))


def _judged_anew(state: State, here: Digests, changes: Changes, judging: Judging) -> list[bytes]:
    known = {*changes.changed, *changes.moved}
    stopped = sorted(path for path in state.held | state.refused if path in state.files and path not in known)
    there = filter(here.__contains__, stopped)  # the others were taken away, or wait
    return [path for place, path in here.paths.placed(there) if judging.differs(place, path)]


def _without_room(
    tree: Tree, known: Callable[[bytes], tuple[Digest, int] | None], room: int
) -> tuple[list[bytes], int]:
    """The new files that do not fit on the host's disk, the largest first, and their bytes."""

    def new() -> Iterator[tuple[bytes, int]]:
        files = ((path, size) for path, (size, _) in tree.files.items())
        return ((path, size) for path, size in files if (known(path) or (b"", -1))[1] != size)

    total = sum(_on_disk(size) for _, size in new())
    if total <= room:
        return [], 0
    waits, needed = [], 0
    for path, size in sorted(new(), key=lambda one: (-one[1], one[0])):
        if total <= room:
            break
        waits.append(path)
        needed += size
        total -= _on_disk(size)
    return waits, needed


def _on_disk(size: int) -> int:
    """The bytes that a copy takes: whole blocks, and one for its name."""
    return (size // _BLOCK + 2) * _BLOCK


def _waiting(reading: Reading, again: Tree, too_big: list[bytes]) -> dict[bytes, str]:
    """Path to reason of everything that is not taken in this time, whatever it is."""
    waiting = dict.fromkeys(too_big, "no-room") | dict.fromkeys(reading.unstaged, "no-room")
    waiting |= {path: _failure(number) for path, number in reading.failed.items()}
    waiting |= dict.fromkeys(changed_since(reading, again), "changed-meanwhile")
    return waiting


def _failure(number: int) -> str:
    return "changed-meanwhile" if number in _CHANGED else "unreadable"


def _unlisted(again: Tree) -> dict[bytes, str]:
    return {path: "unreadable" for path in again.unreadable if path not in again.special}


def _require_root(medium: Medium, *trees: Tree) -> None:
    """Make sure that the root itself could be listed: otherwise nothing is known of anything."""
    for number in (tree.unreadable[b""] for tree in trees if b"" in tree.unreadable):
        raise medium_error(OSError(number, ""), medium.path, reading=True)


def _consent(tree: Tree, again: Tree, reading: Reading, waiting: Mapping[bytes, str]) -> Consent:
    """What the cards allow; one that is no plain file, or was not there all the time as it was read, allows nothing."""
    places = (tree.files, again.files, again.special, again.unlistable)
    cards = {path for some in places for path in some if is_card(path)}
    captured = {path: data for path, data in reading.captured.items() if path not in waiting}
    return Consent(read_cards(captured, sorted(cards)))


def _unknown(tree: Tree, again: Tree, reading: Reading, waiting: Mapping[bytes, str]) -> Callable[[bytes], bool]:
    """Whether a sealed path could not be looked at for certain, so that it must not be called missing."""
    return lambda path: (
        path in waiting
        or path in reading.failed
        or tree.is_unknown(path)
        or again.is_unknown(path)
        or (path in again.files and path not in tree.files)
    )


def _taken(
    paths: Iterable[bytes], here: Digests, reading: Reading, consent: Consent, judging: Judging
) -> Iterator[tuple[bytes, Taken]]:
    """Each of these files, in order, as it is taken in."""
    sizes = Files.of(reading.stamps).sizes
    for place, path in here.paths.placed(paths):
        digest, judged = here.at(place), judging.of(place, path)
        yield (
            path,
            Taken(
                digest=digest,
                size=sizes[place],
                class_=judged.class_,
                audience=judging.state.audience(path, digest, consent.asked(path)),
                codes=judged.codes,
                media_type=judged.media_type,
            ),
        )


def _narrowed(
    state: State,
    taken: Mapping[bytes, Taken],
    consent: Consent,
    unknown: Callable[[bytes], bool],
    absent: set[bytes],
) -> tuple[bytes, ...]:
    """Folders of which everyone might see what was taken in before, and whose cards no longer say yes."""
    folders = set()
    for path, digest in state.files.items():
        if digest in state.narrow or not path.count(b"/") or consent.asked(path) != "organisers":
            continue
        if path not in taken and path not in absent and not unknown(path):
            folders.add(path.rpartition(b"/")[0])
    return tuple(sorted(folders))


def removable(intake: Intake) -> tuple[bytes, ...]:
    """The litter that may be removed: in ``data/`` alone."""
    return tuple(sorted(path for path in intake.litter if is_payload(path)))

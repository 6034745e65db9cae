"""Looking at what is new on a stick, without taking anything in: what a host is shown before a hand-off.

Only files that are not sealed, or have another size than what was sealed, are read, and each only once as long as it
does not change: a stick can be looked at every few seconds while visitors add to it. The hand-off itself reads all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.custody.litter import is_litter, is_litter_name
from linksync.custody.relay import Policy
from linksync.custody.screening import Class
from linksync.host.judging import Judging
from linksync.host.screening import screener
from linksync.knowledge.clamd import Scanner
from linksync.stick.listing import Files, Stamp
from linksync.stick.medium import Medium
from linksync.stick.reading import Wish, read_tree
from linksync.stick.tree import Tree
from linksync.stick.verify import Judged, Progress, sealed_before, towards


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A file that the last hand-off does not have: its bytes, and how it would be classed, and why."""

    size: int
    class_: Class
    codes: tuple[str, ...] = ()


class Newcomers:
    """What is new on one stick, as far as it was looked at. To be closed.

    Attributes:
        files: path to newcomer.
        unreadable: new files that could not be read.
    """

    def __init__(self, medium: Medium, judged: Judged, policy: Policy, scanner: Scanner | None = None) -> None:
        """Begin with nothing.

        Args:
            medium: the stick.
            judged: its records.
            policy: of the relay version in force.
            scanner: the virus scanner of this computer; None where there is none.
        """
        self.files: dict[bytes, Newcomer] = {}
        self.unreadable: set[bytes] = set()
        self._medium, self._policy = medium, policy
        self._state, self._scanned = judged.history.state, scanner is not None
        self._look = screener(None, policy, scanner)
        self._sealed = judged.history.state.files
        self._before = sealed_before(judged.history.state)
        self._seen: dict[bytes, Stamp] = {}

    def there(self, files: Mapping[bytes, Stamp], progress: Progress = lambda _done, _all: None) -> None:
        """Look at files that stand on the stick; sealed ones of the same size are taken to be the same.

        Raises:
            MediumError: the stick is gone.
        """
        known = ((path, self._before(path)) for path in files)
        self.arrived({path: files[path] for path, was in known if was is None or was[1] != files[path][0]}, progress)

    def arrived(self, files: Mapping[bytes, Stamp], progress: Progress = lambda _done, _all: None) -> None:
        """Look at files that came or changed; each is read.

        Raises:
            MediumError: the stick is gone.
        """
        tree = Tree(files={path: stamp for path, stamp in files.items() if self._seen.get(path) != stamp})
        wish = Wish(known=self._before, look=self._look, capture=is_litter_name, progress=towards(tree, progress))
        reading = read_tree(self._medium, tree, wish)
        judging = Judging(self._state, self._policy, reading.sights, {}, scanned=self._scanned)
        for place, (path, stamp) in enumerate(Files.of(tree.files).items()):
            self.left(frozenset({path}))
            digest = reading.digests.get(path)
            if digest is None:
                self.unreadable.add(path)
                continue
            self._seen[path] = stamp
            litter = path not in self._sealed and is_litter(path, reading.captured.get(path, b""))
            if digest != self._sealed.get(path) and not litter:
                judged = judging.of(place, path)
                self.files[path] = Newcomer(size=stamp[0], class_=judged.class_, codes=judged.codes)

    def close(self) -> None:
        """Look no more."""
        self._look.close()

    def left(self, gone: frozenset[bytes]) -> None:
        """Forget files that stand there no more."""
        for path in gone:
            self.files.pop(path, None)
            self._seen.pop(path, None)
            self.unreadable.discard(path)

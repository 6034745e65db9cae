"""What people put on the stick, held against what the hand-offs sealed: the findings ``E3xx`` and ``E4xx``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from linksync.custody import names
from linksync.custody.changes import Changes, compare
from linksync.custody.findings import Finding, finding
from linksync.custody.handoff import Handoff
from linksync.custody.history import History
from linksync.custody.litter import is_litter, is_litter_name
from linksync.custody.screening import POLICY, gravest_code
from linksync.stick.reading import Reading
from linksync.stick.tree import Tree


def full_findings(history: History, tree: Tree, reading: Reading) -> tuple[list[Finding], Changes]:
    """Compare every hash with the sealed state (format 1, "Verdicts")."""
    sealed = history.state.files
    litter = litter_of(history, tree, reading)
    here = {path: d for path, d in reading.digests.items() if path not in litter} if litter else reading.digests
    changes = compare(
        sealed,
        here,
        unknown=lambda path: path in reading.failed or tree.is_unknown(path),
        same=reading.same,
        there=tree.files if reading.same else (),
    )
    waiting = _waiting(history)
    found = [finding("E304" if path in changes.exchanged else "E301", names.escape(path)) for path in changes.changed]
    found += [finding("E305", names.escape(new), old=names.escape(old)) for new, old in changes.moved.items()]
    found += [_unsealed(path, waiting) for path in changes.added]
    found += _missing(changes.missing, tree)
    found += [finding("E307", names.escape(path)) for path in reading.failed]
    return found, changes


def quick_findings(history: History, tree: Tree) -> list[Finding]:
    """Compare names and sizes alone, and say that no content was read."""
    sealed, sizes = history.state.files, history.state.sizes
    waiting = _waiting(history)
    found = [finding("W105")]
    for path, (size, _) in tree.files.items():
        if path not in sealed:
            found += [] if is_litter_name(path) else [_unsealed(path, waiting)]
        elif path in sizes and sizes[path] != size:
            found.append(finding("E308", names.escape(path), found=size, expected=sizes[path]))
    absent = (path for path in sealed if path not in tree.files and not tree.is_unknown(path))
    return found + _missing(absent, tree)


def place_findings(history: History, tree: Tree, reading: Reading | None) -> list[Finding]:
    """What stands on the stick and is no file to take in.

    Args:
        history: what is sealed.
        tree: what stands there.
        reading: what was read; None where contents were not, so that litter shows by its name alone.
    """
    named = _named(history)
    found = [finding("W103", names.escape(path)) for path in tree.system]
    found += [finding("E307", names.escape(path)) for path in tree.unreadable if _may_hide(path, tree, history)]
    for code, odd in (("E403", tree.special), ("E404", tree.unlistable)):
        for path, reason in odd.items():
            shown = names.escape(path)
            if path not in history.state.files:
                found.append(finding("W111" if shown in named else code, shown, kind=reason))
    litter = _litter_names(history, tree) if reading is None else litter_of(history, tree, reading)
    found += [finding("W102", names.escape(path)) for path in sorted(litter)]
    found += [finding("E401", names.escape(path), why=_ground(history, path)) for path in sorted(history.state.held)]
    found += [finding("E402", names.escape(path), why=_ground(history, path)) for path in sorted(history.state.refused)]
    return found


def _ground(history: History, path: bytes) -> str:
    """Why a file is held or refused: its gravest code, or the relay's policy."""
    codes = history.state.codes.get(path, ())
    version = history.roster.versions[-1:]
    changed = version[0].relay.policy.screening if version else {}
    return POLICY if POLICY in codes else gravest_code(codes, changed) or POLICY


def name_findings(tree: Tree) -> list[Finding]:
    """Names that systems take for one another."""
    if names.all_apart(tree.files):
        return []
    return [*_twins(tree.files, names.spelling_key, "W109"), *_twins(tree.files, _case_key, "W108")]


def bag_findings(history: History) -> list[Finding]:
    """What keeps BagIt's tools from reading the stick (format 1, "The bag")."""
    if names.all_in_bags(history.state.files):
        return []
    exceptions = ((path, names.bag_exception(path)) for path in sorted(history.state.files))
    return [finding("W107", names.escape(path), why=why) for path, why in exceptions if why]


def manifest_findings(history: History, sums: Mapping[str, str], hashes: Mapping[str, str]) -> list[Finding]:
    """Hold the two manifests against the last hand-off and those before (format 1, "The lists").

    Args:
        history: with a state that is not damaged, or nothing is said.
        sums: the hashes of the manifests that follow from the state, by path.
        hashes: of those that stand on the stick.
    """
    found = []
    for path, seals in history.manifests.items():
        here = hashes.get(path)
        if here != sums.get(path):
            known = here is None or here in seals or here == EMPTY
            found.append(finding("W104" if known else "E306", path))
    return found


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The hash of nothing: a manifest that was being written when the stick was pulled out."""


def _last(history: History) -> Handoff | None:
    return history.chain.head.handoff if history.chain.head else None


def _waiting(history: History) -> frozenset[str]:
    last = _last(history)
    return frozenset(named.path for named in last.waiting) if last else frozenset()


def _named(history: History) -> frozenset[str]:
    last = _last(history)
    return frozenset(named.path for named in (*last.special, *last.unlistable)) if last else frozenset()


def _unsealed(path: bytes, waiting: frozenset[str]) -> Finding:
    shown = names.escape(path)
    return finding("W110" if shown in waiting else "E303", shown)


def _missing(absent: Iterable[bytes], tree: Tree) -> list[Finding]:
    return [finding("E309" if _is_replaced(path, tree) else "E302", names.escape(path)) for path in absent]


def _is_replaced(path: bytes, tree: Tree) -> bool:
    """Whether something that is no file stands where a sealed file stood."""
    return path in tree.special or path in tree.unlistable


def _may_hide(path: bytes, tree: Tree, history: History) -> bool:
    """Whether sealed files may stand where nobody could look: always in a folder, and under a mount if any did."""
    if path not in tree.special:
        return True
    return any(sealed == path or sealed.startswith(path + b"/") for sealed in history.state.files)


def _litter_names(history: History, tree: Tree) -> set[bytes]:
    """The files that have a name of litter and were never sealed."""
    return {path for path in tree.files if is_litter_name(path) and path not in history.state.files}


def litter_of(history: History, tree: Tree, reading: Reading) -> set[bytes]:
    """The files that are litter by name and by content, and were never sealed; what could not be read is none."""
    named = (path for path in reading.captured if path in reading.digests and path not in history.state.files)
    return {path for path in named if path in tree.files and is_litter(path, reading.captured[path])}


def _case_key(path: bytes) -> bytes:
    return names.twin_key(names.spelling_key(path))


def _twins(paths: Iterable[bytes], key: Callable[[bytes], bytes], code: str) -> Iterator[Finding]:
    ordered = sorted((key(path), path) for path in paths)
    for _, some in groupby(ordered, key=lambda pair: pair[0]):
        first, *others = [path for _, path in some]
        for other in others:
            if code == "W109" or names.spelling_key(other) != names.spelling_key(first):
                yield finding(code, names.escape(other), twin=names.escape(first))

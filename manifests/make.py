"""Makes what stands in this folder: schemas, catalogues of findings and codes, example, vectors, blocks of the README.

    python manifests/make.py            writes what differs and removes what is no longer made
    python manifests/make.py --check    only says what differs, and ends with 1 where something does

All of it follows from the code: keys come from words, times from numbers, so the bytes are the same on every computer.
"""

import inspect
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from linksync.custody import names
from linksync.custody.decision import Decision
from linksync.custody.findings import CATALOGUE, VERDICTS, Finding
from linksync.custody.handoff import Handoff, IndexLine
from linksync.custody.litter import is_litter_name
from linksync.custody.memory import Seen
from linksync.custody.payload import MANIFEST
from linksync.custody.receipt import Receipt
from linksync.custody.relay import LinkId, Record, Relay, SealHash
from linksync.custody.screening import CODES
from linksync.custody.seal import RELAYS, RawFolder
from linksync.custody.strict_yaml import dump
from linksync.demo.estafette import KEY_OWNERS, ORGANISER, RELAY_ID, example_relay
from linksync.demo.scenes import Case, Scene
from linksync.demo.sticks import Stick, fingerprint, key_line
from linksync.demo.tampering import CASES, WITHOUT_SCENE
from linksync.people.sentences import FINDINGS
from linksync.people.sentences_screening import SCREENED
from linksync.stick.medium import Medium
from linksync.stick.verify import verify

HERE = Path(__file__).resolve().parent
MADE = ("schemas", "example", "vectors", "findings.md", "screening.md")
"""What is made whole; of the README only the blocks between marks are."""

SHOWN = "OK_handed-over-once"
"""The stick of the worked example."""

_BLOCK = re.compile(r"(<!-- made: ([a-z0-9-]+) -->\n```[a-z]*\n).*?(```\n<!-- end -->)", re.DOTALL)
_PORTABLE = re.compile(rb"(?:[A-Za-z0-9_][A-Za-z0-9._+ -]*/)*[A-Za-z0-9_][A-Za-z0-9._+ -]*(?<![. ])")
_ONE_BYTE_MAX = 1000
"""Longer runs of one byte are told, not stored."""


class Head(Record, frozen=True, kw_only=True):
    """The last hand-off: its number and the hash of its seal."""

    number: int
    seal: SealHash


class Told(Record, frozen=True, kw_only=True):
    """A finding; ``attested`` is the hand-off that recorded it, which makes it a note with exit 0."""

    code: str
    path: str
    message: str
    remedy: str
    exit: int
    attested: int | None


class Report(Record, frozen=True, kw_only=True):
    """What ``linksync verify --json`` prints."""

    verdict: Literal[tuple(VERDICTS.values())]  # type: ignore[valid-type]
    exit: Literal[tuple(VERDICTS)]  # type: ignore[valid-type]
    link: LinkId | None
    head: Head | None
    standing: Literal["ok", "ahead", "behind", "forked", "foreign", "organiser-unknown"]
    counts: dict[str, int]
    findings: tuple[Told, ...]


RECORDS: dict[str, type[Record]] = {
    "relay": Relay,
    "handoff": Handoff,
    "index-line": IndexLine,
    "receipt": Receipt,
    "decision": Decision,
    "verify-report": Report,
}


def everything() -> dict[str, bytes]:
    """Every file that is made, by its path in this folder."""
    readme = (HERE / "README.md").read_text("utf-8")
    return {
        **{f"schemas/{name}.schema.json": schema(record) for name, record in RECORDS.items()},
        "findings.md": findings_page(),
        "screening.md": screening_page(),
        **{f"example/{RELAY_ID}/{path}": data for path, data in example().items()},
        **{f"vectors/{case.name}/{path}": data for case in CASES.values() for path, data in vector(case).items()},
        "README.md": filled(readme).encode(),
    }


# Schemas.


def schema(record: type[Record]) -> bytes:
    """The JSON Schema of a record."""
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(record)}
    return (json.dumps(_clean(told), indent=2, ensure_ascii=False) + "\n").encode()


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inspect.cleandoc(item).replace("``", "`")
        if key == "description" and isinstance(item, str)
        else _clean(item)
        for key, item in value.items()
    }


# The finding catalogue.

_GROUPS = {
    "E1": "Structure",
    "E2": "Signatures and custody",
    "E3": "Fixity",
    "E4": "Content",
    "W1": "Notes",
}
_INTRODUCTION = """\
# Findings

Made by `make.py` from the code; do not edit. What a code means for the exit status stands in
[the specification](README.md#verdicts); each has test vectors. A value in braces is filled in. A finding about records
that a later hand-off recorded is a note (exit 0), and says which one.
"""


def findings_page() -> bytes:
    """``findings.md``: every code with its exit status, sentences, remedies and vectors."""
    return "\n".join([_INTRODUCTION, *_groups()]).encode()


def _groups() -> Iterator[str]:
    for prefix, title in _GROUPS.items():
        yield f"## {title}\n"
        for code, status in CATALOGUE.items():
            if code.startswith(prefix):
                yield from _about(code, status)


def _about(code: str, status: int) -> Iterator[str]:
    (nl, en), (do_nl, do_en) = FINDINGS[code]
    verdict = f"exit {status}, {VERDICTS[status]}" if status else "a note"
    yield f"### {code}: {verdict}\n"
    yield f"- {en} *{do_en}*\n- {nl} *{do_nl}*"
    found = [f"[{case.slug}](vectors/{case.name})" for case in CASES.values() if case.code == code]
    yield f"- Vectors: {', '.join(found) or f'none: {WITHOUT_SCENE[code]}'}\n"


# The codes of screening.

_SCREENING = """\
# Screening

Made by `make.py` from the code; do not edit. What a class means and how a relay's policy changes it stands in
[the specification](README.md#content). A file may have several codes; the gravest class counts.

| code | class | what people are told | and what to do |
|---|---|---|---|
"""


def screening_page() -> bytes:
    """``screening.md``: every code with its class, sentences and remedies."""
    rows = [_code_row(code, class_) for code, class_ in CODES.items()]
    return (_SCREENING + "".join(rows)).encode()


def _code_row(code: str, class_: str) -> str:
    _, (nl, en), (do_nl, do_en) = SCREENED[code]
    return f"| `{code}` | {class_} | {en}<br>{nl} | {do_en}<br>{do_nl} |\n"


# The example relay.


def example() -> dict[str, bytes]:
    """The organiser's folder of the example relay: the page, and version 1, signed."""
    page = example_relay({owner: key_line(owner) for owner in KEY_OWNERS}).encode()
    folder = Stick().sign_page(page, by=ORGANISER)
    sealed = {f"{RELAYS}/0001/{name}": data for name, data in folder.files.items()}
    return {"relay.yaml": page, **sealed}


# Test vectors.


def vector(case: Case) -> dict[str, bytes]:
    """The files of a vector: ``vector.yaml``, the stick, and the relay versions that are known elsewhere."""
    scene = case.make()
    found = judged(scene)
    if {one.code for one in found} != case.codes or {one.code for one in found if one.attested} != case.attested:
        raise ValueError(f"{case.name}: {sorted(case.codes)} expected, {[(f.code, f.path) for f in found]} found")
    twins = _twins(scene.stick.files)
    kept = {path: data for path, data in scene.stick.files.items() if _is_kept(path, data) and path not in twins}
    odd = [_odd(path, data) for path, data in sorted(scene.stick.files.items()) if path not in kept]
    odd += [{"path": names.escape(path), "link": names.escape(to)} for path, to in sorted(scene.stick.links.items())]
    page = {
        "code": case.code,
        "about": case.about,
        "organiser": scene.organiser,
        "quick": scene.quick,
        "memory": {"relay": scene.memory.relay, "seen": [_seen(one) for one in sorted(scene.memory.seen)]},
        "also": odd,
        "expect": {
            "verdict": case.verdict,
            "exit": case.exit,
            "findings": [_finding(one) for one in found],
        },
    }
    files = {"vector.yaml": dump(page)}
    files |= {f"stick/{path.decode()}": data for path, data in sorted(kept.items())}
    files |= {f"known/{path}": data for folder in scene.known for path, data in _paths(folder)}
    return files


def judged(scene: Scene) -> tuple[Finding, ...]:
    """What linksync finds on the stick of a scene."""
    with tempfile.TemporaryDirectory() as folder:
        scene.stick.write(Path(folder))
        with Medium.open(folder) as medium:
            return verify(medium, scene.trust, quick=scene.quick).report.findings


def _is_kept(path: bytes, data: bytes) -> bool:
    """Whether a file can stand in every checkout of git as it is."""
    return _PORTABLE.fullmatch(path) is not None and not is_litter_name(path) and not _is_long_run(data)


def _twins(paths: Iterable[bytes]) -> set[bytes]:
    """The paths that some systems take for another one, or put into another one's folder."""
    spelled: dict[bytes, bytes] = {}
    found = set()
    for path in sorted(paths, key=lambda path: path.swapcase()):
        for end in (at for at, byte in enumerate(path + b"/") if byte == ord("/")):
            if spelled.setdefault(path[:end].lower(), path[:end]) != path[:end]:
                found.add(path)
    return found


def _odd(path: bytes, data: bytes) -> dict[str, object]:
    shown: dict[str, object] = {"path": names.escape(path)}
    if _is_long_run(data):
        return shown | {"repeat": data[:1].decode(), "times": len(data)}
    return shown | {"hex": data.hex()}


def _is_long_run(data: bytes) -> bool:
    return len(data) > _ONE_BYTE_MAX and len(set(data)) == 1


def _seen(one: Seen) -> dict[str, object]:
    return {"number": one.number, "seal": one.seal, "key": one.key}


def _finding(found: Finding) -> dict[str, object]:
    return {"code": found.code, "path": found.path, "attested": found.attested}


def _paths(folder: RawFolder) -> Iterator[tuple[str, bytes]]:
    for name, data in folder.files.items():
        yield f"{folder.path}/{name}", data


# The blocks of the README.


def filled(readme: str) -> str:
    """The README with its blocks made anew."""
    blocks = shown_blocks()
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}", readme)


def shown_blocks() -> dict[str, str]:
    """What the README shows, by name: real bytes of the stick of the worked example."""
    stick = CASES[SHOWN].make().stick
    folder = stick.last
    text = {path.decode(): data.decode() for path, data in stick.files.items()}
    return {
        "tree": "".join(f"{path}\n" for path in sorted(text)),
        "seal": text[f"{folder}/seal.sha256"],
        "signature": text[f"{folder}/seal.sha256.sig"],
        "handoff": text[f"{folder}/handoff.yaml"],
        "added": text[f"{folder}/added.sha256"],
        "index": text[f"{folder}/index.jsonl"],
        "state": text[f"{folder}/state.sha256"],
        "signers": text["linksync/relay/0001/allowed_signers"],
        "judged": _judged(stick),
        "codes": _codes(),
    }


def _judged(stick: Stick) -> str:
    """What ``ssh-keygen`` and ``sha256sum`` print of a stick with one relay version."""
    good = 'Good "linksync-{}-v1" signature for {} with ED25519 key {}\n'
    signed = [("relay", ORGANISER), *(("handoff", folder.name[7:]) for folder in stick.line)]
    told = "".join(good.format(kind, who, fingerprint(who)) for kind, who in signed)
    seals = [stick.files[f"{folder.path}/seal.sha256".encode()] for folder in (*stick.line, *stick.relays)]
    state = stick.files[f"{stick.last}/state.sha256".encode()]
    checked = b"".join([*seals, state, stick.files[MANIFEST.encode()]])
    return told + "".join(f"{line[66:].decode()}: OK\n" for line in checked.splitlines())


def _codes() -> str:
    return "".join(f"{status:>3}  {word}\n" for status, word in sorted(VERDICTS.items()))


# Writing.


def main(arguments: list[str]) -> int:
    """Write what differs, or only say so."""
    wanted = everything()
    stray = [path for path in here() if path not in wanted]
    other = [path for path, data in wanted.items() if read(path) != data]
    for path in sorted([*other, *stray]):
        print(path)
    if "--check" in arguments:
        return 1 if other or stray else 0
    for path in other:
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_bytes(wanted[path])
    for path in stray:
        (HERE / path).unlink()
    return 0


def here() -> Iterator[str]:
    """The paths of all that was made before."""
    for name in MADE:
        for path in sorted((HERE / name).rglob("*")):
            if path.is_file() or path.is_symlink():
                yield path.relative_to(HERE).as_posix()


def read(path: str) -> bytes | None:
    """What stands there now."""
    place = HERE / path
    return place.read_bytes() if place.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

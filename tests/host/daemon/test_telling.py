"""What a working process tells of always goes on a line, whatever people called their files."""

import json

import pytest

from linksync.custody.findings import finding
from linksync.host.daemon.telling import LINE_MAX, SHOWN_MAX, added_told, findings_told, waiting_told

LONG = {
    "three bytes a letter, six as JSON": "语" * 1500,
    "four bytes a letter, twelve as JSON": "🜁" * 1500,
    "turns of direction, which are escaped": "\u202e" * 500,
    "ordinary": "verslag van de dag" * 3,
}
"""What a path can be: FAT takes 255 letters in each name, and a name that no list can carry waits at any length."""


@pytest.mark.parametrize("name", LONG.values(), ids=LONG.keys())
def test_two_hundred_files_with_the_longest_names_go_on_one_line(name: str) -> None:
    paths = [f"data/{name}/{number:04}.docx".encode() for number in range(SHOWN_MAX + 50)]
    told = {
        "added": added_told((path, 5, "hold", ("macros", "encrypted")) for path in paths),
        "waiting": waiting_told(dict.fromkeys(paths, "path-length")),
        "findings": findings_told(finding("E302", path.decode()) for path in paths),
    }
    assert len(json.dumps({"event": "result", **told})) < LINE_MAX
    assert min(len(shown) for shown in told.values()) >= 2


def test_with_ordinary_names_all_two_hundred_are_told() -> None:
    paths = [b"data/wat wij leerden/verslag van de werkgroep roosteren %04d.docx" % number for number in range(250)]
    assert len(added_told((path, 5, "pass", ()) for path in paths)) == SHOWN_MAX
    assert [one["path"] for one in waiting_told(dict.fromkeys(reversed(paths), "no-room"))] == [
        path.decode() for path in paths[:SHOWN_MAX]
    ]

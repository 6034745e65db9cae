"""Real documents are read in a sealed child as they are outside of it, on kernels with and without Landlock."""

import json
from pathlib import Path
from types import ModuleType

import pytest
from documents import NAMES, document
from kernels import LANDLOCK, run

from linksync.knowledge import extract, screen
from linksync.knowledge.identify import identify

READING = """
    import json, sys
    from linksync.machine.limited import LimitedError, Workers
    entry, paths = sys.argv[1], json.loads(sys.argv[2])
    with Workers(entry, count=2) as workers:
        waiting = []
        for path, job in paths:
            with open(path, "rb") as file:
                waiting.append(workers.submit(job, file.fileno()))
        for one in waiting:
            try:
                print(json.dumps(one.result()))
            except LimitedError as error:
                print(json.dumps(str(error)))
"""


def job_for(path: Path) -> dict[str, object]:
    size = path.stat().st_size
    with path.open("rb") as file:
        found = identify(file, size)
    identity = {"media_type": found.media_type, "family": str(found.family), "encoding": found.encoding}
    return {"path": path.name, "size": size, "files": [[path.name, size]], "place_allowed": True, **identity}


@pytest.mark.parametrize("lacking", [(), (LANDLOCK,)], ids=["as-it-is", "without-landlock"])
@pytest.mark.parametrize("module", [extract, screen], ids=["extract", "screen"])
def test_a_sealed_child_reads_every_document_as_anybody_does(lacking: tuple[int, ...], module: ModuleType) -> None:
    jobs = [(str(document(name)), job_for(document(name))) for name in NAMES]
    expected = []
    for path, job in jobs:
        with Path(path).open("rb") as file:
            expected.append(json.loads(json.dumps(module.work(job, file))))
    done = run(READING, f"{module.__name__}:work", json.dumps(jobs), lacking=lacking)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    odd = [(path, one) for (path, _), one, other in zip(jobs, found, expected, strict=True) if one != other]
    assert odd == []

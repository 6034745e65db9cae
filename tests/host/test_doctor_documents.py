"""The doctor says how safely documents are opened here, and whether a virus scanner looks along."""

from pathlib import Path

import pytest
from kernels import LANDLOCK, SECCOMP, run
from scanners import running_clamd

from linksync.host import doctor_documents
from linksync.host.doctor import Patient
from linksync.host.state import State

ASKING = """
    import sys
    from pathlib import Path
    from linksync.host import doctor_documents
    from linksync.host.doctor import Patient
    from linksync.host.state import State
    print(*(check.slug for check in doctor_documents.documents(Patient(state=State(Path(sys.argv[1]))))))
"""


def patient(tmp_path: Path, clamd: str = "") -> Patient:
    return Patient(state=State(tmp_path / "state"), clamd=clamd)


@pytest.mark.parametrize(
    ("lacking", "slug"),
    [
        ((), "documents-sealed"),
        ((LANDLOCK,), "documents-sealed"),
        ((SECCOMP,), "documents-half"),
        ((LANDLOCK, SECCOMP), "documents-open"),
    ],
)
def test_the_doctor_says_what_this_kernel_can_hold(lacking: tuple[int, ...], slug: str, tmp_path: Path) -> None:
    assert run(ASKING, str(tmp_path), lacking=lacking).stdout == f"{slug}\n"


def test_the_doctor_asks_the_virus_scanner(tmp_path: Path) -> None:
    def told(clamd: str) -> list[str]:
        return [check.slug for check in doctor_documents.scanner(patient(tmp_path, clamd))]

    with running_clamd(tmp_path) as config:
        assert told(str(config.with_name("clamd.ctl"))) == ["scanner-answers"]
    assert told(str(tmp_path / "nothing")) == ["scanner-silent"]
    assert told("off") == ["scanner-off"]
    assert told("") in (["scanner-none"], ["scanner-answers"], ["scanner-silent"])  # as this computer has it

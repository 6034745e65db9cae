"""A short sample of the campaign in a virtual machine; ``tests/campaign`` plays all of it, at its whole length."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_in_a_computer_of_its_own_a_stick_that_is_yanked_is_finished_by_the_next_plug(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Real udev, UDisks2 and systemd, and a USB stick that is plugged in and pulled out; the guest is kept."""
    assert pytestconfig.cache
    kept = pytestconfig.cache.mkdir("guest")
    command = [sys.executable, "-m", "vm", "sample", "--dir", str(kept), "--keep", str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("ok     sample:yank")

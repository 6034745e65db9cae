"""The settings of this computer, read from ``config.yaml``."""

from pathlib import Path

import pytest

from linksync.machine.settings import read_config


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("off", "off"),
        ('""', ""),
        ("tcp://127.0.0.1:3310", "tcp://127.0.0.1:3310"),
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("scanner.ctl", "{folder}/scanner.ctl"),
    ],
)
def test_the_virus_scanner_is_a_socket_an_address_or_off(told: str, meant: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"language: nl\nclamd: {told}\n")
    assert read_config(path).clamd == meant.format(folder=tmp_path)


def test_settings_that_say_nothing_of_a_scanner_leave_it_to_the_usual_places(tmp_path: Path) -> None:
    assert read_config(tmp_path / "config.yaml").clamd is None

"""What feeds the watchdog is told by the loop alone, and only while it comes to its end."""

from pathlib import Path

import pytest

from linksync.host.daemon import running as running_module
from linksync.host.daemon.ledger import Ledger
from linksync.host.daemon.running import Daemon, Settings


def test_a_loop_that_only_fails_is_not_called_alive_and_does_not_fill_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The watchdog starts it anew then; until then each error is told once, and not every two seconds for a month."""
    failing: list[Exception] = [ValueError("played")]

    def reconcile() -> float:
        if failing:
            raise failing[0]
        return 1.0

    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        daemon = Daemon(Settings(state=tmp_path, holder="x", key=tmp_path / "none", notify=False), ledger)
        monkeypatch.setattr(daemon.reconciler, "reconcile", reconcile)
        monkeypatch.setattr(daemon, "_bells", ())
        daemon.panel.start()
        try:
            assert [daemon._round() for _ in range(50)] == [2.0] * 50
            assert capsys.readouterr().err.count("linksync daemon: ValueError: played") == 1
            failing[0] = OSError("another")
            daemon._round()
            assert capsys.readouterr().err.count("OSError: another") >= 1
            assert daemon.alive
            monkeypatch.setattr(running_module, "_GIVE_UP", 0.0)
            assert not daemon.alive
            monkeypatch.setattr(running_module, "_GIVE_UP", 60.0)
            failing.clear()
            daemon._round()
            assert daemon.alive
        finally:
            daemon.panel.close()

"""``linksync stick eject`` beside a daemon: what its card says is believed only where the mount table agrees."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from media import ext4_stick

from linksync.cli import stick as command
from linksync.demo.world import World
from linksync.host.daemon.panel import PANEL_FILE
from linksync.host.ejecting import find_stick

CARD = {"id": "1", "safe": True, "button": "", "name": "LINK", "sentence": {"nl": "-", "en": "-"}}


@pytest.fixture
def said() -> Iterator[tuple[str, dict[str, object]]]:
    """A panel that tells one board, whoever asks; its address, and that board."""
    board: dict[str, object] = {"version": 1, "cards": [CARD]}

    class Tells(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"data: " + json.dumps(board).encode() + b"\n\n")

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Tells) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", board
        server.shutdown()


def test_a_safe_card_of_an_earlier_plug_does_not_make_a_mounted_stick_safe(
    tmp_path: Path, said: tuple[str, dict[str, object]]
) -> None:
    url, board = said
    state = tmp_path / "state"
    (state / PANEL_FILE).parent.mkdir(parents=True)
    (state / PANEL_FILE).write_text(json.dumps({"url": url, "token": "x", "pid": 1}))
    with ext4_stick(tmp_path) as stick:
        world = World.begin(tmp_path / "world", stick=stick.path)
        world.prepare()
        (record,) = (stick.path / "linksync" / "handoffs").glob("000001-*/handoff.yaml")
        link = next(
            line.split()[1].strip("'\"") for line in record.read_text().splitlines() if line.startswith("link:")
        )
        board["cards"] = [CARD | {"link": link}]
        assert command._let_go_by_daemon(find_stick(str(stick.path)), state) is None

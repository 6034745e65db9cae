"""A real clamd that knows one signature, of our own: the test file that every scanner knows."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media import need
from waiting import until

# in pieces, so that no scanner takes this file for a virus
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Linksync.Eicar.UNOFFICIAL"
"""What it says that the test file is."""
LARGEST = 1 << 20
"""Bytes of a file that it looks into; in a stream it takes twice that."""

_CONFIG = """
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd.ctl
TCPSocket {port}
TCPAddr 127.0.0.1
TemporaryDirectory {folder}
Foreground yes
User {user}
MaxThreads 2
AlertExceedsMax yes
MaxFileSize 1M
StreamMaxLength 2M
"""


@contextmanager
def running_clamd(folder: Path) -> Iterator[Path]:
    """A clamd that runs; its ``clamd.conf``, beside which its socket stands as ``clamd.ctl``."""
    (folder / "signatures").mkdir()
    (folder / "signatures" / "eicar.ndb").write_text(f"Linksync.Eicar:0:*:{EICAR.hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    path = folder / "clamd.conf"
    path.write_text(_CONFIG.format(folder=folder, port=port, user=os.environ.get("USER", "root")))
    running = subprocess.Popen([need("clamd"), "-c", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert until((folder / "clamd.ctl").exists, 20)
        yield path
    finally:
        running.kill()
        running.wait()

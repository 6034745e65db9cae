"""linksync in the guest, as a host has it: installed with what it depends on, set up, and its daemon at work.

The wheel is made here and put in the guest's place for programs of its own, since nothing can be fetched there. The
state in which it is ready is frozen, and used for as long as linksync and the guest are the same.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from linksync.demo.estafette import ARCHIVE, ORGANISER
from linksync.demo.keys import write_key_file
from linksync.demo.visitors import play, visit
from linksync.demo.world import World
from vm import image, sticks
from vm.guest import Guest, cold, restored
from vm.image import USER
from vm.plugging import plug, yank

CHECKOUT = Path(__file__).resolve().parents[2]
HOLDER = "bibliotheek-leeuwarden"
HOME = f"/home/{USER}"
STATE = f"{HOME}/.local/state/linksync"
AWAY, THERE = f"{HOME}/archief.weg", f"{HOME}/archief"
"""Where the archive stands while the network is cut, and where the daemon looks for it."""
BIG = "data/Filmclub/opname.bin"
"""What takes long to read: 6 MiB, the same on every stick."""

_PACKAGES = "/usr/local/lib/python3.11/dist-packages"
_UDISKIE = "systemctl --user start udiskie.service"


class Workshop:
    """The folder in which images, states and sticks stand between runs.

    Attributes:
        folder: of the guest that this recipe makes.
        kinds: of sticks that are made.
        ready: the frozen state in which linksync, as it was when this began, is ready.
        world: the relay that is played: its keys, its organiser, its archive.
    """

    def __init__(self, cache: Path, kinds: Sequence[sticks.Kind] = sticks.KINDS) -> None:
        self.kinds = kinds
        self.ready = f"ready-{_fingerprint()}-{len(kinds)}"
        self.folder = cache / image.recipe()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.TemporaryDirectory(prefix="linksync-world-")
        self.world = World.begin(Path(self._scratch.name))

    def stick(self, kind: sticks.Kind) -> Path:
        """A Link of this kind, as it comes to the host: prepared, and visited."""
        return self.folder / f"{self.ready}-{kind.name}.img"

    def prepare(self) -> None:
        """Make what is missing: image, frozen state, installed linksync, sticks."""
        if not (self.folder / "root.img").exists():
            print("making the guest from Debian packages", file=sys.stderr)
            image.build(self.folder)
        if not (self.folder / "base.state").exists():
            print("booting it", file=sys.stderr)
            with cold(self.folder) as guest:
                guest.freeze(self.folder, "base")
        if not (self.folder / f"{self.ready}.state").exists():
            print("installing linksync in it", file=sys.stderr)
            self._forget_older()
            self._install()

    @contextmanager
    def guest(self, *, desktop: bool) -> Iterator[Guest]:
        """The guest with the daemon at work; with a desktop's automounter or without."""
        with restored(self.folder, self.ready) as guest:
            if desktop:
                guest.get(_UDISKIE, as_user=True)
                guest.get("until pgrep udiskie >/dev/null; do sleep 0.2; done; sleep 1")
            yield guest

    def _install(self) -> None:
        with tempfile.TemporaryDirectory() as name, restored(self.folder, "base") as guest:
            tree = _tree(Path(name))
            guest.push({".": tree}, _PACKAGES)
            guest.push({"linksync": _program()}, "/usr/local/bin")
            guest.get("chmod 755 /usr/local/bin/linksync && linksync --version")
            self._organise(guest)
            self._make_sticks(guest, Path(name))
            self._set_up_host(guest)
            guest.freeze(self.folder, self.ready)

    def _organise(self, guest: Guest) -> None:
        """The organiser's desk and key, and the archive; away, as it is until somebody brings it."""
        self.world.archive()
        place = self.world.folder
        write_key_file(place / "organisator", ORGANISER)
        guest.push({"desk": place / "desk", "key": place / "organisator"}, "/root/organiser")
        guest.push({".": place / "archive"}, AWAY, owner=USER)
        key = place / f"{ARCHIVE}.key"
        guest.push({key.name: key}, str(place), owner=USER)  # the archive finds its key where it was when it was made

    def _make_sticks(self, guest: Guest, scratch: Path) -> None:
        """Each kind of stick, prepared by the organiser and visited, by the guest's own drivers."""
        brought = scratch / "visit"
        (brought / "data").mkdir(parents=True)
        play(brought, visit(1, 1))
        (brought / BIG).parent.mkdir(parents=True)
        (brought / BIG).write_bytes(big_file())
        guest.push({".": brought}, "/root/visit")
        for kind in self.kinds:
            sticks.make(self.stick(kind), kind)
            plug(guest, self.stick(kind))
            guest.get(_PREPARE)
            yank(guest)

    def _set_up_host(self, guest: Guest) -> None:
        """What a host does once, with linksync's own commands, as the logged-in user."""
        place = self.world.folder / "sleutel"
        write_key_file(place, HOLDER)
        guest.push({"sleutel": place}, HOME, owner=USER)
        guest.get(f"chmod 600 {HOME}/sleutel")
        told = f"--as {HOLDER} --key {HOME}/sleutel --organiser {self.world.organiser} --archive {THERE}"
        guest.get(f"linksync host setup {told} --policy auto --no-service --yes", as_user=True)
        guest.get("linksync daemon install", as_user=True)
        guest.get(f"until [ -s {STATE}/daemon/panel.json ]; do sleep 0.2; done", limit=120)

    def _forget_older(self) -> None:
        for path in self.folder.glob("ready-*"):
            path.unlink()


_PREPARE = f"""
set -e
device=/dev/disk/by-label/{sticks.LABEL}
until [ -b $device ]; do sleep 0.1; done
mkdir -p /mnt/stick
mount $device /mnt/stick
linksync stick prepare /mnt/stick --relay /root/organiser/desk --key /root/organiser/key --state /root/organiser/state
cp -r /root/visit/. /mnt/stick/
umount /mnt/stick
"""


def big_file() -> bytes:
    """The content of ``BIG``: nothing in it repeats."""
    blocks = (hashlib.sha256(b"%d" % number).digest() for number in range(6 * 2**20 // 32))
    return b"".join(blocks)


def _fingerprint() -> str:
    """What linksync is now, and how it is installed."""
    told = hashlib.sha256((CHECKOUT / "pyproject.toml").read_bytes())
    for path in (*sorted((CHECKOUT / "linksync").rglob("*.py")), Path(__file__), Path(sticks.__file__)):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _tree(scratch: Path) -> Path:
    """linksync's wheel and all that it depends on, laid out for the guest's Python."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "wheel", "--no-deps", "--wheel-dir", str(scratch), str(CHECKOUT))
    (wheel,) = scratch.glob("linksync-*.whl")
    platforms = [word for glibc in (17, 28, 34) for word in ("--platform", f"manylinux_2_{glibc}_x86_64")]
    chosen = ("--python-version", "3.11", "--only-binary=:all:", *platforms)
    _run(*pip, "install", "--root-user-action=ignore", *chosen, "--target", str(scratch / "tree"), str(wheel))
    return scratch / "tree"


def _program() -> bytes:
    return b"#!/usr/bin/python3\nimport sys\nfrom linksync.cli.main import main\nsys.exit(main())\n"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")

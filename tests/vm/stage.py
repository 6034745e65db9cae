"""The stage of a scenario: a guest with the daemon, sticks to plug in, ears for what it says, and a list of what held.

A check that fails is told and the scenario goes on; what makes going on senseless is raised. When something failed, the
journal of the guest, what the daemon said and the sticks are kept for whoever looks into it.
"""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from played import people_files

from linksync.demo.world import World
from vm import plugging, sticks
from vm.guest import Guest, GuestError
from vm.hearing import Board, Card, Heard, Hearing, SilenceError, card_of, newest
from vm.installed import AWAY, CHECKOUT, STATE, THERE, Workshop
from vm.sticks import Kind

PATIENCE = 240.0
"""Seconds for a whole hand-off where the processor is only simulated."""
STATES = ("seen", "mounted", "recognised", "staged", "screened", "sealed", "written", "read-back", "queued", "safe")
"""What a stick goes through, in order."""


@dataclass(slots=True, kw_only=True)
class Account:
    """What a scenario found.

    Attributes:
        held: how many checks held.
        failed: each check that did not, and why.
        figures: what was measured, in words.
    """

    held: int = 0
    failed: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Stage:
    """A guest in which a scenario plays.

    Attributes:
        folder: of this stage's images.
        first_pid: the daemon's process when the scenario began.
        since: how many boards were said before the last plug or yank.
    """

    workshop: Workshop
    guest: Guest
    hearing: Hearing
    folder: Path
    account: Account
    images: dict[str, Path] = field(default_factory=dict)
    first_pid: int = 0
    since: int = 0

    @property
    def world(self) -> World:
        """The relay that is played."""
        return self.workshop.world

    def check(self, held: object, what: str) -> bool:
        """Note whether something holds."""
        if held:
            self.account.held += 1
        else:
            self.account.failed.append(what)
            print(f"    FAILED: {what}", file=sys.stderr)
        return bool(held)

    def plug(self, image: Path, name: str = "stick", **how: Any) -> None:
        """Plug an image in, under a name of the scenario's; ``how`` as for ``plugging.plug``."""
        self.images[name], self.since = image, len(self.hearing.history)
        plugging.plug(self.guest, image, name, **how)

    def yank(self, name: str = "stick") -> Path:
        """Pull a stick out; its image can be looked at from then on."""
        self.since = max(0, len(self.hearing.history) - 1)
        plugging.yank(self.guest, name)
        return self.images.pop(name)

    def link(self, kind: Kind, name: str = "stick") -> Path:
        """A Link of this kind that came to this host, on its way to be plugged in."""
        return sticks.copy(self.workshop.stick(kind), self.folder / f"{name}-{kind.name}.img")

    def foreign(self, kind: Kind) -> Path:
        """Somebody's holiday pictures."""
        image = self.folder / f"foreign-{kind.name}.img"
        sticks.make(image, kind, label="VAKANTIE")
        plugging.plug(self.guest, image, "camera")
        self.guest.get(_PHOTOS)
        plugging.yank(self.guest, "camera")
        return image

    def wait(self, match: Callable[[Board], object], limit: float = PATIENCE, what: str = "") -> Heard:
        """Wait until the daemon says something, after the last plug or yank; see ``Hearing.wait``."""
        return self.hearing.wait(match, limit, what, since=self.since)

    def wait_state(self, *states: str, limit: float = PATIENCE) -> Card:
        """Wait until the newest plug is in one of these states."""
        return newest(self.wait(lambda board: newest(board).get("state") in states, limit, " or ".join(states)).board)

    def wait_safe(self, limit: float = PATIENCE) -> Card:
        """Wait until the newest plug is said to be safe to take out; what was said before that plug does not count."""
        begun = self.wait(lambda board: newest(board).get("safe") is False, limit, "plugged in")
        since = self.hearing.history.index(begun)
        return newest(self.hearing.wait(lambda board: newest(board).get("safe"), limit, "safe", since=since).board)

    def wait_card(self, ident: str, match: Callable[[Card], object], limit: float = PATIENCE, what: str = "") -> Card:
        """Wait until a card says something."""
        return card_of(self.wait(lambda board: match(card_of(board, ident)), limit, what).board, ident)

    def quiet(self) -> None:
        """Wait until the daemon is there and idle: the first board."""
        self.wait(lambda board: board, 60, "a first board")

    def fill(self, image: Path) -> None:
        """Fill a stick to the last cluster, while no daemon looks."""
        self.aside(image, "cat /dev/zero > /mnt/stick/data/vol.bin 2>/dev/null || true")

    def empty(self, image: Path) -> None:
        """Take away again what filled it."""
        self.aside(image, "rm /mnt/stick/data/vol.bin")

    def aside(self, image: Path, command: str) -> None:
        """Do something to what stands on a stick, at ``/mnt/stick`` in the guest, through a loop device there."""
        self.guest.push({"aside.img": image}, "/root")
        offset = 0 if "whole" in image.name else 1 << 20
        mounting = f"mount -o loop,offset={offset} /root/aside.img /mnt/stick"
        self.guest.get(f"set -e; {mounting}; {command}; umount /mnt/stick")
        image.write_bytes(self.guest.pull("/root/aside.img"))

    def ring(self) -> bool:
        """Whether the panel answers within five seconds."""
        command = f"""page={STATE}/daemon/panel.json
        url=$(sed -n 's/.*"url": *"\\([^"]*\\)".*/\\1/p' $page)
        token=$(sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p' $page)
        curl --silent --fail --max-time 5 --output /dev/null --header "Authorization: Bearer $token" "${{url}}board"
        """
        return self.guest.do(command).code == 0

    def check_sentences(self) -> None:
        """Whatever a card said so far, it said in both languages, and never as a traceback."""
        said = [card["sentence"] for heard in self.hearing.history for card in heard.board["cards"]]
        bad = [one for one in said if not (one["nl"] and one["en"]) or "Traceback" in one["en"] or "\n" in one["en"]]
        self.check(said and not bad, f"sentences: {bad[:3]}")

    def pid(self) -> int:
        """The process of the daemon; 0 where none runs."""
        return int(
            self.guest.get(
                "cat /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/"
                "linksync.service/cgroup.procs 2>/dev/null | head -1 | grep . || echo 0"
            )
        )

    def archive_comes(self) -> None:
        """The network is there: the archive can be reached."""
        self.guest.get(f"test ! -e {THERE} && mv {AWAY} {THERE}")

    def devices(self) -> set[str]:
        """The USB disks that the guest's kernel has."""
        return set(self.guest.get("ls /sys/block | grep '^sd' || true").split())

    def mounts(self) -> str:
        """The sticks that are mounted in the guest."""
        return self.guest.get("grep /dev/sd /proc/self/mountinfo || true")

    def own_folders(self) -> str:
        """What stands on the host's own disk where sticks are mounted, below each user's folder; no stick may be in."""
        return self.guest.get("find /media /run/media /mnt -xdev -mindepth 2 2>/dev/null | sort")

    def judge(self, image: Path, kind: Kind, number: int, *, people: dict[str, str] | None = None) -> None:
        """The records on a stick that is out are well, and all that people put on it stands.

        Args:
            number: of the last hand-off that must stand on it.
            people: what people had put on it, by ``people_files``.
        """
        told, found = self.read(image, kind)
        self.check(told["exit"] == 0, f"{kind.name}: verify ends with {told['exit']}: {told['findings']}")
        self.check(told["head"]["number"] == number, f"{kind.name}: hand-off {told['head']}, not {number}")
        if people is not None:
            self.check(found == people, f"{kind.name}: what people put on it has changed: {differences(people, found)}")

    def read(self, image: Path, kind: Kind) -> tuple[dict[str, Any], dict[str, str]]:
        """What ``linksync verify`` says of a stick that is out, and every file that people put on it with its hash."""
        with sticks.opened(image, kind) as place:
            return verified(place, self.world.organiser), people_files(place)

    def sound(self, image: Path, kind: Kind) -> None:
        """The file system of a stick that is out is clean."""
        found = sticks.check(image, kind)
        self.check(not found, f"{kind.name}: {found}")

    def judge_archive(self, handoffs: int) -> None:
        """The archive, brought here, is valid, and has so many hand-offs."""
        place = self.folder / "archief"
        place.mkdir()
        with tarfile.open(fileobj=io.BytesIO(self.guest.pull(THERE))) as archive:
            if hasattr(tarfile, "data_filter"):  # Debian 12's Python has none yet
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(place)  # noqa: S202 - our own guest packed it
        told = commanded("archive", "verify", str(place), "--json")
        self.check(told["exit"] == 0, f"archive verify ends with {told['exit']}: {str(told)[:600]}")
        held = told.get("counts", {}).get("objects")
        self.check(held == handoffs, f"the archive holds {held} hand-offs, not {handoffs}")
        shutil.rmtree(place)

    def keep(self, folder: Path) -> None:
        """Keep what tells why something failed."""
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(GuestError, OSError):
            (folder / "journal").write_text(self.guest.get("journalctl --no-pager -o short-precise | tail -2000"))
            (folder / "processes").write_text(
                self.guest.get("ps axwwf -o pid,stat,wchan:20,etime,args; cat /proc/mounts")
            )
        said = [{"time": heard.time, **heard.board} for heard in self.hearing.history]
        (folder / "said.json").write_text(json.dumps(said, indent=1, ensure_ascii=False))


_PHOTOS = """
set -e
until [ -b /dev/disk/by-label/VAKANTIE ]; do sleep 0.1; done
mkdir -p /mnt/stick; mount /dev/disk/by-label/VAKANTIE /mnt/stick
mkdir -p /mnt/stick/DCIM /mnt/stick/data
head -c 300000 /dev/urandom > /mnt/stick/DCIM/IMG_0001.JPG
echo hallo > /mnt/stick/data/brief.txt
umount /mnt/stick
"""


@contextmanager
def staged(workshop: Workshop, account: Account, kept: Path, *, desktop: bool = False) -> Iterator[Stage]:
    """A guest with the daemon idle in it, and a folder for sticks; what failed in it is kept in ``kept``."""
    before = len(account.failed)
    with tempfile.TemporaryDirectory(prefix="linksync-sticks-") as name, workshop.guest(desktop=desktop) as guest:
        hearing = Hearing(guest)
        stage = Stage(workshop=workshop, guest=guest, hearing=hearing, folder=Path(name), account=account)
        try:
            stage.quiet()
            stage.first_pid = stage.pid()
            yield stage
        except (SilenceError, GuestError, OSError, ValueError) as error:
            stage.check(False, f"{type(error).__name__}: {error}")
        finally:
            if len(account.failed) > before:
                stage.keep(kept)
            hearing.end()


def verified(place: Path, organiser: str) -> dict[str, Any]:
    """What ``linksync verify`` says of a stick, from a computer that never saw it."""
    with tempfile.TemporaryDirectory() as memory:
        return commanded("verify", str(place), "--organiser", organiser, "--state", memory, "--json")


def commanded(*arguments: str) -> dict[str, Any]:
    """What a command of linksync's says as JSON on this computer, with its exit status as ``exit``."""
    command = (sys.executable, "-m", "linksync", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"exit": done.returncode, "findings": done.stderr[-500:], "head": {"number": 0}}
    return {**told, "exit": done.returncode}


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The names that are in one alone, or have another content."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))

"""The guest's first file system: busybox, the modules that its disk needs, and a script that mounts it.

Debian's own initramfs takes long to make and long to boot where a processor is only simulated.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "libcrc32c", "ext4")
"""What has to be there before the disk can be mounted, each with what it depends on."""

_FOLDER, _PROGRAM = 0o040755, 0o100755
_INIT = b"""#!/bin/busybox sh
B=/bin/busybox
$B mount -t devtmpfs dev /dev
for module in $($B cat /order); do $B insmod /modules/$module; done
while [ ! -b /dev/vda ]; do $B sleep 0.1; done
$B mount -t ext4 /dev/vda /root && $B mount --move /dev /root/dev
exec $B switch_root /root /sbin/init
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a cpio archive."""

    name: str
    mode: int
    data: bytes = b""


def initrd(root: Path, version: str) -> bytes:
    """The archive that the kernel unpacks.

    Args:
        root: the guest's tree, with ``bin/busybox`` and its modules.
        version: of the kernel.
    """
    modules = root / "usr/lib/modules" / version
    order = _in_order(modules)
    entries = [Entry(name, _FOLDER) for name in ("bin", "dev", "root", "modules")]
    entries.append(Entry("init", _PROGRAM, _INIT))
    entries.append(Entry("bin/busybox", _PROGRAM, (root / "bin/busybox").read_bytes()))
    entries.append(Entry("order", _PROGRAM, "\n".join(Path(path).name for path in order).encode()))
    entries += [Entry(f"modules/{Path(path).name}", _PROGRAM, (modules / path).read_bytes()) for path in order]
    return cpio(entries)


def cpio(entries: Iterable[Entry]) -> bytes:
    """A cpio archive of the kind that Linux reads (``newc``)."""
    out = io.BytesIO()
    for number, entry in enumerate([*entries, Entry("TRAILER!!!", 0)]):
        name = entry.name.encode() + b"\0"
        fields = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
        out.write(b"070701" + b"".join(b"%08X" % value for value in fields))
        for part in (name, entry.data):
            out.write(part)
            out.write(b"\0" * (-out.tell() % 4))
    return out.getvalue()


def _in_order(modules: Path) -> list[str]:
    """The modules that are needed, each after what it depends on."""
    lines = (line.split(":") for line in (modules / "modules.dep").read_text("utf-8").splitlines())
    needs = {path: others.split() for path, others in lines}
    by_name = {Path(path).stem.replace("-", "_"): path for path in needs}
    wanted = (path for name in MODULES if name in by_name for path in _with_needs(by_name[name], needs))
    return list(dict.fromkeys(wanted))


def _with_needs(path: str, needs: dict[str, list[str]]) -> Iterator[str]:
    for other in needs[path]:
        yield from _with_needs(other, needs)
    yield path

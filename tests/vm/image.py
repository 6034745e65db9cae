"""The guest's disk, kernel and first file system, made from Debian packages: once, in a minute or two.

It is a computer as a host has one: systemd, udevd, dbus, udisks2, polkit, and a user who is logged in. udiskie stands
by as the desktop's automounter. There is no network card.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from media import need

from vm.initrd import initrd

SUITE = "bookworm"
USER = "tester"
PORT = "linksync.board"
"""The virtio port through which the guest tells the board."""

_PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "dbus-user-session", "libpam-systemd", "kmod", "udisks2", "polkitd"),
    *("udiskie", "gir1.2-udisks-2.0", "python3-gi", "qemu-guest-agent", "busybox-static", "dosfstools", "exfatprogs"),
    *("fdisk", "util-linux", "procps", "psmisc", "strace", "python3", "openssh-client", "curl", "libnotify-bin"),
)
_MODULES_KEPT = (
    *("arch", "crypto", "fs", "lib", "block", "drivers/block", "drivers/virtio", "drivers/usb", "drivers/scsi"),
    *("drivers/md", "drivers/cdrom", "drivers/char", "drivers/hid", "drivers/input", "drivers/firmware"),
)
_FILES = {
    "etc/fstab": "",
    "etc/hostname": "gast\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/modules-load.d/sticks.conf": "usb-storage\nuas\nsd_mod\nxhci-pci\nehci-pci\nfuse\nvfat\nexfat\nnls_ascii\n",
    "etc/systemd/system/getty@tty1.service.d/autologin.conf": (
        f"[Service]\nExecStart=\nExecStart=-/sbin/agetty -a {USER} --noclear %I linux\n"
    ),
    "etc/systemd/user/udiskie.service": (
        "[Unit]\nDescription=The desktop's automounter\n[Service]\nExecStart=/usr/bin/udiskie --no-notify --no-tray\n"
    ),
    "etc/systemd/journald.conf.d/volatile.conf": "[Journal]\nStorage=volatile\n",
}
_SETUP = f"""
set -e
useradd -m -s /bin/bash -u 1000 -G plugdev {USER}
passwd -d {USER} >/dev/null
passwd -d root >/dev/null
systemctl enable getty@tty1.service
systemctl mask systemd-firstboot e2scrub_reap.service e2scrub_all.timer fstrim.timer \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer systemd-timesyncd >/dev/null
"""
# the kernel comes as an unpacked package: no initramfs-tools, nothing of this computer
_FETCH_KERNEL = """chroot $1 sh -c 'cd /var/cache && apt-get download \
$(apt-cache depends linux-image-amd64 | sed -n "s/.*Depends: //p" | head -1)'"""


def recipe() -> str:
    """What the image follows from, as a hash: another recipe, another image."""
    told = repr((SUITE, _PACKAGES, _MODULES_KEPT, _FILES, _SETUP, (Path(__file__).with_name("initrd.py")).read_text()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def build(folder: Path) -> None:
    """Make ``vmlinuz``, ``initrd`` and ``root.img`` in a folder.

    Raises:
        subprocess.CalledProcessError: Debian's packages could not be fetched, or this is not root.
    """
    with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as name:
        place = Path(name)
        place.chmod(0o755)
        root = place / "root"
        _bootstrap(root)
        version = _kernel(root, place / "kernel", folder)
        for path, text in _FILES.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        _run("chroot", str(root), "sh", "-c", _SETUP)
        _run("chroot", str(root), "depmod", version)
        (folder / "initrd").write_bytes(initrd(root, version))
        _disk(root, folder / "root.img")


def _bootstrap(root: Path) -> None:
    """Debian with our packages; no documentation, since nobody reads it there."""
    without = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")]
    _run(
        *(need("mmdebstrap"), "--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(_PACKAGES)}"),
        *("--aptopt=Acquire::Languages none", *without, f"--customize-hook={_FETCH_KERNEL}"),
        *(SUITE, str(root), _mirror()),
    )


def _mirror() -> str:
    """The package mirror that this computer's apt uses for the suite."""
    command = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages")
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = [uri for uri, suite in map(str.split, told.splitlines()) if suite == SUITE]
    if not found:
        raise RuntimeError(f"the guest is made of Debian {SUITE}, and this computer's apt does not know it")
    return found[0]


def _kernel(root: Path, place: Path, folder: Path) -> str:
    """Unpack Debian's kernel: the image for QEMU, and the modules that a stick needs for the guest."""
    package = next((root / "var/cache").glob("linux-image-*.deb"))
    _run("dpkg-deb", "-x", str(package), str(place))
    package.unlink()
    image = next((place / "boot").glob("vmlinuz-*"))
    version = image.name.split("-", 1)[1]
    shutil.copy(image, folder / "vmlinuz")
    source, target = place / "lib/modules" / version, root / "usr/lib/modules" / version
    for kept in _MODULES_KEPT:
        shutil.copytree(source / "kernel" / kept, target / "kernel" / kept)
    for path in source.glob("modules.*"):
        shutil.copy(path, target / path.name)
    return version


def _disk(root: Path, image: Path) -> None:
    """An ext4 image of the tree; without a journal, since nobody keeps what happens to it."""
    image.unlink(missing_ok=True)
    features = ("-O", "^has_journal,^metadata_csum", "-m", "0")
    _run(need("mke2fs"), "-q", "-t", "ext4", *features, "-d", str(root), str(image), "3G")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

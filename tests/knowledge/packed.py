"""Archives, disk images and programs to identify and list: made by the programs of the field, or by hand where none is.

No free program writes RAR: those are built byte by byte after the format's description.
"""

import bz2
import functools
import gzip
import io
import lzma
import sqlite3
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from documents import document
from media import need

FILES = {"plan.txt": b"Het plan.\n" * 400, "map/foto.jpg": bytes(range(256)) * 40, "leeg.txt": b""}
PASSWORD = "slimmer"  # noqa: S105 - what opens the locked ones


def zipped(files: dict[str, bytes] = FILES, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def wide_zip() -> bytes:
    """A zip written to a pipe by a program that takes zip64 for everything."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(data)
    return out.getvalue()


def zip64(count: int = 3) -> bytes:
    """A zip whose end record says that the numbers stand in the zip64 one."""
    plain = zipped({f"{number}.txt": b"x" for number in range(count)})
    end = plain.rfind(b"PK\5\6")
    size, start = struct.unpack_from("<2L", plain, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return plain[:end] + record + locator + last


def tarred(kind: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, data in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@functools.cache
def seven_zipped(*options: str) -> bytes:
    """A 7z by 7-Zip itself."""
    with tempfile.TemporaryDirectory() as room:
        for name, data in FILES.items():
            path = Path(room, "in", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        command = [need("7z"), "a", "-bd", *options, f"{room}/made.7z", "."]
        subprocess.run(command, check=True, capture_output=True, cwd=f"{room}/in")
        return Path(room, "made.7z").read_bytes()


@functools.cache
def disk_image() -> bytes:
    with tempfile.TemporaryDirectory() as room:
        Path(room, "plan.txt").write_bytes(FILES["plan.txt"] * 20)
        command = [need("genisoimage"), "-quiet", "-R", "-J", "-o", f"{room}/made.iso", f"{room}/plan.txt"]
        subprocess.run(command, check=True, capture_output=True)
        return Path(room, "made.iso").read_bytes()


@functools.cache
def heic(*options: str) -> bytes:
    with tempfile.TemporaryDirectory() as room:
        command = [need("heif-enc"), *options, str(document("plain.png")), "-o", f"{room}/made"]
        subprocess.run(command, check=True, capture_output=True)
        return Path(room, "made").read_bytes()


@functools.cache
def database() -> bytes:
    with tempfile.TemporaryDirectory() as room:
        with sqlite3.connect(f"{room}/made") as made:
            made.execute("create table plan (words)")
            made.executemany("insert into plan values (?)", [("het plan",)] * 500)
        made.close()
        return Path(room, "made").read_bytes()


def _block4(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
    header = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header + data


def rar4(*, encrypted: bool = False) -> bytes:
    """A RAR of before version 5, files stored."""
    out = b"Rar!\x1a\7\0" + _block4(0x73, 0, bytes(6))
    for name, data in FILES.items():
        spelt = name.replace("/", "\\").encode()
        fields = struct.pack("<2LBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0, 20, 0x30, len(spelt), 0x20)
        out += _block4(0x74, 0x8000 | (4 if encrypted else 0), fields + spelt, data)
    return out + _block4(0x7B, 0x4000, b"")


def _vint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _block5(fields: bytes, data: bytes = b"") -> bytes:
    header = _vint(len(fields)) + fields
    return zlib.crc32(header).to_bytes(4, "little") + header + data


def rar5(*, encrypted: bool = False) -> bytes:
    """A RAR of version 5, files stored."""
    out = b"Rar!\x1a\7\1\0" + _block5(_vint(1) + _vint(0) + _vint(0))
    extra = _vint(2) + _vint(1) + _vint(0) if encrypted else b""
    for name, data in FILES.items():
        spelt = name.encode()
        about = b"".join(map(_vint, (0, len(data), 0x20, 0, 0, len(spelt)))) + spelt
        head = _vint(2) + _vint(3 if extra else 2) + (_vint(len(extra)) if extra else b"") + _vint(len(data))
        out += _block5(head + about + extra, data)
    return out + _block5(_vint(5) + _vint(0) + _vint(0))


def java() -> bytes:
    return zipped({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "Plan.class": b"\xca\xfe\xba\xbe\0\0\0\x37"})


def android() -> bytes:
    return zipped({"AndroidManifest.xml": b"\3\0\x08\0", "classes.dex": b"dex\n035\0"})


WINDOWS = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0\x64\x86" + bytes(18) + b"\x0b\2" + bytes(300)
DOS = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(64)
SHORTCUT = b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60)

MADE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip": (zipped, "application/zip"),
    "zip, wide": (wide_zip, "application/zip"),
    "zip64": (zip64, "application/zip"),
    "zip, empty": (lambda: zipped({}), "application/zip"),
    "tar, pax": (tarred, "application/x-tar"),
    "tar, gnu": (lambda: tarred(tarfile.GNU_FORMAT), "application/x-tar"),
    "gz": (lambda: gzip.compress(FILES["plan.txt"]), "application/gzip"),
    "bz2": (lambda: bz2.compress(FILES["plan.txt"]), "application/x-bzip2"),
    "xz": (lambda: lzma.compress(FILES["plan.txt"]), "application/x-xz"),
    "7z": (seven_zipped, "application/x-7z-compressed"),
    "7z, header not packed": (lambda: seven_zipped("-mhc=off"), "application/x-7z-compressed"),
    "rar 4": (rar4, "application/vnd.rar"),
    "rar 5": (rar5, "application/vnd.rar"),
    "iso": (disk_image, "application/x-iso9660-image"),
    "heic": (heic, "image/heic"),
    "avif": (lambda: heic("-A"), "image/avif"),
    "sqlite": (database, "application/vnd.sqlite3"),
    "jar": (java, "application/java-archive"),
    "apk": (android, "application/vnd.android.package-archive"),
    "exe": (lambda: WINDOWS, "application/vnd.microsoft.portable-executable"),
    "dos": (lambda: DOS, "application/x-msdos-program"),
    "elf": (lambda: Path(need("ssh-keygen")).read_bytes(), "application/x-executable"),
    "mach-o": (lambda: b"\xcf\xfa\xed\xfe\7\0\0\1" + bytes(64), "application/x-mach-binary"),
    "class": (lambda: b"\xca\xfe\xba\xbe\0\0\0\x37" + bytes(64), "application/java-vm"),
    "lnk": (lambda: SHORTCUT, "application/x-ms-shortcut"),
}
"""Each with what makes it and its media type; all of them whole."""

"""The bytes that a format begins with: one table, and the few formats that say their kind a little further on.

PRONOM ids are those of DROID signature file v109; an id is given only where the bytes looked at settle it.
"""

from collections.abc import Callable

from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.identity import identity_of as _is
from linksync.knowledge.sample import Sample

A, F = Family.ARCHIVE, Family


# fmt: off
AT_START: tuple[tuple[bytes, Identity], ...] = (
    (b"\xff\xd8\xff", _is("image/jpeg", F.PICTURE)),
    (b"\x89PNG\r\n\x1a\n", _is("image/png", F.PICTURE)),
    (b"GIF87a", _is("image/gif", F.PICTURE, "fmt/3")),
    (b"GIF89a", _is("image/gif", F.PICTURE, "fmt/4")),
    (b"II*\0", _is("image/tiff", F.PICTURE, "fmt/353")),
    (b"MM\0*", _is("image/tiff", F.PICTURE, "fmt/353")),
    (b"II+\0", _is("image/tiff", F.PICTURE)),
    (b"MM\0+", _is("image/tiff", F.PICTURE)),
    (b"8BPS\0\1", _is("image/vnd.adobe.photoshop", F.PICTURE, "x-fmt/92")),
    (b"AT&TFORM", _is("image/vnd.djvu", F.PICTURE, "fmt/255")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _is("image/jp2", F.PICTURE, "x-fmt/392")),
    (b"\0\0\0\x0cJXL \r\n\x87\n", _is("image/jxl", F.PICTURE)),
    (b"gimp xcf ", _is("image/x-xcf", F.PICTURE)),
    (b"fLaC", _is("audio/flac", F.AUDIO, "fmt/279")),
    (b"MThd\0\0\0\6", _is("audio/midi", F.AUDIO, "x-fmt/230")),
    (b"#!AMR", _is("audio/amr", F.AUDIO, "fmt/356")),
    (b"FLV\1", _is("video/x-flv", F.VIDEO, "x-fmt/382")),
    (b"\0\0\1\xba", _is("video/mpeg", F.VIDEO)),
    (b"\0\0\1\xb3", _is("video/mpeg", F.VIDEO)),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", _is("video/x-ms-asf", F.VIDEO)),
    (b"\x1f\x8b\x08", _is("application/gzip", A, "x-fmt/266")),
    (b"7z\xbc\xaf\x27\x1c", _is("application/x-7z-compressed", A, "fmt/484")),
    (b"Rar!\x1a\7\0", _is("application/vnd.rar", A, "fmt/411")),
    (b"Rar!\x1a\7\1\0", _is("application/vnd.rar", A, "fmt/613")),
    (b"BZh", _is("application/x-bzip2", A, "x-fmt/268")),
    (b"\xfd7zXZ\0", _is("application/x-xz", A, "fmt/1098")),
    (b"\x28\xb5\x2f\xfd", _is("application/zstd", A)),
    (b"\x04\x22\x4d\x18", _is("application/x-lz4", A)),
    (b"LZIP\1", _is("application/x-lzip", A)),
    (b"MSCF\0\0\0\0", _is("application/vnd.ms-cab-compressed", A)),
    (b"070701", _is("application/x-cpio", A)),
    (b"xar!\0\x1c", _is("application/x-xar", A)),
    (b"ITSF\3\0\0\0", _is("application/vnd.ms-htmlhelp", F.PROGRAM)),
    (b"\x7fELF", _is("application/x-executable", F.PROGRAM)),
    (b"\xfe\xed\xfa\xce", _is("application/x-mach-binary", F.PROGRAM)),
    (b"\xfe\xed\xfa\xcf", _is("application/x-mach-binary", F.PROGRAM)),
    (b"\xce\xfa\xed\xfe", _is("application/x-mach-binary", F.PROGRAM)),
    (b"\xcf\xfa\xed\xfe", _is("application/x-mach-binary", F.PROGRAM)),
    (b"\0asm\1\0\0\0", _is("application/wasm", F.PROGRAM)),
    (b"dex\n03", _is("application/x-dex", F.PROGRAM)),
    (b"!<arch>\ndebian-binary", _is("application/vnd.debian.binary-package", F.PROGRAM)),
    (b"!<arch>\n", _is("application/x-archive", A)),
    (b"\xed\xab\xee\xdb", _is("application/x-rpm", F.PROGRAM)),
    (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F", _is("application/x-ms-shortcut", F.OTHER, "x-fmt/428")),
    (b"SQLite format 3\0", _is("application/vnd.sqlite3", F.OTHER, "fmt/729")),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", _is("application/msonenote", F.OFFICE)),
    (b"!BDN", _is("application/vnd.ms-outlook-pst", F.MAIL)),
    (b"\x78\x9f\x3e\x22", _is("application/vnd.ms-tnef", F.MAIL)),
    (b"%!PS", _is("application/postscript", F.OTHER)),
    (b"wOFF", _is("font/woff", F.OTHER)),
    (b"wOF2", _is("font/woff2", F.OTHER)),
    (b"OTTO\0", _is("font/otf", F.OTHER)),
    (b"\0\1\0\0\0", _is("font/ttf", F.OTHER)),
)
"""Longer signatures stand before the shorter ones that they begin with."""
# fmt: on

_BY_FIRST: dict[int, tuple[tuple[bytes, Identity], ...]] = {
    first: tuple(row for row in AT_START if row[0][0] == first) for first in {magic[0] for magic, _ in AT_START}
}

_JPEG = {b"\1\0": "fmt/42", b"\1\1": "fmt/43", b"\1\2": "fmt/44"}
_EXIF = {b"0200": "x-fmt/398", b"0210": "x-fmt/390", b"0220": "x-fmt/391", b"0221": "fmt/645"}
_EXIF |= dict.fromkeys((b"0230", b"0231", b"0232"), "fmt/1507")


def _jpeg(identity: Identity, sample: Sample) -> Identity:
    head = sample.head
    pronom = ""
    if head[6:11] == b"JFIF\0":
        pronom = _JPEG.get(head[11:13], "")
    elif head[6:11] == b"Exif\0":
        at = head.find(b"\x90\0\0\7", 0, 4096) if head[12:14] == b"MM" else head.find(b"\0\x90\7\0", 0, 4096)
        pronom = _EXIF.get(head[at + 8 : at + 12], "") if at > 0 else ""
    return _is(identity.media_type, identity.family, pronom)


def _png(identity: Identity, sample: Sample) -> Identity:
    """Animated when it says so before its picture begins; else by the chunks that each version brought."""
    before = sample.head.partition(b"IDAT")[0]
    if b"acTL" in before:
        return _is("image/apng", identity.family, "fmt/935")
    if b"iTXt" in sample.head:
        return _is(identity.media_type, identity.family, "fmt/13")
    if any(chunk in before for chunk in (b"sRGB", b"iCCP", b"sPLT")):
        return _is(identity.media_type, identity.family, "fmt/12")
    return _is(identity.media_type, identity.family, "fmt/11")


def _elf(identity: Identity, sample: Sample) -> Identity:
    head = sample.head
    pronom = {b"\1\1": "fmt/688", b"\1\2": "fmt/689", b"\2\1": "fmt/690", b"\2\2": "fmt/691"}.get(head[4:6], "")
    return _is(identity.media_type, identity.family, pronom)


def _bzip2(identity: Identity, sample: Sample) -> Identity | None:
    head = sample.head
    if head[4:10] not in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90") or not b"1" <= head[3:4] <= b"9":
        return None
    return identity


def _font(identity: Identity, sample: Sample) -> Identity | None:
    return identity if sample.size > 12 and 0 < sample.head[5] < 64 else None


_FILM_OF_WINDOWS = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_SOUND_OF_WINDOWS = bytes.fromhex("409e69f84d5bcf11a8fd00805f5c442b")


def _asf(identity: Identity, sample: Sample) -> Identity:
    """Windows' film or sound, by the streams that its header describes."""
    if _FILM_OF_WINDOWS in sample.head:
        return _is("video/x-ms-wmv", F.VIDEO, "fmt/133")
    return _is("audio/x-ms-wma", F.AUDIO, "fmt/132") if _SOUND_OF_WINDOWS in sample.head else identity


_CLOSER: dict[str, Callable[[Identity, Sample], Identity | None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "application/x-executable": _elf,
    "application/x-bzip2": _bzip2,
    "font/ttf": _font,
    "video/x-ms-asf": _asf,
}


def by_signature(sample: Sample) -> Identity | None:
    """What the first bytes settle; ``None`` when they settle nothing."""
    head = sample.head
    for magic, identity in _BY_FIRST.get(head[0], ()):
        if head.startswith(magic):
            closer = _CLOSER.get(identity.media_type)
            return closer(identity, sample) if closer else identity
    return _portable_executable(head, sample) or _java_or_mach(head) or _bmp(head) or _tar(head) or _iso(head, sample)


def _portable_executable(head: bytes, sample: Sample) -> Identity | None:
    """``MZ``: of DOS, of old Windows, or of Windows with 32 or 64 bits; only with a header that can be one."""
    if head[:2] not in (b"MZ", b"ZM") or len(head) < 28:
        return None
    new = int.from_bytes(head[60:64], "little")
    signature = sample.at(new, 26)
    if signature[:4] == b"PE\0\0":
        pronom = {b"\x0b\1": "fmt/899", b"\x0b\2": "fmt/900"}.get(signature[24:26], "x-fmt/411")
        return _is("application/vnd.microsoft.portable-executable", F.PROGRAM, pronom)
    if signature[:2] in (b"NE", b"LE", b"LX"):
        return _is("application/x-msdos-program", F.PROGRAM, "x-fmt/410" if signature[:2] == b"NE" else "")
    pages, header = int.from_bytes(head[4:6], "little"), int.from_bytes(head[8:10], "little")
    control = any(byte < 9 for byte in head[2:28])
    return _is("application/x-msdos-program", F.PROGRAM, "x-fmt/409") if pages and header and control else None


def _java_or_mach(head: bytes) -> Identity | None:
    """``CAFEBABE`` begins both: a Java class has a version of 45 and more where Mach-O counts a few architectures."""
    if head[:4] != b"\xca\xfe\xba\xbe" or len(head) < 8:
        return None
    if int.from_bytes(head[4:8], "big") < 40:
        return _is("application/x-mach-binary", F.PROGRAM)
    return _is("application/java-vm", F.PROGRAM, "x-fmt/415")


_BMP = {12: "fmt/115", 40: "fmt/116", 108: "fmt/118", 124: "fmt/119"}


def _bmp(head: bytes) -> Identity | None:
    if head[:2] != b"BM" or len(head) < 26 or head[6:10] != b"\0\0\0\0":
        return None
    kind = int.from_bytes(head[14:18], "little")
    if kind not in (12, 16, 40, 52, 56, 64, 108, 124):
        return None
    pronom = "fmt/117" if kind == 40 and head[30:34] == b"\3\0\0\0" else _BMP.get(kind, "")
    return _is("image/bmp", F.PICTURE, pronom)


def _tar(head: bytes) -> Identity | None:
    """A tar by its first header: the magic of POSIX, or a checksum that is right."""
    if len(head) < 512:
        return None
    if head[257:262] == b"ustar" or (head[0] and tar_checksum(head[:512])):
        return _is("application/x-tar", A, "x-fmt/265")
    return None


def tar_checksum(header: bytes) -> bool:
    """Whether the sum that a tar header states is the sum of its bytes; some old systems took them with a sign."""
    stated = header[148:156].strip(b" \0")
    if not stated or stated.strip(b"01234567"):
        return False
    unsigned = sum(header) - sum(header[148:156]) + 8 * 32
    signed = unsigned - 256 * sum(1 for byte in header[:148] + header[156:] if byte > 127)
    return int(stated, 8) in (unsigned, signed)


def _iso(head: bytes, sample: Sample) -> Identity | None:
    """ISO 9660 and UDF: a descriptor after sixteen sectors that most hold nothing."""
    if sample.size < 34 * 1024 or len(head) < 512:
        return None
    descriptor = sample.at(32768, 6)
    if descriptor[1:6] in (b"CD001", b"BEA01"):
        return _is("application/x-iso9660-image", A, "fmt/468" if descriptor[1:6] == b"CD001" else "")
    return None

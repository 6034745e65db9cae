"""Sound and film by their containers: ISO boxes (mp4, mov, m4a, heic), RIFF (wav, avi, webp), Matroska, Ogg and MP3."""

from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.identity import identity_of as _is
from linksync.knowledge.sample import Sample

_AUDIO, _VIDEO, _PICTURE = Family.AUDIO, Family.VIDEO, Family.PICTURE
_HEIF = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
}
_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"skip", b"free", b"pnot"})


def by_container(sample: Sample) -> Identity | None:
    """What a container of sound, film or pictures says that it holds; ``None`` when it is none."""
    head = sample.head
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in _QUICKTIME and _box_fits(head, sample.size):
        return _is("video/quicktime", _VIDEO, "x-fmt/384")
    if head[:4] in (b"RIFF", b"RF64", b"RIFX"):
        return _riff(head)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _is("audio/aiff", _AUDIO, "fmt/414")
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _matroska(head)
    if head[:4] == b"OggS":
        return _ogg(head)
    return _mpeg_audio(head, sample)


def _box_fits(head: bytes, size: int) -> bool:
    """Whether a first box that is not ``ftyp`` is more than four letters by chance: its size must be sensible."""
    length = int.from_bytes(head[:4], "big")
    return length in (0, 1) or 8 <= length <= max(size, 8) or head[4:8] in (b"moov", b"mdat")


def _by_brand(head: bytes) -> Identity:
    brand = head[8:12]
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[at : at + 4] for at in range(16, length, 4)}
    if brand in (b"mif1", b"msf1") and (narrow := next((b for b in _HEIF if b in brands), None)):
        brand = narrow
    if brand in _HEIF:
        heic = _HEIF[brand] == "image/heic"
        return _is(_HEIF[brand], _PICTURE, "fmt/1101" if heic else "")
    if brand == b"qt  ":
        return _is("video/quicktime", _VIDEO, "x-fmt/384")
    if brand in (b"M4A ", b"M4B ", b"M4P ", b"F4A "):
        return _is("audio/mp4", _AUDIO, "fmt/199")
    if brand[:3] in (b"3gp", b"3g2"):
        return _is("video/3gpp" if brand[:3] == b"3gp" else "video/3gpp2", _VIDEO)
    if brand == b"crx ":
        return _is("image/x-canon-cr3", _PICTURE)
    return _is("video/mp4", _VIDEO, "fmt/199")


_WAVE = {1: "fmt/141", 0xFFFE: "fmt/143"}
_WEBP = {b"VP8 ": "fmt/566", b"VP8L": "fmt/567", b"VP8X": "fmt/568"}


def _riff(head: bytes) -> Identity | None:
    form = head[8:12]
    if form == b"WAVE":
        if head[:4] == b"RF64":
            return _is("audio/wav", _AUDIO, "fmt/712")
        at = head.find(b"fmt ", 12, 4096)
        codec = int.from_bytes(head[at + 8 : at + 10], "little") if at > 0 else 0
        plain = b"bext" not in head[:at] and int.from_bytes(head[at + 4 : at + 8], "little")
        pronom = _WAVE.get(codec, "") if plain == 16 or codec == 0xFFFE else "fmt/142" if plain == 18 else ""
        return _is("audio/wav", _AUDIO, pronom)
    if form == b"AVI ":
        return _is("video/x-msvideo", _VIDEO, "fmt/5")
    if form == b"WEBP":
        return _is("image/webp", _PICTURE, _WEBP.get(head[12:16], ""))
    return None


def _matroska(head: bytes) -> Identity:
    if b"webm" in head[:64]:
        audio = b"V_" not in head[:4096] and b"A_" in head[:4096]
        return _is("audio/webm" if audio else "video/webm", _AUDIO if audio else _VIDEO, "fmt/573")
    audio = b"V_" not in head and b"A_" in head
    return _is("audio/x-matroska" if audio else "video/x-matroska", _AUDIO if audio else _VIDEO, "fmt/569")


def _ogg(head: bytes) -> Identity:
    start = head[28:128]
    if b"\x80theora" in head[:512]:
        return _is("video/ogg", _VIDEO, "fmt/945")
    if b"OpusHead" in start:
        return _is("audio/ogg", _AUDIO, "fmt/946")
    if b"\1vorbis" in start:
        return _is("audio/ogg", _AUDIO, "fmt/203")
    if b"\x7fFLAC" in start:
        return _is("audio/ogg", _AUDIO, "fmt/947")
    if b"Speex   " in start:
        return _is("audio/ogg", _AUDIO, "fmt/948")
    return _is("application/ogg", _VIDEO, "fmt/944")


_BIT_RATES = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_RATES = (44100, 48000, 32000)


def mpeg_frame(header: bytes) -> int:
    """Bytes of the MPEG audio frame that begins with these four; 0 when none begins there or its length is free."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (header[1] >> 3) & 3, 4 - ((header[1] >> 1) & 3)
    index, rate = header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or layer == 4 or index in (0, 15) or rate == 3:
        return 0
    row = layer - 1 if version == 3 else 3 if layer == 1 else 4
    bits, hertz = _BIT_RATES[row][index] * 1000, _RATES[rate] >> (3 - version if version else 2)
    padding = (header[2] >> 1) & 1
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // hertz + padding


def id3_length(head: bytes) -> int:
    """Bytes of the ID3v2 tag that a file begins with; 0 when there is none."""
    if head[:3] != b"ID3" or len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return size + 10 + (10 if head[5] & 0x10 else 0)


def _mpeg_audio(head: bytes, sample: Sample) -> Identity | None:
    """MP3 by two frames in a row, or by its ID3 tag; AAC in ADTS frames."""
    tag = id3_length(head)
    start = sample.at(tag, 4) if tag else head[:4]
    if start[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return _is("audio/aac", _AUDIO)
    if start[:4] == b"fLaC":
        return _is("audio/flac", _AUDIO, "fmt/279")
    length = mpeg_frame(start)
    if tag and (length or tag >= sample.size or not start.strip(b"\0")):
        return _is("audio/mpeg", _AUDIO, "fmt/134")
    if length and (mpeg_frame(sample.at(tag + length, 4)) or tag + length >= sample.size):
        return _is("audio/mpeg", _AUDIO, "fmt/134")
    return None

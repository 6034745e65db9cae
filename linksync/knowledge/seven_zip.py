"""The list at the end of a 7z: names and sizes, its header unpacked under a budget when it is packed, as it mostly is.

Specification: ``7zFormat.txt`` of the 7-Zip source. Only headers packed with LZMA, LZMA2 or not at all are read; where
the header is encrypted, even the names ask for a password.
"""

import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from linksync.knowledge.flaws import CORRUPT, ENCRYPTED, TRUNCATED
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.sample import MOST, Sample

MAGIC = b"7z\xbc\xaf\x27\x1c"

_MOST_HEADER = 16 << 20
"""Bytes of a list, unpacked, that are read: a hundred thousand names. A longer one is not called damaged for that."""
_MOST = 100_000
_AES, _LZMA, _LZMA2, _COPY = b"\x06\xf1\x07\x01", b"\x03\x01\x01", b"\x21", b"\0"
_HEADER, _ENCODED, _STREAMS, _FILES, _END = 0x01, 0x17, 0x04, 0x05, 0x00
_PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER, _UNPACKED, _COUNTS = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D
_EMPTY_STREAM, _NAMES = 0x0E, 0x11


class _BrokenError(ValueError):
    """The header is not what the format says."""


class _TooLongError(ValueError):
    """The header is longer than is read."""


@dataclass(slots=True)
class _Folder:
    coders: list[tuple[bytes, bytes]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    outputs: int = 0
    summed: bool = False

    @property
    def size(self) -> int:
        return self.sizes[-1] if self.sizes else 0


@dataclass(slots=True)
class _Streams:
    at: int = 0
    packed: list[int] = field(default_factory=list)
    folders: list[_Folder] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


class _Reader:
    """Numbers and bytes of a header, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, length: int) -> bytes:
        piece = self._data[self._at : self._at + length]
        if length < 0 or len(piece) < length:
            raise _BrokenError
        self._at += length
        return piece

    def rest(self) -> bytes:
        return self._data[self._at :]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        first, mask, value = self.byte(), 0x80, 0
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def count(self) -> int:
        number = self.number()
        if number > _MOST:
            raise _BrokenError
        return number

    def bits(self, count: int) -> list[bool]:
        data = self.take((count + 7) // 8)
        return [bool(data[place // 8] & (0x80 >> place % 8)) for place in range(count)]

    def digests(self, count: int) -> list[bool]:
        """Passes over checksums; which of so many are there."""
        known = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(known))
        return known


def read_seven_zip(sample: Sample) -> Listing:
    """The list of a 7z.

    Returns:
        What it lists; with ``truncated``, ``corrupt`` or ``encrypted``.
    """
    start = sample.at(0, 32)
    if len(start) < 32:
        return Listing(flaws=(TRUNCATED,))
    crc, offset, length, header_crc = struct.unpack_from("<LQQL", start, 8)
    if zlib.crc32(start[12:32]) != crc:
        return Listing(flaws=(CORRUPT,))
    if 32 + offset + length > sample.size:
        return Listing(flaws=(TRUNCATED,))
    if length > MOST:
        return Listing(count=1)
    header = sample.at(32 + offset, length)
    if zlib.crc32(header) != header_crc:
        return Listing(flaws=(CORRUPT,))
    try:
        return _listing(sample, header)
    except _BrokenError:
        return Listing(flaws=(CORRUPT,))
    except _TooLongError:
        return Listing(count=1)


def _listing(sample: Sample, header: bytes) -> Listing:
    if not header:
        return Listing()
    for _ in range(4):
        reader = _Reader(header)
        kind = reader.byte()
        if kind == _HEADER:
            return _read_header(reader)
        if kind != _ENCODED:
            raise _BrokenError
        streams = _read_streams(reader)
        if any(coder == _AES for folder in streams.folders for coder, _ in folder.coders):
            return Listing(flaws=(ENCRYPTED,))
        header = _unpacked(sample, streams)
    raise _BrokenError


def _unpacked(sample: Sample, streams: _Streams) -> bytes:
    """A packed header, under a budget."""
    if not streams.folders or not streams.packed or len(streams.folders[0].coders) != 1:
        raise _BrokenError
    folder = streams.folders[0]
    (coder, properties), most = folder.coders[0], folder.size
    if folder.size > _MOST_HEADER or streams.packed[0] > MOST:
        raise _TooLongError
    packed = sample.at(32 + streams.at, streams.packed[0])
    if coder == _COPY:
        return packed
    try:
        filters = [_filter(coder, properties)]
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress(packed, most)
    except (lzma.LZMAError, ValueError, EOFError, MemoryError) as error:
        raise _BrokenError from error


def _filter(coder: bytes, properties: bytes) -> dict[str, int]:
    if coder == _LZMA and len(properties) == 5:
        lc, rest = properties[0] % 9, properties[0] // 9
        size = min(max(int.from_bytes(properties[1:], "little"), 4096), _MOST_HEADER)
        return {"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": rest % 5, "pb": rest // 5}
    if coder == _LZMA2 and len(properties) == 1:
        return {"id": lzma.FILTER_LZMA2, "dict_size": _MOST_HEADER}
    raise _BrokenError


def _read_header(reader: _Reader) -> Listing:
    streams, kind = _Streams(), reader.byte()
    if kind == 0x02:  # properties of the archive
        while reader.byte() != _END:
            reader.take(reader.number())
        kind = reader.byte()
    if kind == 0x03:  # streams of the header itself
        _read_streams(reader)
        kind = reader.byte()
    if kind == _STREAMS:
        streams = _read_streams(reader)
        kind = reader.byte()
    if kind != _FILES:
        return Listing()
    names, empty = _read_files(reader)
    encrypted = any(coder == _AES for folder in streams.folders for coder, _ in folder.coders)
    entries = tuple(_entries(names, empty, streams, encrypted))
    return Listing(entries=entries, count=len(names), flaws=(ENCRYPTED,) if encrypted else ())


def _entries(names: list[bytes], empty: list[bool], streams: _Streams, encrypted: bool) -> Iterator[Entry]:
    """Files with their sizes; what a file takes when it is packed is only known of all together."""
    sizes = iter(streams.sizes)
    unpacked = max(1, sum(streams.sizes))
    packed = sum(streams.packed)
    for name, is_empty in zip(names, empty, strict=True):
        size = 0 if is_empty else next(sizes, 0)
        yield Entry(name=name, size=size, packed=size * packed // unpacked, encrypted=encrypted and not is_empty)


def _read_streams(reader: _Reader) -> _Streams:
    streams = _Streams()
    counts: list[int] = []
    while (kind := reader.byte()) != _END:
        if kind == _PACK:
            _read_pack(reader, streams)
        elif kind == _UNPACK:
            _read_folders(reader, streams)
            counts = [1] * len(streams.folders)
        elif kind == _SUBSTREAMS:
            _read_substreams(reader, streams)
            return streams if reader.byte() == _END else _broken()
        else:
            raise _BrokenError
    streams.sizes = [folder.size for folder, count in zip(streams.folders, counts, strict=True) if count]
    return streams


def _broken() -> _Streams:
    raise _BrokenError


def _read_pack(reader: _Reader, streams: _Streams) -> None:
    streams.at = reader.number()
    count = reader.count()
    while (kind := reader.byte()) != _END:
        if kind == _SIZE:
            streams.packed = [reader.number() for _ in range(count)]
        elif kind == _CRC:
            reader.digests(count)
        else:
            raise _BrokenError


def _read_folders(reader: _Reader, streams: _Streams) -> None:
    if reader.byte() != _FOLDER:
        raise _BrokenError
    count = reader.count()
    if reader.byte():
        raise _BrokenError  # folders that stand elsewhere: no program writes them
    streams.folders = [_read_folder(reader) for _ in range(count)]
    if reader.byte() != _UNPACKED:
        raise _BrokenError
    for folder in streams.folders:
        folder.sizes = [reader.number() for _ in range(folder.outputs)]
    while (kind := reader.byte()) != _END:
        if kind != _CRC:
            raise _BrokenError
        for folder, known in zip(streams.folders, reader.digests(count), strict=True):
            folder.summed = known


def _read_folder(reader: _Reader) -> _Folder:
    folder, inputs = _Folder(), 0
    for _ in range(min(reader.count(), 33)):
        flags = reader.byte()
        coder = reader.take(flags & 0x0F)
        ins, outs = (reader.count(), reader.count()) if flags & 0x10 else (1, 1)
        properties = reader.take(reader.count()) if flags & 0x20 else b""
        folder.coders.append((coder, properties))
        inputs, folder.outputs = inputs + ins, folder.outputs + outs
    if not 0 < folder.outputs <= 64 or inputs > 64:
        raise _BrokenError
    for _ in range(folder.outputs - 1):
        reader.number(), reader.number()
    packed = inputs - (folder.outputs - 1)
    for _ in range(packed if packed > 1 else 0):
        reader.number()
    return folder


def _read_substreams(reader: _Reader, streams: _Streams) -> None:
    counts, kind = [1] * len(streams.folders), reader.byte()
    if kind == _COUNTS:
        counts = [reader.count() for _ in streams.folders]
        kind = reader.byte()
    if sum(counts) > _MOST:
        raise _BrokenError
    for folder, count in zip(streams.folders, counts, strict=True):
        given = [reader.number() for _ in range(count - 1)] if kind == _SIZE else [0] * max(0, count - 1)
        streams.sizes.extend([*given, max(0, folder.size - sum(given))] if count else [])
    if kind == _SIZE:
        kind = reader.byte()
    pairs = zip(streams.folders, counts, strict=True)
    unsummed = sum(count for folder, count in pairs if count != 1 or not folder.summed)
    while kind != _END:
        if kind != _CRC:
            raise _BrokenError
        reader.digests(unsummed)
        kind = reader.byte()


def _read_files(reader: _Reader) -> tuple[list[bytes], list[bool]]:
    count = reader.count()
    names, empty = [b""] * count, [False] * count
    while (kind := reader.byte()) != _END:
        data = _Reader(reader.take(reader.number()))
        if kind == _EMPTY_STREAM:
            empty = data.bits(count)
        elif kind == _NAMES and not data.byte():
            names = _names(data, count)
    return names, empty


def _names(data: _Reader, count: int) -> list[bytes]:
    names = data.rest().decode("utf-16-le", "replace").split("\0", count)
    if len(names) <= count:
        raise _BrokenError
    return [name.encode("utf-8", "replace") for name in names[:count]]

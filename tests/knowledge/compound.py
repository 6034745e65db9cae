"""Compound files ([MS-CFB]) with streams of any name, the small ones in the small stream, as Outlook writes them."""

import struct

_END, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SMALL = 4096


def compound(streams: list[tuple[str, bytes]]) -> bytes:
    """A compound file; what has no name of a stream of its own stands where the list has it."""
    sectors: list[bytes] = []
    table: list[int] = []

    def put(data: bytes) -> int:
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        first = len(sectors)
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), _END] if pieces else [])
        return first if pieces else _END

    small, small_table, rows = b"", list[int](), list[bytes]()
    for name, data in streams:
        if len(data) >= _SMALL:
            start = put(data)
        else:
            start, count = len(small_table), -(-len(data) // 64)
            small += data.ljust(count * 64, b"\0")
            small_table.extend([*range(start + 1, start + count), _END] if count else [])
        rows.append(_row(name, 2, start, len(data)))
    root = _row("Root Entry", 5, put(small), len(small))
    small_fat = put(struct.pack(f"<{len(small_table)}L", *small_table).ljust(512, b"\xff"))
    directory = put(b"".join([root, *rows]))
    fats = 1
    while fats * 128 < len(sectors) + fats:
        fats += 1
    places = list(range(len(sectors), len(sectors) + fats))
    table += [_FAT] * fats
    table += [_NONE] * (fats * 128 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<10L", 0, fats, directory, 0, _SMALL, small_fat, 1, _END, 0, places[0])
    head += struct.pack("<108L", *(places[1:] + [_NONE] * (109 - fats)))
    return head + b"".join(sectors) + struct.pack(f"<{len(table)}L", *table)


def _row(name: str, kind: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le")
    row = letters.ljust(64, b"\0") + struct.pack("<HBB3L", len(letters) + 2, kind, 1, _NONE, _NONE, _NONE)
    return row + bytes(36) + struct.pack("<LQ", start, size)

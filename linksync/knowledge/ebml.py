"""The numbers of Matroska: of variable length, which the first byte tells (RFC 8794, 4)."""


def ebml_number(data: bytes, *, keep: bool) -> tuple[int, int]:
    """A number and the bytes that it takes: -1 when it says unknown, no bytes when there is none.

    Args:
        data: from where it begins.
        keep: whether the bit that tells its length belongs to it, as in an id.
    """
    if not data or not data[0]:
        return 0, 0
    width = 9 - data[0].bit_length()
    if len(data) < width:
        return 0, 0
    value = int.from_bytes(data[:width], "big")
    if keep:
        return value, width
    mask = (1 << (7 * width)) - 1
    return (-1 if value & mask == mask else value & mask), width

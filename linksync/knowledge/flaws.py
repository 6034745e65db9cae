"""What can be wrong with a file by its own bytes: the slugs that ``whole.flaws`` answers with.

The class of each (pass, hold or refuse) and its sentences belong to the screening.
"""

TRUNCATED = "truncated"
CORRUPT = "corrupt"
ENCRYPTED = "encrypted"
CONTRADICTORY = "contradictory"
APPENDED = "appended"
EXTERNAL = "external-entity"
BOMB_BYTES = "bomb-bytes"
BOMB_RATIO = "bomb-ratio"
BOMB_ENTRIES = "bomb-entries"
BOMB_DEPTH = "bomb-depth"
BOMB_OVERLAP = "bomb-overlap"
BOMB_ENTITIES = "bomb-entities"
BOMB_PIXELS = "bomb-pixels"
BOMB_STREAMS = "bomb-streams"

FLAWS = (
    TRUNCATED,  # ends before its own structure says that it does: a stick pulled out too early, a copy cut short
    CORRUPT,  # its structure does not hold together: it points outside itself, a checksum of it is wrong
    ENCRYPTED,  # it, or a file in it, asks for a password
    CONTRADICTORY,  # its two lists, or two of its numbers, differ: each program will see another file
    APPENDED,  # a second file (an archive, a program, a page) stands behind its end or before its beginning: a polyglot
    EXTERNAL,  # XML that makes its reader fetch something from a disk or a network
    BOMB_BYTES,  # unpacks to more bytes than is sensible
    BOMB_RATIO,  # unpacks to very many times its size
    BOMB_ENTRIES,  # holds more entries than is sensible
    BOMB_DEPTH,  # an archive in it unpacks to a bomb, or they stand in each other without an end
    BOMB_OVERLAP,  # entries of an archive that share their bytes
    BOMB_ENTITIES,  # XML entities that expand each other
    BOMB_PIXELS,  # a picture that declares more pixels than a camera or scanner makes
    BOMB_STREAMS,  # a PDF with streams packed several times over, or with declared sizes beyond sense
)
"""Every slug, with what it means."""

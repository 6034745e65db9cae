"""Where it comes together: a stick, a host's key, what this computer remembers, and an archive.

``state`` is the host's memory on disk, ``outbox`` what it still owes archives, ``staging`` the copies of what was taken
in; ``intake`` reads a stick, ``handoff`` and ``prepare`` seal, ``delivery`` writes, ``sync`` sends. Imports every room
below: archive, stick, relay, people, machine, custody.
"""

"""Where it comes together: a stick, a host's key, what this computer remembers, and an archive.

``state`` is the host's memory on disk, ``outbox`` what it still owes archives, ``staging`` the copies of what was taken
in; ``admission`` refuses, ``intake`` reads a stick, ``handoff`` and ``prepare`` seal, ``delivery`` writes, ``sync``
sends, ``reseed`` makes a lost stick again, ``status`` tells. Imports every room below: archive, stick, relay, people,
machine, custody.
"""

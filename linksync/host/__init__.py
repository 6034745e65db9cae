"""Where it comes together: a stick, a host's key, what this computer remembers, and an archive.

``state`` is the host's memory on disk, ``outbox`` what it still owes archives, ``staging`` the copies of what was taken
in; ``admission`` refuses, ``intake`` reads a stick, ``screening`` looks into what was staged meanwhile and ``judging``
says what becomes of each file; ``looking`` only looks at what is new, ``sealing`` signs, ``delivery`` writes,
``finishing`` brings what was signed to its stick; ``handoff`` and ``prepare`` put them together. ``sync`` sends, then
``reading_on`` reads documents for the search, and ``keeping`` lets go of copies; ``reseed`` makes a lost stick again,
``status`` tells; ``joining`` makes a host's computer ready, ``doctor`` says what it lacks, ``ejecting`` lets go of a
stick; ``daemon`` does it all by itself when one is plugged in. Imports every room below: archive, stick, relay,
knowledge, people, machine, custody.
"""
